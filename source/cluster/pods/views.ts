import {cutTo} from '../../base/text.ts';
import type {Job, KubeEvent, Pod} from '../kinds.ts';
import type {PodView} from '../types.ts';
import {worstOf} from './reasons.ts';
import {symptomsOf} from './symptoms.ts';
import type {Subject, Symptom} from './types.ts';
import {jobOf, workloadSymptoms} from './workloads.ts';

/** Characters of the server's words that a table row has room for. */
const mostCharacters = 300;

/** The server's words, short enough for a table row. */
const brief = (message: string): string => {
	const [line = ''] = message.split('\n');
	return cutTo(line, mostCharacters - 1);
};

type Wrong = Pick<PodView, 'reason' | 'stuck'> & Partial<Pick<PodView, 'status'>>;

const wrongWith = (symptoms: readonly Symptom[], subject: Subject): Wrong => {
	const worst = worstOf(symptoms, subject);
	if (!worst) return {stuck: false};
	const {short, stuck, symptom} = worst;
	const said = brief(symptom.message);
	return {reason: `${short} (${symptom.reason})${said ? `: ${said}` : ''}`, status: brief(symptom.reason), stuck};
};

/** True for a pod that can serve: it is running, and its readiness check says so. */
export const isReady = ({status}: Pod): boolean =>
	status?.conditions?.some(({type, status: value}) => type === 'Ready' && value === 'True') === true;

const phaseOf = ({metadata, status}: Pod): string => {
	// The pod of a hook Job that is removed after its success has still succeeded.
	if (metadata.deletionTimestamp && status?.phase !== 'Succeeded') return 'Terminating';
	return status?.phase ?? 'Pending';
};

const timeIn = (text: string | null | undefined): number | undefined => {
	const time = Date.parse(text ?? '');
	return Number.isNaN(time) ? undefined : time;
};

/** A pod as people want to see it; `events` are those of its namespace. Pure. */
export const podView = (pod: Pod, events: readonly KubeEvent[]): PodView => {
	const {metadata, spec, status} = pod;
	const {name, namespace = ''} = metadata;
	const phase = phaseOf(pod);
	const ready = phase === 'Running' && isReady(pod);
	const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
	const isWell = ready || phase === 'Terminating';
	return {
		name,
		namespace,
		phase,
		ready,
		status: phase,
		containers: {
			ready: (status?.containerStatuses ?? []).filter((one) => one.ready).length,
			total: spec?.containers.length ?? 0,
		},
		createdAt: timeIn(metadata.creationTimestamp),
		restarts: statuses.reduce((sum, {restartCount}) => sum + restartCount, 0),
		node: spec?.nodeName,
		component: metadata.labels?.['app.kubernetes.io/component'],
		job: jobOf(pod),
		images: [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({image = ''}) => image),
		...(isWell ? {stuck: false} : wrongWith(symptomsOf(pod, events), {kind: 'pod', name: `${namespace}/${name}`})),
	};
};

/** A row for a Job that failed or gets no pod; undefined while its pods speak for it. Pure. */
export const jobView = (job: Job, events: readonly KubeEvent[]): PodView | undefined => {
	const {name, namespace = ''} = job.metadata;
	const symptoms = workloadSymptoms(job, events);
	if (symptoms.length === 0) return undefined;
	return {
		name: `job/${name}`,
		namespace,
		phase: 'Failed',
		status: 'Failed',
		ready: false,
		containers: {ready: 0, total: 0},
		createdAt: timeIn(job.metadata.creationTimestamp),
		restarts: 0,
		images: [],
		...wrongWith(symptoms, {kind: 'job', name: `${namespace}/${name}`}),
	};
};
