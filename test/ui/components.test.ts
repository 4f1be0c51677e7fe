import {afterEach, expect, test, vi} from 'vitest';
import {problem} from '../../source/base/problem.ts';
import {restMs} from '../../source/ui/state/rest.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession, started, type Untimed} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

let app: OpenApp | undefined;
afterEach(() => app?.close());

const line = (text: string): Untimed => ({
	type: 'step-detail',
	step: 'images',
	detail: {kind: 'line', level: 'info', text},
});

const atRun = async () => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => ({steps: []}),
		start: async () => {},
		decide: () => {},
		saveReport: async () => './report',
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.enter);
	fake.emit(started, {type: 'step-started', step: 'images', stale: false}, line('needle in the hay'), line('hay'));
	await settle();
	return {fake, app};
};

const label = 'Search the log: ';

test('the search line takes letters, backspace and a cursor, and finds what was typed', async () => {
	const {app: shown} = await atRun();
	await shown.press(
		'/',
		'n',
		'ee',
		'dx',
		keys.backspace,
		'l',
		keys.left,
		'd',
		keys.left,
		keys.backspace,
		keys.right,
		'l',
	);
	expect(shown.store.getState().search.typing?.line.text).toBe('needll');
	await shown.press(keys.end, keys.ctrlU, 'needle');
	expect(shown.frame()).toContain(`${label}needle`);
	await shown.press(keys.enter);
	expect(shown.frame()).toContain('/needle 1 of 1');
});

test('chords and function keys put no letter into the search line', async () => {
	const {app: shown} = await atRun();
	await shown.press('/', 'a', keys.ctrlA, keys.ctrlN, keys.ctrlS, keys.ctrlG);
	expect(shown.frame()).not.toContain('stop or quit; twice: at once');
	await shown.press('b', keys.tab, keys.up, keys.pageUp);
	expect(shown.frame()).toContain(`${label}ab`);
	await shown.press(keys.ctrlC, 'n', 'c');
	expect(shown.frame()).toContain(`${label}abc`);
});

test('what comes in one read is neither lost nor doubled in the search line', async () => {
	const {app: shown} = await atRun();
	await shown.press(`/nee${keys.backspace}x`);
	expect(shown.frame()).toContain(`${label}nex`);
	await shown.press(`${keys.backspace}edle`);
	expect(shown.frame()).toContain(`${label}needle`);
	await shown.press(`${keys.backspace}e\r`);
	expect(shown.frame()).toContain('/needle');
});

test('pasted, wide and long text goes into the search line, which stays one row and shows its cursor', async () => {
	const {app: shown} = await atRun();
	await shown.press('/', '\u001B[200~paste\r\u001B[201~', 'd');
	expect(shown.frame()).toContain(`${label}pasted`);
	await shown.press('日本', keys.backspace);
	expect(shown.frame()).toContain(`${label}pasted日`);
	await shown.press('x'.repeat(200), 'y');
	expect(shown.frame()).toMatch(/Search the log:…x+y {3}Enter find {2}Esc leave$/mu);
	expect(shown.frame().split('\n').length).toBe(24);
});

test('several keys in one read choose what they would choose one by one', async () => {
	const {fake, app: shown} = await atRun();
	fake.emit({
		type: 'step-problem',
		step: 'images',
		choices: ['retry', 'edit', 'skip', 'quit'],
		problem: problem({code: 'registry-stalled', area: 'registry', message: 'm', cause: 'c', fix: 'f'}),
	});
	await settle();
	expect(shown.frame()).toMatch(/❯ 1 Retry/u);
	await shown.press(`${keys.down}${keys.down}${keys.down}\r`);
	expect(fake.calls.at(-1)).toEqual(['saveReport']);
	expect(shown.frame()).toMatch(/❯ 4 Save a problem report/u);
	await shown.press('5', 'y');
	expect(fake.calls.at(-1)).toEqual(['decide', {decision: 'quit'}]);
});

test('a long problem is scrolled by page keys while up and down choose', async () => {
	const {fake, app: shown} = await atRun();
	const evidence = Array.from({length: 40}, (_, index) => `line number ${index}`);
	fake.emit({
		type: 'step-problem',
		step: 'images',
		choices: ['retry', 'quit'],
		problem: problem({code: 'registry-stalled', area: 'registry', message: 'm', cause: 'c', fix: 'f', evidence}),
	});
	await settle();
	await shown.press(keys.down, keys.pageDown, keys.pageDown, keys.pageDown);
	expect(shown.frame()).toContain('line number 39');
	expect(shown.frame()).toMatch(/❯ 2 Save a problem report/u);
	await shown.press(keys.home);
	expect(shown.frame()).not.toContain('line number 39');
});

test('rows of items that were counted to their end are no transfers', async () => {
	const {fake, app: shown} = await atRun();
	const moved = (name: string, unit: 'bytes' | 'items'): Untimed => ({
		type: 'step-detail',
		step: 'images',
		detail: {kind: 'progress', label: name, done: 4, total: 4, unit},
	});
	fake.emit(moved('images', 'items'));
	await settle();
	expect(shown.frame()).not.toContain('finished');
	fake.emit(moved('layer', 'bytes'));
	await settle();
	expect(shown.frame()).toContain('1 transfer finished');
});

test('a bare Escape, as most terminals send it, counts once nothing follows it', async () => {
	const {fake, app: shown} = await atRun();
	fake.emit({
		type: 'step-problem',
		step: 'images',
		choices: ['retry', 'quit'],
		problem: problem({code: 'registry-stalled', area: 'registry', message: 'm', cause: 'c', fix: 'f'}),
	});
	await settle();
	expect(shown.frame()).toContain('Problem: Images');
	await shown.press('\u001B');
	await expect.poll(() => shown.frame()).toContain('Installing');
});

test('words of servers, charts and earlier runs cannot steer the terminal of the screens', async () => {
	const evil = 'v1\u001B]0;owned\u0007\u009B2J\u202E\rx';
	const {fake, app: shown} = await atRun();
	fake.emit(
		{type: 'step-detail', step: 'images', detail: {kind: 'item', label: evil, state: 'ok', note: evil}},
		{type: 'step-warning', step: 'images', text: evil},
		line(evil),
		{type: 'step-finished', step: 'images', outcome: 'applied', note: evil, fingerprint: ''},
	);
	await settle();
	expect(shown.frame()).toContain('v1');
	expect(shown.frame()).not.toMatch(/owned|(?!\n)\p{Cc}|\u202E/u);
});

test('a notice that is longer than the window is told whole, and its path stands on rows of its own', async () => {
	const {app: shown, fake} = await atRun();
	const far = `/home/operator/${'a-long-folder/'.repeat(6)}reports/report-20261128.txt`;
	shown.store.dispatch({type: 'saved', what: 'Report', path: far}, {columns: 80, rows: 24});
	await settle();
	const rows = shown.frame().split('\n');
	expect(rows.map((one) => one.trim()).join('')).toContain(`Report saved:${far}`);
	// A row of it ends where a folder ends.
	expect(rows.filter((one) => one.includes('a-long-folder')).every((one) => /(?:\/|\.txt)\s*$/u.test(one))).toBe(true);
	expect(rows).toHaveLength(24);
	expect(rows.at(-1)).toContain('search log');
	fake.emit({type: 'run-finished', outcome: 'done', exitCode: 0});
	await settle();
	expect(shown.frame()).not.toContain('saved');
});

test('a notice lies over no choice of a problem and over no keys, and a question has the keys of its own', async () => {
	const {app: shown, fake} = await atRun();
	fake.emit({
		type: 'step-problem',
		step: 'images',
		choices: ['retry', 'quit'],
		problem: problem({code: 'registry-stalled', area: 'registry', message: 'm', cause: 'c', fix: 'f'}),
	});
	await settle();
	const choices = ['Retry (r)', 'Save a problem report (w)', 'Quit, to go on later (q)', 'Enter choose'];
	for (const choice of choices) expect(shown.frame()).toContain(choice);
	shown.store.dispatch({type: 'saved', what: 'Report', path: `/${'state/'.repeat(14)}r.txt`}, {columns: 80, rows: 24});
	await settle();
	for (const choice of ['Report saved', ...choices]) expect(shown.frame()).toContain(choice);
	await new Promise((resolve) => {
		setTimeout(resolve, restMs);
	});
	await shown.press('q');
	expect(shown.frame().split('\n').at(-1)?.trim()).toBe('y quit  any other key stay here');
});

test('a notice stays above the keys for some seconds, and goes by itself', async () => {
	const {app: shown} = await atRun();
	vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
	try {
		shown.store.dispatch({type: 'save-failed', what: 'Report', why: 'The disk is full.'}, {columns: 80, rows: 24});
		expect(shown.store.getState().notice?.text).toBe('Report not saved: The disk is full.');
		vi.advanceTimersByTime(5900);
		expect(shown.store.getState().notice).toBeDefined();
		vi.advanceTimersByTime(200);
		expect(shown.store.getState().notice).toBeUndefined();
	} finally {
		vi.useRealTimers();
	}
});
