import type {Pod} from '../kinds.ts';
import type {Picture} from './picture.ts';
import {type Explanation, worstOf} from './reasons.ts';
import {symptomsOf} from './symptoms.ts';
import type {Symptom} from './types.ts';
import {isReady} from './views.ts';
import {isComplete, jobOf, workloadSymptoms} from './workloads.ts';

/** What is to blame for a rollout that does not get ready, and why. */
export type Culprit = Explanation & {
	readonly kind: 'Pod' | 'Job' | 'Deployment';
	readonly name: string;
	/** The Job that a pod belongs to. */
	readonly job?: string | undefined;
};

type Suspect = Pick<Culprit, 'kind' | 'name' | 'job'> & {readonly symptoms: readonly Symptom[]};

/** A failed pod that no longer counts: its Job ended well, or what owns it has made another pod. */
const isOutlived = ({metadata, status}: Pod, {pods, jobs}: Picture): boolean => {
	const owner = metadata.ownerReferences?.[0];
	if (status?.phase !== 'Failed' || owner === undefined) return false;
	if (owner.kind === 'Job') return jobs.some((job) => job.metadata.name === owner.name && isComplete(job));
	return pods.some(
		(other) =>
			other.status?.phase !== 'Failed' && other.metadata.ownerReferences?.some(({name}) => name === owner.name),
	);
};

/** Everything that may be to blame, in the order in which it is asked. */
const suspectsIn = (picture: Picture): readonly Suspect[] => {
	const {pods, jobs, deployments, events} = picture;
	const unready = pods.filter((pod) => !pod.metadata.deletionTimestamp && !isReady(pod) && !isOutlived(pod, picture));
	return [
		...unready.map(
			(pod): Suspect => ({
				kind: 'Pod',
				name: pod.metadata.name,
				job: jobOf(pod),
				symptoms: symptomsOf(pod, events),
			}),
		),
		...jobs.map((job): Suspect => ({kind: 'Job', name: job.metadata.name, symptoms: workloadSymptoms(job, events)})),
		...deployments.map(
			(item): Suspect => ({kind: 'Deployment', name: item.metadata.name, symptoms: workloadSymptoms(item, events)}),
		),
	];
};

const subjectKinds = {Pod: 'pod', Job: 'job', Deployment: 'deployment'} as const;

/** All that is wrong, what is stuck before what may pass, and then in the order pods, Jobs, Deployments. Pure. */
export const findCulprits = (picture: Picture, namespace: string): readonly Culprit[] =>
	suspectsIn(picture)
		.flatMap(({kind, name, job, symptoms}): readonly Culprit[] => {
			const worst = worstOf(symptoms, {kind: subjectKinds[kind], name: `${namespace}/${name}`});
			return worst ? [{kind, name, job, ...worst}] : [];
		})
		.toSorted((one, other) => Number(other.stuck) - Number(one.stuck));

/** Of all that is wrong the worst; undefined when nothing is. Pure. */
export const findCulprit = (picture: Picture, namespace: string): Culprit | undefined =>
	findCulprits(picture, namespace)[0];
