import {type Problem, type ProblemCode, ProblemError} from '../../base/problem.ts';
import {isMap} from '../../base/text.ts';
import type {World} from '../world.ts';
import type {StorageUse} from './objects.ts';
import {type StorageCase, storageProblem} from './refusal.ts';

/** Words of mount.nfs and of the kernel (nfs-utils, `mount_error`), as the kubelet passes them on. */
const mounts: readonly (readonly [RegExp, StorageCase])[] = [
	[/access denied|permission denied|operation not permitted/iu, 'mount refused'],
	[/connection refused|timed out|no route to host|network is unreachable/iu, 'mount unreachable'],
	[/failed to resolve|name or service not known/iu, 'mount unreachable'],
	[/no such file or directory|does not exist/iu, 'no such folder'],
	[/bad option|need a \/sbin\/mount|unknown filesystem type/iu, 'no NFS client'],
];

const caseOfMount = (words: string): StorageCase =>
	mounts.find(([pattern]) => pattern.test(words))?.[1] ?? 'not mounted';

/** Refusals that mean: the pod does not get its storage. */
const ofStorage: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
	'pod-volume-failed',
	'pod-volume-unbound',
	'pod-unschedulable',
	'probe-timeout',
]);

const newest = (event: unknown): string =>
	isMap(event)
		? String(
				event.lastTimestamp ?? event.eventTime ?? (event.metadata as {creationTimestamp?: string}).creationTimestamp,
			)
		: '';

/** What the cluster last said of the claim that no volume is made for; undefined once it has one. */
const claimWords = async ({cluster, signal}: World, {pod, name}: StorageUse): Promise<string | undefined> => {
	const {namespace} = pod;
	const claim = await cluster.get({apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name}, signal);
	if (isMap(claim?.status) && claim.status.phase === 'Bound') return undefined;
	const events = await cluster.list({apiVersion: 'v1', kind: 'Event', namespace}, signal);
	const [last] = events
		.filter(
			({involvedObject}) =>
				isMap(involvedObject) && involvedObject.kind === 'PersistentVolumeClaim' && involvedObject.name === name,
		)
		.toSorted((one, other) => (newest(one) < newest(other) ? 1 : -1));
	return last === undefined ? 'nothing; no provisioner has taken it up' : `${last.reason}: ${last.message}`;
};

/** Why a pod did not start, where its storage is the cause. @throws what it was, where it is not */
export const notStarted = async (world: World, use: StorageUse, error: unknown): Promise<Problem> => {
	if (!(error instanceof ProblemError) || !ofStorage.has(error.problem.code)) throw error;
	const evidence = [...(error.problem.evidence ?? [])];
	const {kind} = use.place;
	const claim = kind === 'storageClass' ? await claimWords(world, use) : undefined;
	if (claim !== undefined)
		return storageProblem(use, /access ?modes?/iu.test(claim) ? 'access mode' : 'no volume', {words: claim, evidence});
	if (kind === 's3' || evidence.length === 0) throw error;
	const words = evidence.join(' ');
	return storageProblem(use, caseOfMount(words), {words, evidence});
};
