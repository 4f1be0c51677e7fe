import {type Argument, type Command, InvalidArgumentError, type Option} from 'commander';
import {nearest} from '../base/text.ts';

const refuseOthers = (word: string, choices: readonly string[]): string => {
	if (choices.includes(word)) return word;
	const near = nearest(word, choices);
	const meant = near === undefined ? '' : ` Did you mean ${near}?`;
	throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.${meant}`);
};

/** Of one word, or of each of several. commander hands over the words before it, and the default in their place at first. */
const parserOf =
	(choices: readonly string[], isList: boolean, ownDefault: unknown) =>
	(word: string, before: unknown): unknown => {
		const one = refuseOthers(word, choices);
		// The last one would count, and what came of the first would never be told.
		const isOther = before !== undefined && before !== ownDefault && before !== one;
		if (!isList && isOther) throw new InvalidArgumentError(`It was given before as ${String(before)}; name one.`);
		if (!isList) return one;
		return Array.isArray(before) && before !== ownDefault ? [...before, one] : [one];
	};

/** Lets a command that refuses a word that is none of its choices name the one that may be meant, beside all of them. */
export const withNearChoices = (command: Command): void => {
	const takers: readonly (Argument | Option)[] = [...command.registeredArguments, ...command.options];
	for (const taker of takers)
		if (taker.argChoices) taker.argParser(parserOf(taker.argChoices, taker.variadic, taker.defaultValue));
};
