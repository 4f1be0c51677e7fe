import type {World} from '../world.ts';

/** True when the control plane's release is deployed; a dry run asks before it looks at what stands on it. */
export const controlPlaneInstalled = async ({helm, answers, signal}: World): Promise<boolean> =>
	(await helm.release(answers.controlPlane.release, answers.controlPlane.namespace, signal))?.status === 'deployed';
