import type {World} from '../world.ts';

/** What Helm knows of the control plane's release: nothing, one that is deployed, or one that was begun, or failed. */
export const controlPlaneState = async ({helm, answers, signal}: World): Promise<'absent' | 'begun' | 'installed'> => {
	const release = await helm.release(answers.controlPlane.release, answers.controlPlane.namespace, signal);
	if (release === undefined) return 'absent';
	return release.status === 'deployed' ? 'installed' : 'begun';
};

/** True when the control plane's release is deployed; a dry run asks before it looks at what stands on it. */
export const controlPlaneInstalled = async (world: World): Promise<boolean> =>
	(await controlPlaneState(world)) === 'installed';
