import {chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {
	isOfItsRun,
	type Journal,
	journalOf,
	journalSchemaVersion,
	parseJournal,
	readJournal,
	writeJournal,
} from '../../source/engine/journal.ts';
import {emptyRun} from '../../source/engine/reduce.ts';
import type {NewEvent} from '../../source/engine/run.ts';
import {plans} from '../../source/plans/index.ts';
import {fold, started, trouble, wholeRun} from './events.ts';

let folder = '';
let file = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-state-'));
	file = path.join(folder, 'deep', 'state.json');
});
afterEach(async () => rm(folder, {recursive: true, force: true}));

const more = {host: 'jump-1', pid: 42, now: 99, answers: {registry: {password: 'env:PASSWORD'}}};
const journal = journalOf(fold(wholeRun), more);

test('a journal that was written is read again', async () => {
	expect(await readJournal(file)).toBeUndefined();
	await writeJournal(file, journal);
	expect(await readJournal(file)).toEqual(JSON.parse(JSON.stringify(journal)));
	expect((await stat(file)).mode & 0o777).toBe(0o600);
	expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
	expect(await readdir(path.dirname(file))).toEqual(['state.json']);
});

test('the copy before the last one is kept, as secret as the journal', async () => {
	await writeJournal(file, {...journal, runId: 'one'});
	await writeJournal(file, {...journal, runId: 'two'});
	await writeJournal(file, {...journal, runId: 'three'});
	const previous = `${file}.previous`;
	expect((JSON.parse(await readFile(previous, 'utf8')) as Journal).runId).toBe('two');
	expect((await readJournal(file))?.runId).toBe('three');
	expect((await stat(previous)).mode & 0o777).toBe(0o600);
	expect(await readdir(path.dirname(file))).toEqual(['state.json', 'state.json.previous']);
});

test('a file that others could read becomes secret when it is written', async () => {
	await mkdir(path.dirname(file));
	await writeFile(file, JSON.stringify(journal));
	await chmod(file, 0o644);
	await writeJournal(file, journal);
	expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('readers during many writes see whole journals only', async () => {
	await writeJournal(file, journal);
	let writing = true;
	const write = (async () => {
		for (let index = 0; index < 40; index += 1) await writeJournal(file, {...journal, savedAt: index});
		writing = false;
	})();
	let reads = 0;
	while (writing) {
		const seen = JSON.parse(await readFile(file, 'utf8')) as Journal;
		expect(seen.runId).toBe('r1');
		reads += 1;
	}
	await write;
	expect(reads).toBeGreaterThan(0);
	expect((await readJournal(file))?.savedAt).toBe(39);
});

const whole = JSON.stringify(journal);
const half = whole.slice(0, whole.length / 2);

test('what a write that was killed has left is written over', async () => {
	const left = ['state.json.new', 'state.json.previous.new'];
	await writeJournal(file, {...journal, runId: 'one'});
	for (const name of left) await writeFile(path.join(path.dirname(file), name), 'half of a jour');
	await writeJournal(file, {...journal, runId: 'two'});
	expect((await readdir(path.dirname(file))).sort()).toEqual(['state.json', 'state.json.previous']);
});

/** The text of the file and of its previous copy (undefined: absent), and the run that is read or the code of the refusal. */
test.each([
	['half a file and a whole copy', half, whole.replace('"r1"', '"copy"'), 'copy'],
	['an empty file and a whole copy', '', whole.replace('"r1"', '"copy"'), 'copy'],
	['half a file and no copy', half, undefined, 'state-unreadable'],
	['half a file and half a copy', half, half, 'state-unreadable'],
	['a whole file and half a copy', whole, half, 'r1'],
	['a file of another kind', '{"a": 1}', undefined, 'state-unreadable'],
	['a list', '[]', undefined, 'state-unreadable'],
	['a step without a name', whole.replace('"id":"bundle"', '"id":7'), undefined, 'state-unreadable'],
	['a newer layout', whole.replace('"schema":3', '"schema":4'), whole, 'state-newer'],
	['a newer layout that looks quite different', '{"schema": 99, "tool": "9.0.0"}', undefined, 'state-newer'],
	['half a file and a copy of a newer layout', half, whole.replace('"schema":3', '"schema":4'), 'state-newer'],
])('%s', async (_name, main, previous, wanted) => {
	expect(journalSchemaVersion).toBe(3);
	await mkdir(path.dirname(file));
	await writeFile(file, main);
	if (previous !== undefined) await writeFile(`${file}.previous`, previous);
	const read = await readJournal(file).then(
		(found) => found?.runId,
		(error: {readonly problem?: {readonly code: string; readonly area: string; readonly location?: unknown}}) => {
			expect(error.problem).toMatchObject({area: 'usage', location: {file}});
			return error.problem?.code;
		},
	);
	expect(read).toBe(wanted);
});

test('a link in the place of the previous copy is replaced, and what it leads to stays as it is', async () => {
	await writeJournal(file, {...journal, runId: 'one'});
	await writeFile(path.join(folder, 'target'), 'untouched');
	await symlink(path.join(folder, 'target'), `${file}.previous`);
	await writeJournal(file, {...journal, runId: 'two'});
	expect(await readFile(path.join(folder, 'target'), 'utf8')).toBe('untouched');
	expect((await lstat(`${file}.previous`)).isFile()).toBe(true);
	expect((JSON.parse(await readFile(`${file}.previous`, 'utf8')) as Journal).runId).toBe('one');
});

test('a link that came in the place of the journal is not written through, nor replaced', async () => {
	await writeJournal(file, journal);
	await rm(file);
	await writeFile(path.join(folder, 'target'), 'untouched');
	await symlink(path.join(folder, 'target'), file);
	await expect(writeJournal(file, journal)).rejects.toMatchObject({
		problem: {code: 'state-not-ours', cause: 'It is a link, and not a file that this program wrote.'},
	});
	expect(await readFile(path.join(folder, 'target'), 'utf8')).toBe('untouched');
	expect((await lstat(file)).isSymbolicLink()).toBe(true);
});

test('a journal is written into no folder that others may write to', async () => {
	await mkdir(path.dirname(file));
	await chmod(path.dirname(file), 0o777);
	await expect(writeJournal(file, journal)).rejects.toMatchObject({problem: {code: 'folder-not-ours'}});
	expect(await readdir(path.dirname(file))).toEqual([]);
});

test('a newer layout names the tool that wrote it', () => {
	expect(() => parseJournal({schema: 4, tool: '7.1.0'}, 'x')).toThrow(
		'written by a newer version of this program (7.1.0)',
	);
});

test('a state that cannot be read for another cause is told as such', async () => {
	await mkdir(file, {recursive: true});
	await expect(readJournal(file)).rejects.toMatchObject({
		problem: {code: 'state-unreadable', cause: 'It cannot be read: It is a folder, but a file was expected.'},
	});
});

test('the journal of a run says what became of each step and what was confirmed', () => {
	expect(journal).toEqual({
		schema: 3,
		plan: 'install',
		tool: '1.2.3',
		runId: 'r1',
		savedAt: 99,
		startedAt: 1000,
		host: 'jump-1',
		pid: 42,
		outcome: 'done',
		bundle: undefined,
		steps: [
			{id: 'bundle', outcome: 'already', fingerprint: 'aa', startedAt: 2000, finishedAt: 5000, note: '4 images'},
			{
				id: 'images',
				outcome: 'applied',
				fingerprint: 'bb',
				startedAt: 6000,
				finishedAt: 20_000,
				note: '',
				changed: {runId: 'r1', at: 20_000},
			},
			{
				id: 'dns',
				outcome: 'already',
				ended: 'waited for the network team',
				fingerprint: 'cc',
				startedAt: 21_000,
				finishedAt: 28_000,
				note: '1 name',
			},
			{
				id: 'ca',
				outcome: 'skipped',
				fingerprint: 'dd',
				startedAt: 29_000,
				finishedAt: 33_000,
				note: 'left out by the operator',
			},
		].map((step) => ({...step, runId: 'r1'})),
		acknowledged: ['dns'],
		answers: more.answers,
	});
});

test('a run carries over what an earlier one knew of steps that it has not reached', () => {
	const state = fold([
		{...started, runId: 'r2'} as typeof started,
		{type: 'step-started', step: 'bundle', stale: false},
		{type: 'step-finished', step: 'bundle', outcome: 'already', note: 'new', fingerprint: 'a2'},
		{type: 'step-started', step: 'images', stale: false},
		{type: 'step-problem', step: 'images', problem: trouble, choices: []},
	]);
	const next = journalOf(state, {...more, earlier: {...journal, bundle: 'sha256:1'}});
	expect(next).toMatchObject({runId: 'r2', bundle: 'sha256:1', acknowledged: ['dns']});
	expect(next.outcome).toBeUndefined();
	expect(next.steps.map(({id, fingerprint, note}) => [id, fingerprint, note])).toEqual([
		['bundle', 'a2', 'new'],
		['images', 'bb', ''],
		['dns', 'cc', '1 name'],
		['ca', 'dd', 'left out by the operator'],
	]);
});

test('what a step recorded is kept with the run that changed it: the newest fifty lines, each to 250 letters', () => {
	const line = (text: string): NewEvent => ({
		type: 'step-detail',
		step: 'images',
		detail: {kind: 'line', level: 'info', text, record: true},
	});
	const state = fold([
		started,
		{type: 'step-started', step: 'images', stale: false},
		...Array.from({length: 60}, (_, index) => line(`${index} ${'a'.repeat(600)}`)),
		{type: 'step-finished', step: 'images', outcome: 'applied', note: '', fingerprint: 'a'},
	]);
	const record = journalOf(state, more).steps[0]?.changed?.record ?? [];
	expect(record.length).toBe(50);
	expect(record.at(-1)).toBe(`59 ${'a'.repeat(247)}…`);
});

test('what a run finds done is kept as what the run before it did, with whose that was, over any number of runs', () => {
	const runOf = (runId: string, outcome: 'already' | 'applied' | 'skipped') =>
		fold([
			{...started, runId} as typeof started,
			{type: 'step-started', step: 'images', stale: false},
			{type: 'step-finished', step: 'images', outcome, note: '', fingerprint: 'a'},
		]);
	const changedIn = ({steps}: Journal) => steps.find(({id}) => id === 'images')?.changed;
	const first = journalOf(runOf('r1', 'applied'), {...more, by: 'root on vm'});
	expect(changedIn(first)).toEqual({runId: 'r1', at: 3000, by: 'root on vm'});
	const second = journalOf(runOf('r2', 'already'), {...more, by: 'ada on vm', earlier: first});
	const third = journalOf(runOf('r3', 'already'), {...more, by: 'ada on vm', earlier: second});
	expect([second, third].map(changedIn)).toEqual([changedIn(first), changedIn(first)]);
	expect(changedIn(journalOf(runOf('r4', 'skipped'), {...more, earlier: third}))).toBeUndefined();
	const ofOlder = {...first, steps: first.steps.map(({changed: _kept, ...step}) => step)};
	expect(changedIn(journalOf(runOf('r2', 'already'), {...more, earlier: ofOlder}))).toEqual({runId: 'r1', at: 3000});
	expect(changedIn(parseJournal(JSON.parse(JSON.stringify(third)), 'state.json'))).toEqual(changedIn(first));
});

test('a journal tells its own steps from those of earlier runs, and where a run is that has not ended', () => {
	const events = [
		{...started, runId: 'r2'} as typeof started,
		{type: 'step-started', step: 'bundle', stale: false},
		{type: 'step-finished', step: 'bundle', outcome: 'already', note: 'new', fingerprint: 'a2'},
		{type: 'step-started', step: 'images', stale: false},
		{type: 'step-problem', step: 'images', problem: trouble, choices: []},
	] as const;
	const held = journalOf(fold([...events]), {...more, earlier: journal, resume: 'zenml-airgap install'});
	expect(held.steps.filter((step) => isOfItsRun(held, step)).map(({id}) => id)).toEqual(['bundle']);
	const {code, message} = trouble;
	expect(held.problem).toEqual({step: 'images', title: 'The images', code, message});
	expect([held.current, held.resume, held.unfinishedWay]).toEqual(['images', 'zenml-airgap install', undefined]);
	const way = {id: 'back', label: 'Bring back', warning: [], done: 'it is back', command: 'zenml-airgap back default'};
	const goes = [...events, {type: 'step-going-back', step: 'images', way}] as const;
	const going = journalOf(fold([...goes]), more);
	expect(going.unfinishedWay).toEqual({label: 'Bring back', command: 'zenml-airgap back default'});
	expect(going.problem).toBeUndefined();
	const ended = {type: 'step-finished', step: 'images', outcome: 'brought-back', note: '', fingerprint: 'a'} as const;
	expect(journalOf(fold([...goes, ended]), more).unfinishedWay).toBeUndefined();
});

test('the journal of a run of some steps keeps what is known of the others, in their order', () => {
	const state = fold([{...started, runId: 'r3', steps: []} as typeof started]);
	expect(journalOf(state, {...more, earlier: journal}).steps).toEqual(journal.steps);
	expect(journalOf(emptyRun, more).steps).toEqual([]);
});

test('a confirmation of an earlier and of this run both count, once', () => {
	const state = fold([started, {type: 'step-acknowledged', step: 'ca'}, {type: 'step-acknowledged', step: 'dns'}]);
	expect(journalOf(state, {...more, earlier: journal}).acknowledged).toEqual(['dns', 'ca']);
});

test('the digest of the bundle that a step kept is in the journal, and stays there in a run without that step', () => {
	const keep = {bundle: 'sha256:2'};
	const state = fold([
		started,
		{type: 'step-started', step: 'bundle', stale: false},
		{type: 'step-finished', step: 'bundle', outcome: 'already', note: '', fingerprint: 'a', keep},
	]);
	const first = journalOf(state, {...more, earlier: {...journal, bundle: 'sha256:1'}});
	expect(first.bundle).toBe('sha256:2');
	expect(journalOf(fold([started]), {...more, earlier: first}).bundle).toBe('sha256:2');
});

test('a journal of layout 2 is read with all that it knew', () => {
	expect(parseJournal({...journal, schema: 2}, 'x')).toEqual(journal);
});

test('a step that was brought back stands in the journal as that, and as done with no answers', () => {
	const state = fold([
		started,
		{type: 'step-started', step: 'images', stale: false},
		{type: 'step-finished', step: 'images', outcome: 'brought-back', note: 'to revision 3', fingerprint: 'b2'},
	]);
	const {steps} = journalOf(state, {...more, earlier: journal});
	expect(steps[1]).toMatchObject({id: 'images', outcome: 'brought-back', note: 'to revision 3'});
	expect(steps[1]?.fingerprint).toBeUndefined();
	expect(parseJournal(JSON.parse(JSON.stringify(journalOf(state, more))), 'x').steps[0]?.outcome).toBe('brought-back');
});

test('a journal of layout 1, as version 0.1.0 wrote it, is read as one of the install with all that it knew', async () => {
	const old = path.join(import.meta.dirname, 'fixtures', 'journal-1.json');
	const written = JSON.parse(await readFile(old, 'utf8')) as Journal;
	const read = await readJournal(old);
	expect(written.schema).toBe(1);
	expect(read).toEqual({...written, schema: 3, plan: 'install'});
	expect(plans.install.stepIds).toEqual(expect.arrayContaining(read?.steps.map(({id}) => id) ?? ['none']));
	expect(read?.steps.every(({fingerprint}) => /^[0-9a-f]{64}$/u.test(fingerprint ?? ''))).toBe(true);
});
