/** Text of somebody else, made fit for a terminal: what could move its cursor or turn its letters round is written as an escape. */
export const printable = (text: string): string =>
	text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
		character === '\t' ? '  ' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
	);
