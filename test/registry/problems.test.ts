import {createHash} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {type FailedAt, type FailureKind, HttpFailure} from '../../source/http/failure.ts';
import type {Answer} from '../../source/http/types.ts';
import {createAuthenticator} from '../../source/registry/auth/authenticator.ts';
import {failureProblem} from '../../source/registry/failure-problem.ts';
import {registryProblems} from '../../source/registry/problems.ts';
import {readTags} from '../../source/registry/pull/catalog.ts';
import type {Host} from '../../source/registry/pull/hosts.ts';
import {readReferrers} from '../../source/registry/pull/referrers.ts';
import {createMemo} from '../../source/registry/push/memo.ts';
import type {Context} from '../../source/registry/refuse.ts';
import {createRegistry, type RegistryOptions} from '../../source/registry/registry.ts';
import {createRetries} from '../../source/registry/retry.ts';
import {createSession} from '../../source/registry/session.ts';
import {type Asker, statusProblem} from '../../source/registry/status-problem.ts';
import type {Transport} from '../../source/registry/transport.ts';
import {client, fake, imageOf, never, noise, push, sha256} from './helpers.ts';
import {sourceAt} from './pull/support.ts';
import {casesOf, expectTold, nameOf, type Row} from './told.ts';

const pushing: Context = {registry: 'r.example.com', what: 'push zenml/api:1.0', repository: 'zenml/api'};
const pulling: Context = {...pushing, what: 'pull zenml/api', pull: {given: true, source: 'config.json'}};
/** At a token server that the registry names. */
const tokens: Context = {...pushing, at: new URL('https://auth.example.com:8443/token'), role: 'token server'};
const pullingWithout: Context = {...pulling, pull: {given: false, source: 'no file of logins was found'}};

const sentOnce = 'Try again: what is already in the registry is not sent twice.';
const pullAgain = 'Try again. If it comes back, look at the line, and at a proxy on the way.';
const checkAddress = 'Check the name and port of the registry, and that this host may connect to it.';
const checkValidity =
	'Compare `date -u` with the validity of the certificate; mend the clock or have the certificate renewed.';
const giveAddress = 'Give host and port of the registry itself, without https:// and without a path.';
const giveName =
	'Give the registry by the name under which it is meant to be used, or have its external URL corrected.';
const otherHost =
	'Have the external URL of the registry corrected; or give auth.example.com:8443 as the push host, where it is the registry itself.';
const askForLogs = `${sentOnce} If it comes back, ask for the logs of the registry and of any proxy before it.`;
const storage = 'Try again. If it comes back, its instances need shared storage or sticky sessions.';

/** A connection that failed with a code. */
const broke = (code: string, context = pushing, at: Partial<FailedAt> = {}) =>
	failureProblem(
		context,
		new HttpFailure(
			'connection',
			{stage: 'connect', sentBytes: 0, ...at},
			{cause: Object.assign(new Error('failed'), {code})},
		),
	);
const failed = (kind: FailureKind, context = pushing, at: Partial<FailedAt> = {}) =>
	failureProblem(context, new HttpFailure(kind, {stage: 'receive', sentBytes: 0, ...at}));

/** An answer of that status and words. */
const said = (
	status: number,
	words = '',
	context = pushing,
	more: Partial<Answer> = {},
	asker: Partial<Asker> = {hasLogin: true},
) =>
	statusProblem(
		context,
		{status, headers: {}, body: Buffer.from(words), ...more},
		{hasLogin: true, scrub: (text) => text, ...asker},
	);

/** A session whose registry answers as the test says. */
const sessionWith = (transport: Transport, origin = 'https://r.example.com/') =>
	createSession({
		origin: new URL(origin),
		transport,
		login: {username: 'robot', password: async () => 'pw'},
		retries: createRetries({}, {sleep: async () => {}}),
	});
const answering =
	(status: number, headers: Answer['headers'] = {}): Transport =>
	async () => ({status, headers, body: Buffer.alloc(0)});

/** Asks for a login as this header says. */
const challenged = (header: string, place = 'https://r.example.com/') =>
	createAuthenticator({
		username: 'robot',
		password: async () => 'pw',
		origin: new URL(place),
		transport: async () => ({status: 200, headers: {}, body: Buffer.from('{}')}),
	}).answer(
		{
			answer: {status: 401, headers: {'www-authenticate': header}, body: Buffer.alloc(0)},
			sent: undefined,
		},
		{scopes: [], context: pushing, signal: never},
	);

/** Without a second attempt. */
const once: Partial<RegistryOptions> = {retries: {}};
const pinged = async (status: number, headers = {}) =>
	client(await fake((_request, response) => response.writeHead(status, headers).end('{}')), once).ping(never);

const layer = noise('layer', 5 * 1024 * 1024);
const image = imageOf('api', [layer]);
const digest = image.blobs[1]?.digest ?? '';

/**
 * A registry that has had 1000 bytes of the layer, and then answers a piece and the end as the test says. @param range what it says that
 * it has after a piece
 */
const resuming = async (piece: number, range: string, end = 201) => {
	const host = await fake((request, response) => {
		const isUpload = request.url?.startsWith('/upload') ?? false;
		request.resume().on('end', () => {
			if (request.method === 'GET' && isUpload) response.writeHead(204, {range: '0-999'}).end();
			else if (request.method === 'PATCH') response.writeHead(piece, {range, location: '/upload'}).end();
			else if (request.method === 'PUT' && isUpload) response.writeHead(end).end();
			else if (request.method === 'HEAD') response.writeHead(request.url?.includes(digest) ? 404 : 200).end();
			else response.writeHead(404).end();
		});
	});
	const memo = createMemo();
	await memo.keep('zenml/api', digest, `http://${host}/upload`);
	return push(client(host, {...once, memo}), image, 'zenml/api');
};

/** A registry that takes everything, and then has it as the test says. */
const forgetting = async (manifest: string, hasLayer: boolean) => {
	const host = await fake((request, response) => {
		request.resume().on('end', () => {
			const isAbsent = !hasLayer && request.url?.includes(digest);
			const isThere = !isAbsent && request.url?.includes('/blobs/');
			if (request.method === 'POST') response.writeHead(202, {location: '/upload'}).end();
			else if (request.method === 'PUT') response.writeHead(201).end();
			else if (request.method === 'GET') response.writeHead(isAbsent ? 404 : 200).end(manifest);
			else response.writeHead(isThere ? 200 : 404).end();
		});
	});
	return push(client(host, once), image, 'zenml/api');
};

/** A registry that says of the layer, once it was sent, that it is shorter, and gives those bytes back. */
const damaging = async (bytes: string) => {
	const host = await fake((request, response) => {
		const isLayer = request.url?.includes(digest);
		request.resume().on('end', () => {
			if (request.method === 'POST') response.writeHead(202, {location: '/upload'}).end();
			else if (request.method === 'PUT') response.writeHead(201).end();
			else if (request.method === 'HEAD' && isLayer) response.writeHead(200, {'content-length': bytes.length}).end();
			else if (request.method === 'HEAD') response.writeHead(request.url?.includes('/manifests/') ? 404 : 200).end();
			else response.writeHead(200).end(isLayer ? bytes : image.manifest.bytes);
		});
	});
	return push(client(host, once), image, 'zenml/api');
};

/** A registry to pull from that has these pages, one by one. */
const listing = (pages: () => unknown): Host => {
	const ask: Host['ask'] = async () => ({
		status: 200,
		headers: {link: '<?next>; rel="next"'},
		body: Buffer.from(JSON.stringify(pages())),
	});
	const retries = createRetries({}, {sleep: async () => {}});
	return {
		origin: new URL('https://r.example.com/'),
		retries,
		ask,
		send: ask,
		contextOf: (what, repository) => ({...pulling, what, repository}),
	};
};
const endlessTags = () => {
	let page = 0;
	return () => ({
		tags: Array.from({length: 50_000}, (_none, index) => `t${page * 50_000 + index}`).concat(`p${page++}`),
	});
};
const manyAttached = () => ({
	manifests: Array.from({length: 10_001}, (_none, index) => ({
		mediaType: 'x',
		digest: `sha256:${createHash('sha256').update(String(index)).digest('hex')}`,
		size: 1,
	})),
});

const pulled = async (body: string, headers = {}) => {
	const host = await fake((_request, response) => response.writeHead(200, headers).end(body));
	return sourceAt(host).readManifest({host, repository: 'zenml/api', reference: '1.0'}, never);
};
const downloading = async (location: string | undefined) => {
	const host = await fake((_request, response) => response.writeHead(307, location ? {location} : {}).end());
	const blob = {mediaType: 'x', digest, size: 5};
	for await (const _chunk of sourceAt(host).readBlob({host, repository: 'zenml/api'}, blob, {from: 0, signal: never}));
};

const rows: readonly Row[] = [
	...(
		[
			['refused', 'ECONNREFUSED', 'Nothing listens on that port, or a firewall refuses it.'],
			['unknown name', 'ENOTFOUND', 'The name is not known to the DNS servers of this host.'],
			['no name server', 'EAI_AGAIN', 'The DNS servers of this host do not answer.'],
			['no route to host', 'EHOSTUNREACH', 'There is no route to that host.'],
			['no route to network', 'ENETUNREACH', 'There is no route to that network.'],
			['no answer', 'ETIMEDOUT', 'The host did not answer in time; a firewall may drop the packets.'],
		] as const
	).map(
		([name, code, cause]): Row => ({
			code: 'registry-unreachable',
			case: name,
			provoke: () => broke(code),
			cause,
			fix: checkAddress,
		}),
	),
	{
		code: 'registry-untrusted',
		case: 'push',
		provoke: () => broke('SELF_SIGNED_CERT_IN_CHAIN'),
		cause: 'Its certificate is signed by an authority that this host does not trust.',
		fix: 'Give the CA certificate (PEM) that signed the certificate of the registry.',
	},
	{
		code: 'registry-untrusted',
		case: 'pull',
		provoke: () => broke('SELF_SIGNED_CERT_IN_CHAIN', pulling),
		cause: 'Its certificate is signed by an authority that this host does not trust.',
		fix: 'Give the CA certificate (PEM) that signed it; where a company proxy opens TLS, that is the CA of the proxy.',
	},
	{
		code: 'registry-certificate',
		case: 'expired',
		provoke: () => broke('CERT_HAS_EXPIRED'),
		cause: 'Its certificate has expired, or the clock of this host is wrong.',
		fix: checkValidity,
	},
	{
		code: 'registry-certificate',
		case: 'not yet valid',
		provoke: () => broke('CERT_NOT_YET_VALID'),
		cause: 'Its certificate is not valid yet: the clock of this host is likely behind.',
		fix: checkValidity,
	},
	{
		code: 'registry-certificate',
		case: 'other name',
		provoke: () => broke('ERR_TLS_CERT_ALTNAME_INVALID'),
		cause: 'Its certificate is made out to another name than the one given here.',
		fix: 'Give the registry by a name that its certificate holds.',
	},
	{
		code: 'registry-not-tls',
		provoke: () => broke('ERR_SSL_WRONG_VERSION_NUMBER'),
		cause: 'It does not speak TLS on that port.',
		fix: 'Give the TLS port of the registry; only a registry on this host may be used over plain HTTP.',
	},
	{
		code: 'registry-wants-tls',
		provoke: () => said(400, 'Client sent an HTTP request to an HTTPS server.'),
		cause: 'It speaks TLS on that port, but plain HTTP was asked for.',
		fix: 'Leave plain HTTP off.',
	},
	{
		code: 'registry-client-certificate',
		case: 'refused',
		provoke: () => broke('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
		cause:
			'It, or a proxy before it, asks for a client certificate, and does not take the one given, or none was given.',
		fix: 'Give a client certificate and its key (PEM) that the registry takes; ask its administrator for one.',
	},
	{
		code: 'registry-client-certificate',
		case: 'unusable',
		provoke: () => failed('identity'),
		cause: 'Certificate and key do not belong together, the key has a passphrase, or they are not PEM.',
		fix: 'Give a client certificate and its key (PEM) that the registry takes; ask its administrator for one.',
	},
	{
		code: 'registry-line-dropped',
		case: 'push',
		provoke: () => broke('ECONNRESET'),
		cause: 'The connection broke: the registry, a proxy or the network closed it.',
		fix: askForLogs,
	},
	{
		code: 'registry-line-dropped',
		case: 'push in a body',
		// A registry that had taken bytes was reached: its being away now is a line that dropped.
		provoke: () => broke('ECONNREFUSED', pushing, {sentBytes: 700}),
		cause: 'The connection broke after 700 bytes: the registry, a proxy or the network closed it.',
		fix: askForLogs,
	},
	{
		code: 'registry-line-dropped',
		case: 'pull',
		provoke: () => broke('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', pulling),
		cause: 'The connection broke: the registry, a proxy or the network closed it.',
		fix: pullAgain,
	},
	{
		code: 'registry-stalled',
		case: 'no answer',
		provoke: () => failed('silence', pushing, {stage: 'answer', sentBytes: 0, waitedMs: 15_000}),
		cause: 'It takes connections at r.example.com:443, but for 15 s it did not give its answer.',
		fix: 'Have it looked at: whether it works, its load and its storage, and a proxy or load balancer before it.',
	},
	{
		code: 'registry-stalled',
		case: 'silent push',
		provoke: () => failed('silence', pushing, {stage: 'confirm', waitedMs: 300_000}),
		cause: 'Nothing moved for 300 s while waiting for it to confirm the upload.',
		fix: `${sentOnce} If it comes back, look at the load and the free disk of the registry.`,
	},
	{
		code: 'registry-stalled',
		case: 'silent pull',
		provoke: () => failed('silence', pulling, {waitedMs: 30_000}),
		cause: 'Nothing moved for 30 s while waiting for the rest of its answer.',
		fix: pullAgain,
	},
	{
		code: 'registry-stalled',
		case: 'slow push',
		provoke: () => failed('slowness', pushing, {waitedMs: 120_000}),
		cause: 'It had begun to answer, but was not done with it after 120 s.',
		fix: `${sentOnce} If it comes back, look at the line, and at the load of the registry.`,
	},
	{
		code: 'registry-stalled',
		case: 'slow pull',
		provoke: () => failed('slowness', pulling, {waitedMs: 120_000}),
		cause: 'It had begun to answer, but was not done with it after 120 s.',
		fix: pullAgain,
	},
	...(
		[
			['no HTTP', () => broke('HPE_INVALID_CONSTANT'), 'What answers there does not speak HTTP.'],
			['no API', () => pinged(404), 'There is no /v2/ on it.'],
			['page', () => pinged(200, {'content-type': 'text/html'}), 'It answers with a web page.'],
			['odd status', () => said(418), 'It answers 418 where a registry would not.'],
			['long answer', () => failed('length'), 'Its answer is longer than any answer of a registry.'],
			['login nowhere', () => challenged('Bearer realm="nowhere"'), 'It names a token server that is no URL.'],
			[
				'no token',
				() => challenged('Bearer realm="https://tokens.example.com/"'),
				'The token server https://tokens.example.com answers without a token.',
			],
			[
				'upload nowhere',
				async () => client(await fake((_request, response) => response.writeHead(202).end())).checkPush('a', never),
				'It opened an upload but does not say where.',
			],
			[
				'manifest no JSON',
				() => pulled('<html>'),
				'Where a manifest was asked for, it answers with something that is no JSON.',
			],
			['manifest no object', () => pulled('[]'), 'Its manifest is no JSON object.'],
			[
				'no tags',
				() =>
					readTags(
						listing(() => 'tags'),
						'zenml/api',
						never,
					),
				'It answers without a list of tags.',
			],
			[
				'too many tags',
				() => readTags(listing(endlessTags()), 'zenml/api', never),
				'It lists more tags than any repository has.',
			],
			[
				'too many attached',
				() => readReferrers(listing(manyAttached), {host: 'r.example.com', repository: 'a'}, digest, never),
				'It lists more than is ever attached to an image.',
			],
			['no address', () => createRegistry({host: 'https://registry.example.com'}), 'It is not host or host:port.'],
		] as const
	).map(
		([name, provoke, cause]): Row => ({
			code: 'registry-not-a-registry',
			case: name,
			provoke,
			cause,
			fix: giveAddress,
		}),
	),
	...(
		[
			[
				'request',
				() => pinged(302, {location: 'https://login.example.com/x?key=1'}),
				'It sends GET requests on to https://login.example.com (status 302).',
			],
			[
				'login in clear',
				() => challenged('Bearer realm="http://tokens.example.com/"'),
				'It sends logins to http://tokens.example.com, which is not protected by TLS.',
			],
			[
				'upload in clear',
				() => sessionWith(answering(202)).locate({headers: {location: 'http://storage.example.com/x'}}, pushing),
				'It sends uploads to http://storage.example.com, which is not protected by TLS.',
			],
			[
				'download in clear',
				() => downloading('http://storage.example.com/x'),
				'It sends the download on to http://storage.example.com, which is not protected by TLS.',
			],
			['download nowhere', () => downloading(undefined), 'It sends the download on, but does not say where.'],
			['download in circles', () => downloading('/again'), 'It sends the download on more than 5 times.'],
		] as const
	).map(([name, provoke, cause]): Row => ({code: 'registry-redirects', case: name, provoke, cause, fix: giveName})),

	{
		code: 'registry-unauthorized',
		case: 'no login',
		provoke: () => said(401, '', pushing, {}, {hasLogin: false}),
		cause: 'It asks for a login, but none was given.',
		fix: 'Give user name and password (or robot token) of the registry.',
	},
	{
		code: 'registry-unauthorized',
		case: 'login',
		provoke: () => said(401, '', {registry: 'r.example.com', what: 'log in'}),
		cause: 'It does not accept this login.',
		fix: 'Check user name and password (or robot token), and that the project exists.',
	},
	{
		code: 'registry-unauthorized',
		case: 'repository',
		provoke: () => said(401),
		cause: 'It does not accept this login for zenml/api; Harbor says the same when the project does not exist.',
		fix: 'Check user name and password (or robot token), and that the project exists.',
	},
	{
		code: 'registry-unauthorized',
		case: 'pull with login',
		provoke: () => said(401, '', pulling),
		cause: 'It does not accept the login from config.json, or it has ended: logins of the clouds last for some hours.',
		fix: 'Log in to r.example.com on this machine, then try again.',
	},
	{
		code: 'registry-unauthorized',
		case: 'pull without login',
		provoke: () => said(401, '', pullingWithout),
		cause: 'It asks for a login, but there was no login (no file of logins was found).',
		fix: 'Log in to r.example.com on this machine, then try again.',
	},
	{
		code: 'registry-denied',
		case: 'push',
		provoke: () => said(403),
		cause: 'The login is right but may not push to zenml/api.',
		fix: 'Have the right to push (in Harbor: role Developer or above) given to this user, or use another login.',
	},
	{
		code: 'registry-denied',
		case: 'pull with login',
		provoke: () => said(403, '', pulling),
		cause: 'It does not let zenml/api be pulled with the login from config.json.',
		fix: 'Have the right to pull given to this user, or log in as another one.',
	},
	{
		code: 'registry-denied',
		case: 'pull from vendor',
		provoke: () => said(403, '', {...pulling, registry: 'europe-docker.pkg.dev'}),
		cause: 'It does not let zenml/api be pulled with the login from config.json.',
		fix: 'Have the right to pull given to this user, or log in as another one. The vendor gives it for the images of the product.',
	},
	{
		code: 'registry-denied',
		case: 'pull without login',
		provoke: () => said(403, '', pullingWithout),
		cause: 'It does not let zenml/api be pulled with no login (no file of logins was found).',
		fix: 'Log in to r.example.com on this machine, then try again.',
	},
	{
		code: 'registry-pull-limit',
		case: 'with login',
		provoke: () => said(429, 'toomanyrequests', pulling, {retryAfterMs: 3_600_000}),
		cause:
			'The number of pulls that it allows in a span of time is used up. It asks to wait 3600 s. It was asked with the login from config.json.',
		fix: 'Wait, or log in as a user with a higher limit; what was pulled is not pulled again.',
	},
	{
		code: 'registry-pull-limit',
		case: 'without login',
		provoke: () => said(429, 'toomanyrequests', pullingWithout),
		cause:
			'The number of pulls that it allows in a span of time is used up. It asks to wait for a time that it does not tell. It was asked with no login (no file of logins was found).',
		fix: 'Log in: users with a login may pull more. Or wait; what was pulled is not pulled again.',
	},
	{
		code: 'registry-login-expired',
		provoke: () =>
			sessionWith(async ({url, body}) => {
				if (url.pathname === '/v2/') return {status: 200, headers: {}, body: Buffer.from('{}')};
				body?.onSent?.(2_000_000);
				return {status: 401, headers: {'www-authenticate': 'Basic realm="x"'}, body: Buffer.alloc(0)};
			}).send({
				method: 'PUT',
				url: '/x',
				body: {length: 3_000_000, chunks: async function* () {}},
				scopes: [],
				context: pushing,
				signal: never,
				accept: [],
			}),
		cause: 'The login ran out after 2000000 bytes of an upload.',
		fix: `${sentOnce} If it comes back, have tokens given a longer life.`,
	},
	{
		code: 'registry-login-in-clear',
		provoke: () => challenged('Basic realm="x"', 'http://10.0.0.7:5000/'),
		cause:
			'10.0.0.7:5000 asks for a login, but is reached without TLS: everybody on the way could read it. It was not sent.',
		fix: 'Leave plain HTTP off and give the CA of the registry; a registry on this host may also be named localhost.',
	},
	{
		code: 'registry-no-project',
		case: 'said',
		provoke: () => said(404, 'project zenml not found'),
		cause: 'The project or repository path of zenml/api does not exist there, and it is not made by a push.',
		fix: 'Have the project zenml made in the registry, or give another prefix.',
	},
	{
		code: 'registry-no-project',
		case: 'login accepted',
		provoke: async () => {
			const host = await fake((request, response) => {
				const known = request.url === '/v2/' && request.headers.authorization !== undefined;
				response.writeHead(known ? 200 : 401, {'www-authenticate': 'Basic realm="x"'}).end('{}');
			});
			return client(host).checkPush('zenml/api', never);
		},
		cause:
			'It accepts this login, but not for zenml/api: the project zenml does not exist (Harbor then answers 401), or this user has no right in it.',
		fix: 'Have the project zenml made, or the right to push to it given to this user; or give another prefix.',
	},

	{
		code: 'registry-path-refused',
		provoke: () => said(400, 'invalid repository name'),
		cause: 'It does not take zenml/api as a repository: it wants a project in front, or allows fewer parts than that.',
		fix: 'Give a prefix that fits: PROJECT for Harbor, an organization for Quay, the key of a Docker repository for Artifactory.',
	},
	{
		code: 'registry-takes-no-push',
		provoke: () => said(405),
		cause:
			'It takes no push to zenml/api: it is likely a cache or a group of other registries, or a proxy lets reading through only.',
		fix: 'Push to the registry (or hosted repository) behind it; where that has a name of its own, give it as the push host.',
	},
	{
		code: 'registry-tag-immutable',
		provoke: () => said(412, 'configured as immutable'),
		cause: 'Tags in zenml/api cannot be moved, and this tag stands for another image there.',
		fix: 'Push under another prefix; or have the rule lifted for this repository, where nothing uses the image that is there.',
	},
	{
		code: 'registry-policy',
		provoke: () => said(412, 'PROJECTPOLICYVIOLATION'),
		cause:
			'A policy of the project of zenml/api keeps the image from being pulled, after a scan or for want of a signature.',
		fix: 'Have the image allowed in the project, or the policy lifted: nodes would be refused in the same way.',
	},
	{
		code: 'registry-manifest-refused',
		case: 'OCI',
		provoke: () => said(415, '', {...pushing, mediaType: 'application/vnd.oci.image.index.v1+json'}),
		cause:
			'It does not take a manifest of the type application/vnd.oci.image.index.v1+json: it is too old for OCI images, multi-platform images or this compression of layers.',
		fix: 'Use a registry that speaks the OCI distribution specification 1.0 or newer, or have this one upgraded.',
	},
	{
		code: 'registry-manifest-refused',
		case: 'Docker',
		provoke: () =>
			said(400, 'MANIFEST_INVALID', {
				...pushing,
				mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
			}),
		cause:
			'It does not take a manifest of the type application/vnd.docker.distribution.manifest.v2+json, which is one of Docker: it takes those of OCI alone.',
		fix: 'Have the types of Docker allowed there: in zot, "http": {"compat": ["docker2s2"]}. This program does not convert images.',
	},
	{
		code: 'registry-too-large',
		provoke: () => said(413),
		cause: 'A layer is larger than a proxy before the registry, or the registry itself, lets through.',
		fix: 'Have the limit lifted: in nginx `client_max_body_size 0`, in an ingress the annotation `nginx.ingress.kubernetes.io/proxy-body-size: "0"`.',
	},
	{
		code: 'registry-quota',
		provoke: () => said(507),
		cause: 'Its storage, or the quota of the project, is used up.',
		fix: 'Have the quota or the disk made larger, then try again: what is already there is not sent twice.',
	},
	{
		code: 'registry-read-only',
		provoke: () => said(503, 'read-only mode'),
		cause: 'It is in read-only mode, as during its garbage collection or maintenance.',
		fix: 'Wait until the registry takes uploads again, then try again.',
	},
	{
		code: 'registry-rate-limited',
		case: 'push',
		provoke: () => said(429),
		cause: 'It takes no more requests for now.',
		fix: 'Wait some minutes and try again, or have the rate limit for this user raised.',
	},
	{
		code: 'registry-rate-limited',
		case: 'pull',
		provoke: () => said(429, '', pulling),
		cause: 'It takes no more requests for now.',
		fix: 'Wait some minutes and try again.',
	},
	{
		code: 'registry-unavailable',
		case: 'push',
		provoke: () => said(502),
		cause: 'It answers 502: it, its storage or a proxy before it is in trouble.',
		fix: 'Look at the logs of the registry, then try again: what is already there is not sent twice.',
	},
	{
		code: 'registry-unavailable',
		case: 'pull',
		provoke: () => said(502, '', pulling),
		cause: 'It answers 502: it, its storage or a proxy before it is in trouble.',
		fix: 'Wait some minutes and try again; the registry, or a proxy before it, is in trouble.',
	},

	{
		code: 'registry-upload-lost',
		case: 'forgotten',
		provoke: () => said(404, 'BLOB_UPLOAD_UNKNOWN'),
		cause:
			'It lost an upload or a layer half-way: it was restarted, cleaned up, or several instances do not share their storage.',
		fix: storage,
	},
	{
		code: 'registry-upload-lost',
		case: 'piece refused',
		provoke: () => resuming(416, '0-999'),
		cause: 'It does not take the bytes from 1000 on (status 416).',
		fix: storage,
	},
	{
		code: 'registry-upload-lost',
		case: 'other offset',
		provoke: () => resuming(202, '0-1999'),
		cause: `It says that it has 2000 bytes after ${layer.length} were sent.`,
		fix: storage,
	},
	{
		code: 'registry-upload-lost',
		case: 'put together wrongly',
		provoke: () => resuming(202, `0-${layer.length - 1}`, 400),
		cause: 'What it put together out of pieces is not this layer (status 400).',
		fix: storage,
	},
	{
		code: 'registry-digest-mismatch',
		case: 'received others',
		provoke: () => said(400, 'DIGEST_INVALID'),
		cause: 'The registry received other bytes than were sent.',
		fix: 'Verify the bundle, then push again. If it comes back, a proxy before the registry changes bodies.',
	},
	{
		code: 'registry-digest-mismatch',
		case: 'push',
		provoke: () => forgetting('other', true),
		cause: `${image.manifest.digest} was expected, but it is ${sha256(Buffer.from('other'))}: bytes were changed on the way or in the registry's storage.`,
		fix: 'Verify the bundle, then push again. If it comes back, a proxy before the registry changes bodies.',
	},
	{
		code: 'registry-digest-mismatch',
		case: 'pull',
		provoke: () => pulled('{}', {'docker-content-digest': digest}),
		cause: `${digest} was expected, but it is ${sha256(Buffer.from('{}'))}: bytes were changed on the way or in the registry's storage.`,
		fix: 'Try again. If it comes back, a proxy on the way changes what passes.',
	},
	{
		code: 'registry-upload-lost',
		case: 'confirmed',
		provoke: () => forgetting(image.manifest.bytes.toString(), false),
		cause: `It took ${digest} and confirmed it, but then answers that it does not have it.`,
		fix: storage,
	},
	{
		code: 'registry-part-damaged',
		provoke: () => damaging('other'),
		cause: `It took ${digest} and confirmed it, but what it gives back when that is read is ${sha256(Buffer.from('other'))} (5 bytes): its storage holds a damaged copy, which it does not replace.`,
		fix: "Have the copy in the registry's storage compared with its digest on the spot. Where it is another, have that copy deleted and the registry restarted; then push again. Where it is right, a proxy on the way changes what passes.",
	},
	...(
		[
			['refused', 'ECONNREFUSED', 'Nothing listens on that port, or a firewall refuses it.'],
			['unknown name', 'ENOTFOUND', 'The name is not known to the DNS servers of this host.'],
			['no name server', 'EAI_AGAIN', 'The DNS servers of this host do not answer.'],
			['no route to host', 'EHOSTUNREACH', 'There is no route to that host.'],
			['no route to network', 'ENETUNREACH', 'There is no route to that network.'],
			['no answer', 'ETIMEDOUT', 'The host did not answer in time; a firewall may drop the packets.'],
		] as const
	).map(
		([name, code, cause]): Row => ({
			code: 'registry-unreachable',
			case: `elsewhere: ${name}`,
			provoke: () => broke(code, tokens),
			cause,
			fix: 'Check that this host may connect to auth.example.com:8443, and that the address is right.',
		}),
	),
	{
		code: 'registry-untrusted',
		case: 'elsewhere',
		provoke: () => broke('SELF_SIGNED_CERT_IN_CHAIN', tokens),
		cause: 'Its certificate is signed by an authority that this host does not trust.',
		fix: 'Give the CA certificate (PEM) that signed the certificate of auth.example.com:8443 as well: one file may hold several.',
	},
	{
		code: 'registry-certificate',
		case: 'elsewhere: other name',
		provoke: () => broke('ERR_TLS_CERT_ALTNAME_INVALID', tokens),
		cause: 'Its certificate is made out to another name than the one by which the registry names it.',
		fix: 'Have the registry name it by a name that its certificate holds.',
	},
	{
		code: 'registry-redirects',
		case: 'request in circles',
		provoke: () =>
			sessionWith(answering(307, {location: '/again?and=again'})).send({
				method: 'POST',
				url: '/v2/a/blobs/uploads/',
				carriesBlob: true,
				scopes: [],
				context: pushing,
				signal: never,
				accept: [202],
			}),
		cause: 'It sends a request on more than 5 times.',
		fix: giveName,
	},
	{
		code: 'registry-unauthorized',
		case: 'no challenge',
		provoke: () => said(401, '', pushing, {}, {hasLogin: true, sent: false}),
		cause: 'It answers 401 without saying how to log in, so the login was not sent.',
		fix: 'Look at what stands before the registry: a proxy that takes the header WWW-Authenticate away, or wants a login of its own.',
	},
	{
		code: 'registry-unauthorized',
		case: 'other scheme',
		provoke: () =>
			said(401, '', pushing, {headers: {'www-authenticate': 'Negotiate, NTLM'}}, {hasLogin: true, sent: false}),
		cause: 'It asks for a login by negotiate, ntlm. This program can Basic and Bearer, so no login was sent.',
		fix: 'Give an address of the registry that takes user name and password, or tokens; mostly a proxy before it asks for negotiate, ntlm.',
	},
	{
		code: 'registry-unauthorized',
		case: 'ended',
		provoke: () => said(403, 'Your authorization token has expired. Reauthenticate and try again.'),
		cause: 'The login has ended: those of the clouds last for some hours.',
		fix: 'Get a new password or token, and give that as the password of the registry.',
	},
	{
		code: 'registry-unauthorized',
		case: 'elsewhere',
		provoke: () => said(401, '', {...tokens, role: 'uploads'}),
		cause: 'It asks for a login. That of the registry is sent to no other host.',
		fix: otherHost,
	},
	{
		code: 'registry-denied',
		case: 'elsewhere',
		provoke: () => said(403, '', {...tokens, role: 'uploads'}),
		cause: 'It refuses (status 403). The login of the registry is sent to no other host.',
		fix: otherHost,
	},
	{
		code: 'registry-denied',
		case: 'no login',
		provoke: () => said(403, '', pushing, {}, {hasLogin: false}),
		cause: 'It refuses that to who has no login, and none was given.',
		fix: 'Give user name and password (or robot token) of the registry.',
	},
	{
		code: 'registry-denied',
		case: 'not asked',
		provoke: () => said(403, '', pushing, {}, {hasLogin: true, sent: false}),
		cause:
			'It refuses without asking for the login, so that was not sent: a list of allowed hosts, a firewall or a proxy may do so.',
		fix: 'Have this host allowed to use the registry; its own words are below.',
	},
	{
		code: 'registry-denied',
		case: 'page',
		provoke: () => said(403, '<html><body><h1>Blocked by policy 7</h1></body></html>'),
		cause: 'It answers 403 with a web page: Blocked by policy 7',
		fix: 'Find out who says so: a firewall or proxy on the way, or one before the registry. Have this host let through there.',
	},
	{
		code: 'registry-denied',
		case: 'token',
		provoke: () => said(403, '', tokens, {}, {hasLogin: true, ofTokens: true}),
		cause: 'It gives no token for zenml/api: it does not accept the login, or the login has no right there.',
		fix: 'Check user name and password (or robot token), and that this user may push there.',
	},
	{
		code: 'registry-rate-limited',
		case: 'long wait',
		provoke: () => said(429, '', pushing, {retryAfterMs: 3_600_000}),
		cause: 'It takes no more requests for now, and asks to wait 3600 s. So long is not waited here.',
		fix: 'Try again after that time, or have the rate limit for this user raised.',
	},
	{
		code: 'registry-unavailable',
		case: 'long wait',
		provoke: () => said(503, '', pushing, {retryAfterMs: 600_000}),
		cause: 'It answers 503, and asks to wait 600 s. So long is not waited here.',
		fix: 'Try again after that time; or ask who runs it, or a proxy before it, what it waits for.',
	},
	{
		code: 'registry-refused',
		case: 'in words',
		provoke: () => said(400, JSON.stringify({errors: [{code: 'SIZE_INVALID', message: 'too long', detail: 'by 7'}]})),
		cause: 'It refuses with status 400: SIZE_INVALID: too long (by 7)',
		fix: 'Ask who runs the registry what these words mean there; its logs have more.',
	},
	{
		code: 'registry-refused',
		case: 'page',
		provoke: () => said(400, '<html><h1>Bad gateway rule</h1></html>'),
		cause: 'It answers 400 with a web page: Bad gateway rule',
		fix: 'Find out who says so: a proxy or firewall on the way, one before the registry, or another server under that name.',
	},
	{
		code: 'registry-refused',
		case: 'proxy login',
		provoke: () => said(407),
		cause: 'A proxy on the way asks for a login of its own (status 407).',
		fix: 'Put user and password of the proxy into HTTPS_PROXY, or leave the registry out of it with NO_PROXY.',
	},
	{
		code: 'registry-refused',
		case: 'no length',
		provoke: () => said(411),
		cause:
			'It wants to be told the length of what it is sent (status 411). It was told: a proxy on the way takes that away.',
		fix: 'Have the proxy before the registry pass on the header Content-Length.',
	},
	{
		code: 'registry-refused',
		case: 'not said',
		provoke: () => said(200, '{}'),
		cause: 'It answers 200 where a registry says 201 or 202, so it is not known whether it took that.',
		fix: 'Find out what answers there: a proxy before the registry, or another server under that name.',
	},
];

describe('each refusal of a registry is told with its cause and its fix', () => {
	test.each(rows.map((row) => [nameOf(row), row] as const))('%s', async (_name, row) => {
		await expectTold(row);
	});

	test('and there is none that no test provokes', () => {
		expect(rows.map(nameOf).sort()).toEqual([...casesOf(registryProblems.table)].sort());
	});
});

test('one who pulls is told no answers of an install; one who pushes is', () => {
	expect(broke('ECONNREFUSED').problem.answers).toEqual(['registry.host']);
	expect(broke('ECONNREFUSED', pulling).problem.answers).toBeUndefined();
});
