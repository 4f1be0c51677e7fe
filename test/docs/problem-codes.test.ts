import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {madePart, projectFolder} from '../../scripts/docs-pages.ts';
import {problemCodes} from '../../scripts/problem-codes.ts';

/** Codes as plain text search sees them; zod's own `custom` and the one-word codes of played servers are none. */
const writtenCodes = async (): Promise<readonly string[]> => {
	const folder = path.join(projectFolder, 'source');
	const files = (await readdir(folder, {recursive: true})).filter((name) => /\.tsx?$/u.test(name));
	const texts = await Promise.all(files.map(async (name) => readFile(path.join(folder, name), 'utf8')));
	return [
		...new Set(
			texts.flatMap((text) => [...text.matchAll(/\bcode: '([a-z]+(?:-[a-z0-9]+)+)'/gu)].map(([, code]) => code ?? '')),
		),
	];
};

test('every problem code in the source is on the page of problems', async () => {
	// Out of date? npx tsx scripts/docs-problems.ts
	const page = await madePart('troubleshooting.md', 'problems');
	const codes = [...(await writtenCodes()), ...(await problemCodes()).map(({code}) => code)];
	expect(codes.filter((code) => !page.includes(`| \`${code}\` |`))).toEqual([]);
});

test('the page of problems has no code that the source does not have', async () => {
	const page = await madePart('troubleshooting.md', 'problems');
	const known = new Set((await problemCodes()).map(({code}) => code));
	const onPage = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gmu)].map(([, code]) => code ?? '');
	expect(onPage.filter((code) => !known.has(code))).toEqual([]);
});
