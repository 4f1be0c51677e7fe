import wrapAnsi from 'wrap-ansi';
import type {Context} from './context.ts';

/** A sentence, with a label before it or with an end: an option in it is spoken of. */
const isSentence = /^\s*(?:\w+: {2,}|[A-Z][a-z]* .*\.$)/u;

const hasOption = /(?:^|[\s"])-{1,2}[A-Za-z]/u;

/** The programs whose commands are told. */
const programs = 'zenml-airgap|npm|kubectl|oc|helm|openssl|dig|nslookup|curl|getent|psql|mysql|node|npx|source';

/**
 * What may be a command: it is copied as one line. In the middle of a sentence a program is only spoken of, but for this one, whose
 * commands stand there whole.
 */
const isCommand = new RegExp(
	String.raw`(?:^|: |["(])\s*(?:${programs}) |\s(?:zenml-airgap|npm (?:run|start)) |^\s*--|[;\\]$|[$\x60]|&&`,
	'u',
);

const isKept = (line: string): boolean => isCommand.test(line) || (hasOption.test(line) && !isSentence.test(line));

/** Blanks, or the mark of a list or of a part, under whose text the next rows begin. */
const headOf = (line: string): number => /^\s*(?:[-*] |\w+: {2,})?/u.exec(line)?.[0].length ?? 0;

/** The mark before words of somebody else: each of their rows has it, so that none passes for a line of ours. */
const quoteOf = (line: string): string => /^\s*\| /u.exec(line)?.[0] ?? '';

/**
 * A line as rows of a terminal that is so many cells wide, broken at blanks: a terminal breaks inside words. What may be a command
 * stays whole, so that it can be copied; so does a word that is wider than a row. Serial lines and some shells in pods say 0 cells: they
 * do not know.
 */
export const rowsOf = (line: string, told: number | undefined): readonly string[] => {
	const columns = told === 0 ? 80 : told;
	const quote = quoteOf(line);
	if (columns === undefined || line.length <= columns || isKept(line.slice(quote.length))) return [line];
	if (quote !== '') return rowsOf(line.slice(quote.length), columns - quote.length).map((row) => `${quote}${row}`);
	const head = headOf(line);
	// A terminal that narrow has no room for indents.
	if (head * 2 > columns) return [line];
	const [first = '', ...rest] = wrapAnsi(line.slice(head), columns - head, {hard: false}).split('\n');
	return [`${line.slice(0, head)}${first}`, ...rest.map((row) => `${' '.repeat(head)}${row}`)];
};

/** Writes whole lines as rows of a terminal; to a pipe or a file as they are, each by itself. */
export const inRows =
	(write: (text: string) => void, {isTTY, columns}: {readonly isTTY?: boolean; readonly columns?: number}) =>
	(text: string): void => {
		const lines = text.replace(/\n$/u, '').split('\n');
		write(`${lines.flatMap((line) => rowsOf(line, isTTY === true ? columns : undefined)).join('\n')}\n`);
	};

/** What a command tells on standard output, as rows of the terminal there; nothing that is made to be copied whole. */
export const tellRows = ({out, stdout}: Pick<Context, 'out' | 'stdout'>): ((text: string) => void) =>
	inRows(out, stdout);
