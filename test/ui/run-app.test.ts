import {Console} from 'node:console';
import {PassThrough} from 'node:stream';
import {beforeAll, expect, test, vi} from 'vitest';
import {runApp} from '../../source/ui/index.tsx';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession, started} from './helpers/fake-session.ts';
import {keys, settle} from './helpers/screen.tsx';

// What draws asks the environment for colours when it is loaded.
vi.hoisted(() => {
	process.env.FORCE_COLOR = '1';
});

/** Two streams that pass for a terminal, and what was written to it. */
const terminal = () => {
	const written: string[] = [];
	const stdin = Object.assign(new PassThrough(), {
		isTTY: true,
		setRawMode: () => stdin,
		ref: () => stdin,
		unref: () => stdin,
	});
	const stdout = Object.assign(new PassThrough(), {isTTY: true, columns: 80, rows: 24});
	stdout.on('data', (chunk: Buffer) => written.push(chunk.toString()));
	return {
		stdin: stdin as unknown as NodeJS.ReadStream,
		stdout: stdout as unknown as NodeJS.WriteStream,
		written: () => written.join(''),
		press: async (...inputs: readonly string[]): Promise<void> => {
			for (const input of inputs) {
				await settle();
				stdin.write(input);
			}
			await settle();
		},
	};
};

// Ink patches the console by way of this class, which the test runner's console lacks.
beforeAll(() => {
	Object.assign(console, {Console});
});

const options = {ascii: false, color: true, animate: false};

test('the app resolves with how it ended and leaves no subscription behind', async () => {
	const fake = fakeSession();
	const {stdin, stdout, press} = terminal();
	const ended = runApp(fake.session, {...options, stdin, stdout, signal: new AbortController().signal});
	await press(keys.ctrlC, 'y');
	expect(await ended).toEqual({ended: 'quit'});
	expect(fake.listeners.size).toBe(0);
});

test('a signal before the start ends the app as quit', async () => {
	const {stdin, stdout} = terminal();
	expect(await runApp(fakeSession().session, {...options, stdin, stdout, signal: AbortSignal.abort()})).toEqual({
		ended: 'quit',
	});
});

test('a signal while the plan is looked at ends the look, and nothing was started', async () => {
	const planned: AbortSignal[] = [];
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async (_answers, signal) => {
			planned.push(signal);
			return new Promise(() => {});
		},
	});
	const {stdin, stdout, press} = terminal();
	const aborter = new AbortController();
	const ended = runApp(fake.session, {...options, stdin, stdout, signal: aborter.signal});
	await press(keys.enter, keys.enter);
	aborter.abort();
	expect(await ended).toEqual({ended: 'quit'});
	expect(planned.map(({aborted}) => aborted)).toEqual([true]);
});

test('a signal during the run ends the app as interrupted', async () => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => ({steps: []}),
		start: async () => {},
	});
	const {stdin, stdout, press} = terminal();
	const aborter = new AbortController();
	const ended = runApp(fake.session, {...options, stdin, stdout, signal: aborter.signal});
	await press(keys.enter, keys.enter);
	fake.emit(started);
	aborter.abort();
	expect(await ended).toEqual({ended: 'interrupted'});
});

test('a copy goes to the terminal as it is, one that is too large only into its file', async () => {
	const saved: string[] = [];
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => ({steps: []}),
		start: async () => {},
		saveCopy: async (text) => {
			saved.push(text);
			return '/state/copied.txt';
		},
		summary: () => ({urls: [{label: 'Dashboard', url: 'https://zenml.corp'}], next: [], files: ['f'.repeat(80_000)]}),
	});
	const {stdin, stdout, press, written} = terminal();
	const ended = runApp(fake.session, {...options, stdin, stdout, signal: new AbortController().signal});
	await press(keys.enter, keys.enter);
	fake.emit(started, {type: 'run-finished', outcome: 'done', exitCode: 0});
	await press('y', '1');
	expect(written()).toContain(`\u001B]52;c;${Buffer.from('https://zenml.corp').toString('base64')}\u0007`);
	await press('y', '2', keys.enter);
	expect(written().match(/\]52;/gu)).toHaveLength(1);
	expect(saved.map(({length}) => length)).toEqual([18, 80_000]);
	expect(await ended).toMatchObject({ended: 'finished'});
});

test('the mouse wheel is asked for and given back as it was, by every way out; clicks stay with the terminal', async () => {
	for (const leave of ['quit', 'signal'] as const) {
		const {stdin, stdout, press, written} = terminal();
		const stop = new AbortController();
		const ended = runApp(fakeSession().session, {...options, stdin, stdout, signal: stop.signal, wheel: true});
		if (leave === 'quit') await press(keys.ctrlC, 'y');
		else stop.abort();
		await ended;
		expect(written()).toContain('\u001B[?1007s\u001B[?1007h');
		// Last the row is cleared in which the cursor is left where a terminal has no alternate screen.
		expect(written().endsWith('\u001B[?1007r\r\u001B[K')).toBe(true);
		for (const clicks of ['1000h', '1002h', '1003h', '1006h']) expect(written()).not.toContain(`[?${clicks}`);
	}
});

test('the wheel is left alone where it is switched off', async () => {
	const {stdin, stdout, press, written} = terminal();
	const ended = runApp(fakeSession().session, {...options, stdin, stdout, signal: new AbortController().signal});
	await press(keys.ctrlC, 'y');
	await ended;
	expect(written()).not.toContain('1007');
});

test('a background that is told after the first frame recolours what is there', async () => {
	const stop = new AbortController();
	const {stdin, stdout, written} = terminal();
	let light = false;
	let heard = (): void => undefined;
	const background = {
		isLight: () => light,
		subscribe: (listener: () => void) => {
			heard = listener;
			return () => undefined;
		},
	};
	const ended = runApp(fakeSession().session, {...options, stdin, stdout, signal: stop.signal, background});
	await settle();
	const before = written().length;
	// Cyan is 36, blue is 34 (ECMA-48, SGR).
	expect(written()).toContain('\u001B[36m');
	expect(written()).not.toContain('\u001B[34m');
	light = true;
	heard();
	await expect.poll(() => written().slice(before)).toContain('\u001B[34m');
	stop.abort();
	await ended;
});
