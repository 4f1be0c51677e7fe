import {inPool} from '../../base/pool.ts';
import type {AnswerCache, PushProgress, PushResult, RegistryPort} from '../../registry/types.ts';
import {failureOf, meetsAll} from './failures.ts';
import {mountSources} from './mount-sources.ts';
import type {PushFailure, PushReport, PushTarget} from './types.ts';

/**
 * Images under way at once. More than any port has connections, so that layers of one go while manifests of another do; few enough that
 * memory does not grow with the number of images.
 */
const mostImages = 16;

/** How images are pushed, and who is told. */
export type Pushing = {
	readonly signal: AbortSignal;
	/** What a differential bundle builds on: the digest of a bundle, or host and prefix of an inventory. */
	readonly base?: string | undefined;
	readonly onProgress: (target: PushTarget, progress: Parameters<PushProgress>[0]) => void;
	readonly onImage: (target: PushTarget, result: PushResult | PushFailure) => void;
};

/**
 * Pushes images side by side: the port bounds its connections and sends a layer that images share only once. An image that fails
 * does not stop the others, save for a cause that all would meet.
 * @throws the signal's reason when it is aborted; failures of images are in the report
 */
export const pushImages = async (
	registry: RegistryPort,
	targets: readonly PushTarget[],
	pushing: Pushing,
): Promise<PushReport> => {
	const {base, onProgress, onImage} = pushing;
	const stop = new AbortController();
	const signal = AbortSignal.any([pushing.signal, stop.signal]);
	const shared = {signal, mountFrom: mountSources(targets, base), cache: new Map() as AnswerCache, base};
	const done: string[] = [];
	const failures: PushFailure[] = [];
	const notTried: string[] = [];
	const errors: unknown[] = [];
	const fail = (target: PushTarget, error: unknown): void => {
		const failure = failureOf(target, error);
		errors.push(error);
		failures.push(failure);
		onImage(target, failure);
		if (meetsAll(failure)) stop.abort(error);
	};
	const push = async (target: PushTarget): Promise<void> => {
		const {image, repository, reference} = target;
		try {
			signal.throwIfAborted();
			const tell: PushProgress = (progress) => onProgress(target, progress);
			const result = await registry.push(image, {...shared, repository, tag: image.tag, onProgress: tell});
			done.push(reference);
			onImage(target, result);
		} catch (error) {
			// What ends because of another failure, or because of the operator, has none of its own.
			if (signal.aborted) notTried.push(reference);
			else fail(target, error);
		}
	};
	await inPool(targets, mostImages, push);
	pushing.signal.throwIfAborted();
	return {done, failures, notTried, error: errors[0]};
};
