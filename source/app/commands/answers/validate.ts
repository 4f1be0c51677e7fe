import {unseenInAnswers} from '../../../answers/file/unseen.ts';
import {printable} from '../../../base/printable.ts';
import {ProblemsError} from '../../../base/problem.ts';
import {counted} from '../../../base/text.ts';
import {completeAnswers} from '../../answers/inputs.ts';
import type {AddCommand, Work} from '../command.ts';
import {type AnswersOptions, addAnswersCommand, answersOfInstall} from './options.ts';

/** @throws ProblemsError with everything that is wrong */
const work: Work<AnswersOptions> = async (context, options) => {
	const [{localProblems}, {unfitEngines}] = await Promise.all([
		import('../../answers/answers-on-host.ts'),
		import('./engines.ts'),
	]);
	const source = await answersOfInstall(context, options);
	const answers = completeAnswers(source);
	const problems = [...(await unfitEngines(context, answers)), ...(await localProblems(context, answers))];
	for (const text of unseenInAnswers(answers)) context.err(`${printable(text)}\n`);
	if (problems.length > 0) throw new ProblemsError(problems);
	context.out(`${source.answers.file}: valid, ${counted(answers.workspaces.length, 'workspace')}\n`);
	return 0;
};

/** `answers validate`: everything that this host can know about an answer file without any server. */
export const validate: AddCommand = ({answers}, ask) =>
	addAnswersCommand(
		answers,
		{name: 'validate', description: 'check an answer file and tell every error at once'},
		(options) => ask(work, options),
	);
