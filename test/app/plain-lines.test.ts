import {afterEach, expect, test} from 'vitest';
import type {ProblemCode} from '../../source/base/problem.ts';
import {plainTalk} from './plain-talk.ts';

let talk: ReturnType<typeof plainTalk> | undefined;
afterEach(() => talk?.lines.close());

test('an answer is echoed, a secret is not, whatever is done to it while it is typed', async () => {
	talk = plainTalk();
	const name = talk.lines.ask('User: ');
	await talk.answer(['User: ', 'pusher']);
	expect(await name).toBe('pusher');
	const secret = talk.lines.ask('Password: ', {secret: true});
	await talk.until('Password: ');
	talk.type('hunter3');
	talk.type('\u007F2\u001B[D\u001B[C-x');
	talk.type('\r');
	expect(await secret).toBe('hunter2-x');
	expect(talk.shown()).toContain('pusher');
	expect(talk.shown()).not.toMatch(/hunter|-x/u);
});

test('a secret that is pasted together with the answer before it is not shown', async () => {
	talk = plainTalk();
	const name = talk.lines.ask('User: ');
	await talk.until('User: ');
	talk.type('pusher\rhunter2\rnext\rpart');
	expect(await name).toBe('pusher');
	expect(await talk.lines.ask('Password: ', {secret: true})).toBe('hunter2');
	expect(await talk.lines.ask('Next: ')).toBe('next');
	const last = talk.lines.ask('Last: ');
	talk.type('ly\r');
	expect(await last).toBe('partly');
	expect(talk.shown()).not.toContain('hunter2');
	expect(talk.shown()).toContain('Last: partly');
});

test('a prompt that is wider than the terminal is broken between its words, and typed behind its last row', async () => {
	talk = plainTalk(30);
	const word = talk.lines.ask('Which topic is to be changed, by its number (leave): ');
	await talk.answer(['(leave): ', '3']);
	expect(await word).toBe('3');
	expect(talk.shown()).toContain('Which topic is to be changed,\nby its number (leave): ');
});

test('a secret is not brought back by the arrow keys', async () => {
	talk = plainTalk();
	const secret = talk.lines.ask('Password: ', {secret: true});
	talk.type('hunter2\r');
	await secret;
	const next = talk.lines.ask('Next: ');
	talk.type('\u001B[A\r');
	expect(await next).toBe('');
});

test('what was typed before a decision is dropped', async () => {
	talk = plainTalk();
	talk.type('quit\rhalf');
	await new Promise((resolve) => setImmediate(resolve));
	talk.lines.forget();
	const decision = talk.lines.ask('What now? ');
	talk.type('retry\r');
	expect(await decision).toBe('retry');
});

test('an abort ends the question with its reason, and the end of the input with a problem', async () => {
	talk = plainTalk();
	const stop = new AbortController();
	const asked = talk.lines.ask('Start? ', {signal: stop.signal});
	stop.abort(new Error('the terminal went away'));
	await expect(asked).rejects.toThrow('the terminal went away');
	const again = talk.lines.ask('Start? ');
	talk.input.end();
	const ended = {
		code: 'input-ended' satisfies ProblemCode,
		area: 'stopped',
		cause: 'The input ended.',
		fix: 'Start the same command again in a terminal, or give all answers with --answers and --non-interactive.',
	};
	await expect(again).rejects.toMatchObject({problem: ended});
	await expect(talk.lines.ask('Start? ')).rejects.toMatchObject({problem: ended});
});

test('Ctrl-C is told and answers nothing', async () => {
	talk = plainTalk();
	const asked = talk.lines.ask('Start? ');
	talk.type('\u0003');
	talk.type('no\r');
	expect(await asked).toBe('no');
	expect(talk.interrupts).toEqual([1]);
});
