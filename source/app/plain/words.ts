import {eitherOf} from '../../base/text.ts';
import type {PlainLines} from './lines.ts';

/** The operator chose to leave; nothing was started. */
export class PlainLeft extends Error {
	override readonly name = 'PlainLeft';
}

/** The word that is meant by its letters or its first one. */
const meantBy = <Word extends string>(words: readonly Word[], typed: string): Word | undefined =>
	words.find((word) => word === typed || (typed.length === 1 && word[0] === typed));

/** A question of a few words; `enter` is the word that Enter alone means, where it means one. */
export const askWord = async <Word extends string>(
	lines: PlainLines,
	question: string,
	words: readonly Word[],
	enter?: Word,
): Promise<Word> => {
	const prompt = `${question} ${words.join('/')}${enter === undefined ? '' : ` [${enter}]`}: `;
	for (;;) {
		const typed = (await lines.ask(prompt)).trim().toLowerCase();
		const word = typed === '' ? enter : meantBy(words, typed);
		if (word !== undefined) return word;
		lines.say(`  Please answer ${eitherOf(words)}.`);
	}
};

/** The same where one can also go `back`, or leave by `quit`, without these words being named again. @throws PlainLeft */
export const askWordOrBack = async <Word extends string>(
	lines: PlainLines,
	question: string,
	words: readonly Word[],
): Promise<Word | 'back'> => {
	for (;;) {
		const typed = (await lines.ask(`${question} ${words.join('/')}: `)).trim().toLowerCase();
		const word = meantBy([...words, 'back', 'quit'] as const, typed);
		if (word === 'quit') throw new PlainLeft();
		if (word !== undefined) return word;
		lines.say(`  Please answer ${eitherOf(words)}.`);
	}
};
