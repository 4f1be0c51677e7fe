/** A statement without what differs from one to the next: texts are `$0`, `$1`, words and signs have one space between them. */
export type Shape = {readonly text: string; readonly values: readonly string[]};

/** Texts, names in backticks, comments, words and system variables, signs. */
const token = /'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`]|``)*`|\/\*[\s\S]*?\*\/|--[^\n]*|@{0,2}[\w.]+|\S/gu;

const escapes: Readonly<Record<string, string>> = {'0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\u001A'};

/** What a text between quotes says (MySQL documentation, "String Literals"). */
const textOf = (literal: string): string =>
	literal
		.slice(1, -1)
		.replaceAll(/''|\\([\s\S])/gu, (whole, letter: string | undefined) =>
			whole === "''" ? "'" : (escapes[letter ?? ''] ?? letter ?? ''),
		);

export const shapeOf = (statement: string): Shape => {
	const values: string[] = [];
	const words = (statement.match(token) ?? []).flatMap((part) => {
		if (part.startsWith('/*') || part.startsWith('--')) return [];
		if (!part.startsWith("'")) return [part];
		values.push(textOf(part));
		return [`$${values.length - 1}`];
	});
	return {text: words.join(' ').replace(/ ;$/u, ''), values};
};

/** A name as it is meant: without its backticks. */
export const nameOf = (text = ''): string => (text.startsWith('`') ? text.slice(1, -1).replaceAll('``', '`') : text);

/** The value that a `$0` stands for; NULL is null, a number itself. */
export const readValue = (text: string, values: readonly string[]): string | null => {
	if (text.startsWith('$')) return values[Number(text.slice(1))] ?? null;
	return /^null$/iu.test(text) ? null : text;
};

/** Names between commas. */
export const namesIn = (list: string): readonly string[] => list.split(',').map((one) => nameOf(one.trim()));
