import type {Deployment, Job, KubeEvent, KubeObject} from '../kinds.ts';
import {eventsOf} from './symptoms.ts';
import type {Symptom} from './types.ts';

/** What makes pods. */
export type Workload = Job | Deployment;

type Condition = {readonly type: string; readonly reason?: string | undefined; readonly message?: string | undefined};

const conditionsOf = ({status}: Workload): readonly Condition[] =>
	(status?.conditions ?? []).filter((condition) => condition.status === 'True');

const symptomIn = ({type, reason = 'JobFailed', message = ''}: Condition): Symptom | undefined => {
	if (type === 'ReplicaFailure') return {reason: 'ReplicaFailure', message};
	return type === 'Failed' ? {reason, message} : undefined;
};

/** What is wrong with a Job or Deployment itself: it failed, or its pods are not admitted. Pure. */
export const workloadSymptoms = (workload: Workload, events: readonly KubeEvent[]): readonly Symptom[] => {
	const conditions = conditionsOf(workload);
	if (conditions.some(({type}) => type === 'Complete' || type === 'Available')) return [];
	const refused = eventsOf(events, workload.kind, workload.metadata.name)
		.filter(({reason}) => reason === 'FailedCreate')
		.slice(0, 1);
	return [
		...conditions.flatMap((condition) => symptomIn(condition) ?? []),
		...refused.map(({message = ''}) => ({reason: 'FailedCreate', message})),
	];
};

/** True for a Job that has ended well. */
export const isComplete = (job: Job): boolean => conditionsOf(job).some(({type}) => type === 'Complete');

/** The name of the Job that made a pod; undefined for one of another kind. */
export const jobOf = ({metadata}: Pick<KubeObject, 'metadata'>): string | undefined =>
	metadata.ownerReferences?.find(({kind}) => kind === 'Job')?.name;
