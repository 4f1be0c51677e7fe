import type {AnswersSoFar} from '../../../answers/file/load.ts';
import type {Problem} from '../../../base/problem.ts';
import {type DatabaseCharts, engineProblems} from '../../../charts/index.ts';
import type {Context} from '../../base/context.ts';
import {openWhole, withCharts} from '../bundle/bundle-path.ts';

/** The charts of the bundle that the answers name; undefined where it is not here yet, or cannot be opened. */
const chartsOf = async (context: Context, {bundle: {path}}: AnswersSoFar): Promise<DatabaseCharts | undefined> => {
	const {signal} = context;
	if (path === undefined) return undefined;
	try {
		return await withCharts(context, async (folder) => (await openWhole(path, undefined, folder, signal)).bundle);
	} catch {
		// What is wrong with a bundle is told by the commands that work with it.
		signal.throwIfAborted();
		return undefined;
	}
};

/** An engine that is no engine is told as that. */
const areEngines = ({database, controlPlane, workspaces}: AnswersSoFar): boolean =>
	[database, controlPlane.database.server, ...workspaces.map((one) => one.database.server)].every(
		(server) => server === undefined || server.engine !== undefined,
	);

/** Database servers of the answers that a component cannot work with, by the charts in the bundle where it can be read. */
export const unfitEngines = async (context: Context, answers: AnswersSoFar): Promise<readonly Problem[]> =>
	!areEngines(answers) || engineProblems(answers).length === 0
		? []
		: engineProblems(answers, await chartsOf(context, answers));
