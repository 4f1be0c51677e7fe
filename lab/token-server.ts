// The lab's token server: GET /token with HTTP Basic hands out bearer tokens for the registry beside it (CNCF distribution, "Token
// Authentication Specification" and "Token Authentication Implementation"). Every answer is one line of JSON on standard output.
import {randomUUID, sign, X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:https';
import type {TokenLife, TokenServerSettings} from './parts/registries.ts';

const settings = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as TokenServerSettings;
const signingKey = await readFile(settings.signing.key, 'utf8');
const chain = [new X509Certificate(await readFile(settings.signing.cert)).raw.toString('base64')];
// The registry takes a token for 60 s after its end (distribution 2.8, registry/auth/token: Leeway); ended must mean ended here.
const leewaySeconds = 60;

type Access = {readonly type: string; readonly name: string; readonly actions: readonly string[]};
type User = TokenServerSettings['users'][number];

const userOf = async (authorization: string | undefined): Promise<User | undefined> => {
	const [, encoded = ''] = /^Basic (\S+)$/iu.exec(authorization ?? '') ?? [];
	const [name, ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
	const user = settings.users.find(({username}) => username === name);
	return user && (await readFile(user.passwordFile, 'utf8')) === rest.join(':') ? user : undefined;
};

/** What of a scope, `repository:NAME:ACTIONS`, the user may do. */
const granted = (user: User, scope: string): Access | undefined => {
	const [, type = '', name = '', actions = ''] = /^([^:]+):(.+):([^:]*)$/u.exec(scope) ?? [];
	const allowed = user.rights.filter(({prefix}) => name.startsWith(prefix)).flatMap(({actions: own}) => own);
	const wanted = actions.split(',').filter((action) => allowed.includes(action));
	return type === 'repository' && wanted.length > 0 ? {type, name, actions: wanted} : undefined;
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JSON Web Token, signed ES256 (RFC 7518 section 3.4), with the certificate of its key (RFC 7515 section 4.1.6). */
const tokenOf = (user: User, access: readonly Access[], seconds: number): string => {
	const now = Math.floor(Date.now() / 1000);
	const {issuer: iss, service: aud} = settings;
	const times = {iat: now, nbf: now - 10, exp: now + seconds - leewaySeconds};
	const claims = {iss, aud, sub: user.username, ...times, jti: randomUUID(), access};
	const text = `${encode({typ: 'JWT', alg: 'ES256', x5c: chain})}.${encode(claims)}`;
	const signature = sign('sha256', Buffer.from(text), {key: signingKey, dsaEncoding: 'ieee-p1363'});
	return `${text}.${signature.toString('base64url')}`;
};

const server = createServer(
	{cert: await readFile(settings.tls.cert), key: await readFile(settings.tls.key)},
	async (request, response) => {
		const url = new URL(request.url ?? '/', 'https://token.server');
		const scopes = url.searchParams.getAll('scope').flatMap((scope) => scope.split(' '));
		const answer = (status: number, body: unknown, more: object): void => {
			response.writeHead(status, {
				'content-type': 'application/json',
				...(status === 401 ? {'www-authenticate': 'Basic realm="lab"'} : {}),
			});
			response.end(JSON.stringify(body));
			const agent = request.headers['user-agent'] ?? '';
			console.log(
				JSON.stringify({time: new Date().toISOString(), status, method: request.method, agent, scopes, ...more}),
			);
		};
		const refuse = (status: number, code: string): void => answer(status, {errors: [{code, message: code}]}, {});
		try {
			if (url.pathname !== '/token') return refuse(404, 'UNKNOWN');
			// containerd asks by OAuth2 first and takes this for "by GET, please".
			if (request.method !== 'GET') return refuse(405, 'UNSUPPORTED');
			const user = await userOf(request.headers.authorization);
			if (!user) return refuse(401, 'UNAUTHORIZED');
			const {seconds, told = seconds} = JSON.parse(await readFile(settings.lifeFile, 'utf8')) as TokenLife;
			const access = scopes.flatMap((scope) => granted(user, scope) ?? []);
			const token = tokenOf(user, access, seconds);
			answer(
				200,
				{token, expires_in: told, issued_at: new Date().toISOString()},
				{user: user.username, access, seconds},
			);
		} catch (error) {
			console.error(error);
			refuse(500, 'UNKNOWN');
		}
	},
);
server.listen(settings.port, settings.address);
