import {shared} from '../../base/pool.ts';
import {isMissing} from '../errors.ts';
import type {Reference} from '../kinds.ts';
import {clusterProblems} from '../problems.ts';
import type {Requests} from '../requests.ts';
import {resourcesShape} from './shapes.ts';
import {unless} from './unless.ts';

/** Where the objects of a kind live. */
export type Resource = {readonly plural: string; readonly namespaced: boolean};

/** A kind, or one object of it where a name is given. */
export type Target = Omit<Reference, 'name'> & {readonly name?: string | undefined};

/** Base path of a group and version: `/api/v1` for the core group, `/apis/GROUP/VERSION` for the others. */
const apiPath = (apiVersion: string): string =>
	apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** Path of a collection, or of one object when a name is given. */
export const objectPath = (
	{plural, namespaced}: Resource,
	{apiVersion, namespace, name}: Omit<Target, 'kind'>,
): string =>
	[
		apiPath(apiVersion),
		...(namespaced && namespace !== undefined ? ['namespaces', encodeURIComponent(namespace)] : []),
		plural,
		...(name === undefined ? [] : [encodeURIComponent(name)]),
	].join('/');

/** The paths of objects, by the cluster's own discovery documents. */
export type Paths = {
	/** Undefined for a kind that the cluster does not serve. */
	readonly find: (target: Target, signal: AbortSignal) => Promise<string | undefined>;
	/** @throws ProblemError `kubernetes-no-such-kind` */
	readonly demand: (target: Target, signal: AbortSignal) => Promise<string>;
};

/** A kind with its group, as a key. */
const keyOf = (apiVersion: string, kind: string): string => `${apiVersion} ${kind}`;

/** Kinds found are kept; kinds not found are asked for again, as they may be added (CRDs). Who asks at the same time asks once. */
export const createPaths = (requests: Requests): Paths => {
	const known = new Map<string, Resource>();
	const discover = async (apiVersion: string, signal: AbortSignal): Promise<void> => {
		const deed = `say which kinds ${apiVersion} has`;
		const answer = await requests.send({method: 'GET', path: apiPath(apiVersion), deed, signal});
		for (const {name, kind, namespaced} of answer.as(resourcesShape).resources ?? []) {
			// `pods/log` is a part of a pod, not a kind.
			if (!name.includes('/')) known.set(keyOf(apiVersion, kind), {plural: name, namespaced});
		}
	};
	const discoveries = new Map<string, (signal: AbortSignal) => Promise<void>>();
	const discoverOnce = async (apiVersion: string, signal: AbortSignal): Promise<void> => {
		const ask = discoveries.get(apiVersion) ?? shared(async (one) => discover(apiVersion, one));
		discoveries.set(apiVersion, ask);
		return ask(signal);
	};
	const resourceOf = async ({apiVersion, kind}: Target, signal: AbortSignal): Promise<Resource | undefined> => {
		const key = keyOf(apiVersion, kind);
		// A group that the cluster does not serve is a 404.
		if (!known.has(key)) await unless(isMissing, discoverOnce(apiVersion, signal));
		return known.get(key);
	};
	const find: Paths['find'] = async (target, signal) => {
		const resource = await resourceOf(target, signal);
		return resource && objectPath(resource, target);
	};
	return {
		find,
		demand: async (target, signal) => {
			const path = await find(target, signal);
			if (path !== undefined) return path;
			const {apiVersion, kind} = target;
			throw clusterProblems.error('kubernetes-no-such-kind', {server: requests.server(), kind, apiVersion});
		},
	};
};
