import {expect, test} from 'vitest';
import {pauseAfter, retrying} from '../../source/base/retry.ts';
import {fakeClock} from './fake-clock.ts';

const passing = {attempts: 4, pausesMs: [100, 500]};

/** Fails with each of the errors in turn, then answers. Tells what happened, with the times. */
const play = async (errors: readonly Error[], more: Partial<Parameters<typeof retrying>[1]> = {}) => {
	const clock = fakeClock();
	const story: string[] = [];
	const work = async (attempt: number): Promise<string> => {
		story.push(`${clock.now()} attempt ${attempt}`);
		const error = errors[story.length - 1];
		if (error) throw error;
		return 'done';
	};
	const end = await clock
		.drive(retrying(work, {ruleOf: () => passing, clock, signal: new AbortController().signal, ...more}))
		.catch((error: unknown) => error);
	return {end, story};
};

const trouble = new Error('busy');

test('what passes by itself is tried again after longer and longer pauses', async () => {
	expect(await play([trouble, trouble, trouble])).toEqual({
		end: 'done',
		story: ['0 attempt 1', '100 attempt 2', '600 attempt 3', '1100 attempt 4'],
	});
});

test('the last failure is thrown once the attempts are used up', async () => {
	const last = new Error('still busy');
	const {end, story} = await play([trouble, trouble, trouble, last]);
	expect(end).toBe(last);
	expect(story).toHaveLength(4);
});

test('a failure without a rule is thrown at once', async () => {
	expect(await play([trouble], {ruleOf: () => undefined})).toEqual({end: trouble, story: ['0 attempt 1']});
});

test('whoever hears of a retry may make its pause longer', async () => {
	const heard: unknown[] = [];
	const {story} = await play([trouble], {
		onRetry: (...told) => {
			heard.push(told);
			return 9000;
		},
	});
	expect(heard).toEqual([[trouble, 1, 100]]);
	expect(story.at(-1)).toBe('9000 attempt 2');
});

test('work that came further than before has all its attempts again', async () => {
	const clock = fakeClock();
	let calls = 0;
	const work = async (_attempt: number, advance: () => void): Promise<string> => {
		calls += 1;
		if (calls === 3) advance();
		if (calls < 5) throw trouble;
		return 'done';
	};
	const rule = {attempts: 3, pausesMs: [10]};
	const signal = new AbortController().signal;
	expect(await clock.drive(retrying(work, {ruleOf: () => rule, clock, signal}))).toBe('done');
	expect(calls).toBe(5);
});

test('a stop ends it, before the first attempt and after a failure', async () => {
	const stopped = new Error('enough');
	expect((await play([], {signal: AbortSignal.abort(stopped)})).end).toBe(stopped);
	const stop = new AbortController();
	const onRetry = (): undefined => {
		stop.abort(stopped);
	};
	const {end, story} = await play([trouble, trouble], {signal: stop.signal, onRetry});
	expect(end).toBe(stopped);
	expect(story).toHaveLength(1);
});

test('the last pause repeats; without pauses there is none', () => {
	expect([1, 2, 3, 9].map((attempt) => pauseAfter(passing, attempt))).toEqual([100, 500, 500, 500]);
	expect(pauseAfter({pausesMs: []}, 1)).toBe(0);
});
