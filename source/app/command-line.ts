import {Command, Help, type Option} from 'commander';
import {withNearChoices} from './choices.ts';
import type {AddCommand, Ask, Groups, Work} from './commands/command.ts';
import {
	answersCommands,
	carryCommands,
	completion,
	planCommands,
	rehearse,
	secretsCommands,
	selfCheck,
} from './commands/index.ts';
import {withExamples} from './commands/shared-options.ts';
import {refuseUnknownHelp} from './unknown-help.ts';

/** What the command line asks for: the work of one command, and what its words give it, as data. */
export type Request = {
	readonly work: Work<never>;
	readonly given: unknown;
	/** True where names of files and words of registries are printed: they must not steer the terminal. */
	readonly quotes: boolean;
};

/** Where help and error text go. */
export type CommandOutput = {readonly out: (text: string) => void; readonly err: (text: string) => void};

const plainHelp = new Help();

/** Says of an option that a command does not do without that it is required. That a list is empty or a flag off is no news. */
const optionDescription = (option: Option): string => {
	const {defaultValue} = option;
	const isNoNews = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
	const text = isNoNews ? option.description : plainHelp.optionDescription(option);
	return `${text}${option.mandatory ? ' [required]' : ''}`;
};

const examples: readonly string[] = [
	'zenml-airgap                                       the installer, full screen',
	'zenml-airgap rehearse                              practise on a played site',
	'zenml-airgap answers init answers.yaml             a commented answer file',
	'zenml-airgap plan --answers answers.yaml           what would be changed',
	'zenml-airgap install --non-interactive --answers answers.yaml --json',
];

const emptyProgram = (version: string, {out, err}: CommandOutput): Command =>
	withExamples(new Command('zenml-airgap'), examples)
		.description('Puts ZenML Pro on a Kubernetes cluster that has no way to the internet.')
		.version(version, '--version', 'print the version')
		.helpOption('-h, --help', 'print this help')
		.configureHelp({optionDescription})
		.configureOutput({writeOut: out, writeErr: err})
		// A command that has others below it leaves their options to them.
		.enablePositionalOptions()
		.showHelpAfterError('(try --help)')
		.exitOverride();

/**
 * The command line as data. `act` is called once with what was asked for; `output` takes help and error text.
 * Throws commander's CommanderError (with its exit code) after help, version or a usage error.
 */
export const commandLine = (version: string, act: (request: Request) => void, output: CommandOutput): Command => {
	const program = emptyProgram(version, output);
	const asking =
		(quotes: boolean): Ask =>
		(work: Work<never>, given?: unknown) =>
			act({work, given, quotes});
	const addAll = (commands: readonly AddCommand[], groups: Groups, quotes = false): void => {
		for (const add of commands) add(groups, asking(quotes));
	};
	const group = (name: string, description: string): Command => program.command(name).description(description);
	// The order of the help page: a group stands where it is made.
	const none = {program, answers: program, bundle: program, registry: program, secrets: program};
	addAll(planCommands, none);
	const answers = group('answers', 'work with answer files');
	addAll(answersCommands, {...none, answers});
	const secrets = group('secrets', 'look at the passwords that the tool generated');
	addAll(secretsCommands, {...none, secrets});
	addAll([rehearse], none);
	const bundle = group('bundle', 'make, check, sign and carry a bundle');
	const registry = group('registry', 'look into an internal registry, or load it');
	addAll(carryCommands, {...none, bundle, registry}, true);
	addAll([selfCheck], none, true);
	addAll([completion], none);
	for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)])
		withNearChoices(command.exitOverride().configureOutput({writeOut: output.out, writeErr: output.err}));
	return refuseUnknownHelp(program);
};
