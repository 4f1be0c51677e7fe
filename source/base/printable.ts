const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/**
 * Text of somebody else on one line, made fit for a terminal: what could move its cursor, end the line or turn its letters
 * round is written as an escape; a tab as two spaces.
 */
export const printable = (text: string): string =>
	text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => (character === '\t' ? '  ' : escaped(character)));

/** As `printable`, of a text whose line breaks are its own. */
export const printableText = (text: string): string => text.split('\n').map(printable).join('\n');

/** What begins a control sequence, or turns letters round: control characters but tab and line feed, marks of direction, line ends. */
const steering = /(?![\t\n])[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

/** Text in which only what could steer a terminal is written as an escape: whoever redirects it gets all else as it is. */
export const harmlessText = (text: string): string => text.replaceAll(steering, escaped);

/** JSON that cannot steer a terminal and means the same: what `JSON.stringify` leaves as it is gets its own escape (RFC 8259). */
export const harmlessJson = (json: string): string =>
	json.replaceAll(steering, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

/**
 * Text for a terminal that shows ASCII only: the marks of this program's own sentences become letters of it. Names and words of others
 * stay as they are. @param room `cell`: each mark keeps its one cell
 */
export const asciiMarks = (text: string, room: 'cell' | 'line' = 'line'): string =>
	text.replaceAll('…', room === 'cell' ? '~' : '...').replaceAll('→', room === 'cell' ? '>' : '->');
