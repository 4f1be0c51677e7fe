import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

/** Folder of the project, absolute. */
export const projectFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const between = (name: string): readonly [string, string] => [
	`<!-- ${name}: made by a script, do not edit -->`,
	`<!-- ${name}: end -->`,
];

/** The made part of a page in `docs/`. @throws Error when the page has no such part. */
export const madePart = async (page: string, name: string): Promise<string> => {
	const text = await readFile(path.join(projectFolder, 'docs', page), 'utf8');
	const [begin, end] = between(name);
	const [from, to] = [text.indexOf(begin), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`docs/${page} has no part between "${begin}" and "${end}"`);
	return text.slice(from + begin.length, to).trim();
};

/** Replaces the made part of a page in `docs/`. */
export const writeMadePart = async (page: string, name: string, part: string): Promise<void> => {
	const file = path.join(projectFolder, 'docs', page);
	const text = await readFile(file, 'utf8');
	await madePart(page, name);
	const [begin, end] = between(name);
	const after = text.slice(text.indexOf(end));
	await writeFile(file, `${text.slice(0, text.indexOf(begin) + begin.length)}\n\n${part}\n\n${after}`);
};

/** One cell of a Markdown table. */
export const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/gu, ' ');
