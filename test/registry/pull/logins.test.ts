import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {inspect} from 'node:util';
import {expect, test} from 'vitest';
import {askHelper} from '../../../source/registry/pull/credential-helper.ts';
import {createLoginFinder} from '../../../source/registry/pull/logins.ts';
import {canary, folderOf, never, problemOf} from './support.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A helper that writes down its arguments and its input, and does what the test says. */
const helper = (body: string): string => `#!/bin/sh
printf '%s ' "$@" >>"$0.log"
cat >>"$0.log"
${body}
`;
const answers = (username: string, secret: string): string =>
	helper(`printf '{"ServerURL":"x","Username":"${username}","Secret":"${secret}"}'`);

const finder = async (
	files: Readonly<Record<string, string>>,
	more: Readonly<Record<string, string>> = {},
	now?: () => number,
) => {
	const home = await folderOf(files);
	const secrets: string[] = [];
	const find = createLoginFinder({
		environment: {PATH: `${join(home, 'bin')}:/usr/bin:/bin`, ...more},
		homeDirectory: home,
		onSecret: (secret) => secrets.push(secret),
		signal: never,
		...(now ? {now} : {}),
	});
	return {home, secrets, find};
};
const config = (value: unknown): {readonly '.docker/config.json': string} => ({
	'.docker/config.json': JSON.stringify(value),
});

test.each([
	['auth', {auth: base64(`op:${canary}`)}],
	['user name and password', {username: 'op', password: canary}],
])('a login is read from the fields of config.json: %s', async (_name, entry) => {
	const {home, secrets, find} = await finder(config({auths: {'ghcr.io': entry}}));
	const {login, source} = await find('ghcr.io');
	expect(login.username).toBe('op');
	expect(await login.password?.()).toBe(canary);
	expect(source).toBe(join(home, '.docker/config.json'));
	expect(secrets).toEqual([canary]);
	expect((await find('quay.io')).login).toEqual({});
});

test('a password may hold colons, and an identity token wins over the user beside it', async () => {
	const {find, secrets} = await finder(
		config({
			auths: {'a.io': {auth: base64('op:a:b:c')}, 'b.io': {auth: base64('00000000:'), identitytoken: 'refresh-me'}},
		}),
	);
	expect(await (await find('a.io')).login.password?.()).toBe('a:b:c');
	const {login} = await find('b.io');
	expect(login.username).toBeUndefined();
	expect(await login.identityToken?.()).toBe('refresh-me');
	expect(secrets).toContain('refresh-me');
});

test('the login of Docker Hub lies under its old URL, and keys may be URLs', async () => {
	const {find} = await finder(
		config({
			auths: {
				'https://index.docker.io/v1/': {auth: base64('hub:x')},
				'https://reg.corp:5000': {auth: base64('corp:y')},
			},
		}),
	);
	expect((await find('docker.io')).login.username).toBe('hub');
	expect((await find('registry-1.docker.io')).login.username).toBe('hub');
	expect((await find('reg.corp:5000')).login.username).toBe('corp');
	expect((await find('reg.corp')).login).toEqual({});
});

test('a login for one path of a registry is not taken for all of it', async () => {
	const {find} = await finder(config({auths: {'quay.io/team': {auth: base64('team:x')}}}));
	expect((await find('quay.io')).login).toEqual({});
});

test('a credential helper is asked for its registry, by the protocol', async () => {
	const {home, secrets, find} = await finder({
		...config({credHelpers: {'1.dkr.ecr.eu-west-1.amazonaws.com': 'ecr-login'}, credsStore: 'desk'}),
		'bin/docker-credential-ecr-login': answers('AWS', canary),
		'bin/docker-credential-desk': answers('<token>', 'refresh-me'),
	});
	const {login, source} = await find('1.dkr.ecr.eu-west-1.amazonaws.com');
	expect([login.username, await login.password?.()]).toEqual(['AWS', canary]);
	expect(source).toContain('docker-credential-ecr-login');
	expect(await readFile(join(home, 'bin/docker-credential-ecr-login.log'), 'utf8')).toBe(
		'get 1.dkr.ecr.eu-west-1.amazonaws.com',
	);
	const hub = await find('docker.io');
	expect(await hub.login.identityToken?.()).toBe('refresh-me');
	expect(await readFile(join(home, 'bin/docker-credential-desk.log'), 'utf8')).toBe('get https://index.docker.io/v1/');
	expect(secrets).toEqual([canary, 'refresh-me']);
});

test('where a helper has nothing, the file itself counts, and the end tells all places', async () => {
	const {home, find} = await finder({
		...config({credsStore: 'desk', auths: {'ghcr.io': {auth: base64('op:x')}, 'quay.io': {}}}),
		'bin/docker-credential-desk': helper("echo 'credentials not found in native keychain'; exit 1"),
	});
	expect((await find('ghcr.io')).login.username).toBe('op');
	const {login, source} = await find('quay.io');
	expect(login).toEqual({});
	expect(source).toContain('docker-credential-desk');
	expect(source).toContain(join(home, '.docker/config.json'));
});

test('an answer of a helper that is older than ten minutes is asked for anew', async () => {
	let time = 0;
	const {home, find} = await finder(
		{
			...config({credsStore: 'count'}),
			'bin/docker-credential-count': helper(
				'echo x >>"$0.count"; printf \'{"Username":"u","Secret":"secret-%s"}\' "$(grep -c x "$0.count")"',
			),
		},
		{},
		() => time,
	);
	const {login} = await find('a.io');
	expect(await login.password?.()).toBe('secret-1');
	time = 9 * 60_000;
	expect(await login.password?.()).toBe('secret-1');
	time = 11 * 60_000;
	expect(await login.password?.()).toBe('secret-2');
	expect(await readFile(join(home, 'bin/docker-credential-count.log'), 'utf8')).toBe('get a.ioget a.io');
});

test('a helper that fails is told by name, and no word that it said is shown', async () => {
	const {find} = await finder({
		...config({
			credHelpers: {
				'a.io': 'broken',
				'b.io': 'absent',
				'c.io': 'garbage',
				'd.io': '../evil',
				'e.io': 'leaky',
				'f.io': 'lines',
				'g.io': 'words',
				'h.io': 'endless',
			},
		}),
		'bin/docker-credential-broken': helper(`echo 'debug: token ${canary}' >&2; exit 3`),
		'bin/docker-credential-garbage': helper(`printf 'not json ${canary}'`),
		'bin/docker-credential-leaky': helper(`printf '{"Username":"u","Secret":"${canary}"}'; exit 1`),
		'bin/docker-credential-lines': helper(`printf '{\\n"Username":"u",\\n"Secret":\\n"${canary}"\\n}\\n'; exit 1`),
		'bin/docker-credential-words': helper(`echo 'refused: ${canary}'; echo '${canary}' >&2; kill -9 $$`),
		'bin/docker-credential-endless': helper(`while :; do printf '%s' '${canary.repeat(200)}'; done`),
	});
	const broken = await problemOf(find('a.io'));
	expect(broken).toMatchObject({
		code: 'registry-credential-helper',
		area: 'registry',
		cause: 'It ended with exit code 3.',
		nextSteps: ['echo a.io | docker-credential-broken get >/dev/null'],
	});
	expect(broken.message).toContain('docker-credential-broken');
	expect((await problemOf(find('b.io'))).cause).toContain('no such program');
	expect((await problemOf(find('d.io'))).cause).toContain('not the name of a helper');
	expect((await problemOf(find('g.io'))).cause).toContain('ended by SIGKILL');
	expect((await problemOf(find('h.io'))).cause).toContain('longer than any login');
	for (const host of ['a.io', 'c.io', 'e.io', 'f.io', 'g.io', 'h.io']) {
		const problem = await find(host).then(
			() => undefined,
			(error: unknown) => error,
		);
		expect(problem).toMatchObject({problem: {code: 'registry-credential-helper'}});
		expect(inspect(problem, {depth: 10})).not.toContain(canary);
	}
});

test('what a helper leaves running with its output open does not keep its login', async () => {
	const {home, find} = await finder({
		...config({credsStore: 'agent'}),
		'bin/docker-credential-agent': helper(
			`sleep 300 &\necho $! >"$0.pid"\nprintf '{"Username":"u","Secret":"${canary}"}'`,
		),
	});
	const {login} = await find('a.io');
	const pid = Number(await readFile(join(home, 'bin/docker-credential-agent.pid'), 'utf8'));
	try {
		expect(await login.password?.()).toBe(canary);
		// It is still there: its end was not waited for.
		expect(process.kill(pid, 0)).toBe(true);
	} finally {
		process.kill(pid);
	}
});

test('a helper that does not answer is ended, and told', async () => {
	const home = await folderOf({'bin/docker-credential-slow': '#!/bin/sh\nexec sleep 300\n'});
	const helper = {name: 'slow', environment: {PATH: `${join(home, 'bin')}:/usr/bin:/bin`}};
	expect((await problemOf(askHelper({...helper, signal: never, timeoutMs: 50}, 'a.io'))).cause).toBe(
		'It did not answer within 0.05 s.',
	);
	const stop = new AbortController();
	const asked = askHelper({...helper, signal: stop.signal}, 'a.io');
	stop.abort(new Error('stopped'));
	await expect(asked).rejects.toThrow('stopped');
});

test('a helper does not see what is not in its environment, and nothing but get is in its arguments', async () => {
	const {find} = await finder({
		...config({credsStore: 'env'}),
		'bin/docker-credential-env': helper(
			'printf \'{"Username":"%s","Secret":"%s"}\' "$#" "$(printenv HOME || echo none)"',
		),
	});
	const {login} = await find('a.io');
	expect([login.username, await login.password?.()]).toEqual(['1', 'none']);
});

test('the files of podman count too: the named one first, those of its defaults last', async () => {
	const auth = (name: string) => JSON.stringify({auths: {'a.io': {auth: base64(`${name}:x`)}}});
	const home = await folderOf({'run/containers/auth.json': auth('runtime'), 'named.json': auth('named')});
	const find = (environment: Readonly<Record<string, string>>) =>
		createLoginFinder({environment, homeDirectory: home, onSecret: () => {}, signal: never})('a.io');
	expect((await find({})).login).toEqual({});
	expect((await find({})).source).toBe('no file of logins was found');
	expect((await find({XDG_RUNTIME_DIR: join(home, 'run')})).login.username).toBe('runtime');
	expect(
		(await find({XDG_RUNTIME_DIR: join(home, 'run'), REGISTRY_AUTH_FILE: join(home, 'named.json')})).login.username,
	).toBe('named');
	expect((await problemOf(find({REGISTRY_AUTH_FILE: join(home, 'gone.json')}))).code).toBe('registry-login-file');
});

test('DOCKER_CONFIG names another folder', async () => {
	const home = await folderOf({'other/config.json': JSON.stringify({auths: {'a.io': {auth: base64('op:x')}}})});
	const find = createLoginFinder({
		environment: {DOCKER_CONFIG: join(home, 'other')},
		homeDirectory: home,
		onSecret: () => {},
		signal: never,
	});
	expect((await find('a.io')).source).toBe(join(home, 'other/config.json'));
});

test.each([
	['no JSON', `{"auths": {"a.io": {"auth": "${base64(`op:${canary}`)}"`, /not JSON/u],
	['another build', '{"auths": ["a.io"]}', /look at auths/u],
	['no base64 of user and password', `{"auths": {"a.io": {"auth": "${base64(canary)}"}}}`, /base64 of user:password/u],
])('a file of logins that cannot be used is named, its content is not told: %s', async (_name, text, cause) => {
	const {home, find} = await finder({'.docker/config.json': text});
	const problem = await problemOf(find('a.io'));
	expect(problem).toMatchObject({code: 'registry-login-file', location: {file: join(home, '.docker/config.json')}});
	expect(problem.cause).toMatch(cause);
	expect(JSON.stringify(problem)).not.toContain(base64(canary));
	expect(JSON.stringify(problem)).not.toContain(canary);
});
