import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {ProblemError} from '../../base/problem.ts';
import {pauseAfter} from '../../base/retry.ts';
import type {Pod} from '../kinds.ts';
import type {ObjectApi} from '../objects/types.ts';
import {findCulprit} from '../pods/culprit.ts';
import {diagnosePicture} from '../pods/diagnose.ts';
import {type Picture, takePicture} from '../pods/picture.ts';
import {warningLines} from '../pods/symptoms.ts';
import {podView} from '../pods/views.ts';
import {clusterProblems} from '../problems.ts';
import type {ClusterPort, PodProbe} from '../types.ts';
import {containerName, probeJob, selectorOf} from './job.ts';

/** Pauses between looks at a probe; the last one repeats. Most probes end at once, and an installer makes several. */
const pollsMs = [50, 50, 100, 100, 200, 200, 500] as const;
const removalMs = 20_000;
const outputLines = 200;

type Result = Awaited<ReturnType<ClusterPort['probe']>>;

/** The exit code of a probe's container; undefined while it runs. */
const exitCodeOf = ({status}: Pod): number | undefined =>
	status?.containerStatuses?.find(({name}) => name === containerName)?.state?.terminated?.exitCode;

/** A probe under way, under the name of its Job. */
type Running = {readonly api: ObjectApi; readonly probe: PodProbe; readonly name: string};

/** Too late, with the newest warnings about its pod, or about its Job where it has none. */
const tooSlow = ({probe, name: job}: Running, {pods: [pod], events}: Picture): ProblemError => {
	const {name, namespace, timeoutMs, image} = probe;
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

/** What the probe said once it has ended; undefined while it runs. */
const resultOf = async ({api, probe}: Running, {pods}: Picture): Promise<Result | undefined> => {
	const {namespace, signal} = probe;
	for (const pod of pods) {
		const exitCode = exitCodeOf(pod);
		if (exitCode === undefined) continue;
		const container = {namespace, name: pod.metadata.name, container: containerName};
		return {exitCode, output: await api.logs(container, {tailLines: outputLines, signal})};
	}
	return undefined;
};

/** Throws why the probe will not run any more: its pod cannot start, or its time is over. */
const throwWhenHopeless = async (running: Running, picture: Picture, late: boolean): Promise<void> => {
	const {api, probe} = running;
	const {namespace, signal} = probe;
	const culprit = findCulprit(picture, namespace);
	if (culprit && (late || culprit.stuck)) {
		const found = await diagnosePicture(api, picture, {namespace, component: undefined, signal});
		if (found) throw new ProblemError(found);
	}
	if (late) throw tooSlow(running, picture);
};

/** Tells what keeps the pod waiting, whenever that changes. */
const createTeller = ({onWaiting}: PodProbe): ((picture: Picture) => void) => {
	let told: string | undefined;
	return ({pods: [pod], events}) => {
		const reason = pod && podView(pod, events).reason;
		if (reason !== undefined && reason !== told) onWaiting?.(reason);
		told = reason ?? told;
	};
};

const run = async (running: Running): Promise<Result> => {
	const {api, probe, name} = running;
	const tell = createTeller(probe);
	const {namespace, signal, timeoutMs} = probe;
	await api.create(probeJob(probe, name), signal);
	const end = Date.now() + timeoutMs;
	for (let look = 1; ; look += 1) {
		const picture = await takePicture(api, {namespace, labelSelector: selectorOf(name)}, signal);
		const result = await resultOf(running, picture);
		if (result) return result;
		tell(picture);
		await throwWhenHopeless(running, picture, Date.now() >= end);
		await sleep(pauseAfter({pausesMs: pollsMs}, look), undefined, {signal});
	}
};

/** Removes Job and pod, also after an abort. */
const remove = async ({api, probe: {namespace}, name}: Running): Promise<void> => {
	const own = AbortSignal.timeout(removalMs);
	await api.delete({apiVersion: 'batch/v1', kind: 'Job', namespace, name}, own);
	// The garbage collector does this too, but only when it gets round to it.
	const labelSelector = selectorOf(name);
	const pods = await api.list({apiVersion: 'v1', kind: 'Pod', namespace, labelSelector}, own);
	for (const {metadata} of pods) await api.delete({apiVersion: 'v1', kind: 'Pod', namespace, name: metadata.name}, own);
};

/** The same failure, with the command that removes what is left. */
const withRemains = (error: unknown, {probe: {namespace}, name}: Running): unknown => {
	if (!(error instanceof ProblemError)) return error;
	return error.with({nextSteps: [...error.problem.nextSteps, `kubectl -n ${namespace} delete job ${name}`]});
};

/**
 * Runs a probe and removes it, also after a failure or an abort. @throws ProblemError: why its pod cannot start
 * (codes of the reasons tables), `probe-timeout`, or what the API server refuses.
 */
export const createProbe =
	(api: ObjectApi): ClusterPort['probe'] =>
	async (probe) => {
		const running = {api, probe, name: `${probe.name.slice(0, 50)}-${randomBytes(3).toString('hex')}`};
		let result: Result;
		try {
			result = await run(running);
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
