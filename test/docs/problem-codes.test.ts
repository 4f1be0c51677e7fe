import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {madePart, projectFolder} from '../../scripts/docs-pages.ts';
import {problemsTable} from '../../scripts/docs-problems.ts';
import {allProblems, problemTables} from '../../source/app/explain/problem-tables.ts';
import {tellings} from '../../source/report/explain.ts';

const textsBelow = async (...folders: readonly string[]): Promise<ReadonlyMap<string, string>> => {
	const texts = new Map<string, string>();
	for (const folder of folders) {
		const names = await readdir(path.join(projectFolder, folder), {recursive: true});
		for (const name of names.filter((one) => /\.tsx?$/u.test(one)))
			texts.set(path.posix.join(folder, name), await readFile(path.join(projectFolder, folder, name), 'utf8'));
	}
	return texts;
};

const sources = await textsBelow('source', 'rehearsal');

test('the page of problems is what the rooms declare today', async () => {
	// Out of date? npx tsx scripts/docs-problems.ts
	expect(await madePart('troubleshooting.md', 'problems')).toBe(problemsTable());
});

test('every table that a room declares is among those that are explained', async () => {
	const gathered = sources.get('source/app/explain/problem-tables.ts') ?? '';
	const declared = [...sources.values()].flatMap((text) =>
		[...text.matchAll(/^export const (\w+) = declareProblems\(/gmu)].map(([, name]) => name ?? ''),
	);
	expect(declared.length).toBeGreaterThan(4);
	expect(declared.filter((name) => !gathered.includes(`${name}.table`))).toEqual([]);
});

/** Codes that two rooms tell of, each of what it sees: a node that pulls, and this program when it makes a bundle. */
const seenTwice = ['image-not-found'];

test('a code is declared once', () => {
	const codes = problemTables.flatMap((table) => Object.keys(table));
	expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual(seenTwice);
});

test.each([...allProblems()])(
	'%s says what happened, why, and what to do, in words of its own',
	(_code, declarations) => {
		for (const {message, cause, fix} of declarations.flatMap(tellings)) {
			for (const text of [message, cause, fix]) {
				expect(text.replaceAll(/<\w+>/gu, ''), text).toMatch(/\p{L}{2}/u);
				expect(text, 'a sentence begins with a capital letter or a name').not.toMatch(/^\s|\s$/u);
			}
		}
	},
);

test('problems are made from the tables alone', () => {
	const around = [...sources].filter(
		([file, text]) =>
			!file.startsWith('source/base/') &&
			/\bnew ProblemError\(\{(?!\s*\.\.\.)|(?<![.\w])problem\(\{(?!\s*\.\.\.)/u.test(text),
	);
	expect(around.map(([file]) => file)).toEqual([]);
});

test('every problem is named by a test', async () => {
	const tests = [...(await textsBelow('test')).values()].join('\n');
	const unnamed = [...allProblems().keys()].filter(
		(code) => !new RegExp(`(?<![a-z-])${code}(?![a-z-])`, 'u').test(tests),
	);
	expect(unnamed).toEqual([]);
});
