import {readdir, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {saveFile} from '../../../base/files.ts';
import {type Paper, paperHtml, paperText} from '../../../report/paper.ts';

/** So many reports of one kind are kept in a state folder; older ones are removed when another is written. */
export const mostReports = 30;

const folderOf = (stateDirectory: string): string => path.join(stateDirectory, 'reports');

/** How the name of a report begins: one of a rehearsal is known for it before it is opened, or sent to anybody. */
export const reportKind = (kind: string, isRehearsal: boolean): string => (isRehearsal ? `${kind}-REHEARSAL` : kind);

/** Names of the reports of a kind, the newest first; those of rehearsals are a kind of their own. */
const reportsOf = async (folder: string, kind: string): Promise<readonly string[]> => {
	const isOf = (name: string): boolean =>
		name.startsWith(`${kind}-`) && !name.startsWith(`${reportKind(kind, true)}-`) && name.endsWith('.txt');
	const names = (await readdir(folder)).filter(isOf);
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
 * Saves a paper as text and as a page to print, `reports/KIND-NAME.txt` and `.html` (`KIND-REHEARSAL-NAME` of a rehearsal), and lets the oldest of its kind go. Resolves with the
 * path of the text. @throws ProblemError, the error of the file system
 */
export const savePaper = async (
	stateDirectory: string,
	report: {readonly kind: 'acceptance' | 'verification'; readonly name: string; readonly isRehearsal: boolean},
	paper: Paper,
): Promise<string> => {
	const kind = reportKind(report.kind, report.isRehearsal);
	const folder = folderOf(stateDirectory);
	const base = path.join(folder, `${kind}-${report.name}`);
	await saveFile(`${base}.html`, paperHtml(paper));
	const file = await saveFile(`${base}.txt`, paperText(paper).join('\n'));
	await prune(folder, kind);
	return file;
};

/**
 * Saves the report of a problem, `reports/problem-STAMP.txt` (`problem-REHEARSAL-STAMP`), as text alone: it goes into a ticket. Resolves with
 * its path.
 */
export const saveProblemPaper = async (
	stateDirectory: string,
	{stamp, isRehearsal}: {readonly stamp: string; readonly isRehearsal: boolean},
	text: string,
): Promise<string> =>
	saveFile(path.join(folderOf(stateDirectory), `${reportKind('problem', isRehearsal)}-${stamp}.txt`), text);
