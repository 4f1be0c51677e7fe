import {setTimeout as sleep} from 'node:timers/promises';
import {isStatus, KubernetesError} from '../errors.ts';
import type {Pod} from '../kinds.ts';
import {objectPath} from '../objects/resources.ts';
import type {ObjectApi} from '../objects/types.ts';
import type {Requests} from '../requests.ts';
import type {Screen} from './watch-screen.ts';
import {readLines} from './watch-stream.ts';

/**
 * How often Jobs and events are read anew, how long the server keeps a watch, the pauses after a broken one;
 * milliseconds.
 */
export type WatchTiming = {readonly pollMs: number; readonly serverMs: number; readonly pausesMs: readonly number[]};

export type Setting = {
	readonly requests: Requests;
	readonly api: Pick<ObjectApi, 'list' | 'listVersioned'>;
	readonly timing: WatchTiming;
};

/** Which pods are watched, until when. */
export type Watched = {
	readonly namespace: string;
	readonly labelSelector: string | undefined;
	readonly until: AbortSignal;
};

/**
 * How much longer than it should last a watch is waited for, ms; one that is silent past that is dead: a firewall has
 * dropped it.
 */
const silenceMs = 30_000;

/** A watch that ends sooner than this, ms, is not followed by the next at once. */
const shortWatchMs = 1000;

/** The most pods that are kept in mind: what a server makes up while it is watched has no end. */
const mostPods = 5000;

/** Opens one watch and ends it with the signal, or when it is dead. */
const openWatch = async ({requests, timing}: Setting, {namespace, labelSelector, until}: Watched, from: string) => {
	const {read, close, unreadable} = await requests.stream({
		method: 'GET',
		path: objectPath({plural: 'pods', namespaced: true}, {apiVersion: 'v1', namespace}),
		query: {
			watch: 'true',
			allowWatchBookmarks: 'true',
			resourceVersion: from,
			timeoutSeconds: String(Math.ceil(timing.serverMs / 1000)),
			labelSelector,
		},
		deed: `watch the pods of ${namespace}`,
		signal: until,
	});
	const timer = setTimeout(close, timing.serverMs + silenceMs);
	const end = (): void => {
		clearTimeout(timer);
		close();
	};
	return {lines: readLines(read()), end, unreadable};
};

/** Follows one watch to its end. @returns the version to go on from, or undefined where a new list is needed */
const followOnce = async (
	setting: Setting,
	watched: Watched,
	screen: Screen,
	from: string,
): Promise<string | undefined> => {
	const {lines, end, unreadable} = await openWatch(setting, watched, from);
	let version = from;
	try {
		for await (const line of lines) {
			if (line.type === 'NONE') throw unreadable(line.words);
			if (line.type === 'ERROR') return undefined;
			version = line.object.metadata.resourceVersion ?? version;
			screen.put(line);
			if (screen.count() > mostPods) throw unreadable(`It tells of more than ${mostPods} pods.`);
		}
	} finally {
		end();
	}
	return version;
};

/**
 * Pods by list and watch: goes on from the last version when the server ends a watch, lists anew when that version is
 * too old.
 */
export const createFollow = (setting: Setting, watched: Watched, screen: Screen): (() => Promise<void>) => {
	const {api, timing} = setting;
	const {until, ...selector} = watched;
	let version: string | undefined;
	const list = async (): Promise<string> => {
		const {items, resourceVersion} = await api.listVersioned({apiVersion: 'v1', kind: 'Pod', ...selector}, until);
		screen.putAll(items as readonly Pod[]);
		return resourceVersion;
	};
	return async () => {
		const started = Date.now();
		try {
			version = await followOnce(setting, watched, screen, version ?? (await list()));
		} catch (error) {
			// What came to nothing is begun from a new list.
			if (isStatus(error, 410) || !(error instanceof KubernetesError)) version = undefined;
			throw error;
		}
		// A server that ends every watch at once must not be asked in a tight loop.
		if (Date.now() - started < shortWatchMs) await sleep(timing.pausesMs[0] ?? 500, undefined, {signal: until});
	};
};
