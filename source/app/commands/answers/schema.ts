import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';

const work: Work = async ({out}) => {
	const {answersJsonSchema} = await import('../../../answers/file/json-schema.ts');
	out(`${JSON.stringify(answersJsonSchema(), undefined, '\t')}\n`);
	return 0;
};

/** `answers schema`: the JSON schema of answer files, for editors. */
export const schema: AddCommand = ({answers}, ask) =>
	withExamples(answers.command('schema').description('print the JSON schema for editors'), [
		'zenml-airgap answers schema > zenml-answers.schema.json',
	]).action(() => ask(work));
