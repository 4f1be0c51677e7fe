import {afterEach, expect, test, vi} from 'vitest';
import {bounded, graceMs} from '../../source/base/bounded.ts';
import {systemClock} from '../../source/base/clock.ts';
import {type Problem, ProblemError, problem} from '../../source/base/problem.ts';
import {attended, unattended} from '../../source/engine/controls.ts';
import {fakeClock} from '../base/fake-clock.ts';
import {trouble} from './events.ts';
import {type Answers, findings, ok, play, tiny, todo, waiting} from './stage.ts';

const unhandled = vi.fn();
process.on('unhandledRejection', unhandled);
afterEach(async () => {
	// Unhandled rejections are told when the microtasks are through.
	await new Promise((resolve) => setImmediate(resolve));
	expect(unhandled).not.toHaveBeenCalled();
});

const untilAborted = async (signal: AbortSignal): Promise<never> =>
	new Promise((_resolve, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason), {once: true});
	});
const never = async (): Promise<never> => new Promise(() => undefined);

test('a check that does not end fails with the reason last told, under the exit code of its step', async () => {
	const {result, clock} = await play([
		tiny('databases', {
			check: async ({report, signal}) => {
				report({kind: 'line', level: 'info', text: 'connecting'});
				report({kind: 'waiting', reason: 'postgres.corp.internal:5432 to answer'});
				report({kind: 'item', label: 'a', state: 'ok', note: ''});
				return untilAborted(signal);
			},
		}),
	]);
	expect(clock.now()).toBe(10_000);
	expect(result).toMatchObject({
		outcome: 'failed',
		exitCode: 7,
		problem: {
			code: 'time-out',
			message: 'The databases (check) did not end within 10 s.',
			cause: 'It was still busy with: postgres.corp.internal:5432 to answer.',
		},
	});
});

test('an apply has its own bound, and says which progress was last made', async () => {
	const {result, clock} = await play([
		tiny('images', {
			check: findings(todo),
			apply: async ({report, signal}) => {
				report({kind: 'progress', label: 'push zenml/api:1', done: 1, unit: 'bytes'});
				await untilAborted(signal);
			},
		}),
	]);
	expect(clock.now()).toBe(60_000);
	expect(result.problem).toMatchObject({
		message: 'The images (apply) did not end within 60 s.',
		cause: 'It was still busy with: push zenml/api:1.',
	});
	expect(result.exitCode).toBe(6);
});

test('work that ignores its signal is given the grace period, then left behind', async () => {
	const {result, clock} = await play([tiny('images', {check: never})]);
	expect(clock.now()).toBe(10_000 + graceMs);
	expect(result.problem?.code).toBe('time-out');
});

test('an error that nothing caught ends the step at work, which can be tried again; another one while that is decided is told', async () => {
	const listeners: ((problem: Problem) => void)[] = [];
	const hearFaults = (listener: (problem: Problem) => void) => {
		listeners.push(listener);
		return () => void listeners.splice(listeners.indexOf(listener), 1);
	};
	const fault = problem({code: 'unexpected-error', area: 'bug', message: 'A bug.', cause: 'It is.', fix: 'Mend it.'});
	let tries = 0;
	const {result, story, events} = await play(
		[
			tiny('databases', {
				check: async ({signal}) => {
					tries += 1;
					if (tries > 1) return ok;
					setImmediate(() => listeners.at(-1)?.(fault));
					return untilAborted(signal);
				},
			}),
		],
		{
			hearFaults,
			controls: {
				...unattended({acknowledged: () => false, handoverLimitMs: 1000}),
				decide: async () => {
					listeners.at(-1)?.({...fault, message: 'Another bug.'});
					return {decision: 'retry'};
				},
			},
		},
	);
	expect(result.outcome).toBe('done');
	expect(events).toContainEqual(expect.objectContaining({type: 'step-problem', problem: fault}));
	expect(JSON.stringify(events)).toContain('Another bug.');
	expect(story.length).toBeGreaterThan(0);
	expect(listeners).toEqual([]);
});

test('a time-out can be tried again', async () => {
	let tries = 0;
	const {story} = await play([
		tiny('images', {
			retry: {codes: ['time-out'], attempts: 2, pausesMs: [1000]},
			check: async ({signal}) => {
				tries += 1;
				return tries === 1 ? untilAborted(signal) : ok;
			},
		}),
	]);
	expect(story).toContain('retrying images 1000');
	expect(story.at(-1)).toBe('end done 0');
});

const stopped = ['stopping', 'end stopped 130'];

test('a stop lets the work end itself, then ends the run', async () => {
	const stop = new AbortController();
	let tidied = false;
	const {story, result, clock} = await play(
		[
			tiny('control-plane', {
				check: findings(todo),
				apply: async ({signal}) => {
					await untilAborted(signal).catch(() => undefined);
					tidied = true;
					throw signal.reason;
				},
			}),
			tiny('ca'),
		],
		{signal: stop.signal, prepare: (fake) => fake.at(5000, () => stop.abort(new Error('it got SIGTERM')))},
	);
	expect(tidied).toBe(true);
	expect(clock.now()).toBe(5000);
	expect(story.slice(-2)).toEqual(stopped);
	expect(result.problem).toMatchObject({code: 'stopped', cause: 'It was told to stop: it got SIGTERM.'});
});

test('a stop in the middle of work that ends well does not begin the next look', async () => {
	const stop = new AbortController();
	const {story} = await play(
		[
			tiny('images', {
				check: findings(todo, ok),
				apply: async () => stop.abort(new Error('enough')),
			}),
		],
		{signal: stop.signal},
	);
	expect(story.slice(-4)).toEqual(['applying images 1', 'stopping', 'check images after', 'end stopped 130']);
});

test('a stop waits no longer than the grace period for work that ignores it', async () => {
	const stop = new AbortController();
	const {clock, story} = await play([tiny('images', {check: never})], {
		signal: stop.signal,
		prepare: (fake) => fake.at(1000, () => stop.abort(new Error('enough'))),
	});
	expect(clock.now()).toBe(1000 + graceMs);
	expect(story.slice(-2)).toEqual(stopped);
});

test('nothing is told after the end of a run, whatever work that was left behind still reports', async () => {
	const stop = new AbortController();
	let late = (): void => undefined;
	const {story} = await play(
		[
			tiny('images', {
				check: async ({report}) => {
					late = () => report({kind: 'line', level: 'info', text: 'done after all'});
					stop.abort(new Error('enough'));
					return never();
				},
			}),
		],
		{signal: stop.signal, listeners: [({type}) => type === 'run-finished' && late()]},
	);
	expect(story.slice(-2)).toEqual(['stopping', 'end stopped 130']);
});

test('a stop ends the pause before a retry', async () => {
	const stop = new AbortController();
	const {clock, story} = await play(
		[
			tiny('images', {
				retry: {codes: [trouble.code], attempts: 9, pausesMs: [60_000]},
				check: findings(new ProblemError(trouble)),
			}),
		],
		{signal: stop.signal, prepare: (fake) => fake.at(2000, () => stop.abort(new Error('enough')))},
	);
	expect(clock.now()).toBe(2000);
	expect(story.slice(-2)).toEqual(stopped);
});

test('a stop ends a hand-over', async () => {
	const stop = new AbortController();
	const {clock, story} = await play([tiny('dns', {check: findings(waiting)})], {
		signal: stop.signal,
		controls: attended<Answers>([]),
		prepare: (fake) => fake.at(15_000, () => stop.abort(new Error('enough'))),
	});
	expect(clock.now()).toBe(15_000);
	expect(story.slice(-2)).toEqual(stopped);
});

test.each(['at once', 'while the question stands'])('a stop %s ends the wait for a decision', async (when) => {
	const stop = new AbortController();
	const {story} = await play([tiny('images', {check: findings({status: 'blocked', problem: trouble})})], {
		signal: stop.signal,
		controls: attended<Answers>([]),
		prepare: (fake) => {
			if (when !== 'at once') fake.at(1000, () => stop.abort(new Error('enough')));
		},
		listeners: [
			(event) => {
				if (event.type === 'step-problem' && when === 'at once') stop.abort(new Error('enough'));
			},
		],
	});
	expect(story.at(-1)).toBe('end stopped 130');
});

test('a run that was stopped before it began does nothing', async () => {
	const {story} = await play([tiny('images', {check: async () => Promise.reject(new Error('was looked at'))})], {
		signal: AbortSignal.abort(new Error('enough')),
	});
	expect(story).toEqual(['run-started', 'end stopped 130']);
});

test('a run that a problem ended, such as a lost lease, has failed with its code', async () => {
	const stop = new AbortController();
	const lost = new ProblemError({...trouble, code: 'install-lock-lost', area: 'locked'});
	const {story, result} = await play([tiny('images', {check: async ({signal}) => untilAborted(signal)})], {
		signal: stop.signal,
		prepare: (fake) => fake.at(1000, () => stop.abort(lost)),
	});
	expect(story.at(-1)).toBe('end failed 10');
	expect(result.problem?.code).toBe('install-lock-lost');
});

const bounds = (signal: AbortSignal, ms = 1000) => ({
	ms,
	signal,
	area: 'cluster' as const,
	what: 'The work',
	reason: () => 'nothing',
});

test('bounded gives back what the work gives, and leaves no timer', async () => {
	const clock = fakeClock();
	const stop = new AbortController();
	expect(await bounded(async () => 7, {...bounds(stop.signal), clock})).toBe(7);
	expect(clock.asleep()).toBe(0);
});

test('bounded throws what the work throws, at once or later', async () => {
	const clock = fakeClock();
	const options = {...bounds(new AbortController().signal), clock};
	const thrown = new Error('own');
	await expect(bounded(async () => Promise.reject(thrown), options)).rejects.toBe(thrown);
	await expect(
		bounded(() => {
			throw thrown;
		}, options),
	).rejects.toBe(thrown);
	expect(clock.asleep()).toBe(0);
});

test('bounded does not begin work that is already stopped', async () => {
	const clock = fakeClock();
	const reason = new Error('enough');
	const work = vi.fn();
	await expect(bounded(work, {...bounds(AbortSignal.abort(reason)), clock})).rejects.toBe(reason);
	expect(work).not.toHaveBeenCalled();
});

test('work that ends well within the grace period has ended well', async () => {
	const clock = fakeClock();
	const work = bounded(
		async (signal) => {
			await untilAborted(signal).catch(() => undefined);
			await clock.sleep(graceMs / 2);
			return 'rolled back';
		},
		{...bounds(new AbortController().signal), clock},
	);
	expect(await clock.drive(work)).toBe('rolled back');
	expect(clock.asleep()).toBe(0);
});

test('work that fails after it was left behind makes no noise', async () => {
	const clock = fakeClock();
	let fail: (error: Error) => void = () => undefined;
	const work = bounded(
		async () =>
			new Promise<never>((_resolve, reject) => {
				fail = reject;
			}),
		{...bounds(new AbortController().signal), clock},
	);
	await expect(clock.drive(work)).rejects.toMatchObject({problem: {code: 'time-out'}});
	fail(new Error('too late'));
	expect(clock.asleep()).toBe(0);
});

test('the clock of this machine keeps no timer of a bound that was not needed', async () => {
	const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
	await bounded(async () => 1, {...bounds(new AbortController().signal, 3_600_000), clock: systemClock});
	expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBe(before);
});
