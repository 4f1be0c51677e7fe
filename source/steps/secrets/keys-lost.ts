import type {Problem} from '../../base/problem.ts';
import {stepProblems} from '../problems.ts';
import {generatedSecretPlace} from '../shared/generated.ts';
import {workspaceId} from '../shared/names.ts';
import type {World} from '../world.ts';

/**
 * A workspace that is installed, while the keys its data is encrypted with are not in the cluster any more; undefined when there is none.
 * @param missing names of generated values that are not there
 */
export const keysLost = async (world: World, missing: readonly string[]): Promise<Problem | undefined> => {
	const {answers, helm, signal} = world;
	for (const workspace of answers.workspaces) {
		if (!missing.includes(`${workspaceId(workspace)}.encryptionKey`)) continue;
		const {name, namespace, release} = workspace;
		if (!(await helm.release(release, namespace, signal))) continue;
		const secret = generatedSecretPlace(world);
		return stepProblems.problem('generated-secret-lost', {workspace: name, secret, namespace, release});
	}
	return undefined;
};
