import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';
import {type Shell, shells} from './shells.ts';

/** `completion`: prints the script that a shell completes words with. */
export const completion: AddCommand = ({program}, ask) => {
	const work: Work<Shell> = async ({out}, shell) => {
		const [{completionScript}, {completionTable}, {completionLists}] = await Promise.all([
			import('./shells.ts'),
			import('./table.ts'),
			import('./lists.ts'),
		]);
		out(completionScript(shell, completionTable(program), await completionLists()));
		return 0;
	};
	const command = program
		.command('completion')
		.description('print the script that completes words in bash, zsh or fish')
		.addArgument(program.createArgument('<shell>', 'your shell').choices(shells));
	withExamples(command, [
		'source <(zenml-airgap completion bash)    in ~/.bashrc',
		'source <(zenml-airgap completion zsh)     in ~/.zshrc, after compinit',
		'zenml-airgap completion fish | source     in ~/.config/fish/config.fish',
	]).action((shell: Shell) => ask(work, shell));
};
