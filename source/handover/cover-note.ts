import type {HandoverSection} from '../base/handover.ts';
import type {Asking, Pack} from './pack.ts';

/** A paragraph, or lines that are copied as they are: commands, records. */
export type Said = string | {readonly exact: readonly string[]};

/** What a team is told before anything else. Each part is a list of paragraphs. */
export type Cover = Pick<Pack, 'title' | 'who'> & {
	readonly why: readonly Said[];
	readonly what: readonly Said[];
	readonly check: readonly Said[];
	readonly undo: readonly Said[];
};

/** Name of the note in every pack. */
export const coverFile = 'README.txt';

/** Mails and terminals of 80 columns show lines of this many characters whole. */
const width = 76;

const folded = (text: string): readonly string[] => {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ')) {
		const longer = line === '' ? word : `${line} ${word}`;
		if (line !== '' && longer.length > width) {
			lines.push(line);
			line = word;
		} else line = longer;
	}
	return [...lines, line];
};

const linesOf = (said: Said): readonly string[] =>
	typeof said === 'string' ? folded(said) : said.exact.map((line) => `  ${line}`);

const part = (heading: string, all: readonly Said[]): readonly string[] =>
	all.length === 0 ? [] : ['', heading, '-'.repeat(heading.length), ...all.flatMap((said) => linesOf(said))];

const blank = '____________________';

/** Who asks, why, what exactly, how to check, how to undo, and by when; the first file of a pack. */
export const coverNote = (
	{title, who, why, what, check, undo}: Cover,
	{operator = blank, by = `${blank} (before the evening of the installation)`, cluster}: Asking,
): HandoverSection => ({
	title: 'Cover note',
	fileName: coverFile,
	lines: [
		title,
		'='.repeat(title.length),
		`For:      ${who}`,
		`Asked by: ${operator}, who installs ZenML Pro`,
		`By:       ${by}`,
		...(cluster ? [`Cluster:  ${cluster.name}`] : []),
		...part('Why', why),
		...part('What to do', what),
		...part('How to check', check),
		...part('How to undo', undo),
	],
});
