import {readdir, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {saveFile} from '../../../base/files.ts';
import {type Paper, paperHtml, paperText} from '../../../report/paper.ts';

/** So many reports of one kind are kept in a state folder; older ones are removed when another is written. */
export const mostReports = 30;

const folderOf = (stateDirectory: string): string => path.join(stateDirectory, 'reports');

/** Names of the reports of a kind, the newest first. */
const reportsOf = async (folder: string, kind: string): Promise<readonly string[]> => {
	const names = (await readdir(folder)).filter((name) => name.startsWith(`${kind}-`) && name.endsWith('.txt'));
	const found = await Promise.all(
		names.map(async (name) => ({name, at: (await stat(path.join(folder, name))).mtimeMs})),
	);
	return found.sort((a, b) => b.at - a.at).map(({name}) => name);
};

/** Removes what is older than the newest `mostReports` of a kind, text and page. @throws the error of the file system */
const prune = async (folder: string, kind: string): Promise<void> => {
	for (const name of (await reportsOf(folder, kind)).slice(mostReports))
		for (const extension of ['txt', 'html'])
			await rm(path.join(folder, name.replace(/txt$/u, extension)), {force: true});
};

/**
 * Saves a paper as text and as a page to print, `reports/KIND-NAME.txt` and `.html`, and lets the oldest of its kind go. Resolves with the
 * path of the text. @throws ProblemError, the error of the file system
 */
export const savePaper = async (
	stateDirectory: string,
	{kind, name}: {readonly kind: 'acceptance' | 'verification'; readonly name: string},
	paper: Paper,
): Promise<string> => {
	const folder = folderOf(stateDirectory);
	const base = path.join(folder, `${kind}-${name}`);
	await saveFile(`${base}.html`, paperHtml(paper));
	const file = await saveFile(`${base}.txt`, paperText(paper).join('\n'));
	await prune(folder, kind);
	return file;
};

/** Saves the report of a problem, `reports/problem-STAMP.txt`, as text alone: it goes into a ticket. Resolves with its path. */
export const saveProblemPaper = async (stateDirectory: string, stamp: string, text: string): Promise<string> =>
	saveFile(path.join(folderOf(stateDirectory), `problem-${stamp}.txt`), text);
