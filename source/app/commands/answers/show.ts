import {completeAnswers} from '../../answers/inputs.ts';
import type {AddCommand, Work} from '../command.ts';
import {type AnswersOptions, addAnswersCommand, answersOfInstall} from './options.ts';

const work: Work<AnswersOptions> = async (context, options) => {
	const {showAnswers} = await import('../../../answers/file/show.ts');
	const source = await answersOfInstall(context, options);
	context.out(showAnswers(completeAnswers(source)));
	return 0;
};

/** `answers show`: all answers that count, defaults included; secrets as references. */
export const show: AddCommand = ({answers}, ask) =>
	addAnswersCommand(
		answers,
		{name: 'show', description: 'print all answers that count, defaults included'},
		(options) => ask(work, options),
	);
