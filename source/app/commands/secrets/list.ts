import {printable} from '../../../base/printable.ts';
import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';
import {stoppable} from '../stopped.ts';
import {type SecretsOptions, withInstallOptions} from './options.ts';

/** Names and answers only, and whether the password was made; never a value. */
const work: Work<SecretsOptions> = async (context, options) => {
	const {generatedOf} = await import('./generated.ts');
	const {sources, place, read} = await generatedOf(context, options);
	if (sources.length === 0) {
		context.out('These answers let the tool generate no password.\n');
		return 0;
	}
	const width = Math.max(...sources.map(({generated}) => generated.length));
	context.out(`Kept in the secret ${place}:\n`);
	for (const source of sources) {
		const state = (await read(source)) === undefined ? 'not made yet' : 'made';
		context.out(`  ${printable(source.generated.padEnd(width))}  ${state}, for ${source.answer}\n`);
	}
	return 0;
};

/** `secrets list`: which passwords the tool generated. */
export const list: AddCommand = ({secrets}, ask) => {
	const command = secrets.command('list').description('which passwords the tool generated, by name');
	withExamples(withInstallOptions(command), ['zenml-airgap secrets list']).action((options: SecretsOptions) =>
		ask(stoppable(work, 'Nothing was changed.'), options),
	);
};
