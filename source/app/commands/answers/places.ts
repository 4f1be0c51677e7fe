import {access, constants} from 'node:fs/promises';
import type {AnswersSoFar} from '../../../answers/file/load.ts';
import {type Problem, ProblemError} from '../../../base/problem.ts';
import {notStarted} from '../../../helm/not-started.ts';
import type {Context} from '../../base/context.ts';
import {childEnvironment} from '../../run/child-environment.ts';
import {openWhole, withCharts} from '../bundle/bundle-path.ts';

/** A refusal at the answer that mends it; rethrows what is none. */
const refusalOf = (error: unknown, answer: string): readonly Problem[] => {
	if (!(error instanceof ProblemError)) throw error;
	return [{...error.problem, answers: [answer]}];
};

/** A kubeconfig that is named is there and has the context that is named; the cluster is not asked. */
const kubeconfigProblems = async (context: Context, answers: AnswersSoFar): Promise<readonly Problem[]> => {
	const {kubeconfig, context: name} = answers.kubernetes;
	if (kubeconfig === undefined && name === undefined) return [];
	const {loadKubeconfig} = await import('../../../cluster/kubeconfig/load.ts');
	const {homeDirectory, environment, clock, redactor} = context;
	try {
		const loaded = loadKubeconfig(
			{kubeconfig, context: name, homeDirectory, environment: childEnvironment(environment, answers)},
			clock.now(),
		);
		loaded.secrets.forEach(redactor.register);
		return [];
	} catch (error) {
		const isContext = error instanceof ProblemError && error.problem.code === 'kubeconfig-no-context';
		const isOfContext = kubeconfig === undefined || (isContext && name !== undefined);
		return refusalOf(error, isOfContext ? 'kubernetes.context' : 'kubernetes.kubeconfig');
	}
};

/** A bundle that is named is there and can be opened; its bytes are read by `bundle verify`. */
const bundleProblems = async (context: Context, file: string): Promise<readonly Problem[]> => {
	try {
		await withCharts(context, async (folder) => openWhole(file, undefined, folder, context.signal));
		return [];
	} catch (error) {
		return refusalOf(error, 'bundle.path');
	}
};

/** A helm program that is named by its path is there and may be started; it is not started, and not looked for in PATH. */
const helmPathProblems = async ({helm: {binary}}: AnswersSoFar): Promise<readonly Problem[]> => {
	if (!binary?.includes('/')) return [];
	try {
		await access(binary, constants.X_OK);
		return [];
	} catch (error) {
		return refusalOf(notStarted(error, binary) ?? error, 'helm.binary');
	}
};

/** What is wrong with the places that answers name: kubeconfig, context, bundle, helm. @param given the answers that somebody wrote */
export const placeProblems = async (
	context: Context,
	answers: AnswersSoFar,
	given: readonly string[],
): Promise<readonly Problem[]> => {
	const {path} = answers.bundle;
	const bundle = path !== undefined && given.includes('bundle.path') ? await bundleProblems(context, path) : [];
	return [...bundle, ...(await kubeconfigProblems(context, answers)), ...(await helmPathProblems(answers))];
};
