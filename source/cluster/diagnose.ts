import {type Problem, ProblemError, problem} from '../base/problem.ts';
import type {ObjectApi} from './api.ts';
import {type Workload, workloadSymptoms, worst} from './pods.ts';
import {isStuck} from './reasons.ts';
import {eventsOf, type KubeEvent, type Pod, type Symptom, symptomsOf} from './symptoms.ts';

const logLines = 30;

/** What a namespace looks like at one moment. */
export type Picture = {
	readonly pods: readonly Pod[];
	readonly jobs: readonly Workload[];
	readonly deployments: readonly Workload[];
	readonly events: readonly KubeEvent[];
};

type Subject = {
	readonly kind: 'Pod' | 'Job' | 'Deployment';
	readonly name: string;
	readonly symptoms: readonly Symptom[];
};

/** Reads pods, Jobs, Deployments and events; a kind that this user may not list counts as empty. */
export const takePicture = async (
	api: Pick<ObjectApi, 'list'>,
	namespace: string,
	labelSelector: string,
	signal: AbortSignal,
): Promise<Picture> => {
	const optional = async (apiVersion: string, kind: string, selector?: string) => {
		try {
			return await api.list({apiVersion, kind, namespace, ...(selector && {labelSelector: selector})}, signal);
		} catch (error) {
			if (error instanceof ProblemError && error.problem.code === 'kubernetes-forbidden') return [];
			throw error;
		}
	};
	const [pods, jobs, deployments, events] = await Promise.all([
		api.list({apiVersion: 'v1', kind: 'Pod', namespace, labelSelector}, signal),
		optional('batch/v1', 'Job', labelSelector),
		optional('apps/v1', 'Deployment', labelSelector),
		optional('v1', 'Event'),
	]);
	return {pods, jobs, deployments, events} as Picture;
};

/** A failed pod that no longer counts: its Job ended well, or its ReplicaSet has made another pod. */
const isOutlived = ({metadata, status}: Pod, {pods, jobs}: Picture): boolean => {
	if (status?.phase !== 'Failed') return false;
	const owner = metadata.ownerReferences?.[0];
	if (owner?.kind === 'Job')
		return jobs.some(
			(job) =>
				job.metadata.name === owner.name &&
				job.status?.conditions?.some(({type, status: value}) => type === 'Complete' && value === 'True'),
		);
	return pods.some(
		(other) =>
			owner !== undefined &&
			other.status?.phase !== 'Failed' &&
			other.metadata.ownerReferences?.some(({name}) => name === owner.name),
	);
};

/** Of all that is wrong the worst, in the order pods, Jobs, Deployments; undefined when nothing is. Pure. */
export const findCulprit = (picture: Picture) => {
	const {pods, jobs, deployments, events} = picture;
	const subjects: readonly Subject[] = [
		...pods
			.filter((pod) => {
				const ready = pod.status?.conditions?.some(({type, status}) => type === 'Ready' && status === 'True');
				return !pod.metadata.deletionTimestamp && !ready && !isOutlived(pod, picture);
			})
			.map((pod): Subject => ({kind: 'Pod', name: pod.metadata.name, symptoms: symptomsOf(pod, events)})),
		...jobs.map((job): Subject => ({kind: 'Job', name: job.metadata.name, symptoms: workloadSymptoms(job, events)})),
		...deployments.map(
			(item): Subject => ({kind: 'Deployment', name: item.metadata.name, symptoms: workloadSymptoms(item, events)}),
		),
	];
	const guilty = subjects.flatMap((subject) => {
		const found = worst(subject.symptoms);
		return found ? [{subject, ...found}] : [];
	});
	return guilty.find(({row, symptom}) => isStuck(row, symptom)) ?? guilty[0];
};

const readLog = async (
	api: Pick<ObjectApi, 'logs'>,
	pod: {readonly namespace: string; readonly name: string; readonly container?: string},
	which: 'current' | 'previous',
	signal: AbortSignal,
): Promise<readonly string[]> => {
	try {
		const lines = await api.logs(pod, {tailLines: logLines, previous: which === 'previous', signal});
		if (lines.length > 0 || which === 'current') return lines;
		return await api.logs(pod, {tailLines: logLines, signal});
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		return [`(the log could not be read: ${error.problem.evidence?.[0] ?? error.message})`];
	}
};

/** Answer paths of a row; `component` is `controlPlane` or `workspaces.N`, and without it both are meant. */
const answersOf = (paths: readonly string[], component: string | undefined): readonly string[] =>
	paths.flatMap((path) => {
		if (!path.includes('{component}')) return [path];
		if (component) return [path.replace('{component}', component)];
		return [path.replace('{component}', 'controlPlane'), 'workspaces'];
	});

/**
 * Why a rollout does not get ready, from pods, events, Jobs, Deployments and logs; undefined when nothing is wrong yet.
 * Never shows values of the environment, only names and the cluster's own words.
 */
export const diagnosePicture = async (
	api: Pick<ObjectApi, 'logs'>,
	picture: Picture,
	namespace: string,
	signal: AbortSignal,
	component?: string,
): Promise<Problem | undefined> => {
	const culprit = findCulprit(picture);
	if (!culprit) return undefined;
	const {subject, symptom, row, found} = culprit;
	const log =
		subject.kind === 'Pod' && symptom.log
			? await readLog(
					api,
					{namespace, name: subject.name, ...(symptom.container && {container: symptom.container})},
					symptom.log,
					signal,
				)
			: [];
	const events = eventsOf(picture.events, subject.kind, subject.name).slice(0, 5);
	const kind = subject.kind.toLowerCase();
	const answers = answersOf(row.answers ?? [], component);
	return problem({
		code: row.code,
		area: 'cluster',
		who: row.who ?? 'operator',
		message: `The ${kind} ${namespace}/${subject.name}: ${row.plain} (${symptom.reason}).`,
		cause: row.cause(symptom, found),
		fix: row.fix,
		nextSteps: [
			`kubectl -n ${namespace} describe ${kind} ${subject.name}`,
			...(symptom.log
				? [
						`kubectl -n ${namespace} logs ${subject.name}${symptom.container ? ` -c ${symptom.container}` : ''}${symptom.log === 'previous' ? ' --previous' : ''}`,
					]
				: []),
		],
		...(answers.length > 0 && {answers}),
		evidence: [
			...new Set([
				...(symptom.message ? [symptom.message] : []),
				...events.map(({reason, message}) => `${reason}: ${message}`),
				...log,
			]),
		],
	});
};
