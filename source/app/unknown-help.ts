import type {Command} from 'commander';
import {nearest} from '../base/text.ts';
import {unknownCommand} from './commands/other-words.ts';

/** A word that is no command, and the command below which it was looked for. */
type Unknown = {readonly word: string; readonly below: Command};

/** The first of these words that names no command where only a command can stand; undefined where there is none. */
const unknownIn = (program: Command, words: readonly string[]): Unknown | undefined => {
	let below = program;
	for (const word of words) {
		if (word.startsWith('-') || below.commands.length === 0 || below.registeredArguments.length > 0) return undefined;
		if (word === 'help') continue;
		const next = below.commands.find((one) => one.name() === word || one.aliases().includes(word));
		if (!next) return {word, below};
		below = next;
	}
	return undefined;
};

const wordsOf = (program: Command, {word, below}: Unknown): string => {
	if (below === program) return unknownCommand(program, word);
	const group = below.name();
	const near = nearest(
		word,
		below.commands.map((one) => one.name()),
	);
	const meant = near === undefined ? '' : `; did you mean ${group} ${near}?`;
	return `error: unknown command "${group} ${word}"${meant}`;
};

/** Refuses help of what is no command, as the word alone is refused: the help of something else would pass for it. */
export const refuseUnknownHelp = (program: Command): Command =>
	program.addHelpText('beforeAll', ({command}) => {
		const unknown = unknownIn(program, program.args);
		if (unknown) command.error(wordsOf(program, unknown));
		return '';
	});
