import {ProblemError} from '../../base/problem.ts';
import type {Deployment, Job, KubeEvent, KubeObject, Pod} from '../kinds.ts';
import type {ObjectApi} from '../objects/types.ts';
import type {Selection} from '../types.ts';

/** What a namespace looks like at one moment. */
export type Picture = {
	readonly pods: readonly Pod[];
	readonly jobs: readonly Job[];
	readonly deployments: readonly Deployment[];
	readonly events: readonly KubeEvent[];
};

/** What is looked at: all that carries a label in a namespace. */
type Place = {readonly namespace: string; readonly labelSelector: string};

/** Objects of a kind; one that this user may not list counts as empty. */
export const whereAllowed = async (
	api: Pick<ObjectApi, 'list'>,
	selection: Selection,
	signal: AbortSignal,
): Promise<readonly KubeObject[]> => {
	try {
		return await api.list(selection, signal);
	} catch (error) {
		if (error instanceof ProblemError && error.problem.code === 'kubernetes-forbidden') return [];
		throw error;
	}
};

/** Reads pods, and the events of their namespace where this user may. */
export const takePods = async (
	api: Pick<ObjectApi, 'list'>,
	{namespace, labelSelector}: Place,
	signal: AbortSignal,
): Promise<Pick<Picture, 'pods' | 'events'>> => {
	const [pods, events] = await Promise.all([
		api.list({apiVersion: 'v1', kind: 'Pod', namespace, labelSelector}, signal),
		whereAllowed(api, {apiVersion: 'v1', kind: 'Event', namespace}, signal),
	]);
	return {pods, events} as Pick<Picture, 'pods' | 'events'>;
};

/** Reads pods, Jobs, Deployments and events; a kind that this user may not list counts as empty, but for the pods. */
export const takePicture = async (api: Pick<ObjectApi, 'list'>, of: Place, signal: AbortSignal): Promise<Picture> => {
	const [seen, jobs, deployments] = await Promise.all([
		takePods(api, of, signal),
		whereAllowed(api, {apiVersion: 'batch/v1', kind: 'Job', ...of}, signal),
		whereAllowed(api, {apiVersion: 'apps/v1', kind: 'Deployment', ...of}, signal),
	]);
	return {...seen, jobs, deployments} as Picture;
};
