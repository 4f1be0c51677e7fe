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

/** Lines of a paragraph; blanks before its first word stand before each line. */
const folded = (text: string, room = width): readonly string[] => {
	const indent = /^ */u.exec(text)?.[0] ?? '';
	const lines: string[] = [];
	let line = '';
	for (const word of text.trimStart().split(' ')) {
		const longer = line === '' ? word : `${line} ${word}`;
		if (line !== '' && indent.length + longer.length > room) {
			lines.push(line);
			line = word;
		} else line = longer;
	}
	return [...lines, line].map((one) => `${indent}${one}`);
};

const linesOf = (said: Said): readonly string[] =>
	typeof said === 'string' ? folded(said) : said.exact.map((line) => `  ${line}`);

/** Paragraphs and exact lines as a text shows them. */
export const saidLines = (all: readonly Said[]): readonly string[] => all.flatMap((said) => linesOf(said));

const part = (heading: string, all: readonly Said[]): readonly string[] =>
	all.length === 0 ? [] : ['', heading, '-'.repeat(heading.length), ...saidLines(all)];

const blank = '____________________';

/** Until when: a run that is under way waits for it, or soon will, unless it found it done. */
const until = ({by, isUnderWay, settled}: Asking): string => {
	if (settled !== undefined && by !== undefined) return `${by} (the installation found it done on ${settled})`;
	if (settled !== undefined) return `nothing waits for it: the installation found it done on ${settled}`;
	if (isUnderWay) return `now: the installation is under way${by === undefined ? '' : ` (asked for by ${by})`}`;
	return by ?? `${blank} (the operator knows the day)`;
};

/** A line of the head, whose further lines stand below its text. */
const headLine = (label: string, text: string): readonly string[] => {
	const [first = '', ...others] = folded(text, width - 10);
	return [`${label.padEnd(10)}${first}`, ...others.map((line) => `${' '.repeat(10)}${line}`)];
};

const head = ({title, who}: Cover, asking: Asking): readonly string[] => {
	const {operator = blank, contact = `${blank} (name, mail or phone, ticket)`, cluster, issued, version} = asking;
	const edition = [issued, version === undefined ? undefined : `by zenml-airgap ${version}`].filter(Boolean).join(' ');
	return [
		title,
		'='.repeat(title.length),
		...headLine('For:', who),
		...headLine('Asked by:', `${operator}, who installs ZenML Pro`),
		...headLine('Contact:', contact),
		...headLine('By:', until(asking)),
		...(edition === '' ? [] : headLine('Issued:', edition)),
		...(cluster ? headLine('Cluster:', cluster.name) : []),
	];
};

/** Who asks, why, what exactly, how to check, how to undo, and by when; the first file of a pack. */
export const coverNote = (cover: Cover, asking: Asking): HandoverSection => ({
	title: 'README',
	fileName: coverFile,
	lines: [
		...head(cover, asking),
		...part('Why', cover.why),
		...part('What to do', cover.what),
		...part('How to check', cover.check),
		...part('How to undo', cover.undo),
	],
});
