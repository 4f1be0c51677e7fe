import {setTimeout as sleep} from 'node:timers/promises';
import {ProblemError} from '../../base/problem.ts';
import {pauseAfter} from '../../base/retry.ts';
import type {Job, Pod} from '../kinds.ts';
import type {ObjectApi} from '../objects/types.ts';
import {findCulprit} from '../pods/culprit.ts';
import {diagnosePicture} from '../pods/diagnose.ts';
import {type Picture, takePicture} from '../pods/picture.ts';
import {warningLines} from '../pods/symptoms.ts';
import {podView} from '../pods/views.ts';
import {clusterProblems} from '../problems.ts';
import type {PodPlace} from '../types.ts';
import {selectorOf} from './job.ts';

/** Pauses between looks at a pod; the last one repeats. Most probes end within three seconds, and an installer makes several. */
const pollsMs: readonly number[] = [50, 50, ...Array.from({length: 20}, () => 150), 500];
/** How often it is also asked what keeps a pod that goes on: that takes four requests, where a look takes one; ms. */
const pictureEveryMs = 500;
const removalMs = 20_000;

/** A Job of ours under way, under its name. */
export type Running = {
	readonly api: ObjectApi;
	readonly place: PodPlace;
	readonly name: string;
	/** How long it may take until what is waited for, ms. */
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
};

/** Too late, with the newest warnings about its pod, or about its Job where it has none. */
const tooSlow = ({place, name: job, timeoutMs}: Running, {pods: [pod], events}: Picture): ProblemError => {
	const {name, namespace, image} = place;
	const shared = {probe: name, namespace, seconds: Math.round(timeoutMs / 1000)};
	if (!pod)
		return clusterProblems.error(
			'probe-timeout',
			{case: 'no pod', ...shared},
			{evidence: warningLines(events, 'Job', job)},
		);
	const {metadata, spec, status} = pod;
	return clusterProblems.error(
		'probe-timeout',
		{
			case: 'pod made',
			...shared,
			pod: metadata.name,
			phase: status?.phase ?? 'not started',
			node: spec?.nodeName ?? 'no node',
			image,
		},
		{evidence: warningLines(events, 'Pod', metadata.name)},
	);
};

/** Throws why the pod will not run any more: its pod cannot start, or its time is over. */
const throwWhenHopeless = async (running: Running, picture: Picture, late: boolean): Promise<void> => {
	const {api, place, signal} = running;
	const {namespace} = place;
	const culprit = findCulprit(picture, namespace);
	if (culprit && (late || culprit.stuck)) {
		const found = await diagnosePicture(api, picture, {namespace, component: undefined, signal});
		if (found) throw new ProblemError(found);
	}
	if (late) throw tooSlow(running, picture);
};

/** Tells what keeps the pod waiting, whenever that changes. */
const createTeller = ({onWaiting}: PodPlace): ((picture: Picture) => void) => {
	let told: string | undefined;
	return ({pods: [pod], events}) => {
		const reason = pod && podView(pod, events).reason;
		if (reason !== undefined && reason !== told) onWaiting?.(reason);
		told = reason ?? told;
	};
};

/** Removes Job and pod, also after an abort. */
export const remove = async ({api, place: {namespace}, name}: Running): Promise<void> => {
	const own = AbortSignal.timeout(removalMs);
	await api.delete({apiVersion: 'batch/v1', kind: 'Job', namespace, name}, own);
	// The garbage collector does this too, but only when it gets round to it.
	const labelSelector = selectorOf(name);
	const pods = await api.list({apiVersion: 'v1', kind: 'Pod', namespace, labelSelector}, own);
	for (const {metadata} of pods) await api.delete({apiVersion: 'v1', kind: 'Pod', namespace, name: metadata.name}, own);
};

/** The same failure, with the command that removes what is left. */
const withRemains = (error: unknown, {place: {namespace}, name}: Running): unknown => {
	if (!(error instanceof ProblemError)) return error;
	return error.with({nextSteps: [...error.problem.nextSteps, `kubectl -n ${namespace} delete job ${name}`]});
};

/** Makes the Job and looks at its pods until there is what is waited for. @throws ProblemError why it cannot start, `probe-timeout` */
export const startJob = async <T>(
	running: Running,
	job: Job,
	resultIn: (pods: readonly Pod[]) => Promise<T | undefined>,
): Promise<T> => {
	const {api, place, name, timeoutMs, signal} = running;
	const of = {namespace: place.namespace, labelSelector: selectorOf(name)};
	const tell = createTeller(place);
	await api.create(job, signal);
	const end = Date.now() + timeoutMs;
	let pictureAt = Date.now() + pictureEveryMs;
	for (let look = 1; ; look += 1) {
		const isLate = Date.now() >= end;
		const picture = isLate || Date.now() >= pictureAt ? await takePicture(api, of, signal) : undefined;
		const pods = picture?.pods ?? ((await api.list({apiVersion: 'v1', kind: 'Pod', ...of}, signal)) as readonly Pod[]);
		const result = await resultIn(pods);
		if (result !== undefined) return result;
		if (picture) {
			pictureAt = Date.now() + pictureEveryMs;
			tell(picture);
			await throwWhenHopeless(running, picture, isLate);
		}
		await sleep(pauseAfter({pausesMs: pollsMs}, look), undefined, {signal});
	}
};

/** Does work with a Job, and removes it, also after a failure or an abort. */
export const thenRemove = async <T>(running: Running, work: () => Promise<T>): Promise<T> => {
	let result: T;
	try {
		result = await work();
	} catch (error) {
		// The first failure is the one to tell; what could not be removed ends by its own deadline and TTL.
		const removed = await remove(running).then(
			() => true,
			() => false,
		);
		throw removed ? error : withRemains(error, running);
	}
	await remove(running);
	return result;
};
