import path from 'node:path';
import * as z from 'zod';
import {errnoWords, isErrno} from '../../base/errno.ts';
import {saveFile} from '../../base/files.ts';
import {printable} from '../../base/printable.ts';
import {ProblemError} from '../../base/problem.ts';
import {baseProblems} from '../../base/problems.ts';
import {shellWord} from '../../base/shell.ts';
import {cutTo, oneLine} from '../../base/text.ts';
import {readNamedFile} from '../../cluster/kubeconfig/read-file.ts';
import type {Asked} from '../../handover/pack.ts';
import {appProblems} from './problems.ts';

/** What the operator says to all other teams, kept so that papers that are made again say it too. */
export type Kept = Pick<Asked, 'by' | 'contact'>;

/** Characters of a date or of a contact: three lines of a cover note. */
const mostCharacters = 200;
/** Bytes of the file. */
const mostBytes = 16 * 1024;

/** Words of the operator as one line that steers no terminal and breaks no note. */
const said = (text: string): string => cutTo(printable(oneLine(text)), mostCharacters);

const words = z.string().transform(said).optional();
const keptSchema = z.object({by: words, contact: words});

/** Where they are kept. */
export const askedFile = (stateDirectory: string): string => path.join(stateDirectory, 'asked.json');

/** What is kept; nothing where nothing was said yet. @throws ProblemError `asked-unreadable` */
export const readAsked = (stateDirectory: string): Kept => {
	const file = askedFile(stateDirectory);
	try {
		return keptSchema.parse(JSON.parse(readNamedFile(file, mostBytes).toString('utf8')));
	} catch (error) {
		if (isErrno(error, 'ENOENT', 'ENOTDIR')) return {};
		const isBroken = error instanceof SyntaxError || error instanceof z.ZodError;
		const why = isBroken ? ({case: 'broken'} as const) : {case: 'refused' as const, reason: errnoWords(error, 'read')};
		throw appProblems.error('asked-unreadable', {file, ...why}, {location: {file}, error});
	}
};

/**
 * Keeps what was said now, beside what was said before; `-` takes that away. Returns what counts from now on.
 * @throws ProblemError `asked-unreadable`, `state-unwritable`, `folder-not-ours`
 */
export const keepAsked = async (stateDirectory: string, now: Kept): Promise<Kept> => {
	if (now.by === undefined && now.contact === undefined) return readAsked(stateDirectory);
	const {by, contact} = {...readAsked(stateDirectory), ...defined(now)};
	const kept = {by: unlessTaken(by), contact: unlessTaken(contact)};
	const file = askedFile(stateDirectory);
	try {
		await saveFile(file, `${JSON.stringify(kept)}\n`);
	} catch (error) {
		if (error instanceof ProblemError) throw error;
		const reason = errnoWords(error, 'write');
		throw baseProblems.error('state-unwritable', {case: 'file', file, reason}, {location: {file}, error});
	}
	return kept;
};

/**
 * What counts of an earlier time is said, so that no old date goes out unseen, and so is a blank; each in a sentence.
 * @param saysWhen papers say by themselves until when: an install is under way, or found done what they ask for
 */
export const keptWords = (kept: Kept, now: Kept = {}, saysWhen = false): readonly string[] => [
	...(['by', 'contact'] as const).flatMap((option) =>
		now[option] === undefined && kept[option] !== undefined
			? [`As given before: --${option} ${shellWord(kept[option])} (--${option} - leaves it out).`]
			: [],
	),
	...blankWords({contact: kept.contact === undefined, by: kept.by === undefined && !saysWhen}),
];

/** What is left to be filled in by hand. */
const blankWords = ({contact, by}: {readonly contact: boolean; readonly by: boolean}): readonly string[] => {
	if (contact && by) return ['Each README.txt has blanks: --contact says whom to ask, --by until when it is needed.'];
	if (contact) return ['Each README.txt has a blank for whom to ask: --contact fills it.'];
	return by ? ['Each README.txt has a blank for until when it is needed: --by fills it.'] : [];
};

/** An empty word is no word of a command line: mostly a variable of the shell is not set. */
const unlessTaken = (text: string | undefined): string | undefined => (text === '-' || text === '' ? undefined : text);

const defined = ({by, contact}: Kept): Kept => ({
	...(by !== undefined && {by: said(by)}),
	...(contact !== undefined && {contact: said(contact)}),
});
