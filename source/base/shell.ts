/** A text as one word of a POSIX shell: quoted where it needs it. */
export const shellWord = (word: string): string =>
	/^[\w./:=@%+,-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A word without quotes, one in single quotes or one in double quotes; parts of it may follow each other without a space. */
const part = /^(?:[^\s'"\\]+|'[^']*'|"[^"]*")/u;

/**
 * A text as the words of a command, with no shell: spaces are between words, and stand in a word within quotes of either kind. Nothing
 * else has a meaning. `undefined` where a quote is not closed or a backslash stands outside of quotes.
 */
export const wordsOf = (text: string): readonly string[] | undefined => {
	const words: string[] = [];
	let [rest, isOpen] = [text, false];
	while (rest !== '') {
		const space = /^\s+/u.exec(rest)?.[0];
		const piece = space ?? part.exec(rest)?.[0];
		if (piece === undefined) return undefined;
		if (space === undefined) {
			const bare = /^['"]/u.test(piece) ? piece.slice(1, -1) : piece;
			words.push(isOpen ? `${words.pop() ?? ''}${bare}` : bare);
		}
		isOpen = space === undefined;
		rest = rest.slice(piece.length);
	}
	return words;
};
