import type {Command} from 'commander';
import {nearest} from '../../base/text.ts';

/** What people look for that is not built, by the words that they try. */
const notBuilt: ReadonlySet<string> = new Set(['uninstall', 'remove', 'delete', 'destroy', 'purge', 'teardown']);

/** Words of other programs for what a command here does. */
const elsewhere: Readonly<Record<string, string>> = {
	apply: 'install',
	check: 'verify',
	config: 'answers',
	deploy: 'install',
	diff: 'plan',
	doctor: 'plan',
	downgrade: 'back',
	guide: 'docs',
	info: 'status',
	man: 'docs',
	manual: 'docs',
	preview: 'plan',
	rollback: 'back',
	setup: 'install',
	simulate: 'rehearse',
	test: 'verify',
	update: 'upgrade',
};

/** Commands below a group, such as `bundle sign`, that are called so. */
const inGroups = (program: Command, word: string): readonly string[] =>
	program.commands
		.filter(({commands}) => commands.some((one) => one.name() === word))
		.map((group) => `${group.name()} ${word}`);

const meant = (program: Command, word: string): string | undefined => {
	const below = inGroups(program, word);
	if (below.length > 0) return below.join(' or ');
	if (Object.hasOwn(elsewhere, word)) return elsewhere[word];
	// Whoever wants to take away must not be led to a command that puts there, however alike the words are.
	return nearest(word, [...program.commands.map((one) => one.name()), ...notBuilt]);
};

/** What is said of a word that is no command: what is not built is named as that, else the command that may be meant. */
export const unknownCommand = (program: Command, word: string): string => {
	// Options stood before it, so that they were taken for those of the installer.
	const own = program.commands.find((one) => one.name() === word);
	if (own) return `error: the command comes first, its options after it: zenml-airgap ${word} ...`;
	const near = notBuilt.has(word) ? word : meant(program, word);
	if (near === undefined) return `error: unknown command "${word}"`;
	return notBuilt.has(near)
		? `error: unknown command "${word}": ${near} is not built; this program takes no installation away`
		: `error: unknown command "${word}"; did you mean ${near}?`;
};
