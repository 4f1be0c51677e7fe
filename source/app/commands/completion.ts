import type {Command} from 'commander';
import type {AddCommand, Work} from './command.ts';

type Word = {readonly path: string; readonly words: readonly string[]};

const wordsOf = (command: Command, path: string): readonly Word[] => {
	const visible = command.commands.filter((one) => one.name() !== 'help');
	const choices = command.registeredArguments.flatMap(({argChoices}) => argChoices ?? []);
	// Without a command, options belong to the install.
	const implied = path === '' ? visible.filter((one) => one.name() === 'install') : [];
	const options = [command, ...implied].flatMap((one) => one.options.flatMap(({long}) => long ?? []));
	return [
		{path, words: [...visible.map((one) => one.name()), ...choices, ...options, '--help']},
		...visible.flatMap((one) => wordsOf(one, path === '' ? one.name() : `${path} ${one.name()}`)),
	];
};

type Choices = {readonly path: string; readonly option: string; readonly values: readonly string[]};

/** Values of options that take one of a few, by command: the steps of one plan are not those of another. */
const choicesOf = (command: Command, path: string): readonly Choices[] => {
	const implied = path === '' ? command.commands.filter((one) => one.name() === 'install') : [];
	const own = [command, ...implied].flatMap(({options}) =>
		options.flatMap(({long, argChoices}) => (long && argChoices ? [{path, option: long, values: argChoices}] : [])),
	);
	const below = command.commands.flatMap((one) => choicesOf(one, path === '' ? one.name() : `${path} ${one.name()}`));
	return [...own, ...below];
};

/** A completion script for bash, made from the commands themselves; zsh reads it through bashcompinit. */
export const completionScript = (program: Command, shell: 'bash' | 'zsh'): string => {
	const name = program.name();
	const cases = wordsOf(program, '').map(({path, words}) => `\t\t'${path}') words='${words.join(' ')}' ;;`);
	const choices = choicesOf(program, '').map(
		({path, option, values}) =>
			`\t\t'${path}:${option}') COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$cur")); return ;;`,
	);
	const bash = `_zenml_airgap() {
	local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' word words=''
	COMPREPLY=()
	for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case "$word" in -*|*/*|*=*|*.*) ;; *) case "$path $word" in ${[
			...new Set(wordsOf(program, '').map(({path}) => path)),
		]
			.filter((path) => path !== '')
			.map((path) => `'${path.includes(' ') ? path : ` ${path}`}'`)
			.join('|')}) path="\${path:+$path }$word" ;; esac ;; esac
	done
	case "$path:$prev" in
${choices.join('\n')}
	esac
	case "$prev" in
		--answers|--kubeconfig|--bundle|--state-dir) local IFS=$'\\n'
			compopt -o filenames 2>/dev/null
			COMPREPLY=($(compgen -f -- "$cur")); return ;;
	esac
	case "$path" in
${cases.join('\n')}
	esac
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _zenml_airgap ${name}
`;
	return shell === 'bash' ? bash : `#compdef ${name}\nautoload -U +X bashcompinit && bashcompinit\n${bash}`;
};

/** `completion`: prints the script that a shell completes words with. */
export const completion: AddCommand = ({program}, ask) => {
	const work: Work<'bash' | 'zsh'> = async ({out}, shell) => {
		out(completionScript(program, shell));
		return 0;
	};
	program
		.command('completion')
		.description('print shell completion: source <(zenml-airgap completion bash)')
		.addArgument(program.createArgument('<shell>', 'bash or zsh').choices(['bash', 'zsh']))
		.action((shell: 'bash' | 'zsh') => ask(work, shell));
};
