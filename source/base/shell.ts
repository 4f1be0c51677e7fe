/** A text as one word of a POSIX shell: quoted where it needs it. */
export const shellWord = (word: string): string =>
	/^[\w./:=@%+,-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
