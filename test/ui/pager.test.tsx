import {Console} from 'node:console';
import {PassThrough} from 'node:stream';
import {render} from 'ink-testing-library';
import {afterEach, beforeAll, expect, test} from 'vitest';
import {pageRows} from '../../source/docs/render.ts';
import {runPager} from '../../source/ui/pager/index.tsx';
import {Pager} from '../../source/ui/pager/pager.tsx';
import {createPagerStore, type Pages} from '../../source/ui/pager/store.ts';
import {cells} from '../../source/ui/terminal/text.ts';
import {LookContext} from '../../source/ui/terminal/theme.ts';
import {keys, settle} from './helpers/screen.tsx';

const words = (name: string): string =>
	Array.from(
		{length: 60},
		(_, at) =>
			`${name} row ${at} is a paragraph that takes more than one row of a narrow window, so that it is broken.`,
	).join('\n\n');

const pages = (open?: string): Pages => ({
	topics: Array.from({length: 30}, (_, at) => ({
		name: `topic-${at}`,
		about: `you ask for number ${at} of the topics, and for nothing else`,
	})),
	rowsOf: (name, width) =>
		pageRows(`# Page ${name}\n\n${words(name)}\n\n${name === 'topic-21' ? 'A needle lies here.' : 'The end.'}`, {
			width,
			ascii: false,
			wholeCode: false,
			topicOf: () => undefined,
		}),
	open,
});

let close = (): void => {};
afterEach(() => close());

const open = async (columns: number, rows: number, topic?: string) => {
	let ended = false;
	const store = createPagerStore(pages(topic), () => {
		ended = true;
	});
	const app = render(
		<LookContext value={{color: false, ascii: false, animate: false}}>
			<Pager store={store} version="1.0.0" />
		</LookContext>,
	);
	close = () => app.unmount();
	const resize = async (width: number, height: number): Promise<void> => {
		Object.defineProperty(app.stdout, 'columns', {value: width, configurable: true});
		Object.defineProperty(app.stdout, 'rows', {value: height, configurable: true});
		app.stdout.emit('resize');
		await settle();
	};
	await resize(columns, rows);
	return {
		resize,
		frame: () => app.lastFrame() ?? '',
		hasEnded: () => ended,
		press: async (...inputs: readonly string[]): Promise<void> => {
			for (const input of inputs) {
				app.stdin.write(input);
				await settle();
			}
		},
	};
};

const expectToFit = (frame: string, columns: number, rows: number): void => {
	const lines = frame.split('\n');
	expect(lines.length).toBeLessThanOrEqual(rows);
	for (const line of lines) expect(cells(line)).toBeLessThanOrEqual(columns);
};

test.each([
	[80, 24],
	[200, 50],
	[60, 18],
])('at %ix%i topics are listed, one is opened and read to its end, and q leaves', async (columns, rows) => {
	const pager = await open(columns, rows);
	expect(pager.frame()).toContain('❯ topic-0');
	await pager.press(keys.down, keys.down, keys.enter);
	expect(pager.frame()).toContain('Page topic-2');
	expectToFit(pager.frame(), columns, rows);
	await pager.press(keys.pageDown);
	expect(pager.frame()).not.toContain('Page topic-2');
	await pager.press(keys.end);
	expect(pager.frame()).toContain('The end.');
	expectToFit(pager.frame(), columns, rows);
	await pager.press(keys.home);
	expect(pager.frame()).toContain('Page topic-2');
	await pager.press(keys.escape);
	expect(pager.frame()).toContain('❯ topic-2');
	expect(pager.hasEnded()).toBe(false);
	await pager.press('q');
	expect(pager.hasEnded()).toBe(true);
});

test('a search finds the next row that says it, around the end, and back again', async () => {
	const pager = await open(80, 24, 'topic-4');
	await pager.press('/', 'row 40 IS', keys.enter);
	expect(pager.frame()).toContain('topic-4 row 40 is');
	expect(pager.frame()).toContain('/row 40 IS');
	await pager.press('/', 'row 7', keys.enter);
	expect(pager.frame()).toContain('topic-4 row 7 is');
	await pager.press('/', 'row 5', keys.enter, 'N');
	expect(pager.frame()).toMatch(/topic-4 row 5\d? is/u);
	await pager.press('/', 'is nowhere', keys.enter);
	expect(pager.frame()).toContain('/is nowhere nothing found');
});

test('while text to search for is typed, q is a letter; Escape leaves the search alone', async () => {
	const pager = await open(80, 24, 'topic-4');
	await pager.press('/', 'q');
	expect(pager.hasEnded()).toBe(false);
	expect(pager.frame()).toContain('Search this page: q');
	await pager.press(keys.escape);
	expect(pager.frame()).not.toContain('Search this page:');
	expect(pager.frame()).toContain('Page topic-4');
});

test('a search in the list finds the topic whose text says it, and opens it there', async () => {
	const pager = await open(80, 24);
	await pager.press('/', 'a needle', keys.enter);
	expect(pager.frame()).toContain('❯ topic-21');
	await pager.press(keys.enter);
	expect(pager.frame()).toContain('A needle lies here.');
});

test('in a window of another width one stays at the same part of the page', async () => {
	const pager = await open(80, 24, 'topic-1');
	await pager.press(...Array.from({length: 5}, () => keys.pageDown));
	const row = /topic-1 row (\d+)/u.exec(pager.frame())?.[1];
	await pager.resize(200, 50);
	expectToFit(pager.frame(), 200, 50);
	const after = /topic-1 row (\d+)/u.exec(pager.frame())?.[1];
	expect(Math.abs(Number(after) - Number(row))).toBeLessThan(6);
	await pager.resize(40, 10);
	expect(pager.frame()).toContain('needs 60x18');
	await pager.resize(80, 24);
	expect(pager.frame()).toContain(`topic-1 row ${row}`);
});

test('several letters that come at once are keys one by one', async () => {
	const pager = await open(80, 24);
	await pager.press('jjj');
	expect(pager.frame()).toContain('❯ topic-3');
	await pager.press('jq');
	expect(pager.hasEnded()).toBe(true);
});

// Ink patches the console by way of this class, which the test runner's console lacks.
beforeAll(() => {
	Object.assign(console, {Console});
});

/** Two streams that pass for a terminal. */
const terminal = () => {
	const stdin = Object.assign(new PassThrough(), {
		isTTY: true,
		setRawMode: () => stdin,
		ref: () => stdin,
		unref: () => stdin,
	});
	const stdout = Object.assign(new PassThrough(), {isTTY: true, columns: 80, rows: 24});
	stdout.resume();
	return {stdin: stdin as unknown as NodeJS.ReadStream, stdout: stdout as unknown as NodeJS.WriteStream};
};

test('the pager is over when its reader leaves, and when a signal comes', async () => {
	const look = {ascii: true, color: false};
	const {stdin, stdout} = terminal();
	const reading = runPager(pages(), '1', {...look, stdin, stdout, signal: new AbortController().signal});
	await settle();
	(stdin as unknown as PassThrough).write('q');
	await reading;
	const stopped = terminal();
	const aborter = new AbortController();
	const waiting = runPager(pages('topic-1'), '1', {...look, ...stopped, signal: aborter.signal});
	aborter.abort();
	await waiting;
	await runPager(pages(), '1', {...look, ...terminal(), signal: AbortSignal.abort()});
});
