const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/**
 * Text of somebody else on one line, made fit for a terminal: what could move its cursor, end the line or turn its letters
 * round is written as an escape; a tab as two spaces.
 */
export const printable = (text: string): string =>
	text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => (character === '\t' ? '  ' : escaped(character)));

/** As `printable`, of a text whose line breaks are its own. */
export const printableText = (text: string): string => text.split('\n').map(printable).join('\n');
