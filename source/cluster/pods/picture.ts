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

/** Reads pods, Jobs, Deployments and events; a kind that this user may not list counts as empty, but for the pods. */
export const takePicture = async (
	api: Pick<ObjectApi, 'list'>,
	of: {readonly namespace: string; readonly labelSelector: string},
	signal: AbortSignal,
): Promise<Picture> => {
	const {namespace, labelSelector} = of;
	const whereAllowed = async (selection: Selection): Promise<readonly KubeObject[]> => {
		try {
			return await api.list(selection, signal);
		} catch (error) {
			if (error instanceof ProblemError && error.problem.code === 'kubernetes-forbidden') return [];
			throw error;
		}
	};
	const [pods, jobs, deployments, events] = await Promise.all([
		api.list({apiVersion: 'v1', kind: 'Pod', namespace, labelSelector}, signal),
		whereAllowed({apiVersion: 'batch/v1', kind: 'Job', namespace, labelSelector}),
		whereAllowed({apiVersion: 'apps/v1', kind: 'Deployment', namespace, labelSelector}),
		whereAllowed({apiVersion: 'v1', kind: 'Event', namespace}),
	]);
	return {pods, jobs, deployments, events} as Picture;
};
