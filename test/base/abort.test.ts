import {expect, test} from 'vitest';
import {abortable, abortError} from '../../source/base/abort.ts';
import {isAbort} from '../../source/base/problem.ts';

test('work that was stopped says so, whatever the reason is', () => {
	expect(isAbort(abortError(AbortSignal.abort()))).toBe(true);
	const reason = new Error('the lease is lost');
	const error = abortError(AbortSignal.abort(reason));
	expect(isAbort(error)).toBe(true);
	expect(error.cause).toBe(reason);
});

test('what comes in time comes through, and leaves nothing behind on the signal', async () => {
	const controller = new AbortController();
	let stops = 0;
	const stop = (): void => {
		stops += 1;
	};
	expect(await abortable(Promise.resolve(7), controller.signal, stop)).toBe(7);
	await expect(abortable(Promise.reject(new Error('own')), controller.signal, stop)).rejects.toThrow('own');
	controller.abort();
	expect(stops).toBe(0);
});

test('a signal ends the wait at once and stops what is then of no use', async () => {
	const controller = new AbortController();
	let stops = 0;
	const stop = (): void => {
		stops += 1;
	};
	const never = new Promise<never>(() => undefined);
	const waiting = abortable(never, controller.signal, stop);
	controller.abort();
	expect(isAbort(await waiting.catch((error: unknown) => error))).toBe(true);
	const failing = abortable(Promise.reject(new Error('too late')), controller.signal, stop);
	expect(isAbort(await failing.catch((error: unknown) => error))).toBe(true);
	expect(stops).toBe(2);
	await expect(abortable(never, controller.signal)).rejects.toThrow();
});
