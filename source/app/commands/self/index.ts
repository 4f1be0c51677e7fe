import type {AddCommand, Work} from '../command.ts';
import {formerOption, withExamples} from '../shared-options.ts';
import type {SelfCheckFlags} from './check.ts';

const work: Work<SelfCheckFlags> = async (context, flags) => (await import('./check.ts')).work(context, flags);

/** `self-check`: is this executable the one that was published? */
export const selfCheck: AddCommand = ({program}, ask) => {
	const command = program
		.command('self-check')
		.description('prove this executable by the signed checksums of its release')
		.option(
			'--sums <file>',
			'the checksums, with their signature beside them; by default SHA256SUMS beside this program',
		)
		.option('--public-key <file|line>', 'public key of the release: its file, or the line in it that begins with RW')
		.option('--json', 'the result as one line of JSON on standard output', false)
		.addOption(formerOption('--key <file|line>', 'publicKey'));
	withExamples(command, ['zenml-airgap self-check --public-key release.pub']).action((flags: SelfCheckFlags) =>
		ask(work, flags),
	);
};
