import {Command, Help, Option} from 'commander';
import {distance} from 'fastest-levenshtein';
import {stepIds} from '../engine/types.ts';
import {tools} from './commands/index.ts';
import type {Work} from './commands/tool.ts';
import type {GlobalOptions} from './context.ts';

/** What the command line asks for. */
export type Request =
	| {readonly command: 'install' | 'plan' | 'verify' | 'status'; readonly options: GlobalOptions}
	| {
			readonly command: 'answers';
			readonly action: 'init' | 'validate' | 'schema' | 'show';
			readonly file?: string;
			readonly options: GlobalOptions;
	  }
	| {
			readonly command: 'rehearse';
			readonly fault?: string;
			readonly pace: 'real' | 'fast';
			readonly fresh: boolean;
			readonly options: GlobalOptions;
	  }
	/** A command beside the install; its words are understood already. */
	| {readonly command: 'tool'; readonly work: Work}
	| {readonly command: 'completion'; readonly shell: 'bash' | 'zsh'};

const plainHelp = new Help();

/** Says of an option that a command does not do without that it is required. */
const optionDescription = (option: Option): string =>
	`${plainHelp.optionDescription(option)}${option.mandatory ? ' [required]' : ''}`;

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const shared = (command: Command): Command =>
	command
		.option('--answers <file>', 'answer file (YAML)')
		.option('--set <key=value>', 'set one answer, e.g. --set registry.prefix=zenml; may be repeated', collect, [])
		.option('--bundle <path>', 'folder or tar file of the bundle')
		.option('--state-dir <folder>', 'where state, logs and reports are kept')
		.option('--kubeconfig <file>', 'kubeconfig file')
		.option('--context <name>', 'context in the kubeconfig')
		.addOption(new Option('--from <step>', 'begin with this step').choices(stepIds))
		.addOption(new Option('--until <step>', 'end with this step').choices(stepIds))
		.option('--non-interactive', 'ask nothing: answers come from --answers and --set', false)
		.option('--plain', 'plain lines instead of the full screen', false)
		.option('--json', 'one event a line on standard output, nothing else there', false)
		.addOption(
			new Option('--log-level <level>', 'which lines are shown in plain output')
				.choices(['debug', 'info', 'warn', 'error'])
				.default('info'),
		);

const examples: Readonly<Record<string, readonly string[]>> = {
	'': [
		'zenml-airgap                                       the installer, full screen',
		'zenml-airgap rehearse                              the same against a world inside this process',
		'zenml-airgap answers init > answers.yaml           a commented answer file',
		'zenml-airgap plan --answers answers.yaml           what would be changed',
		'zenml-airgap install --non-interactive --answers answers.yaml --json',
	],
	install: [
		'zenml-airgap install --answers answers.yaml',
		'zenml-airgap install --non-interactive --answers answers.yaml --set controlPlane.replicas=2',
	],
	plan: ['zenml-airgap plan --answers answers.yaml --until databases'],
	rehearse: [
		'zenml-airgap rehearse --fault wrong-database-password',
		'zenml-airgap rehearse --bundle ./zenml-air-gapped-bundle --answers answers.yaml',
		'zenml-airgap rehearse --non-interactive --json',
	],
};

const withExamples = (command: Command, name: string): Command => {
	const lines = examples[name];
	return lines
		? command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`)
		: command;
};

/** Refuses words that no option takes; the default command would otherwise speak of its arguments, not of the typo. */
const refuseWords = (command: Command, known: readonly string[]): void => {
	const [word] = command.args;
	if (word === undefined) return;
	if (command.name() !== 'install')
		command.error(`error: ${command.name()} takes no argument; "${word}" is one too many`);
	const near = known.toSorted((a, b) => distance(word, a) - distance(word, b))[0];
	const meant = near !== undefined && distance(word, near) <= 3 ? `; did you mean ${near}?` : '';
	command.error(`error: unknown command "${word}"${meant}`);
};

/**
 * The command line as data. `act` is called once with what was asked for; `output` takes help and error text.
 * Throws commander's CommanderError (with its exit code) after help, version or a usage error.
 */
export const commandLine = (
	version: string,
	faults: readonly string[],
	act: (request: Request) => void,
	output: {readonly out: (text: string) => void; readonly err: (text: string) => void},
): Command => {
	const program = withExamples(new Command('zenml-airgap'), '')
		.description('Puts ZenML Pro on a Kubernetes cluster that has no way to the internet, and keeps it well.')
		.version(version, '--version', 'print the version')
		.helpOption('-h, --help', 'print this help')
		.configureHelp({optionDescription})
		.configureOutput({writeOut: output.out, writeErr: output.err})
		.showHelpAfterError('(try --help)')
		.exitOverride();
	const add = (name: string, description: string, options?: {readonly isDefault?: boolean}): Command =>
		withExamples(shared(program.command(name, options).description(description)), name)
			.allowExcessArguments()
			.hook('preAction', (_program, command) =>
				refuseWords(
					command,
					program.commands.map((one) => one.name()),
				),
			);
	add('install', 'install, or go on with an install that was stopped (the default)', {isDefault: true}).action(
		(options: GlobalOptions) => act({command: 'install', options}),
	);
	add('plan', 'dry run: what differs from the answers and what would be done').action((options: GlobalOptions) =>
		act({command: 'plan', options}),
	);
	add('verify', 'check an installation against its answers; changes nothing').action((options: GlobalOptions) =>
		act({command: 'verify', options}),
	);
	add('status', 'what the last run on this host did').action((options: GlobalOptions) =>
		act({command: 'status', options}),
	);
	const answers = program.command('answers').description('work with answer files');
	const action = (name: 'init' | 'validate' | 'schema' | 'show', description: string): void => {
		shared(answers.command(`${name} [file]`).description(description)).action(
			(file: string | undefined, options: GlobalOptions) =>
				act({command: 'answers', action: name, ...(file === undefined ? {} : {file}), options}),
		);
	};
	action('init', 'print a commented answer file');
	action('validate', 'check an answer file and tell every error at once');
	action('schema', 'print the JSON schema for editors');
	action('show', 'print all answers that count, defaults included');
	add('rehearse', 'run the installer against a cluster, registry and database that live on this host only')
		.addOption(new Option('--fault <name>', 'play a failure').choices(faults))
		.addOption(
			new Option('--pace <pace>', 'how fast the rehearsed cluster and people are')
				.choices(['real', 'fast'])
				.default('real'),
		)
		.option('--fresh', 'forget the world of an earlier rehearsal', false)
		.action(
			(options: GlobalOptions & {readonly fault?: string; readonly pace: 'real' | 'fast'; readonly fresh: boolean}) =>
				act({
					command: 'rehearse',
					...(options.fault === undefined ? {} : {fault: options.fault}),
					pace: options.pace,
					fresh: options.fresh,
					options,
				}),
		);
	const groups = {
		bundle: program.command('bundle').description('make, check, sign and carry a bundle'),
		registry: program.command('registry').description('look into an internal registry, or load it'),
	};
	for (const tool of tools) tool(groups, (work) => act({command: 'tool', work}));
	program
		.command('completion')
		.description('print shell completion: source <(zenml-airgap completion bash)')
		.addArgument(program.createArgument('<shell>', 'bash or zsh').choices(['bash', 'zsh']))
		.action((shell: 'bash' | 'zsh') => act({command: 'completion', shell}));
	for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
		command.exitOverride().configureOutput({writeOut: output.out, writeErr: output.err});
	}
	return program;
};
