import {isReady, setStatus} from '../objects/conditions.ts';
import {kindById} from '../objects/kinds.ts';
import type {Condition, Job, Pod} from '../objects/types.ts';
import {timestamp} from '../objects/values.ts';
import {ownedBy} from './owners.ts';
import type {Context, Reconcile} from './types.ts';
import {counts, createPods, deletePod, isActive, type Owner} from './workloads.ts';

const id = 'jobs.batch';
const component = 'job-controller';
const retryMs = 500;
const longestPauseMs = 10_000;

/** The pods of a Job, as they count. */
type Pods = {readonly active: readonly Pod[]; readonly failed: readonly Pod[]; readonly succeeded: number};

/** How a Job ended. */
type Verdict = {readonly type: 'Complete' | 'Failed'; readonly reason: string; readonly message: string};

const podsOf = ({store}: Context, job: Job): Pods => {
	const pods = ownedBy<Pod>(store, 'pods', job);
	return {
		active: pods.filter(isActive),
		failed: pods.filter(({status}) => status?.phase === 'Failed'),
		succeeded: pods.filter(({status}) => status?.phase === 'Succeeded').length,
	};
};

const restartsOf = ({status}: Pod): number =>
	(status?.containerStatuses ?? []).reduce((sum, one) => sum + one.restartCount, 0);

/** Tries that failed: pods that did, and restarts of those that go on. */
const failuresOf = ({active, failed}: Pods): number =>
	active.reduce((sum, pod) => sum + restartsOf(pod), failed.length);

/** How long the Job may still be active, ms; undefined without a limit. */
const timeLeft = ({spec}: Job, startTime: string | undefined, now: Date): number | undefined =>
	spec.activeDeadlineSeconds === undefined || startTime === undefined
		? undefined
		: Date.parse(startTime) + spec.activeDeadlineSeconds * 1000 - now.getTime();

const verdictOf = ({spec}: Job, pods: Pods, left: number | undefined): Verdict | undefined => {
	if (pods.succeeded >= (spec.completions ?? 1))
		return {type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods'};
	if (left !== undefined && left <= 0)
		return {type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline'};
	if (failuresOf(pods) > (spec.backoffLimit ?? 6))
		return {type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit'};
	return undefined;
};

/** Since 1.31 a Job first says that it will end so, then that it has. */
const conditionsOf = ({type, reason, message}: Verdict, at: string): Condition[] =>
	[type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget', type].map((name) => ({
		type: name,
		status: 'True',
		reason,
		message,
		lastProbeTime: at,
		lastTransitionTime: at,
	}));

/** When the latest of the failed pods ended, ms since the epoch. */
const lastFailure = (failed: readonly Pod[], now: Date): number =>
	Math.max(
		...failed.map(({status}) =>
			Date.parse(status?.containerStatuses?.[0]?.state.terminated?.finishedAt ?? timestamp(now)),
		),
	);

/** How long to wait before the next pod after failures, ms. */
const pauseBefore = ({failed}: Pods, now: Date): number =>
	failed.length === 0
		? 0
		: lastFailure(failed, now) + Math.min(longestPauseMs, 500 * 2 ** (failed.length - 1)) - now.getTime();

/** Start the pods that are missing; answers when to look again. */
const startMissing = (context: Context, job: Job, pods: Pods): number | undefined => {
	const wanted = Math.min(job.spec.parallelism ?? 1, (job.spec.completions ?? 1) - pods.succeeded);
	const missing = wanted - pods.active.length;
	const pause = pauseBefore(pods, context.now());
	if (missing > 0 && pause > 0) return pause;
	return createPods(context, {object: job, component}, missing) === undefined ? undefined : retryMs;
};

const report = (context: Context, job: Job, startTime: string | undefined, verdict: Verdict | undefined): void => {
	const pods = podsOf(context, job);
	const now = timestamp(context.now());
	setStatus(context.store, id, job, {
		...counts({active: verdict ? 0 : pods.active.length, succeeded: pods.succeeded, failed: pods.failed.length}),
		ready: verdict ? 0 : pods.active.filter(isReady).length,
		terminating: 0,
		uncountedTerminatedPods: {},
		...(startTime ? {startTime} : {}),
		...(verdict?.type === 'Complete' ? {completionTime: now} : {}),
		...(verdict ? {conditions: conditionsOf(verdict, now)} : {}),
	});
};

const announce = ({record}: Context, job: Job, {type, reason, message}: Verdict): void =>
	record(
		job,
		type === 'Complete'
			? {component, type: 'Normal', reason: 'Completed', message: 'Job completed'}
			: {component, type: 'Warning', reason, message},
	);

const lifeAfterEnd = ({spec}: Job): number | undefined =>
	spec.ttlSecondsAfterFinished === undefined ? undefined : spec.ttlSecondsAfterFinished * 1000;

const endedAs = ({status}: Job): Condition | undefined =>
	status?.conditions?.find(({type, status: is}) => (type === 'Complete' || type === 'Failed') && is === 'True');

/** Remove a Job that has ended when its time is over; answers how long it still has. */
const expire = ({operations, now}: Context, job: Job, {lastTransitionTime}: Condition): number | undefined => {
	const life = lifeAfterEnd(job);
	if (life === undefined) return undefined;
	const left = Date.parse(lastTransitionTime ?? timestamp(now())) + life - now().getTime();
	if (left > 0) return left;
	const {namespace = '', name} = job.metadata;
	operations.remove({info: kindById(id), namespace, name}, {propagationPolicy: 'Background'});
	return undefined;
};

/** Run a Job's pods until it is complete or has failed too often or too long. */
export const reconcileJob: Reconcile = (context, namespace, name) => {
	const job = context.store.get<Job>(id, namespace, name);
	if (!job || job.metadata.deletionTimestamp) return undefined;
	const ended = endedAs(job);
	if (ended) return expire(context, job, ended);
	const now = context.now();
	const pods = podsOf(context, job);
	const startTime = job.status?.startTime ?? (job.spec.suspend ? undefined : timestamp(now));
	const left = timeLeft(job, startTime, now);
	const verdict = verdictOf(job, pods, left);
	const isResting = verdict !== undefined || job.spec.suspend === true;
	const owner: Owner = {object: job, component};
	if (isResting) for (const pod of pods.active) deletePod(context, owner, pod);
	const again = isResting ? undefined : startMissing(context, job, pods);
	report(context, job, startTime, verdict);
	if (!verdict) return again ?? left;
	announce(context, job, verdict);
	return lifeAfterEnd(job);
};
