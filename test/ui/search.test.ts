import {afterEach, expect, test} from 'vitest';
import {problem} from '../../source/base/problem.ts';
import {foundWords, matchesIn, nextRow, rowsWith} from '../../source/ui/state/search/match.ts';
import {fullDraft} from './helpers/answers.ts';
import {type Call, fakeSession, found, started, type Untimed} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

const rows = ['Name servers', '  answer in time. The name', '  of the registry is (name).', 'none'];

test('a text is found in capitals or small, over the end of a row, and as it stands', () => {
	expect(rowsWith(rows, 'NAME')).toEqual([0, 1, 2]);
	expect(matchesIn(rows, 'the name of')).toEqual([
		{
			row: 1,
			pieces: [
				{row: 1, from: 18, to: 26},
				{row: 2, from: 0, to: 4},
			],
		},
	]);
	expect(rowsWith(rows, '(name).')).toEqual([2]);
	expect(rowsWith(rows, '.')).toEqual([1, 2]);
	expect(rowsWith(rows, '  ')).toEqual([]);
	expect(rowsWith([], 'x')).toEqual([]);
});

test('the next match is looked for round the end, and counted', () => {
	expect([nextRow([2, 5], 2, 1), nextRow([2, 5], 5, 1), nextRow([2, 5], 2, -1), nextRow([], 0, 1)]).toEqual([
		5,
		2,
		5,
		undefined,
	]);
	expect([foundWords([2, 5], 5), foundWords([2, 5], 3), foundWords([], undefined)]).toEqual([
		'2 of 2',
		'2 found',
		'nothing found',
	]);
});

let app: OpenApp;
afterEach(() => app?.close());

const allowed = {
	draft: fullDraft,
	plan: async () => ({steps: []}),
	start: async () => {},
	decide: () => {},
};
const line = (text: string): Untimed => ({
	type: 'step-detail',
	step: 'images',
	detail: {kind: 'line', level: 'info', text},
});
const lastRow = (): string => app.frame().split('\n').at(-1) ?? '';

const onRun = async (...events: readonly Untimed[]) => {
	const fake = fakeSession(allowed);
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.ctrlS, keys.enter, keys.enter);
	fake.emit(started, {type: 'step-started', step: 'images', stale: false}, ...events);
	await settle();
	return fake;
};

const logLines = Array.from({length: 30}, (_, at) => line(at % 10 === 5 ? `pod ${at} FAILED` : `line ${at}`));

test('on the run the log is searched from its newest line on, n goes to older and N to newer ones, round the end', async () => {
	await onRun(...logLines);
	await app.press('/', 'failed', keys.enter);
	expect(app.frame()).toContain('pod 25 FAILED');
	expect(lastRow()).toContain('/failed 3 of 3  n N older, newer  Esc end search');
	await app.press('n');
	expect(app.frame()).toContain('pod 15 FAILED');
	expect(lastRow()).toContain('/failed 2 of 3');
	await app.press('N', 'N');
	expect(lastRow()).toContain('/failed 1 of 3');
	await app.press(keys.escape);
	expect(lastRow()).not.toContain('failed');
	expect(lastRow()).toContain('Tab pane');
});

test('a text that is nowhere is told, and the log stays where it was', async () => {
	await onRun(...logLines);
	await app.press('/', 'zzz', keys.enter);
	expect(lastRow()).toContain('/zzz nothing found');
	expect(app.frame()).toContain('line 29');
});

test('Escape leaves a search that is typed, and the one before stays', async () => {
	await onRun(...logLines);
	await app.press('/', 'failed', keys.enter, '/', 'other', keys.escape);
	expect(lastRow()).toContain('/failed 3 of 3');
	await app.press('/', keys.enter);
	expect(lastRow()).toContain('/failed 2 of 3');
});

test('the review is searched, its match is brought into view, and no letter of the text acts on the page', async () => {
	const fake = fakeSession(allowed);
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.ctrlS);
	const calls: readonly Call[] = [...fake.calls];
	expect(app.frame()).not.toContain('zenml-workspace.corp.example');
	await app.press('/', 'zenml-workspace?pdqy');
	expect(lastRow()).toContain('Search this page: zenml-workspace?pdqy');
	expect(fake.calls).toEqual(calls);
	await app.press(keys.ctrlU, 'zenml-WORKSPACE', keys.enter);
	expect(app.frame()).toContain('zenml-workspace.corp.example');
	expect(lastRow()).toMatch(/\/zenml-WORKSPACE 1 of \d/u);
	expect(app.frame()).toMatch(/^ Review/mu);
});

test('a search in the questions goes to the question, in other topics and among advanced ones too, and takes what was typed', async () => {
	app = await openApp(fakeSession(allowed).session);
	await app.press(keys.enter, keys.ctrlN);
	expect(app.frame()).toContain('Registry host');
	await app.press(keys.ctrlU, 'new.corp.example', '\u0006', 'controlPlane.host');
	expect(lastRow()).toContain('Search the questions: controlPlane.host');
	await app.press(keys.enter);
	expect(app.frame()).toMatch(/\/\d+ Control plane/u);
	expect(app.store.getState().draft).toMatchObject({registry: {host: 'new.corp.example'}});
	expect(lastRow()).toContain('/controlPlane.host 1 of 1  Esc end search');
	await app.press('\u0006', 'without TLS', keys.enter);
	expect(app.frame()).toContain('Speak HTTP without TLS');
	await app.press('/', 'host name', keys.enter);
	const title = app.frame().split('\n')[0];
	expect(lastRow()).toMatch(/\/host name \d of \d+ {2}Ctrl-F Enter next match/u);
	await app.press('\u0006', keys.enter);
	expect(app.frame().split('\n')[0]).not.toBe(title);
});

test('only as a search is begun letters are its text: in a field a slash is one of the answer', async () => {
	app = await openApp(fakeSession(allowed).session);
	await app.press(keys.enter, keys.ctrlN, keys.ctrlU, '/a');
	expect(app.store.getState().search.typing).toBeUndefined();
	expect(app.frame()).toContain('❯ /a');
});

const trouble = (message: string) =>
	problem({
		...{code: 'registry-stalled', area: 'registry', cause: 'c.', fix: 'f.', message},
		evidence: Array.from({length: 60}, (_, at) => (at === 50 ? 'the needle' : `line ${at}`)),
	});

test('a problem is searched; what ends meanwhile waits until the text is typed', async () => {
	const fake = await onRun();
	fake.emit({type: 'step-problem', step: 'images', problem: trouble('m.'), choices: ['retry', 'quit']});
	await settle();
	await app.press('/', 'needle', keys.enter);
	expect(app.frame()).toContain('the needle');
	expect(fake.calls.at(-1)?.[0]).toBe('start');
	await app.press('/', 'rq');
	fake.emit({type: 'run-finished', outcome: 'failed', exitCode: 6});
	await settle();
	expect(lastRow()).toContain('Search this page: rq');
	expect(app.frame()).not.toContain('Not finished');
	await app.press(keys.escape);
	expect(app.frame()).toContain('Not finished');
});

test('the page of keys, what something is and the first page are searched in the same way', async () => {
	const lines = Array.from({length: 40}, (_, at) => `line ${at}`);
	const explain = async () => lines.map((text) => `  ${text}`);
	app = await openApp(fakeSession({...allowed, explain, found: async () => ({...found, lines})}).session);
	await app.press('/', 'line 39', keys.enter);
	expect(app.frame()).toContain('line 39');
	await app.press(keys.escape, '?', '/', 'ctrl-c', keys.enter);
	expect(lastRow()).toContain('/ctrl-c 1 of 1');
	await app.press(keys.escape, keys.escape, keys.enter, '\u0019');
	await settle();
	await app.press('/', 'line 39', keys.enter);
	expect(app.frame()).toContain('line 39');
	expect(app.frame()).toContain('What it is');
});
