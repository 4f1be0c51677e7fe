import {type Command, Option} from 'commander';
import {type PlanEntry, plans} from '../../plans/index.ts';
import type {GlobalOptions} from '../base/context.ts';
import {appProblems} from '../base/problems.ts';
import {unknownCommand} from './other-words.ts';

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** A range that ends before it begins would run nothing and call that done. @throws ProblemError `steps-empty-range` */
const refuseEmptyRange = ({from, until}: GlobalOptions, order: readonly string[]): void => {
	if (from === undefined || until === undefined || order.indexOf(from) <= order.indexOf(until)) return;
	throw appProblems.error('steps-empty-range', {from, until, order: order.join(', ')});
};

/**
 * The spelling of an option that it had before, for scripts that have it: taken, and not on the help page.
 * @param flags as they were @param now the option by its name in the code, such as `publicKey`
 */
export const formerOption = (flags: string, now: string): Option => {
	const option = new Option(flags).hideHelp();
	option.attributeName = () => now;
	return option;
};

/** Where the state of runs lies. */
const withStateOption = (command: Command): Command =>
	command.option('--state-dir <folder>', 'where state, logs and reports are kept');

/** The options by which answers are found and given; they become `AnswerFlags`. */
export const withAnswerOptions = (command: Command): Command =>
	withStateOption(
		command
			.option('--answers <file>', 'answer file (YAML)')
			.option('--set <key=value>', 'set one answer, e.g. --set registry.prefix=zenml; may be repeated', collect, [])
			.option('--bundle <path>', 'folder or tar file of the bundle'),
	)
		.option('--kubeconfig <file>', 'kubeconfig file')
		.option('--context <name>', 'context in the kubeconfig');

/**
 * The options that every command that goes through a plan takes; they become `GlobalOptions`.
 * @param plan the plan whose steps `--from` and `--until` name
 */
export const withPlanOptions = (command: Command, {stepIds}: PlanEntry = plans.install): Command =>
	withAnswerOptions(command)
		.addOption(new Option('--from <step>', 'begin with this step').choices(stepIds))
		.addOption(new Option('--until <step>', 'end with this step').choices(stepIds))
		.option('--non-interactive', 'ask nothing: answers come from --answers and --set', false)
		.option('--plain', 'plain lines instead of the full screen', false)
		.option('--json', 'one event a line on standard output, nothing else there', false)
		.addOption(
			new Option('--log-level <level>', 'which lines are shown in plain output')
				.choices(['debug', 'info', 'warn', 'error'])
				.default('info'),
		)
		.hook('preAction', (_program, action) => refuseEmptyRange(action.opts<GlobalOptions>(), stepIds));

/** Refuses words that no option takes; the default command would otherwise speak of its arguments, not of the typo. */
const refuseWords = (command: Command, program: Command): void => {
	const [word] = command.args;
	if (word === undefined) return;
	if (command.name() !== 'install')
		command.error(`error: ${command.name()} takes no argument; "${word}" is one too many`);
	command.error(unknownCommand(program, word));
};

/** What a command of the program itself is made of. */
export type TopCommand = {
	readonly name: string;
	readonly description: string;
	/** True for the one that is meant where no command is named. */
	readonly isDefault?: boolean;
	readonly examples?: readonly string[];
	/** The plan that it is about; the install where none is named. */
	readonly plan?: PlanEntry;
	/** The one word that it takes, as commander writes it, and what that is. */
	readonly argument?: readonly [name: string, description: string];
	/** True where it adds its words itself. */
	readonly takesWords?: boolean;
};

/** Lines of examples at the end of a help page. */
export const withExamples = (command: Command, examples: readonly string[] = []): Command =>
	examples.length === 0
		? command
		: command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}\n`);

/** Adds a command to the program that takes no words. */
const addWordless = (program: Command, command: Command): Command =>
	command.allowExcessArguments().hook('preAction', (own, action) => {
		// Commands below it may take words.
		if (own !== action) return;
		refuseWords(action, program);
	});

/** Adds a command to the program that goes through a plan, and takes the options of that and no words but its argument. */
export const addTopCommand = (
	program: Command,
	{name, description, isDefault = false, examples, plan, argument, takesWords = false}: TopCommand,
): Command => {
	const command = program.command(name, {isDefault}).description(description);
	const whole = withExamples(withPlanOptions(command, plan), examples);
	if (argument) return whole.argument(...argument);
	return takesWords ? whole : addWordless(program, whole);
};

/** Adds a command to the program that reads what runs have left behind, and takes no words. */
export const addStateCommand = (
	program: Command,
	{name, description, examples}: Pick<TopCommand, 'name' | 'description' | 'examples'>,
): Command =>
	addWordless(program, withExamples(withStateOption(program.command(name).description(description)), examples)).option(
		'--json',
		'one line of JSON for each run on standard output',
		false,
	);
