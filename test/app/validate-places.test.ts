import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {parse} from 'yaml';
import {serializeAnswers} from '../../source/answers/file/save.ts';
import {saveBeside} from '../../source/base/files.ts';
import {load, problemsOf, replaced, shortest, told} from '../answers/samples.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

/** `line:column message` of each refusal, as it is printed. */
const heads = (err: string): readonly string[] =>
	err.split('\n').filter((line) => /^(?:site\.yaml:|--set)/u.test(line));

test('places and files that are not there are told with the other mistakes, at their lines and in their order', async () => {
	const text = `bundle:\n  path: ./none\nkubernetes:\n  kubeconfig: ./nope\n${shortest.replace('host: postgres', 'hots: postgres')}`;
	await stage.write('site.yaml', text);
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml');
	expect(code).toBe(2);
	expect(heads(err).map((line) => line.split(' ')[0])).toEqual([
		'site.yaml:2:9:',
		'site.yaml:4:15:',
		'site.yaml:8:16:',
		'site.yaml:9:8:',
		'site.yaml:10:7:',
		'site.yaml:11:1:',
		'site.yaml:12:3:',
	]);
});

test('a context that the kubeconfig lacks is told with those that it has', async () => {
	const cluster =
		'clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]\nusers: [{name: u, user: {token: t}}]\n';
	await stage.write('kube', `${cluster}contexts: [{name: prod, context: {cluster: c, user: u}}]\n`);
	await stage.write('site.yaml', `kubernetes:\n  kubeconfig: kube\n  context: staging\n${shortest}`);
	const {err} = await stage.run('answers', 'validate', 'site.yaml');
	expect(err).toContain('site.yaml:3:12: ');
	expect(err).toContain('has no context "staging"');
	expect(err).toContain('Its contexts are: prod.');
});

test('a trust store and a helm program that are not there are told at their lines', async () => {
	await stage.write('site.yaml', `network:\n  trustStore: ./none\nhelm:\n  binary: ./helm\n${shortest}`);
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml');
	expect(code).toBe(2);
	const found = heads(err).join('\n');
	expect(found).toMatch(/^site\.yaml:2:15: The trust store \S+none cannot be read\.$/mu);
	expect(found).toMatch(/^site\.yaml:4:11: The helm program cannot be started: \S+helm\.$/mu);
});

test('every wrong --set is told at once', async () => {
	const words = ['a=1', 'foo', 'registry.hots=1', 'registry.password=hunter2', 'bar'].flatMap((set) => ['--set', set]);
	const {code, err} = await stage.run('answers', 'validate', ...words);
	expect(code).toBe(2);
	expect(heads(err).length).toBe(5);
	expect(err).not.toContain('hunter2');
	await stage.write('site.yaml', shortest);
	const beside = await stage.run('answers', 'validate', 'site.yaml', ...words, '--set', 'database.port=no');
	expect(heads(beside.err).length).toBe(6);
});

test('an answer file is read from a pipe by the name -, with paths from the folder of the operator', async () => {
	const stdin = Readable.from([Buffer.from(shortest)]) as unknown as NodeJS.ReadStream;
	const piped = await createStage({stdin});
	const {code, out} = await piped.run('answers', 'show', '-');
	expect(code).toBe(0);
	expect(parse(out).tls.certificate).toBe(path.join(piped.folder, 'pki/tls.crt'));
	await piped.remove();
	const terminal = await createStage({stdin: Object.assign(Readable.from([]), {isTTY: true}) as never});
	const refused = await terminal.run('answers', 'validate', '-');
	expect(refused.code).toBe(2);
	expect(refused.err).toContain('standard input is a terminal');
	await terminal.remove();
});

test('a key that is short for one of its group means that one', () => {
	expect(told(problemsOf(replaced('registry:\n', 'registry:\n  user: x\n'))).join()).toContain(
		'did you mean registry.username?',
	);
});

test('a key pasted in the place of its path is told as that, and no letter of it', () => {
	const text = replaced('key: ~/tls.key', 'key: |\n    -----BEGIN PRIVATE KEY-----\n    MIIEsecret\n');
	const [problem] = problemsOf(text);
	expect(problem?.message).toBe('tls.key must be the path of a file, not what is in it');
	expect(JSON.stringify(problem)).not.toContain('MIIE');
});

test('a line that is indented below a value is told as that', () => {
	const [problem] = problemsOf('registry:\n host: r\n  prefix: x\n');
	expect(problem?.location).toMatchObject({line: 2});
	expect(problem?.fix).toContain('Indent both lines');
});

test('a second workspace that relies on defaults is told the names that it could have', () => {
	const text = `${shortest}  - name: two\n    host: two.corp.internal\n`;
	expect(problemsOf(text).map(({fix}) => fix)).toEqual([
		'Set workspaces.1.namespace, for example to zenml-workspace-2.',
		'Set workspaces.1.database.name, for example to zenml_workspace_2.',
		'Set workspaces.1.database.username, for example to zenml_workspace_2_user.',
	]);
});

test('a host name is as long as DNS allows', () => {
	expect(problemsOf(replaced('registry.corp.internal:5000', `${'a'.repeat(300)}.corp`))[0]?.message).toContain(
		'characters at most',
	);
});

test('a word that older readers of YAML take for false is quoted in a saved file', () => {
	const text = `bundle:\n  signature:\n    mode: off\n${shortest}`;
	const saved = serializeAnswers(load(text));
	expect(saved).toContain('mode: "off"');
	expect(parse(saved, {version: '1.1'}).bundle.signature.mode).toBe('off');
	expect(load(saved)).toEqual(load(text));
});

test('the same answers saved twice are one file, and others stand beside it', async () => {
	const file = path.join(stage.folder, 'saved', 'answers.yaml');
	expect(await saveBeside(file, 'a: 1\n')).toBe(file);
	expect(await saveBeside(file, 'a: 1\n')).toBe(file);
	const second = await saveBeside(file, 'a: 2\n');
	expect(second).not.toBe(file);
	expect(await saveBeside(file, 'a: 2\n')).toBe(second);
	expect(await readdir(path.dirname(file))).toEqual(['answers-2.yaml', 'answers.yaml']);
	expect(await readFile(file, 'utf8')).toBe('a: 1\n');
});
