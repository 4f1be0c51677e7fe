import type {Problem} from '../../base/problem.ts';
import type {ProbeKinds} from '../../cluster/probe/scripts.ts';
import type {MountedStorage} from '../../cluster/types.ts';
import {type ProbeResult, runPodProbe} from '../shared/pod-probe.ts';
import type {World} from '../world.ts';
import {notStarted} from './not-started.ts';
import {type StorageUse, s3Keys} from './objects.ts';
import {probeProblem} from './refusal.ts';

/** Where a pod finds the members of the Secret, and where it mounts. */
const [secretFolder, storageFolder] = ['/run/zenml-airgap/storage', '/storage'];

/** A node takes its time to give a mount up, and a provisioner to make a volume, ms. */
const mountMs = 180_000;

const mountedOf = ({place, name}: StorageUse): MountedStorage =>
	place.kind === 'nfs' ? {nfs: {server: place.server, path: place.path}} : {persistentVolumeClaim: {claimName: name}};

const inBucket = async (world: World, use: StorageUse): Promise<ProbeResult | undefined> => {
	const {place, pod, name} = use;
	if (place.kind !== 's3') return undefined;
	const {endpoint, bucket, prefix, region, pathStyle} = place;
	const at = (key: string): string => `${secretFolder}/${key}`;
	const files = {accessKey: at(s3Keys.accessKey), secretKey: at(s3Keys.secretKey), ca: at(s3Keys.ca)};
	const args: ProbeKinds['s3'] = {endpoint, bucket, prefix, region, pathStyle, files};
	return runPodProbe(world, 's3', args, {...pod, secretVolume: {secret: name, path: secretFolder}});
};

const inFolder = async (world: World, use: StorageUse): Promise<ProbeResult | undefined> => {
	const args: ProbeKinds['folder'] = {path: storageFolder};
	const storage = {path: storageFolder, from: mountedOf(use)};
	return runPodProbe(world, 'folder', args, {...use.pod, storage, timeoutMs: mountMs});
};

/**
 * Writes, reads back and removes something in a storage, from a pod. Undefined where that works, and where nothing was tried: in a dry
 * run, and where pod checks are off.
 */
export const tryStorage = async (world: World, use: StorageUse): Promise<Problem | undefined> => {
	try {
		const result = await (use.place.kind === 's3' ? inBucket(world, use) : inFolder(world, use));
		return result?.error === undefined ? undefined : probeProblem(use, result);
	} catch (error) {
		world.signal.throwIfAborted();
		return notStarted(world, use, error);
	}
};
