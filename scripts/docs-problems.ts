import {fileURLToPath} from 'node:url';
import {allProblems} from '../source/app/explain/problem-tables.ts';
import {tellings} from '../source/report/explain.ts';
import {cell, writeMadePart} from './docs-pages.ts';

/** Writes the table of docs/troubleshooting.md from the tables of the rooms: npx tsx scripts/docs-problems.ts */

/** The texts of all cases in one cell, each once. */
const texts = (all: readonly string[]): string =>
	[...new Set(all)].map((text) => cell(text).replaceAll('<', '&lt;')).join('<br>');

/** The table: one row for each code. Markdown, without an end of line. */
export const problemsTable = (): string => {
	const rows = [...allProblems()].map(([code, declarations]) => {
		const all = declarations.flatMap(tellings);
		const columns = [all.map(({message}) => message), all.map(({cause}) => cause), all.map(({fix}) => fix)].map(texts);
		return `| \`${code}\` | ${columns.join(' | ')} |`;
	});
	return ['| code | it says | why | what to do |', '|---|---|---|---|', ...rows].join('\n');
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await writeMadePart('troubleshooting.md', 'problems', problemsTable());
}
