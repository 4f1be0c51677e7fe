import {printable} from '../../base/printable.ts';
import {cutTo} from '../../base/text.ts';
import type {KubeEvent, Pod} from '../kinds.ts';
import type {ClusterPort} from '../types.ts';
import {whereAllowed} from './picture.ts';

/** What Kubernetes did with a pod; `at` is when it was seen last, ms since the epoch. */
export type PodEvent = {readonly at: number; readonly warning: boolean; readonly text: string};

/** The end of one container's log. `previous`: of its run before, as this one has said nothing yet. */
export type ContainerLog = {readonly container: string; readonly previous: boolean; readonly lines: readonly string[]};

/** One pod at one moment: what happened to it, oldest first, and what its containers say. All of it is fit for a terminal. */
export type PodLook = {readonly events: readonly PodEvent[]; readonly logs: readonly ContainerLog[]};

/** A pod by its name. */
export type PodName = {readonly namespace: string; readonly name: string};

/** Most of what is told of one pod. */
const most = {events: 20, containers: 8, lines: 200, characters: 2000} as const;

const shown = (text: string): string => printable(cutTo(text, most.characters));

const timeOf = ({lastTimestamp, eventTime, firstTimestamp, metadata}: KubeEvent): number =>
	Date.parse(lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp ?? '') || 0;

const eventOf = (event: KubeEvent): PodEvent => {
	const {type, reason = '', message = '', count} = event;
	const times = count !== undefined && count > 1 ? ` (${count} times)` : '';
	return {at: timeOf(event), warning: type === 'Warning', text: shown(`${reason}: ${message}${times}`)};
};

/** The containers of a pod, those that prepare it first, and how often each was started again. */
const containersOf = ({spec, status}: Pod): readonly {readonly name: string; readonly restarts: number}[] => {
	const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
	return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].slice(0, most.containers).map(({name}) => ({
		name,
		restarts: statuses.find((one) => one.name === name)?.restartCount ?? 0,
	}));
};

/**
 * Looks at one pod: its newest events (none where this user may not list them) and the last lines of each container's log, both bounded
 * in number and length.
 * @returns undefined where there is no such pod (any more)
 * @throws ProblemError as `get` and `logs`
 */
export const lookAtPod = async (
	cluster: Pick<ClusterPort, 'get' | 'list' | 'logs'>,
	{namespace, name}: PodName,
	signal: AbortSignal,
): Promise<PodLook | undefined> => {
	const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${name}`;
	const [pod, events] = await Promise.all([
		cluster.get({apiVersion: 'v1', kind: 'Pod', namespace, name}, signal),
		whereAllowed(cluster, {apiVersion: 'v1', kind: 'Event', namespace, fieldSelector}, signal),
	]);
	if (!pod) return undefined;
	const read = async (container: string, previous: boolean): Promise<ContainerLog> => {
		const lines = await cluster.logs({namespace, name, container}, {tailLines: most.lines, previous, signal});
		return {container, previous, lines: lines.slice(-most.lines).map(shown)};
	};
	const logs = containersOf(pod as Pod).map(async ({name: container, restarts}) => {
		const now = await read(container, false);
		return now.lines.length === 0 && restarts > 0 ? read(container, true) : now;
	});
	return {
		events: (events as readonly KubeEvent[])
			.map(eventOf)
			.toSorted((one, other) => one.at - other.at)
			.slice(-most.events),
		logs: await Promise.all(logs),
	};
};
