/** One measured number beside its target. `limit` is in `unit`; absent where the number is only told. */
export type Figure = {
	readonly name: string;
	/** Absent where this machine cannot measure it; `note` says why. */
	readonly value?: number;
	readonly limit?: number;
	readonly unit: 'ms' | 's' | 'MB' | 'lines' | 'programs';
	/** How many measurements, and how they spread. */
	readonly note: string;
};

/** The middle of the values (the lower of two). @throws Error without values. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The smallest value that at least this part of the values does not pass. @throws Error without values. */
export const quantile = (values: readonly number[], part: number): number => {
	const sorted = values.toSorted((a, b) => a - b);
	const found = sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
	if (found === undefined) throw new Error('nothing was measured');
	return found;
};

const digits: Readonly<Record<Figure['unit'], number>> = {ms: 0, s: 1, MB: 0, lines: 0, programs: 0};

/** A value in its unit, as the table shows it. */
export const shown = (value: number, unit: Figure['unit']): string => `${value.toFixed(digits[unit])} ${unit}`;

/** "9 runs, 181 to 199 ms" */
export const spread = (values: readonly number[], unit: Figure['unit'], what = 'runs'): string =>
	`${values.length} ${what}, ${Math.min(...values).toFixed(digits[unit])} to ${shown(Math.max(...values), unit)}`;

export const isMissed = ({value, limit}: Figure): boolean =>
	limit !== undefined && value !== undefined && value > limit;

const measured = ({value, unit}: Figure): string => (value === undefined ? 'left out' : shown(value, unit));

const target = ({limit, unit}: Figure): string => (limit === undefined ? '' : `≤ ${limit} ${unit}`);

const verdict = (figure: Figure): string => {
	if (figure.limit === undefined || figure.value === undefined) return '';
	return isMissed(figure) ? 'MISSED' : 'met';
};

/** The figures as a table of GitHub's Markdown. */
export const table = (figures: readonly Figure[]): string => {
	const head = ['Figure', 'Measured', 'Target', '', 'How many'];
	const rows = figures.map((figure) => [figure.name, measured(figure), target(figure), verdict(figure), figure.note]);
	const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)));
	const line = (cells: readonly string[]): string =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
};
