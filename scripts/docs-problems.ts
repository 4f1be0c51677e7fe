import {fileURLToPath} from 'node:url';
import {cell, writeMadePart} from './docs-pages.ts';
import {problemCodes} from './problem-codes.ts';

/** Writes the table of docs/troubleshooting.md from the source: npx tsx scripts/docs-problems.ts */

/** The table: one row for each code. Markdown, without an end of line. */
export const problemsTable = async (): Promise<string> => {
	const rows = (await problemCodes()).map(({code, message = '', cause = '', fix = ''}) => {
		return `| ${[`\`${code}\``, message, cause, fix].map(cell).join(' | ')} |`;
	});
	return ['| code | it says | why | what to do |', '|---|---|---|---|', ...rows].join('\n');
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await writeMadePart('troubleshooting.md', 'problems', await problemsTable());
}
