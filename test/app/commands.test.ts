import {cp, mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {makeSampleBundle} from '../../rehearsal/sample-bundle/index.ts';
import {fingerprintOf} from '../../source/engine/fingerprint.ts';
import {type Journal, writeJournal} from '../../source/engine/journal.ts';
import {plans} from '../../source/plans/index.ts';
import {load, shortest} from '../answers/samples.ts';
import {createStage, type Stage} from './stage.ts';

const authority = await createAuthority({name: 'Internal CA'});
let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

/** Every file and folder below the stage, to see that nothing was changed. */
const tree = async (): Promise<readonly string[]> => (await readdir(stage.folder, {recursive: true})).sort();

const local = shortest
	.replace('pki/tls.crt', 'tls.crt')
	.replace('~/tls.key', 'tls.key')
	.replace('/etc/pki/ca.crt', 'ca.crt');
const writeLocal = async (text = local): Promise<void> => {
	await stage.write('site.yaml', text);
	const {cert, key} = await authority.issue({hosts: ['zenml-pro.corp.internal', 'zenml-workspace.corp.internal']});
	const files = {'tls.crt': cert, 'tls.key': key, 'ca.crt': authority.caPem};
	for (const [name, content] of Object.entries(files)) await stage.write(name, content);
};

test('answers init writes a file that becomes valid when what is required is filled in', async () => {
	const init = await stage.run('answers', 'init');
	expect(init).toMatchObject({code: 0, err: ''});
	await stage.write('empty.yaml', init.out);
	const empty = await stage.run('answers', 'validate', 'empty.yaml');
	expect(empty.code).toBe(2);
	expect(empty.err).not.toContain('answers-unknown-key');
	expect(empty.err).not.toContain('answers-syntax');
	await writeLocal();
	const filled = await stage.run('answers', 'init', 'filled.yaml', '--answers', 'site.yaml');
	expect(filled.out).toBe('filled.yaml: written; fill in the answers that have no value\n');
	expect((await stat(path.join(stage.folder, 'filled.yaml'))).mode & 0o777).toBe(0o600);
	expect(await stage.run('answers', 'validate', 'filled.yaml')).toEqual({
		code: 0,
		out: 'filled.yaml: valid, 1 workspace\n',
		err: '',
	});
});

test('answers init never writes over what is there, and says what is in the way of it', async () => {
	await stage.write('mine.yaml', 'version: 1\n');
	const there = await stage.run('answers', 'init', 'mine.yaml');
	expect(there.code).toBe(2);
	expect(there.err).toContain('The answer file mine.yaml cannot be written.');
	expect(there.err).toContain('Something of that name is there');
	expect(await readFile(path.join(stage.folder, 'mine.yaml'), 'utf8')).toBe('version: 1\n');
	const nowhere = await stage.run('answers', 'init', 'none/new.yaml');
	expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining('answers-file-unwritable')]);
	expect((await stage.run('answers', 'init', '--help')).out).toContain('where to write it');
});

test('answers init takes what --set gives', async () => {
	const {out} = await stage.run('answers', 'init', '--set', 'registry.host=own-registry:5000');
	expect(out).toMatch(/^ +host: own-registry:5000$/mu);
});

test('answers validate tells every error with its file, line and column, its cause and its fix', async () => {
	await writeLocal(local.replace('registry:', 'regstry:').replace('host: zenml-pro.corp.internal', 'host: not a host'));
	const {code, out, err} = await stage.run('answers', 'validate', 'site.yaml');
	expect([code, out]).toEqual([2, '']);
	expect(err).toMatch(/^site\.yaml:1:1: .*registry\?/mu);
	expect(err).toMatch(/^site\.yaml:10:9: controlPlane\.host /mu);
	expect(err.match(/^ {2}why: /gmu)?.length).toBeGreaterThanOrEqual(2);
	expect(err.match(/^ {2}why: /gmu)?.length).toBe(err.match(/^ {2}do: /gmu)?.length);
});

test('answers validate looks for the files and secrets that the answers name, all at once', async () => {
	const environment = {PRESENT: 'pr3sent-secret', EMPTY: ''};
	await stage.remove();
	stage = await createStage({environment});
	await stage.write(
		'site.yaml',
		local
			.replace('registry:', 'registry:\n  username: robot\n  password: env:ABSENT')
			.replace('database:', 'database:\n  admin:\n    username: postgres\n    password: file:db-password'),
	);
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml');
	expect(code).toBe(2);
	for (const word of ['tls.certificate', 'tls.key', 'tls.ca', 'ABSENT', 'db-password']) expect(err).toContain(word);
	expect(err).not.toContain('pr3sent');
});

const variables = '    environment: {ZENML_STORE_URL: "mysql://u:pr3sent@db/z"}\n    helmValues: mine.yaml\n';

test.each([
	['a file that is not there', undefined, ['helm-values-unreadable']],
	['a private key', async () => (await authority.issue({hosts: ['a.b']})).key, ['helm-values-unreadable']],
	[
		'a variable and a secret',
		async () => 'server: {environment: {ZENML_STORE_TYPE: x}, auth: {password: pr3sent}}',
		['helm-values-unfit'],
	],
])('answers validate refuses variables and values that no chart could take: %s', async (_what, content, codes) => {
	await writeLocal(local.replace(/^(\s*)host: zenml-workspace.*$/mu, (line) => `${line}\n${variables.trimEnd()}`));
	if (content) await stage.write('mine.yaml', await content());
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml');
	expect(code).toBe(2);
	for (const word of ['environment-undoes-answers', 'ZENML_STORE_URL', 'workspaces.0.helmValues', ...codes])
		expect(err).toContain(word);
	expect(err).not.toContain('pr3sent');
	expect(err).not.toContain('PRIVATE KEY-----');
});

test('answers validate refuses an engine that workspaces do not take, and tells an old file what to change', async () => {
	await writeLocal(local.replace('database:', 'database:\n  engine: postgresql'));
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml');
	expect(code).toBe(2);
	expect(err).toContain('These workspaces cannot keep their data in PostgreSQL, as database.engine asks: default.');
	expect(err).toContain('name such a server in workspaces.N.database.server, or set database.engine to mysql');
	expect(err).toContain('controlPlane.database.server');
});

/** A bundle whose workspace chart says which databases it takes, or says nothing. */
const bundleWith = async (databases: string | undefined): Promise<string> => {
	const source = (name: string): string => fileURLToPath(new URL(`../../rehearsal/charts/${name}`, import.meta.url));
	const workspace = path.join(stage.folder, 'chart');
	await cp(source('zenml'), workspace, {recursive: true});
	const annotations = databases === undefined ? '' : `annotations: {zenml-airgap.io/databases: "${databases}"}\n`;
	await writeFile(path.join(workspace, 'Chart.yaml'), `apiVersion: v2\nname: zenml\nversion: 0.95.1\n${annotations}`);
	const directory = path.join(stage.folder, 'bundle');
	await makeSampleBundle({
		directory,
		chartSources: {controlPlane: source('zenml-pro'), workspace},
		versions: {controlPlane: '0.13.18', workspace: '0.95.1'},
		totalBytes: 240_000,
	});
	return directory;
};

test.each([
	['postgresql,mysql', 0],
	[undefined, 2],
] as const)('answers validate goes by what the chart of the bundle takes where it is there: %s', async (says, code) => {
	await writeLocal(local.replace('database:', 'database:\n  engine: postgresql'));
	const words = ['answers', 'validate', 'site.yaml', '--bundle', await bundleWith(says)];
	const before = await tree();
	expect((await stage.run(...words)).code).toBe(code);
	expect(await tree()).toEqual(before);
});

test('answers validate with --json gives one problem a line, on standard error', async () => {
	await stage.write('site.yaml', 'a: 1\nb: 2\n');
	const {code, out, err} = await stage.run('answers', 'validate', 'site.yaml', '--json');
	expect([code, out]).toEqual([2, '']);
	const problems = err
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as {readonly type: string; readonly problem: {readonly location?: unknown}});
	expect(problems.length).toBeGreaterThan(2);
	for (const {type, problem} of problems) {
		expect(type).toBe('refused');
		expect(problem).toHaveProperty('cause');
	}
	expect(problems[0]?.problem.location).toEqual({file: 'site.yaml', line: 1, column: 1});
});

test('answers schema is a JSON schema that editors can use', async () => {
	const {code, out} = await stage.run('answers', 'schema');
	expect(code).toBe(0);
	const schema = JSON.parse(out) as {
		readonly $schema: string;
		readonly type: string;
		readonly properties: object;
		readonly required: readonly string[];
	};
	expect(schema.$schema).toContain('json-schema.org');
	expect(schema.type).toBe('object');
	expect(Object.keys(schema.properties)).toEqual(
		expect.arrayContaining(['registry', 'tls', 'database', 'controlPlane', 'workspaces']),
	);
});

test('answers show gives every answer that counts, and is an answer file again', async () => {
	await writeLocal(local.replace('registry:', 'registry:\n  username: robot\n  password: env:REGISTRY_PASSWORD'));
	const shown = await stage.run('answers', 'show', 'site.yaml');
	expect(shown.code).toBe(0);
	expect(shown.out).toContain('# default');
	expect(shown.out).toContain('env:REGISTRY_PASSWORD');
	await stage.write('shown.yaml', shown.out);
	expect((await stage.run('answers', 'show', 'shown.yaml')).out).toBe(shown.out);
	expect((await stage.run('answers', 'show', '--answers', 'site.yaml')).out).toBe(shown.out);
});

const journal = (more: Partial<Journal> = {}): Journal => ({
	schema: 3,
	plan: 'install',
	tool: '1',
	runId: 'abcd1234',
	savedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
	startedAt: 1,
	host: 'jump-1',
	pid: 1,
	outcome: 'stopped',
	steps: [
		{id: 'bundle', outcome: 'already', note: '4 images'},
		{id: 'images', outcome: 'applied'},
	],
	acknowledged: [],
	answers: load(shortest),
	...more,
});
const leave = async (more: Partial<Journal> = {}): Promise<void> =>
	writeJournal(path.join(stage.stateDirectory, 'state.json'), journal(more));
const all = plans.install.stepIds.map((id) => ({id, outcome: 'already' as const}));

test('status tells what became of each step, and how to go on', async () => {
	await leave();
	const {code, out} = await stage.run('status');
	expect(code).toBe(130);
	const lines = out.split('\n');
	expect(lines[0]).toBe('install: run abcd1234 on jump-1, 2026-01-02 03:04 UTC: stopped');
	expect(lines[1]).toMatch(/^ {2}\S.* {2}nothing to do: 4 images$/u);
	expect(lines[3]).toMatch(/ {2}done$/u);
	expect(lines.filter((line) => line.endsWith('  not begun'))).toHaveLength(plans.install.stepIds.length - 2);
	expect(lines.at(-2)).toContain('Start install again');
});

test.each([
	['a finished run', {outcome: 'done', steps: all}, 0, ': finished\n'],
	['a run of some steps', {outcome: 'done'}, 130, ': finished the steps it was asked for\n'],
	['a failed run', {outcome: 'failed', steps: all}, 130, ': failed\n'],
	[
		'a killed run',
		{outcome: undefined},
		130,
		': ended without a word here: it was killed, or could not write its journal\n',
	],
	[
		'a run that was stopped at once',
		{outcome: undefined, stopping: true},
		130,
		': was stopped at once (Ctrl-C twice), or killed while it stopped\n',
	],
] as const)('status of %s', async (_name, more, code, says) => {
	await leave(more as Partial<Journal>);
	const told = await stage.run('status');
	expect(told.code).toBe(code);
	expect(told.out).toContain(says);
	const json = await stage.run('status', '--json');
	expect(json.code).toBe(code);
	expect(JSON.parse(json.out)).toEqual(JSON.parse(JSON.stringify(journal(more as Partial<Journal>))));
});

test('status of a run that failed says where, why and in which log, and not what an earlier run knew', async () => {
	await writeLocal();
	const words = ['install', '--non-interactive', '--answers', 'site.yaml', '--bundle', '/nope'];
	await leave({outcome: 'done', steps: all.map((step) => ({...step, startedAt: 0, note: 'of an earlier run'}))});
	expect((await stage.run(...words)).code).toBe(5);
	const {code, out} = await stage.run('status');
	expect(code).toBe(130);
	const [head, bundle, ...rest] = out.split('\n');
	expect(head).toMatch(/: failed$/u);
	expect(bundle).toMatch(/ {2}problem: bundle-not-found$/u);
	const steps = rest.slice(0, plans.install.stepIds.length - 1);
	for (const line of steps) expect(line).toMatch(/ {2}not reached; in an earlier run: nothing to do$/u);
	expect(out).toContain('\nProblem in Bundle (bundle-not-found): ');
	expect(out).not.toContain('of an earlier run');
	const log = /^Log +(\S+)$/mu.exec(out)?.[1] ?? '';
	expect(await readFile(log, 'utf8')).toContain('bundle-not-found');
	expect(out).toContain(
		`\nGo on with  zenml-airgap ${words[0]} --answers site.yaml --bundle /nope --non-interactive\n`,
	);
	const [told = ''] = (await stage.run('status', '--json')).out.split('\n');
	expect(JSON.parse(told)).toMatchObject({problem: {step: 'bundle', code: 'bundle-not-found'}, current: 'bundle'});
});

test('status without a run, and with a damaged or newer journal, ends with 2', async () => {
	expect(await stage.run('status')).toMatchObject({code: 2, out: ''});
	const file = path.join(stage.stateDirectory, 'state.json');
	await mkdir(stage.stateDirectory, {recursive: true});
	await writeFile(file, '{');
	const damaged = await stage.run('status');
	expect(damaged.code).toBe(2);
	expect(damaged.err).toContain('state-unreadable');
	await writeFile(file, '{"schema": 9, "tool": "9.9.9"}');
	const newer = await stage.run('status');
	expect(newer.code).toBe(2);
	expect(newer.err).toContain('9.9.9');
});

/** Bad input of a run: files to write, words, exit code and what is said. */
test.each<
	readonly [name: string, files: Readonly<Record<string, string>>, words: readonly string[], code: number, says: RegExp]
>([
	['no answers at all', {}, ['install', '--non-interactive'], 2, /answers-missing/u],
	['an answer file that is not there', {}, ['plan', '--answers', 'gone.yaml'], 2, /gone\.yaml cannot be read/u],
	[
		'a file that is no YAML',
		{'a.yaml': 'a: [1,\nb: {'},
		['install', '--answers', 'a.yaml'],
		2,
		/a\.yaml:\d+:\d+: .*not valid YAML/u,
	],
	['a list instead of answers', {'a.yaml': '- a'}, ['verify', '--answers', 'a.yaml'], 2, /does not hold answers/u],
	['a binary file', {'a.yaml': '\u0000\u0001\u0002'}, ['plan', '--answers', 'a.yaml'], 2, /a\.yaml:1/u],
	[
		'a wrong answer',
		{'a.yaml': shortest.replace('host: zenml-pro.corp.internal', 'host: "-"')},
		['plan', '--answers', 'a.yaml'],
		2,
		/a\.yaml:10:9: controlPlane\.host/u,
	],
	[
		'an unknown answer by --set',
		{'a.yaml': shortest},
		['plan', '--answers', 'a.yaml', '--set', 'registry.hots=x'],
		2,
		/did you mean registry\.host/u,
	],
	[
		'a secret to be typed',
		{'a.yaml': shortest.replace('database:', 'database:\n  admin:\n    username: postgres\n    password: prompt')},
		['install', '--non-interactive', '--answers', 'a.yaml'],
		2,
		/answers-prompt-without-terminal/u,
	],
])('%s ends with its code and changes nothing', async (_name, files, words, code, says) => {
	for (const [name, text] of Object.entries(files)) await stage.write(name, text);
	const before = await tree();
	const ended = await stage.run(...words);
	expect(ended.err).toMatch(says);
	expect(ended.err).toMatch(/^ {2}why: +\S/mu);
	expect(ended.err).toMatch(/^ {2}do: +\S/mu);
	expect([ended.code, ended.out]).toEqual([code, '']);
	expect(await tree()).toEqual(before);
	const json = await stage.run(...words, '--json');
	expect([json.code, json.out]).toEqual([code, '']);
	for (const line of json.err.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({type: 'refused'});
});

const withBundle = async (extra: readonly string[] = []): Promise<readonly string[]> => {
	await writeLocal();
	return ['install', '--non-interactive', '--answers', 'site.yaml', '--state-dir', 'state', ...extra];
};

test('a bundle that is not there ends with 5, and no step is begun after it', async () => {
	const {code, out} = await stage.run(...(await withBundle(['--bundle', 'gone', '--json'])));
	expect(code).toBe(5);
	const events = out
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as {readonly type: string; readonly step?: string});
	expect(events.filter(({type}) => type === 'step-started').map(({step}) => step)).toEqual(['bundle']);
	expect(events.at(-1)).toMatchObject({type: 'run-finished', outcome: 'failed', exitCode: 5});
	expect(events.some(({type}) => type === 'step-applying')).toBe(false);
});

test('a kubeconfig that is not there ends with 2 and names the file', async () => {
	const {code, out} = await stage.run(
		...(await withBundle(['--kubeconfig', 'gone-config', '--from', 'prerequisites', '--until', 'prerequisites'])),
	);
	expect(code).toBe(2);
	expect(out).toContain(path.join(stage.folder, 'gone-config'));
});

test('a run that never asks the registry does not end for a CA file that is not there', async () => {
	const {code, err, out} = await stage.run(...(await withBundle(['--set', 'registry.ca=gone.crt'])));
	expect(code).toBe(5);
	expect(`${out}${err}`).not.toContain('answer-file-unreadable');
	expect((await tree()).filter((name) => name.includes('lock'))).toEqual([]);
});

test('answers validate names a CA file of the registry that is not there', async () => {
	await writeLocal();
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml', '--set', 'registry.ca=gone.crt');
	expect(code).toBe(2);
	expect(err).toContain('answers: registry.ca');
});

test('a second run in the same state folder ends with 10 and names the holder', async () => {
	const words = await withBundle(['--bundle', 'gone']);
	await mkdir(path.join(stage.folder, 'state'));
	const birth = (await import('../../source/base/lock/process.ts')).processBirth;
	await writeFile(
		path.join(stage.folder, 'state', 'lock'),
		JSON.stringify({
			pid: process.pid,
			birth: await birth(process.pid),
			host: stage.context.hostName,
			user: 'eve',
			runId: 'x',
			startedAt: 0,
		}),
	);
	const {code, err, out} = await stage.run(...words);
	expect([code, out]).toEqual([10, '']);
	expect(err).toContain(`process ${process.pid} of eve`);
});

test('rehearse --fresh leaves the state of a real install, and everything else, alone', async () => {
	const state = path.join(stage.folder, 'state');
	await stage.write('state/notes.txt', 'mine');
	await writeJournal(path.join(state, 'state.json'), journal());
	const before = await readdir(state);
	const {code, err} = await stage.run('rehearse', '--fresh', '--non-interactive', '--state-dir', 'state');
	// The world of root lies outside of its home; see rehearse.ts.
	await rm(path.join('/var/tmp', `zenml-airgap-rehearsal-${fingerprintOf(state).slice(0, 12)}`), {
		recursive: true,
		force: true,
	});
	expect(code).toBe(2);
	expect(err).toContain('rehearsal-state-foreign');
	expect(await readdir(state)).toEqual(before);
});
