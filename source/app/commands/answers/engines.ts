import type {Answers} from '../../../answers/schema.ts';
import type {Problem} from '../../../base/problem.ts';
import {type DatabaseCharts, engineProblems} from '../../../charts/index.ts';
import type {Context} from '../../base/context.ts';
import {openWhole, withCharts} from '../bundle/bundle-path.ts';

/** The charts of the bundle that the answers name; undefined where it is not here yet, or cannot be opened. */
const chartsOf = async (context: Context, {bundle: {path}}: Answers): Promise<DatabaseCharts | undefined> => {
	const {signal} = context;
	try {
		return await withCharts(context, async (folder) => (await openWhole(path, undefined, folder, signal)).bundle);
	} catch {
		// What is wrong with a bundle is told by the commands that work with it.
		signal.throwIfAborted();
		return undefined;
	}
};

/** Database servers of the answers that a component cannot work with, by the charts in the bundle where it can be read. */
export const unfitEngines = async (context: Context, answers: Answers): Promise<readonly Problem[]> =>
	engineProblems(answers).length === 0 ? [] : engineProblems(answers, await chartsOf(context, answers));
