import {execFile} from 'node:child_process';
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {shortest} from '../answers/samples.ts';
import {builtCli} from '../helpers/built-program.ts';
import {programImports} from '../helpers/imports.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
	await stage.write('answers.yaml', shortest);
});
afterAll(async () => stage.remove());

test('without a topic all topics are listed, each with when one reads it', async () => {
	const {code, out, err} = await stage.run('docs');
	expect([code, err]).toEqual([0, '']);
	expect(out).toMatch(/^quick-start {2,}you want the few commands/mu);
	expect(out).toMatch(/^problems {2,}it refused/mu);
});

test('a topic is plain text of 80 columns where nothing tells another width', async () => {
	const {code, out, err} = await stage.run('docs', 'runbook');
	expect([code, err]).toEqual([0, '']);
	expect(out.startsWith('The runbook of the night\n========================\n')).toBe(true);
	expect(out).not.toContain('\u001B');
	expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('--plain gives text at a terminal too, as wide as it is', async () => {
	const stdout = Object.assign(Object.create(process.stdout), {isTTY: true, columns: 50}) as NodeJS.WriteStream;
	const narrow = await createStage({screen: true, stdout});
	const {code, out} = await narrow.run('docs', 'quick-start', '--plain');
	await narrow.remove();
	expect(code).toBe(0);
	const prose = out.split('\n').filter((line) => !line.startsWith('  '));
	expect(prose.filter((line) => line.length > 50)).toEqual([]);
	expect(out.startsWith('Quick start\n')).toBe(true);
});

test('the page about the network has the names of the answers', async () => {
	const {code, out, err} = await stage.run('docs', 'network', '--answers', 'answers.yaml');
	expect([code, err]).toEqual([0, '']);
	expect(out).toContain('By the answers in answers.yaml: 1 workspace.');
	expect(out).toContain('zenml-pro.corp.internal');
	expect(out).not.toContain('mycompany');
});

test('answers that are wrong are refused as everywhere, and nothing is shown', async () => {
	await stage.write('wrong.yaml', 'registry: {hst: x}\n');
	const {code, out, err} = await stage.run('docs', 'network', '--answers', 'wrong.yaml');
	expect([code, out]).toEqual([2, '']);
	expect(err).toContain('wrong.yaml:1:');
});

test('answers for another topic are refused', async () => {
	expect(await stage.run('docs', 'install', '--answers', 'answers.yaml')).toEqual({
		code: 2,
		out: '',
		err: [
			'The page install says nothing of a site.',
			'  why:   --answers was given, and only the topic network reads answers.',
			'  do:    Leave --answers out, or write zenml-airgap docs network --answers answers.yaml.',
			'  who:   you',
			'  code:  docs-answers-unused',
			'',
		].join('\n'),
	});
});

test('a mistyped topic is refused with the near ones', async () => {
	expect(await stage.run('docs', 'bakup')).toEqual({
		code: 2,
		out: '',
		err: [
			'There is no topic bakup.',
			'  why:   The nearest: backup.',
			'  do:    Write zenml-airgap docs backup, or leave the topic out to see all of them.',
			'  who:   you',
			'  code:  docs-unknown-topic',
			'',
		].join('\n'),
	});
});

test('where no topic is near none is named', async () => {
	expect(await stage.run('docs', 'zzzzz')).toEqual({
		code: 2,
		out: '',
		err: [
			'There is no topic zzzzz.',
			'  why:   Nothing is called so, or nearly so.',
			'  do:    Leave the topic out to see all of them: zenml-airgap docs.',
			'  who:   you',
			'  code:  docs-unknown-topic',
			'',
		].join('\n'),
	});
});

/** These files and all that they need before they can run. */
const loadedBy = (files: readonly string[]): readonly string[] => {
	const loaded = new Set(files);
	for (const file of loaded)
		for (const {from, to, kind} of programImports) if (from === file && kind === 'value') loaded.add(to);
	return [...loaded];
};

const heavy =
	/^source\/(?:ui|cluster|database|registry|helm|network|zenml|charts|steps|bundle|backup)\/|^(?:ink|react|pg|mysql2|@kubernetes\/client-node|@peculiar\/x509|execa|age-encryption|@noble\/.+)$/u;

test('help waits for nothing but the command line', () => {
	const loaded = loadedBy(['cli.tsx']);
	expect(loaded).toContain('source/app/commands/documents/docs.ts');
	expect(loaded.filter((file) => heavy.test(file) || file.startsWith('source/docs/') || file === 'marked')).toEqual([]);
});

test('docs in a pipe waits for no client of the cluster, database driver or screen', () => {
	const loaded = loadedBy(['cli.tsx', 'source/app/explain/docs.ts']);
	expect(loaded).toContain('marked');
	expect(loaded.filter((file) => heavy.test(file))).toEqual([]);
});

test('the build carries the pages, in a module that is not read at the start', async () => {
	const cli = builtCli();
	const {stdout} = await promisify(execFile)(process.execPath, [cli, 'docs', 'checklist'], {cwd: '/', env: {}});
	expect(stdout).toContain('Weeks before');
	const folder = path.dirname(cli);
	const files = (await readdir(folder)).filter((name) => name.endsWith('.js'));
	const texts = await Promise.all(
		files.map(async (name) => ({name, text: await readFile(path.join(folder, name), 'utf8')})),
	);
	// They are compressed: no other text is one word as long as this, not even the program of the layout.
	const carrying = texts.filter(({text}) => /'[\w+/=]{120000}|"[\w+/=]{120000}/u.test(text));
	expect(carrying.length).toBe(1);
	const textOf = new Map(texts.map(({name, text}) => [name, text]));
	const readBy = (name: string, how: RegExp): readonly string[] =>
		[...(textOf.get(name) ?? '').matchAll(how)].map(([, read = '']) => read);
	// The door reads the command line; from there on a command is read when it is asked for.
	const door = path.basename(cli);
	const atStart = new Set([door, ...readBy(door, /import\('\.\/([^']+)'\)/gu)]);
	for (const name of atStart) for (const read of readBy(name, /from "\.\/([^"]+)"/gu)) atStart.add(read);
	expect(atStart.size).toBeGreaterThan(5);
	expect([...atStart]).not.toContain(carrying[0]?.name);
});
