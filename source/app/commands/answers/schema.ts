import type {AddCommand, Work} from '../command.ts';

const work: Work = async ({out}) => {
	const {answersJsonSchema} = await import('../../../answers/file/json-schema.ts');
	out(`${JSON.stringify(answersJsonSchema(), undefined, '\t')}\n`);
	return 0;
};

/** `answers schema`: the JSON schema of answer files, for editors. */
export const schema: AddCommand = ({answers}, ask) =>
	answers
		.command('schema')
		.description('print the JSON schema for editors')
		.action(() => ask(work));
