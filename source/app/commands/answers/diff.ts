import {answersProblems} from '../../../answers/problems.ts';
import type {Answers} from '../../../answers/schema.ts';
import {printable} from '../../../base/printable.ts';
import {counted} from '../../../base/text.ts';
import {completeAnswers} from '../../answers/inputs.ts';
import type {Context} from '../../base/context.ts';
import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';
import {type AnswersOptions, answersOfInstall, withOptions} from './options.ts';

type DiffOptions = AnswersOptions & {readonly other?: string | undefined};

/** What is compared with: the first of two files, else the answers of the last run. @throws ProblemError where there was none */
const beforeOf = async (context: Context, {file, other, stateDir}: DiffOptions): Promise<Answers> => {
	const answers = other === undefined ? undefined : file;
	const source = await answersOfInstall(context, {set: [], stateDir, answers});
	if (source.from === 'nothing') throw answersProblems.error('answers-missing', {case: 'no earlier run'});
	return completeAnswers(source);
};

const work: Work<DiffOptions> = async (context, options) => {
	const {differences} = await import('../../../answers/file/differences.ts');
	const {file, other, json} = options;
	const before = await beforeOf(context, options);
	const after = completeAnswers(
		await answersOfInstall(context, {...options, answers: other ?? file ?? options.answers}),
	);
	const found = differences(before, after);
	if (json === true) {
		context.out(`${JSON.stringify(found)}\n`);
		return 0;
	}
	const {length} = found;
	const lines = found.flatMap(({answer, before: old, after: now}) => [
		`${answer}:`,
		...(old === undefined ? [] : [`- ${old}`]),
		...(now === undefined ? [] : [`+ ${now}`]),
	]);
	const head =
		length === 0 ? 'No answer differs' : `${counted(length, 'answer')} ${length === 1 ? 'differs' : 'differ'}`;
	context.out(`${[head, ...lines.map(printable)].join('\n')}\n`);
	return 0;
};

/** `answers diff`: what differs between two answer files, or between one and the last run. */
export const diff: AddCommand = ({answers}, ask) => {
	const command = answers
		.command('diff')
		.description('tell which answers differ, defaults included; secrets by their references')
		.argument('[file]', 'answer file (YAML); alone it is compared with the answers of the last run')
		.argument('[other]', 'answer file that the first one is compared with');
	withExamples(withOptions(command), ['zenml-airgap answers diff answers.yaml']).action(
		(file: string | undefined, other: string | undefined, options: AnswersOptions) =>
			ask(work, {...options, file, other}),
	);
};
