import type {HandoverSection} from '../base/handover.ts';

const words = 'REHEARSAL: these papers are about a simulated site. Do not act on them.';

/** How a file says something that whoever runs or reads it by a program passes over, by the end of its name. */
const comments: Readonly<Record<string, string>> = {
	sh: '#',
	py: '#',
	ps1: '#',
	cmd: 'rem',
	sql: '--',
	zone: ';',
	conf: '#',
	cnf: '#',
	yaml: '#',
	Dockerfile: '#',
	txt: '#',
	// nsupdate(1) knows no other.
	'dns-nsupdate.txt': ';',
};

const commentOf = (fileName: string): string | undefined =>
	comments[fileName] ?? comments[fileName.slice(fileName.lastIndexOf('.') + 1)];

/** The first line decides how a script is run, or whether its lines are shown: it stays the first. */
const isHead = (line: string | undefined): boolean => line !== undefined && /^(?:#!|@echo off)/u.test(line);

/** A profile shows names, and goes to its program alone. */
const named = ({lines, ...section}: HandoverSection): HandoverSection => ({
	...section,
	lines: lines.map((line) => line.replace(/^<string>(Internal CA.*)<\/string>$/u, '<string>REHEARSAL: $1</string>')),
});

const marked = (section: HandoverSection): HandoverSection => {
	const {fileName, lines, kind} = section;
	if (fileName.endsWith('.mobileconfig')) return named(section);
	const comment = commentOf(fileName);
	if (comment === undefined || kind === 'base64' || kind === 'secret') return section;
	const head = isHead(lines[0]) ? 1 : 0;
	return {...section, lines: [...lines.slice(0, head), `${comment} ${words}`, ...lines.slice(head)]};
};

/**
 * Papers of a rehearsal as they are saved: each file that can say so says that it is one, and a file of that name stands for those that
 * cannot (certificates, JSON, CSV).
 */
export const rehearsed = (sections: readonly HandoverSection[]): readonly HandoverSection[] => [
	{title: 'Rehearsal', fileName: 'REHEARSAL.txt', lines: [words]},
	...sections.map(marked),
];
