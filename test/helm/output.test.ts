import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createHelm} from '../../source/helm/index.ts';
import {readAnswer, readLines} from '../../source/helm/output.ts';
import {failureWords, meaningOf, pullWords, tail, verdictIn, versionIn} from '../../source/helm/words.ts';
import {problemOf, scratch, script} from './lab.ts';

const {signal} = new AbortController();
let folder = '';
let remove: () => Promise<void>;
beforeAll(async () => {
	({folder, remove} = await scratch());
});
afterAll(() => remove());

const port = (binary: string) => createHelm({binary, home: folder, environment: {PATH: process.env.PATH}});
const same = (text: string): string => text;

test('of a line without an end its beginning is told once, and the next line again', () => {
	const told: string[] = [];
	const reader = readLines(same, (line) => told.push(line));
	for (let pieces = 0; pieces < 100; pieces += 1) reader.take(Buffer.alloc(10_000, 'x'));
	reader.take(Buffer.from('\nafter\nno end'));
	reader.end();
	expect(told.map((line) => line.slice(-8))).toEqual(['xxxxx...', 'after', 'no end']);
	expect(told[0]).toHaveLength(4003);
});

test('of many lines the last ones are kept, and a letter that comes in two pieces is whole', () => {
	const reader = readLines(same);
	for (let line = 0; line < 5000; line += 1) reader.take(Buffer.from(`line ${line}\n`));
	const [first = 0, second = 0] = Buffer.from('ü');
	reader.take(Buffer.from([first]));
	reader.take(Buffer.from([second]));
	reader.end();
	expect(reader.lines()).toHaveLength(400);
	expect(reader.lines().at(-1)).toBe('ü');
});

test('a secret that lies across the cut of a long line is masked before it is cut', () => {
	const told: string[] = [];
	const reader = readLines(
		(text) => text.replaceAll('hunter2hunter2', '[secret]'),
		(line) => told.push(line),
	);
	reader.take(Buffer.from(`${'x'.repeat(3993)}hunter2hunter2 and more\n`));
	expect(told[0]?.slice(-13)).toBe('xxx[secret...');
});

test('an answer is taken up to its bound, and what is beyond it is told once and not kept', () => {
	let told = 0;
	const reader = readAnswer(() => {
		told += 1;
	}, 10);
	for (let pieces = 0; pieces < 4; pieces += 1) reader.take(Buffer.from('1234'));
	expect([told, reader.isTooLong(), reader.text()]).toEqual([1, true, '']);
});

test('a helm that answers without an end is ended, and told as another program', async () => {
	const binary = await script(folder, 'endless', 'case "$1" in version) echo v4.2.3;; *) exec yes;; esac');
	expect(await problemOf(port(binary).release('r', 'n', signal))).toMatchObject({
		code: 'helm-answer-too-long',
		area: 'cluster',
		message: 'Helm says more than 64 MiB: reading the history of release r in namespace n.',
		cause: 'The helm program prints something else on its standard output, perhaps from a wrapper or plugin.',
		fix: 'Set helm.binary to the plain helm program.',
		answers: ['helm.binary'],
	});
});

test('a program that says nothing and fails when it is asked for its version is no Helm', async () => {
	const binary = await script(folder, 'silent', 'exit 1');
	expect(await problemOf(port(binary).release('r', 'n', signal))).toMatchObject({
		code: 'helm-missing',
		message: `${binary} does not tell its version.`,
		evidence: ['it ended with exit code 1'],
		answers: ['helm.binary'],
	});
});

test('JSON that is nested without an end is told as another shape', async () => {
	const binary = await script(
		folder,
		'deep',
		`case "$1" in version) echo v4.2.3;; *) cat '${folder}/deep.json';; esac`,
	);
	await writeFile(path.join(folder, 'deep.json'), `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`);
	expect(await problemOf(port(binary).values('r', 'n', signal))).toMatchObject({
		code: 'helm-unreadable-answer',
		message: "Helm's answer is not what Helm answers: reading the values of release r in namespace n.",
	});
});

test('JSON of another shape is told as such', async () => {
	const binary = await script(folder, 'other', `case "$1" in version) echo v4.2.3;; *) echo '{"a":[]}';; esac`);
	expect(await problemOf(port(binary).release('r', 'n', signal))).toMatchObject({
		code: 'helm-unreadable-answer',
		message: "Helm's answer is not what Helm answers: reading the history of release r in namespace n.",
		cause: 'The helm program prints something else on its standard output, perhaps from a wrapper or plugin.',
		fix: 'Set helm.binary to the plain helm program.',
	});
});

test('a state that a Helm of the future knows is no reason to stop', async () => {
	const row = '[{"revision":1,"status":"pondering","chart":"zenml-1.0.0"}]';
	const binary = await script(folder, 'future', `case "$1" in version) echo v5.0.0;; *) echo '${row}';; esac`);
	expect(await port(binary).release('r', 'n', signal)).toMatchObject({status: 'unknown', description: ''});
});

/** Beginnings of patterns, which a text may repeat. */
const beginnings = [
	'job ',
	'resource ',
	'admission webhook ',
	'context "',
	'namespace "',
	'pre-install ',
	'pre-install hook ',
	'v1.2.3+',
	'v1.2.3-',
	'\n',
	' ',
];

test.each(beginnings)(
	'a text that repeats %j is read as quickly as any other',
	async (beginning) => {
		const text = `Error: ${beginning.repeat(200_000)}`;
		// The test ends here: with a pattern that looks back it takes minutes, longer than a test may.
		expect(meaningOf(verdictIn(text), failureWords)).toBeUndefined();
		expect(meaningOf(text, pullWords)).toBeUndefined();
		expect(versionIn(text)?.length ?? 0).toBeLessThan(200);
		expect(tail(text).length).toBeLessThanOrEqual(15);
	},
	20_000,
);

test('the last words of a long text count as well', () => {
	const words = `${'warning of something\n'.repeat(50_000)}job zenml-db-migration failed: BackoffLimitExceeded`;
	expect(meaningOf(verdictIn(words), failureWords)).toBe('helm-job-failed');
});
