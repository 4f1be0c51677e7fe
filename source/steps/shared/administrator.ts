import {type Problem, ProblemError} from '../../base/problem.ts';
import {isMap} from '../../base/text.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';

const below = (values: unknown, ...keys: readonly string[]): unknown =>
	keys.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), values);

/** The administrator in the values of a control plane; charts before 0.13 fix the name, and theirs have none. */
const administratorIn = (values: unknown): string | undefined => {
	const name = below(values, 'zenml', 'auth', 'password', 'adminUsername');
	return typeof name === 'string' && name !== '' ? name : undefined;
};

/** What is wrong where the installed control plane was made with an administrator of another name; undefined where nothing is. */
export const renamedAdministrator = async ({answers, helm, signal}: World): Promise<Problem | undefined> => {
	const {release, namespace, admin} = answers.controlPlane;
	if (!(await helm.release(release, namespace, signal))) return undefined;
	const live = administratorIn(await helm.values(release, namespace, signal));
	if (live === undefined || live === admin.username) return undefined;
	return stepProblems.problem('administrator-renamed', {live, username: admin.username});
};

/** A refused login, told as that of an administrator under another name where it is one. */
export const explainedRefusal = async (world: World, error: unknown): Promise<unknown> => {
	if (!(error instanceof ProblemError) || error.problem.code !== 'zenml-login-refused') return error;
	try {
		const renamed = await renamedAdministrator(world);
		return renamed ? new ProblemError({...renamed, evidence: error.problem.evidence ?? []}) : error;
	} catch {
		// What keeps us from looking closer is less than what was found.
		world.signal.throwIfAborted();
		return error;
	}
};
