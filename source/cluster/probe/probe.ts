import {randomBytes} from 'node:crypto';
import type {Pod} from '../kinds.ts';
import type {ObjectApi} from '../objects/types.ts';
import type {ClusterPort} from '../types.ts';
import {containerName, probeJob} from './job.ts';
import {type Running, startJob, thenRemove} from './running.ts';

const outputLines = 200;

type Result = Awaited<ReturnType<ClusterPort['probe']>>;

/** The exit code of a probe's container; undefined while it runs. */
const exitCodeOf = ({status}: Pod): number | undefined =>
	status?.containerStatuses?.find(({name}) => name === containerName)?.state?.terminated?.exitCode;

/** What the probe said once it has ended; undefined while it runs. */
const resultOf = async ({api, place, signal}: Running, pods: readonly Pod[]): Promise<Result | undefined> => {
	const {namespace} = place;
	for (const pod of pods) {
		const exitCode = exitCodeOf(pod);
		if (exitCode === undefined) continue;
		const container = {namespace, name: pod.metadata.name, container: containerName};
		return {exitCode, output: await api.logs(container, {tailLines: outputLines, signal})};
	}
	return undefined;
};

/**
 * Runs a probe and removes it, also after a failure or an abort. @throws ProblemError: why its pod cannot start
 * (codes of the reasons tables), `probe-timeout`, or what the API server refuses.
 */
export const createProbe =
	(api: ObjectApi): ClusterPort['probe'] =>
	(probe) => {
		const {timeoutMs, signal} = probe;
		const name = `${probe.name.slice(0, 50)}-${randomBytes(3).toString('hex')}`;
		const running: Running = {api, place: probe, name, timeoutMs, signal};
		return thenRemove(running, () => startJob(running, probeJob(probe, name), (pods) => resultOf(running, pods)));
	};
