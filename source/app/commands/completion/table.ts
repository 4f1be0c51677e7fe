import type {Command, Option} from 'commander';

/** Words that are too many to stand at each option: they come as lists of their own. */
export type Lists = {
	/** Paths of answers, as `--set` takes them. */
	readonly answers: readonly string[];
	/** Topics of `docs`. */
	readonly topics: readonly string[];
	/** Whatever `explain` knows. */
	readonly names: readonly string[];
};

/** What comes after an option, or as an argument: `@files`, `@any`, a list by its name, or the words themselves. */
type Values = '@files' | '@any' | `@${keyof Lists}` | (string & {});

/** Names of values, as help pages have them, that are files or folders. */
const files: ReadonlySet<string> = new Set(['bundle', 'file', 'file|line', 'folder', 'new', 'old', 'path', 'program']);

/** Values that are known to the program, by the name of the value or of the command's argument. */
const known: Readonly<Record<string, Values>> = {
	'key=value': '@answers',
	'docs topic': '@topics',
	'explain name': '@names',
	'back component': 'controlPlane',
};

const valuesOf = (name: string, choices: readonly string[] | undefined, place = name): Values => {
	if (choices) return choices.join(' ');
	return known[place] ?? (files.has(name) ? '@files' : '@any');
};

/** Values of an option; empty for a flag. */
const valuesAfter = ({flags, argChoices, required, optional}: Option): Values | '' => {
	if (!required && !optional) return '';
	return valuesOf(/[<[]([^>\]]+)/u.exec(flags)?.[1] ?? '', argChoices);
};

const isShown = ({name, hidden}: {readonly name: () => string; readonly hidden?: boolean}): boolean =>
	name() !== 'help' && hidden !== true;

type Row = readonly [
	path: string,
	kind: 'argument' | 'command' | 'option',
	word: string,
	values: string,
	about: string,
];

/** The last field may hold the mark that parts them. */
const row = (...fields: Row): string => fields.join('|');

const optionRows = (command: Command, path: string): readonly string[] => [
	...command.options
		.filter(({hidden}) => !hidden)
		.flatMap((option) =>
			option.long ? [row(path, 'option', option.long, valuesAfter(option), option.description)] : [],
		),
	row(path, 'option', '--help', '', 'print help'),
];

/** Commands, options and arguments of a command and of those below it. An argument has its place; one that takes all words from there on, the place with a `+`. */
const rowsOf = (command: Command, path: string): readonly string[] => {
	const visible = command
		.createHelp()
		.visibleCommands(command)
		.filter((one) => isShown({name: () => one.name()}));
	const below = (name: string): string => (path === '' ? name : `${path} ${name}`);
	// Without a command, options belong to the install.
	const implied = path === '' ? visible.filter((one) => one.name() === 'install') : [];
	const options = new Set([command, ...implied].flatMap((one) => optionRows(one, path)));
	return [
		...visible.map((one) => row(path, 'command', one.name(), '', one.description())),
		...command.registeredArguments.map((one, index) =>
			row(
				path,
				'argument',
				one.variadic ? `${index + 1}+` : String(index + 1),
				valuesOf(one.name(), one.argChoices, `${path} ${one.name()}`),
				'',
			),
		),
		...options,
		...visible.flatMap((one) => rowsOf(one, below(one.name()))),
	];
};

/**
 * All that can be typed, one row for each word: `path|kind|word|values|about`. `path` is the command that it comes after, `kind`
 * command, option or argument (whose word is its place), `values` what follows an option or stands for an argument.
 */
export const completionTable = (program: Command): readonly string[] => rowsOf(program, '');
