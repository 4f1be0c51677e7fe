import {conditionOf} from '../../objects/conditions.ts';
import type {Job, KubeObject} from '../../objects/types.ts';
import {dict, list, textAt} from '../../objects/values.ts';
import {age, duration} from './age.ts';
import {at, type Column, named, none, number, ofTemplate, ownSelector, selector, since, wide, words} from './column.ts';

/** The deciding conditions of a Job, the first that is true. */
const jobConditions = ['Complete', 'Failed'] as const;
const jobEnds = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'] as const;

const jobStatus = (object: KubeObject): string => {
	const job = object as Job;
	const is = (type: string): boolean => conditionOf(job.status?.conditions, type)?.status === 'True';
	const ended = jobConditions.find(is);
	if (ended) return ended;
	return job.metadata.deletionTimestamp ? 'Terminating' : (jobEnds.find(is) ?? 'Running');
};

const completions = (object: KubeObject): string => {
	const {spec, status} = object as Job;
	const done = status?.succeeded ?? 0;
	if (spec.completions !== undefined) return `${done}/${spec.completions}`;
	const parallel = spec.parallelism ?? 0;
	return parallel > 1 ? `${done}/1 of ${parallel}` : `${done}/1`;
};

const took = (object: KubeObject, now: Date): string => {
	const {startTime, completionTime} = (object as Job).status ?? {};
	if (startTime === undefined) return '';
	return duration((completionTime ? Date.parse(completionTime) : now.getTime()) - Date.parse(startTime));
};

/** What is asked of a metric, and what is; nobody measures here, so that what is stays unknown. */
const targetOf = (metric: unknown): string => {
	const {resource} = dict(metric);
	const target = dict(dict(resource).target);
	const wanted = target.averageUtilization === undefined ? target.averageValue : `${target.averageUtilization}%`;
	return resource === undefined ? '<unknown>' : `${textAt(resource, 'name')}: <unknown>/${String(wanted)}`;
};

const onAndOff = (value: unknown): string => {
	if (value === undefined) return '<unset>';
	return value === true ? 'True' : 'False';
};

/** Columns of what makes pods and of what counts them. */
export const workloadColumns: Readonly<Record<string, readonly Column[]>> = {
	'deployments.apps': [
		named,
		words('Ready', ({status, spec}) => `${textAt(status, 'readyReplicas') || 0}/${textAt(spec, 'replicas') || 0}`),
		number('Up-to-date', 'status.updatedReplicas'),
		number('Available', 'status.availableReplicas'),
		since,
		...ofTemplate(),
		ownSelector,
	],
	'replicasets.apps': [
		named,
		number('Desired', 'spec.replicas'),
		number('Current', 'status.replicas'),
		number('Ready', 'status.readyReplicas'),
		since,
		...ofTemplate(),
		ownSelector,
	],
	'jobs.batch': [
		named,
		words('Status', jobStatus),
		words('Completions', completions),
		words('Duration', took),
		since,
		...ofTemplate(),
		ownSelector,
	],
	'cronjobs.batch': [
		named,
		words('Schedule', at('spec.schedule')),
		words('Timezone', at('spec.timeZone')),
		{...words('Suspend', ({spec}) => onAndOff(dict(spec).suspend)), type: 'boolean'},
		{...words('Active', ({status}) => list(dict(status).active).length), type: 'integer'},
		words('Last Schedule', ({status}, now) => {
			const {lastScheduleTime} = dict(status);
			return lastScheduleTime === undefined ? none : age(lastScheduleTime, now);
		}),
		since,
		...ofTemplate('spec.jobTemplate.spec.template.spec'),
		wide(words('Selector', ({spec}) => selector(dict(dict(dict(spec).jobTemplate).spec).selector))),
	],
	'poddisruptionbudgets.policy': [
		named,
		words('Min Available', at('spec.minAvailable', 'N/A')),
		words('Max Unavailable', at('spec.maxUnavailable', 'N/A')),
		number('Allowed Disruptions', 'status.disruptionsAllowed'),
		since,
	],
	'horizontalpodautoscalers.autoscaling': [
		named,
		words('Reference', ({spec}) => `${textAt(spec, 'scaleTargetRef.kind')}/${textAt(spec, 'scaleTargetRef.name')}`),
		words('Targets', ({spec}) => list(dict(spec).metrics).map(targetOf).join(', ') || none),
		words('MinPods', at('spec.minReplicas', '<unset>')),
		number('MaxPods', 'spec.maxReplicas'),
		number('Replicas', 'status.currentReplicas'),
		since,
	],
};
