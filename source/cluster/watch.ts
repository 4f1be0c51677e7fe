import type {IncomingMessage} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import {ProblemError} from '../base/problem.ts';
import type {ObjectApi} from './api.ts';
import {KubernetesError} from './errors.ts';
import {jobView, podView, type Workload} from './pods.ts';
import type {Requests} from './requests.ts';
import {objectPath} from './resources.ts';
import type {KubeEvent, Pod} from './symptoms.ts';
import type {ClusterPort, KubeObject, PodView} from './types.ts';

/** How often Jobs and events are read anew, and the pauses after a broken watch; milliseconds. */
export type WatchTiming = {readonly pollMs: number; readonly serverMs: number; readonly pausesMs: readonly number[]};

export const defaultWatchTiming: WatchTiming = {pollMs: 3000, serverMs: 240_000, pausesMs: [500, 1000, 2000, 5000]};

type WatchLine = {
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
	readonly object: KubeObject & {readonly code?: number};
};

/** The JSON lines of a watch. A connection that breaks is as good as one that ends: the half line is dropped. */
async function* readLines(response: IncomingMessage): AsyncGenerator<WatchLine> {
	let rest = '';
	response.setEncoding('utf8');
	const chunks = response[Symbol.asyncIterator]();
	for (;;) {
		let chunk: IteratorResult<string>;
		try {
			chunk = await chunks.next();
		} catch {
			return;
		}
		if (chunk.done) return;
		const lines = (rest + chunk.value).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) if (line !== '') yield JSON.parse(line) as WatchLine;
	}
}

type Setting = {
	readonly requests: Requests;
	readonly api: Pick<ObjectApi, 'list' | 'listVersioned'>;
	readonly timing?: WatchTiming;
};

/**
 * Watches pods by list and watch (Kubernetes API concepts, "Efficient detection of changes"): goes on from the last
 * version when the server ends a watch, lists anew on 410. Jobs and warning events are polled, for what pods do not
 * tell. Resolves when the signal ends it. @throws ProblemError when the cluster stays away for longer than the pauses.
 */
export const createWatchPods =
	({requests, api, timing = defaultWatchTiming}: Setting): ClusterPort['watchPods'] =>
	async (namespace, labelSelector, onChange, signal) => {
		const pods = new Map<string, Pod>();
		let jobs: readonly Workload[] = [];
		let events: readonly KubeEvent[] = [];
		let shown = '';
		const show = (): void => {
			const views: readonly PodView[] = [
				...[...pods.values()].map((pod) => podView(pod, events)),
				...jobs.flatMap((job) => jobView(job, events) ?? []),
			].sort((left, right) => left.name.localeCompare(right.name));
			const now = JSON.stringify(views);
			if (now === shown) return;
			shown = now;
			onChange(views);
		};
		const end = new AbortController();
		const until = AbortSignal.any([signal, end.signal]);
		const selector = {namespace, ...(labelSelector && {labelSelector})};

		/** Repeats work through faults that may pass; gives up when they outlast the pauses, or on a refusal. */
		const persist = async (work: () => Promise<void>): Promise<never> => {
			let failures = 0;
			for (;;) {
				try {
					await work();
					failures = 0;
				} catch (error) {
					until.throwIfAborted();
					const refused = error instanceof KubernetesError && error.status < 500 && ![410, 429].includes(error.status);
					const pause = timing.pausesMs[failures++];
					if (refused || !(error instanceof ProblemError) || pause === undefined) throw error;
					await sleep(pause, undefined, {signal: until});
				}
			}
		};

		const poll = async (): Promise<void> => {
			[jobs, events] = await Promise.all([
				api.list({apiVersion: 'batch/v1', kind: 'Job', ...selector}, until) as Promise<Workload[]>,
				api.list({apiVersion: 'v1', kind: 'Event', namespace}, until) as Promise<KubeEvent[]>,
			]);
			show();
			await sleep(timing.pollMs, undefined, {signal: until});
		};

		const list = async (): Promise<string> => {
			const {items, resourceVersion} = await api.listVersioned({apiVersion: 'v1', kind: 'Pod', ...selector}, until);
			pods.clear();
			for (const pod of items) pods.set(pod.metadata.name, pod as Pod);
			show();
			return resourceVersion;
		};

		/** One watch; resolves with the version to go on from, or undefined when a new list is needed. */
		const watchOnce = async (from: string): Promise<string | undefined> => {
			const response = await requests.stream({
				method: 'GET',
				path: objectPath({plural: 'pods', namespaced: true}, {apiVersion: 'v1', namespace}),
				query: {
					watch: 'true',
					allowWatchBookmarks: 'true',
					resourceVersion: from,
					timeoutSeconds: String(Math.ceil(timing.serverMs / 1000)),
					labelSelector: labelSelector || undefined,
				},
				deed: `watch the pods of ${namespace}`,
				signal: until,
			});
			const stop = (): void => {
				response.destroy();
			};
			until.addEventListener('abort', stop, {once: true});
			// A watch that is silent past its own end is dead: a firewall has dropped the connection.
			const timer = setTimeout(stop, timing.serverMs + 30_000);
			let version = from;
			try {
				for await (const {type, object} of readLines(response)) {
					if (type === 'ERROR') return undefined;
					version = object.metadata.resourceVersion ?? version;
					if (type === 'BOOKMARK') continue;
					if (type === 'DELETED') pods.delete(object.metadata.name);
					else pods.set(object.metadata.name, object as Pod);
					show();
				}
			} finally {
				clearTimeout(timer);
				until.removeEventListener('abort', stop);
				response.destroy();
			}
			return version;
		};

		let version: string | undefined;
		const watch = async (): Promise<void> => {
			const started = Date.now();
			try {
				version = await watchOnce(version ?? (await list()));
			} catch (error) {
				if (error instanceof KubernetesError && error.status === 410) version = undefined;
				throw error;
			}
			// A server that ends every watch at once must not be asked in a tight loop.
			if (Date.now() - started < 1000) await sleep(timing.pausesMs[0] ?? 500, undefined, {signal: until});
		};

		try {
			await Promise.all([persist(watch), persist(poll)]);
		} catch (error) {
			if (!signal.aborted) throw error;
		} finally {
			end.abort();
		}
	};
