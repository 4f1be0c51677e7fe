import {setTimeout as sleep} from 'node:timers/promises';
import {systemClock} from '../../base/clock.ts';
import {ProblemError} from '../../base/problem.ts';
import {type RetryRule, retrying} from '../../base/retry.ts';
import {isStatus, KubernetesError} from '../errors.ts';
import type {Job, KubeEvent} from '../kinds.ts';
import type {ClusterPort} from '../types.ts';
import {createFollow, type Setting, type Watched, type WatchTiming} from './watch-follow.ts';
import {createScreen, type Screen} from './watch-screen.ts';

export type {WatchTiming} from './watch-follow.ts';

export const defaultWatchTiming: WatchTiming = {pollMs: 3000, serverMs: 240_000, pausesMs: [500, 1000, 2000, 5000]};

/** Jobs and events, for what pods do not tell. */
const createPoll = ({api, timing}: Setting, watched: Watched, screen: Screen): (() => Promise<void>) => {
	const {until, ...selector} = watched;
	const {namespace} = watched;
	return async () => {
		const [jobs, events] = await Promise.all([
			api.list({apiVersion: 'batch/v1', kind: 'Job', ...selector}, until),
			api.list({apiVersion: 'v1', kind: 'Event', namespace}, until),
		]);
		screen.putAround(jobs as readonly Job[], events as readonly KubeEvent[]);
		await sleep(timing.pollMs, undefined, {signal: until});
	};
};

/** True for a fault that may pass: of the line, of the server itself, or that it is busy or has forgotten a version. */
const isPassing = (error: unknown): boolean =>
	error instanceof ProblemError &&
	(!(error instanceof KubernetesError) || error.status >= 500 || isStatus(error, 410, 429));

/**
 * Repeats work until the signal, through faults that may pass; gives up when they outlast the pauses, or on a refusal.
 */
const persist = (work: () => Promise<void>, {pausesMs}: WatchTiming, until: AbortSignal): Promise<never> => {
	const rule: RetryRule = {attempts: pausesMs.length + 1, pausesMs};
	return retrying(
		async (_attempt, advance) => {
			for (;;) {
				await work();
				advance();
			}
		},
		{ruleOf: (error) => (isPassing(error) ? rule : undefined), clock: systemClock, signal: until},
	);
};

/**
 * Watches the pods and Jobs of a namespace (Kubernetes API concepts, "Efficient detection of changes"). Resolves when
 * the signal ends it. @throws ProblemError when the cluster refuses, or stays away for longer than the pauses.
 */
export const createWatchPods =
	(setting: Setting): ClusterPort['watchPods'] =>
	async (namespace, labelSelector, onChange, signal) => {
		const end = new AbortController();
		const until = AbortSignal.any([signal, end.signal]);
		const watched = {namespace, labelSelector: labelSelector || undefined, until};
		const screen = createScreen(onChange);
		const works = [createFollow(setting, watched, screen), createPoll(setting, watched, screen)];
		try {
			await Promise.all(works.map((work) => persist(work, setting.timing, until)));
		} catch (error) {
			if (!signal.aborted) throw error;
		} finally {
			end.abort();
		}
	};
