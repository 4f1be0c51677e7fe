import {Console} from 'node:console';
import {PassThrough} from 'node:stream';
import {beforeAll, expect, test} from 'vitest';
import {runApp} from '../../source/ui/index.tsx';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession, started} from './helpers/fake-session.ts';
import {keys, settle} from './helpers/screen.tsx';

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
