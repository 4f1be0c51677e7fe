import {explain, isStuck, type Reason} from './reasons.ts';
import {eventsOf, type KubeEvent, type Pod, type Symptom, symptomsOf} from './symptoms.ts';
import type {KubeObject, PodView} from './types.ts';

/** The worst symptom of a list and what it means: what is stuck comes before what may pass. */
export const worst = (
	symptoms: readonly Symptom[],
): {readonly symptom: Symptom; readonly row: Reason; readonly found: readonly string[]} | undefined => {
	const explained = symptoms.flatMap((symptom) => {
		const explanation = explain(symptom);
		return explanation ? [{symptom, ...explanation}] : [];
	});
	return explained.find(({row, symptom}) => isStuck(row, symptom)) ?? explained[0];
};

/** The server's words, short enough for a table row. */
const brief = (message: string): string => {
	const [line = ''] = message.split('\n');
	return line.length > 300 ? `${line.slice(0, 299)}…` : line;
};

const words = (symptoms: readonly Symptom[]): Pick<PodView, 'reason' | 'stuck'> => {
	const found = worst(symptoms);
	if (!found) return {stuck: false};
	const {symptom, row} = found;
	const said = brief(symptom.message);
	return {reason: `${row.plain} (${symptom.reason})${said ? `: ${said}` : ''}`, stuck: isStuck(row, symptom)};
};

/** A pod as people want to see it; `events` are those of its namespace. Pure. */
export const podView = (pod: Pod, events: readonly KubeEvent[]): PodView => {
	const {metadata, spec, status} = pod;
	const containers = status?.containerStatuses ?? [];
	const all = [...(status?.initContainerStatuses ?? []), ...containers];
	// The pod of a hook Job that is removed after its success has still succeeded.
	const going = metadata.deletionTimestamp && status?.phase !== 'Succeeded';
	const phase = going ? 'Terminating' : (status?.phase ?? 'Pending');
	const ready =
		phase === 'Running' &&
		status?.conditions?.some(({type, status: value}) => type === 'Ready' && value === 'True') === true;
	return {
		name: metadata.name,
		namespace: metadata.namespace ?? '',
		phase,
		ready,
		restarts: all.reduce((sum, {restartCount = 0}) => sum + restartCount, 0),
		...(spec?.nodeName && {node: spec.nodeName}),
		images: [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({image = ''}) => image),
		...(ready || phase === 'Terminating' ? {stuck: false} : words(symptomsOf(pod, events))),
	};
};

/** `batch/v1` Job and `apps/v1` Deployment, as far as they are used. */
export type Workload = KubeObject & {
	readonly status?: {
		readonly conditions?: readonly {
			readonly type: string;
			readonly status: string;
			readonly reason?: string;
			readonly message?: string;
		}[];
	};
};

/** What is wrong with a Job or Deployment itself: it failed, or its pods are not admitted. Pure. */
export const workloadSymptoms = (workload: Workload, events: readonly KubeEvent[]): readonly Symptom[] => {
	const on = workload.status?.conditions?.filter(({status}) => status === 'True') ?? [];
	if (on.some(({type}) => type === 'Complete' || type === 'Available')) return [];
	const conditions = on.flatMap(({type, reason, message = ''}): Symptom[] => {
		if (type === 'ReplicaFailure') return [{reason: 'ReplicaFailure', message}];
		if (type === 'Failed') return [{reason: reason ?? 'JobFailed', message}];
		return [];
	});
	const creation = eventsOf(events, workload.kind, workload.metadata.name).find(
		({reason}) => reason === 'FailedCreate',
	);
	return [...conditions, ...(creation ? [{reason: 'FailedCreate', message: creation.message ?? ''}] : [])];
};

/** A row for a Job that failed or gets no pod; undefined while its pods speak for it. Pure. */
export const jobView = (job: Workload, events: readonly KubeEvent[]): PodView | undefined => {
	const symptoms = workloadSymptoms(job, events);
	if (symptoms.length === 0) return undefined;
	return {
		name: `job/${job.metadata.name}`,
		namespace: job.metadata.namespace ?? '',
		phase: 'Failed',
		ready: false,
		restarts: 0,
		images: [],
		...words(symptoms),
	};
};
