import {partialAnswers} from '../../answers/inputs.ts';
import type {AddCommand, Work} from '../command.ts';
import {type AnswersOptions, addAnswersCommand, answersOfInstall} from './options.ts';

const work: Work<AnswersOptions> = async (context, options) => {
	const {commentedAnswers} = await import('../../../answers/file/init.ts');
	const source = await answersOfInstall(context, options);
	context.out(commentedAnswers(partialAnswers(source).draft));
	return 0;
};

/** `answers init`: a commented answer file to start from, with what is known filled in. */
export const init: AddCommand = ({answers}, ask) =>
	addAnswersCommand(answers, {name: 'init', description: 'print a commented answer file'}, (options) =>
		ask(work, options),
	);
