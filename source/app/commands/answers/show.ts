import {completeAnswers} from '../../answers/inputs.ts';
import type {AddCommand, Work} from '../command.ts';
import {type AnswersOptions, addAnswersCommand, answersOfInstall} from './options.ts';

const work: Work<AnswersOptions> = async (context, options) => {
	const {showAnswers} = await import('../../../answers/file/show.ts');
	const source = await answersOfInstall(context, options);
	const complete = completeAnswers(source);
	context.out(options.json ? `${JSON.stringify(complete)}\n` : showAnswers(complete));
	return 0;
};

/** `answers show`: all answers that count, defaults included; secrets as references. */
export const show: AddCommand = ({answers}, ask) =>
	addAnswersCommand(
		answers,
		{
			name: 'show',
			description: 'print all answers that count, defaults included',
			examples: ['zenml-airgap answers show answers.yaml --set controlPlane.replicas=2'],
		},
		(options) => ask(work, options),
	);
