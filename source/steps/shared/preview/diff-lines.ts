import {structuredPatch} from 'diff';
import {stringify} from 'yaml';
import {printable} from '../../../base/printable.ts';
import {cutTo} from '../../../base/text.ts';

/** Lines around a difference that are told with it. */
const context = 3;

/** Bounds of a comparison: after so many differing lines, or so long, ms, both sides are told whole. */
const bounds = {maxEditLength: 4000, timeout: 1000} as const;

/** Characters of one line that are told. */
const mostColumns = 500;

const linesOf = (value: unknown): readonly string[] =>
	value === undefined
		? []
		: stringify(value, {sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false})
				.replace(/\n$/u, '')
				.split('\n');

const shown = (line: string): string => cutTo(printable(line), mostColumns);

const compared = (before: readonly string[], after: readonly string[]): readonly string[] => {
	const [old, now] = [before, after].map((lines) => `${lines.join('\n')}\n`);
	const patch = structuredPatch('', '', old ?? '', now ?? '', '', '', {context, ...bounds});
	if (!patch) return [...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)];
	return patch.hunks.flatMap(({lines}, index) => [...(index > 0 ? [' …'] : []), ...lines]);
};

/**
 * Two values as lines of YAML with their keys in order, compared: `+ ` is what comes, `- ` is what goes, and a few lines around that stay.
 * Undefined is nothing: all of the other side comes or goes. Both must be without secrets.
 */
export const diffLines = (before: unknown, after: unknown): readonly string[] => {
	const [old, now] = [linesOf(before), linesOf(after)];
	const lines =
		old.length === 0 || now.length === 0
			? [...old.map((line) => `-${line}`), ...now.map((line) => `+${line}`)]
			: compared(old, now);
	return lines.map((line) => shown(`${line.slice(0, 1)} ${line.slice(1)}`));
};

/** The first lines, and how many more there are. */
export const atMost = (lines: readonly string[], most: number): readonly string[] =>
	lines.length <= most ? lines : [...lines.slice(0, most), `  and ${lines.length - most} lines more, left out here`];
