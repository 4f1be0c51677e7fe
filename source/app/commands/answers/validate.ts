import {byPlace} from '../../../answers/file/load.ts';
import {unseenInAnswers} from '../../../answers/file/unseen.ts';
import {unusedInAnswers} from '../../../answers/file/unused.ts';
import {printable} from '../../../base/printable.ts';
import {type Problem, ProblemsError} from '../../../base/problem.ts';
import {counted} from '../../../base/text.ts';
import {judgedAnswers, partialAnswers} from '../../answers/inputs.ts';
import type {Context} from '../../base/context.ts';
import type {AddCommand, Work} from '../command.ts';
import {type AnswersOptions, addAnswersCommand, answersOfInstall} from './options.ts';

type Judged = ReturnType<typeof judgedAnswers>;

/** A problem at the answer that mends it, in the file; one at a line of another file stays there. */
const placedIn =
	(locate: Judged['locate']) =>
	(problem: Problem): Problem => {
		const [answer] = problem.answers ?? [];
		if (answer === undefined || problem.location?.line !== undefined) return problem;
		const location = locate(answer) ?? problem.location;
		return location === undefined ? problem : {...problem, location};
	};

/** What is wrong with files, secrets and servers, as far as the answers that name them are there. */
const furtherProblems = async (
	context: Context,
	{soFar, locate}: Judged,
	given: readonly string[],
): Promise<readonly Problem[]> => {
	if (soFar === undefined) return [];
	const [{localProblems}, {placeProblems}, {unfitEngines}] = await Promise.all([
		import('../../answers/answers-on-host.ts'),
		import('./places.ts'),
		import('./engines.ts'),
	]);
	const found = [
		...(await unfitEngines(context, soFar)),
		...(await placeProblems(context, soFar, given)),
		...(await localProblems(context, soFar)),
	];
	// It is asked of answers alone: whatever does not do is an answer that does not do.
	return found.map(placedIn(locate)).map((one) => ({...one, area: 'usage'}));
};

/** @throws ProblemsError with everything that is wrong */
const work: Work<AnswersOptions> = async (context, options) => {
	const source = await answersOfInstall(context, options);
	const judged = judgedAnswers(source);
	const {inRows, tellRows} = await import('../../base/wrap.ts');
	const {answers} = judged;
	const further = await furtherProblems(context, judged, partialAnswers(source).given);
	const problems = [...judged.problems, ...further].sort(byPlace);
	if (answers)
		for (const text of [...unseenInAnswers(answers), ...unusedInAnswers(answers)])
			inRows(context.err, context.stderr)(`${printable(text)}\n`);
	if (!answers || problems.length > 0) throw new ProblemsError(problems);
	const {file} = source.answers;
	const {length} = answers.workspaces;
	const told = options.json
		? JSON.stringify({type: 'valid', file, workspaces: length})
		: `${file}: valid, ${counted(length, 'workspace')}`;
	(options.json ? context.out : tellRows(context))(`${told}\n`);
	return 0;
};

/** `answers validate`: everything that this host can know about an answer file without any server. */
export const validate: AddCommand = ({answers}, ask) =>
	addAnswersCommand(
		answers,
		{
			name: 'validate',
			description: 'check an answer file and tell every error at once',
			examples: ['zenml-airgap answers validate answers.yaml'],
		},
		(options) => ask(work, options),
	);
