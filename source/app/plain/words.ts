import type {PlainLines} from './lines.ts';

/** The operator chose to leave; nothing was started. */
export class PlainLeft extends Error {
	override readonly name = 'PlainLeft';
}

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
		const meant = words.find((word) => word === typed || (typed.length === 1 && word[0] === typed));
		const word = typed === '' ? enter : meant;
		if (word !== undefined) return word;
		lines.say(`  Please answer ${words.join(' or ')}.`);
	}
};
