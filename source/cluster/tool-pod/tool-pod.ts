import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Job, Pod} from '../kinds.ts';
import type {ObjectApi} from '../objects/types.ts';
import {podSpecOf} from '../probe/pod-spec.ts';
import {type Running, remove, startJob, thenRemove} from '../probe/running.ts';
import type {ClusterPort, ToolPlace, ToolPod} from '../types.ts';

/** The one container of a tool pod. */
const container = 'tools';

/** Says for what a tool pod was made, so that the next one finds what a killed run left. */
const purpose = 'zenml-airgap.io/tool-pod';

/** Jobs end a pod that does not start in time as well: its time begins before it runs. */
const jobOf = (tool: ToolPod, name: string): Job => {
	const labels = {
		'app.kubernetes.io/managed-by': 'zenml-airgap',
		'app.kubernetes.io/instance': name,
		[purpose]: tool.name,
	};
	const seconds = Math.ceil((tool.startMs + tool.lifeMs) / 1000);
	const {resources, scratch} = tool;
	const own = {name: container, command: ['sleep', String(seconds)], resources, scratch};
	return {
		apiVersion: 'batch/v1',
		kind: 'Job',
		metadata: {name, namespace: tool.namespace, labels},
		spec: {
			backoffLimit: 0,
			activeDeadlineSeconds: seconds,
			ttlSecondsAfterFinished: 300,
			template: {metadata: {labels}, spec: podSpecOf(tool, own)},
		},
	};
};

const placeOf = ({metadata, status}: Pod, namespace: string): ToolPlace | undefined => {
	const own = status?.containerStatuses?.find(({name}) => name === container);
	return own?.state?.running && !metadata.deletionTimestamp ? {namespace, pod: metadata.name, container} : undefined;
};

/** How long pods of before are waited for until they are gone, and how often is looked, ms. */
const [goneMs, pollMs] = [30_000, 200];

/** Removes what runs of before left, with their pods and all that is still at work in them. */
const removeLeft = async (api: ObjectApi, tool: ToolPod, signal: AbortSignal): Promise<void> => {
	const {namespace} = tool;
	const labelSelector = `${purpose}=${tool.name}`;
	const jobs = await api.list({apiVersion: 'batch/v1', kind: 'Job', namespace, labelSelector}, signal);
	for (const {metadata} of jobs) await remove({api, place: tool, name: metadata.name, timeoutMs: tool.startMs, signal});
	// What runs in a pod ends with it, and not when it is told to go. A node that is lost never says so: it is not waited for any longer.
	for (const limit = Date.now() + goneMs; Date.now() < limit; await sleep(pollMs, undefined, {signal})) {
		const pods = await api.list({apiVersion: 'v1', kind: 'Pod', namespace, labelSelector}, signal);
		if (pods.length === 0) return;
	}
};

/** See `ClusterPort.withToolPod`. */
export const createWithToolPod =
	(api: ObjectApi): ClusterPort['withToolPod'] =>
	async (tool, work, signal) => {
		await removeLeft(api, tool, signal);
		const name = `${tool.name.slice(0, 50)}-${randomBytes(3).toString('hex')}`;
		const running: Running = {api, place: tool, name, timeoutMs: tool.startMs, signal};
		return thenRemove(running, async () => {
			const place = await startJob(running, jobOf(tool, name), (pods) =>
				Promise.resolve(pods.map((pod) => placeOf(pod, tool.namespace)).find((one) => one !== undefined)),
			);
			return work(place);
		});
	};
