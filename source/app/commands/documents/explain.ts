import {calledAs} from '../../base/kept/own-commands.ts';
import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';

/** @throws ProblemError `explain-unknown-code` */
const work: Work<string | undefined> = async (context, name) => {
	const {everything, explained} = await import('../../explain/explain.ts');
	const {tellRows} = await import('../../base/wrap.ts');
	const parts = name === undefined ? [await everything()] : await explained(name, calledAs(context));
	tellRows(context)(`${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`);
	return 0;
};

/** `explain`: what a step, an answer or a problem means, before or after it was met. */
export const explain: AddCommand = ({program}, ask) => {
	const command = program
		.command('explain')
		.description('what a problem, an answer or a step means, by its name, or all that can be explained')
		.argument('[name]', 'code of a problem (registry-unauthorized), path of an answer (registry.host), step (images)');
	withExamples(command, ['zenml-airgap explain registry-unauthorized', 'zenml-airgap explain registry.host']).action(
		(name: string | undefined) => ask(work, name),
	);
};
