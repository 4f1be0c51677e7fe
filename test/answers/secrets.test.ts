import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {generateHexKey, generateSecret, resolveSecret, type SecretSources} from '../../source/answers/secrets.ts';
import {ProblemError} from '../../source/base/problem.ts';

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'secrets-'));
	await writeFile(join(folder, 'private'), 's3cret-word\n', {mode: 0o600});
	await writeFile(join(folder, 'open'), 's3cret-word\r\n');
	await chmod(join(folder, 'open'), 0o644);
	await writeFile(join(folder, 'empty'), '\n', {mode: 0o600});
	await writeFile(join(folder, 'lines'), 'a\nb\n\n', {mode: 0o600});
});
afterAll(async () => rm(folder, {recursive: true}));

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const cluster: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
	'ns/login': {data: {password: base64('CANARY\n'), empty: '', token: base64('CANARY')}},
	'ns/bare': {},
};

const sources = (over: Partial<SecretSources> = {}): SecretSources => ({
	answer: 'registry.password',
	environment: {SET: 'CANARY', EMPTY: ''},
	readKubernetesSecret: async ({namespace, name}) => cluster[`${namespace}/${name}`],
	...over,
});

const refusal = async (reference: string, over: Partial<SecretSources> = {}) => {
	const error = await resolveSecret(reference, sources(over)).then(
		() => new Error('It was resolved'),
		(reason: unknown) => reason,
	);
	if (error instanceof ProblemError) return error.problem;
	throw error;
};

describe('resolving a secret', () => {
	it('takes it from the environment, whole', async () => {
		expect(await resolveSecret('env:SET', sources())).toBe('CANARY');
	});

	it('takes it from a file without its last line break only', async () => {
		expect(await resolveSecret(`file:${folder}/private`, sources())).toBe('s3cret-word');
		expect(await resolveSecret(`file:${folder}/open`, sources())).toBe('s3cret-word');
		expect(await resolveSecret(`file:${folder}/lines`, sources())).toBe('a\nb\n');
	});

	it('warns of a file that others may read, and of no other', async () => {
		const warnings: string[] = [];
		const onWarning = (text: string): number => warnings.push(text);
		await resolveSecret(`file:${folder}/private`, sources({onWarning}));
		expect(warnings).toEqual([]);
		await resolveSecret(`file:${folder}/open`, sources({onWarning}));
		expect(warnings).toEqual([
			`registry.password: other users of this host may read ${folder}/open; chmod 600 ${folder}/open keeps it private`,
		]);
	});

	it('takes it from a secret of the cluster', async () => {
		expect(await resolveSecret('k8s:ns/login/password', sources())).toBe('CANARY');
	});

	it('takes what was typed', async () => {
		expect(await resolveSecret('prompt', sources({prompted: 'typed'}))).toBe('typed');
	});

	it.each([
		['env:NOT_SET', 'answers-secret-env', 'registry.password: the environment variable NOT_SET is not set'],
		['env:EMPTY', 'answers-secret-env', 'registry.password: the environment variable EMPTY is empty'],
		['env:toString', 'answers-secret-env', 'registry.password: the environment variable toString is not set'],
		['k8s:ns/none/password', 'answers-secret-kubernetes', 'registry.password: secret ns/none does not exist'],
		['k8s:ns/login/user', 'answers-secret-kubernetes', 'registry.password: secret ns/login has no key user'],
		['k8s:ns/login/empty', 'answers-secret-kubernetes', 'registry.password: key empty of secret ns/login is empty'],
		['k8s:ns/bare/password', 'answers-secret-kubernetes', 'registry.password: secret ns/bare has no key password'],
		['prompt', 'answers-secret-prompt', 'registry.password: the secret has to be typed, and nobody was asked'],
		['CANARY', 'answers-literal-secret', 'registry.password must be a reference to a secret, not the secret itself'],
	])('refuses %s and names the answer', async (reference, code, message) => {
		const problem = await refusal(reference);
		expect(problem).toMatchObject({code, message, area: 'usage', answers: ['registry.password']});
		expect(JSON.stringify(problem)).not.toContain('CANARY');
		expect(JSON.stringify(problem)).not.toContain(base64('CANARY'));
	});

	it.each([
		['none', 'does not exist'],
		['private/below', 'does not exist'],
		['empty', 'is empty'],
		['', 'is a folder'],
	])('refuses the file "%s", which %s', async (name, what) => {
		const path = join(folder, name);
		expect(await refusal(`file:${path}`)).toMatchObject({
			code: 'answers-secret-file',
			message: `registry.password: the file ${path} ${what}`,
		});
	});

	it('refuses a file that this user may not read', async () => {
		const readFile = async (): Promise<never> => {
			throw Object.assign(new Error('no'), {code: 'EACCES'});
		};
		expect((await refusal('file:/x', {readFile})).message).toBe(
			'registry.password: the file /x may not be read by this user',
		);
	});

	it('names the keys that a secret of the cluster does have', async () => {
		expect((await refusal('k8s:ns/login/user')).fix).toBe(
			'Name one of its keys (password, empty, token), or add the key.',
		);
	});

	it('takes reading a generated secret for a bug of this tool', async () => {
		expect(await refusal('generate')).toMatchObject({code: 'answers-secret-generate', area: 'bug', who: 'bug'});
	});

	it('lets errors of the cluster through', async () => {
		const broken = new Error('connection refused');
		const readKubernetesSecret = async (): Promise<never> => {
			throw broken;
		};
		await expect(resolveSecret('k8s:a/b/c', sources({readKubernetesSecret}))).rejects.toBe(broken);
	});
});

describe('making a secret', () => {
	it('makes 32 characters that are safe in a URL, never the same', () => {
		const made = new Set(Array.from({length: 100}, generateSecret));
		expect(made.size).toBe(100);
		for (const secret of made) expect(secret).toMatch(/^[A-Za-z0-9_-]{32}$/u);
	});

	it('makes keys of 64 hex digits, never the same', () => {
		const made = new Set(Array.from({length: 100}, generateHexKey));
		expect(made.size).toBe(100);
		for (const key of made) expect(key).toMatch(/^[0-9a-f]{64}$/u);
	});
});
