import {ProblemError} from '../base/problem.ts';
import {KubernetesError} from './errors.ts';
import type {Requests} from './requests.ts';

/** Where the objects of a kind live. */
export type Resource = {readonly plural: string; readonly namespaced: boolean};

/** Looks kinds up in the cluster's own discovery documents; undefined for a kind it does not serve. */
export type Resources = (
	of: {readonly apiVersion: string; readonly kind: string},
	signal: AbortSignal,
) => Promise<Resource | undefined>;

type ResourceList = {
	readonly resources?: readonly {readonly name: string; readonly kind: string; readonly namespaced: boolean}[];
};

/** Base path of a group and version: `/api/v1` for the core group, `/apis/GROUP/VERSION` for the others. */
export const apiPath = (apiVersion: string): string =>
	apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** Path of a collection, or of one object when a name is given. */
export const objectPath = (
	{plural, namespaced}: Resource,
	{apiVersion, namespace, name}: {readonly apiVersion: string; readonly namespace?: string; readonly name?: string},
): string =>
	[
		apiPath(apiVersion),
		...(namespaced && namespace !== undefined ? ['namespaces', encodeURIComponent(namespace)] : []),
		plural,
		...(name === undefined ? [] : [encodeURIComponent(name)]),
	].join('/');

/** Kinds found are kept; kinds not found are asked for again, as they may be added (CRDs). */
export const createResources = (requests: Requests): Resources => {
	const known = new Map<string, Resource>();
	return async ({apiVersion, kind}, signal) => {
		const key = `${apiVersion} ${kind}`;
		const hit = known.get(key);
		if (hit) return hit;
		try {
			const {body} = await requests.send({
				method: 'GET',
				path: apiPath(apiVersion),
				deed: `say which kinds ${apiVersion} has`,
				signal,
			});
			for (const {name, kind: found, namespaced} of (body as ResourceList).resources ?? [])
				if (!name.includes('/')) known.set(`${apiVersion} ${found}`, {plural: name, namespaced});
		} catch (error) {
			if (!(error instanceof KubernetesError && error.status === 404)) throw error;
		}
		return known.get(key);
	};
};

/** The problem of a kind that the cluster does not serve. */
export const noSuchKind = (apiVersion: string, kind: string, server: string): ProblemError =>
	new ProblemError({
		code: 'kubernetes-no-such-kind',
		area: 'cluster',
		who: 'cluster admin',
		message: `The cluster at ${server} has no kind ${kind} in ${apiVersion}.`,
		cause: 'The Kubernetes version is too old or too new for it, or a needed add-on is not installed.',
		fix: 'Check the version of the cluster and its add-ons.',
	});
