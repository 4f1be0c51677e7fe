import {isAbort} from './problem.ts';

/** The error that stopped work throws; `isAbort` knows it. */
export const abortError = (signal: AbortSignal): Error =>
	isAbort(signal.reason)
		? (signal.reason as Error)
		: new DOMException('The work was stopped', {name: 'AbortError', cause: signal.reason});

/** The promise, or an abort error as soon as the signal fires; `stop` ends the work that is then of no use. */
export const abortable = async <Result>(
	promise: Promise<Result>,
	signal: AbortSignal,
	stop: () => void = () => undefined,
): Promise<Result> => {
	if (signal.aborted) {
		promise.catch(() => undefined);
		stop();
		throw abortError(signal);
	}
	let listener = (): void => undefined;
	const stopped = new Promise<never>((_resolve, reject) => {
		listener = () => {
			reject(abortError(signal));
			stop();
		};
		signal.addEventListener('abort', listener, {once: true});
	});
	try {
		return await Promise.race([promise, stopped]);
	} finally {
		signal.removeEventListener('abort', listener);
	}
};
