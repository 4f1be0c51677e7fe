import {kindById} from '../objects/kinds.ts';
import type {Condition, Job, Pod} from '../objects/types.ts';
import {timestamp} from '../objects/values.ts';
import {type Context, ownedBy, setStatus} from './context.ts';
import {createPod, deletePod, isActive, isReady} from './workloads.ts';

const component = 'job-controller';

const finishedAs = (job: Job): Condition | undefined =>
	job.status?.conditions?.find((one) => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True');

const finish = (context: Context, type: 'Complete' | 'Failed', reason: string, message: string): Condition[] => {
	const at = timestamp(context.now());
	// Since 1.31 a Job first says that it will end so, then that it has.
	const first = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
	return [first, type].map((name) => ({
		type: name,
		status: 'True',
		reason,
		message,
		lastProbeTime: at,
		lastTransitionTime: at,
	}));
};

/** Run a Job's pods until it is complete or has failed too often or too long. */
export const reconcileJob = (context: Context, namespace: string, name: string): number | undefined => {
	const {store} = context;
	const job = store.get<Job>('jobs.batch', namespace, name);
	if (!job || job.metadata.deletionTimestamp) return undefined;
	const now = context.now();
	const over = finishedAs(job);
	if (over) {
		const ttl = job.spec.ttlSecondsAfterFinished;
		if (ttl === undefined) return undefined;
		const left = Date.parse(over.lastTransitionTime ?? timestamp(now)) + ttl * 1000 - now.getTime();
		if (left > 0) return left;
		context.operations.remove(kindById('jobs.batch'), namespace, name, {propagationPolicy: 'Background'});
		return undefined;
	}
	const pods = ownedBy<Pod>(store, 'pods', job);
	const succeeded = pods.filter((pod) => pod.status?.phase === 'Succeeded').length;
	const failedPods = pods.filter((pod) => pod.status?.phase === 'Failed');
	const active = pods.filter(isActive);
	const restarts = active.reduce(
		(sum, pod) => sum + (pod.status?.containerStatuses ?? []).reduce((count, one) => count + one.restartCount, 0),
		0,
	);
	const completions = job.spec.completions ?? 1;
	const limit = job.spec.backoffLimit ?? 6;
	const startTime = job.status?.startTime ?? (job.spec.suspend ? undefined : timestamp(now));
	const deadline = job.spec.activeDeadlineSeconds;
	const late =
		deadline !== undefined && startTime ? Date.parse(startTime) + deadline * 1000 - now.getTime() : undefined;

	let conditions: Condition[] | undefined;
	if (succeeded >= completions)
		conditions = finish(context, 'Complete', 'CompletionsReached', 'Reached expected number of succeeded pods');
	else if (late !== undefined && late <= 0)
		conditions = finish(context, 'Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline');
	else if (failedPods.length + restarts > limit)
		conditions = finish(context, 'Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');

	let again: number | undefined = late;
	if (conditions || job.spec.suspend) for (const pod of active) deletePod(context, job, pod, component);
	else {
		const wanted = Math.min(job.spec.parallelism ?? 1, completions - succeeded);
		const last = Math.max(
			0,
			...failedPods.map((pod) =>
				Date.parse(pod.status?.containerStatuses?.[0]?.state.terminated?.finishedAt ?? timestamp(now)),
			),
		);
		const wait =
			failedPods.length > 0 ? last + Math.min(10_000, 500 * 2 ** (failedPods.length - 1)) - now.getTime() : 0;
		if (active.length < wanted && wait > 0) again = wait;
		else {
			for (let index = active.length; index < wanted; index += 1) {
				const refusal = createPod(context, job, job.spec.template, {component});
				if (refusal !== undefined) {
					again = 500;
					break;
				}
			}
		}
	}
	const current = ownedBy<Pod>(store, 'pods', job).filter(isActive);
	const isComplete = conditions?.at(-1)?.type === 'Complete';
	setStatus(store, 'jobs.batch', job, {
		...(current.length > 0 && !conditions ? {active: current.length} : {}),
		ready: conditions ? 0 : current.filter(isReady).length,
		terminating: 0,
		uncountedTerminatedPods: {},
		...(succeeded > 0 ? {succeeded} : {}),
		...(failedPods.length > 0 ? {failed: failedPods.length} : {}),
		...(startTime ? {startTime} : {}),
		...(isComplete ? {completionTime: timestamp(now)} : {}),
		...(conditions ? {conditions} : {}),
	});
	if (conditions) {
		const verdict = conditions.at(-1);
		if (isComplete) context.event(job, 'Normal', 'Completed', 'Job completed', component);
		else context.event(job, 'Warning', verdict?.reason ?? 'Failed', verdict?.message ?? '', component);
		return job.spec.ttlSecondsAfterFinished === undefined ? undefined : job.spec.ttlSecondsAfterFinished * 1000;
	}
	return again;
};
