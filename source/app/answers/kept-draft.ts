import path from 'node:path';
import * as z from 'zod';
import {usablePart} from '../../answers/file/complete.ts';
import {applyOverrides, givenPaths} from '../../answers/file/load.ts';
import type {HalfTyped} from '../../answers/form/form.ts';
import {resolveDraftPaths} from '../../answers/resolve-paths.ts';
import type {Draft} from '../../answers/tree.ts';
import {errnoWords} from '../../base/errno.ts';
import {saveFile, takeAway} from '../../base/files.ts';
import {readOwnFile} from '../../base/own/file.ts';
import {printable} from '../../base/printable.ts';
import {counted} from '../../base/text.ts';
import type {Journal} from '../../engine/journal.ts';
import type {Context} from '../base/context.ts';
import type {AnswerSource} from './inputs.ts';

/** Answers that somebody gave and did not start with, as they lie on the disk. `at` is ms since the epoch. */
export type KeptDraft = {
	readonly draft: Draft;
	readonly at: number;
	readonly count: number;
	readonly halfTyped?: HalfTyped | undefined;
};

/** Where the unfinished answers of a plan, given by its name, lie. */
export const draftFile = (stateDirectory: string, plan: string): string =>
	path.join(stateDirectory, plan === 'install' ? 'draft.json' : `draft-${plan}.json`);

/** Raised when an older tool could misread the file. */
const layout = 1;

const mostBytes = 1024 * 1024;

/** A time that a calendar has, in ms (ECMAScript, "Time Values and Time Range"). */
const schema = z.object({
	schema: z.literal(layout),
	savedAt: z.number().min(0).max(8.64e15),
	answers: z.unknown(),
	halfTyped: z.object({path: z.string(), text: z.string()}).optional(),
});

const keptIn = (text: string): KeptDraft | undefined => {
	const parsed = schema.safeParse(JSON.parse(text));
	if (!parsed.success) return undefined;
	const draft = (usablePart(parsed.data.answers) ?? {}) as Draft;
	const {savedAt: at, halfTyped} = parsed.data;
	return {draft, at, count: givenPaths(draft).length, ...(halfTyped && {halfTyped})};
};

/** What was kept, or why it cannot be gone on with, in a sentence; neither where nothing was kept. */
export type FoundDraft = {readonly kept?: KeptDraft; readonly fault?: string};

const faulty = (file: string, why: string): FoundDraft => ({
	fault: printable(`The unfinished answers in ${file} cannot be gone on with: ${why}`),
});

/** Looks for unfinished answers. Never throws: without them the questions are asked from the beginning. */
export const readDraft = async (file: string): Promise<FoundDraft> => {
	try {
		const found = await readOwnFile(file, mostBytes);
		if (found === undefined) return {};
		if (found.fault) return faulty(file, 'it is no file of this user, or too large.');
		const kept = keptIn(found.text);
		return kept ? {kept} : faulty(file, 'another version of this program wrote it.');
	} catch (error) {
		return faulty(file, error instanceof SyntaxError ? 'it is damaged.' : errnoWords(error, 'read'));
	}
};

/**
 * Unfinished answers that are worth an offer: they say something, and no run began with them or after them. What the command line gives
 * counts more than what they hold.
 */
export const offeredDraft = async (
	file: string,
	source: AnswerSource,
	journal: Pick<Journal, 'startedAt'> | undefined,
): Promise<FoundDraft> => {
	const found = await readDraft(file);
	const {kept} = found;
	if (kept === undefined) return found;
	const saysNothing = kept.count === 0 && kept.halfTyped === undefined;
	if (saysNothing || (journal !== undefined && journal.startedAt >= kept.at)) return {};
	const {overrides, overrideDirectory: baseDirectory, homeDirectory} = source;
	const {draft} = applyOverrides(kept.draft, overrides, {baseDirectory, homeDirectory});
	return {kept: {...kept, draft}};
};

/** Writes the answers of one sitting as they are given. */
export type DraftKeeper = {
	/** Takes the newest answers, and what is typed and not entered; of several that wait only the last are written. Rejects where the disk refuses, until it takes them again once only. */
	readonly keep: (draft: Draft, halfTyped?: HalfTyped) => Promise<void>;
	/** What this sitting has on the disk once everything is written, and where; undefined where it kept nothing. */
	readonly kept: () => Promise<{readonly file: string; readonly count: number} | undefined>;
	/** A run has taken the answers over. @throws the error of the file system */
	readonly forget: () => Promise<void>;
};

/**
 * Keeps unfinished answers for whoever starts next, for this user alone. Never a secret: a form holds `prompt` where one was typed.
 * Relative paths are written down as absolute ones, since the next start may be in another folder.
 */
export const createDraftKeeper = (
	{clock, workingDirectory, homeDirectory}: Pick<Context, 'clock' | 'workingDirectory' | 'homeDirectory'>,
	file: string,
): DraftKeeper => {
	let next: {readonly draft: Draft; readonly halfTyped?: HalfTyped | undefined} | undefined;
	let busy: Promise<void> = Promise.resolve();
	let written: number | undefined;
	let failed = false;
	const writeNext = async (): Promise<void> => {
		if (next === undefined) return;
		const {draft, halfTyped} = next;
		const answers = resolveDraftPaths(draft, {baseDirectory: workingDirectory, homeDirectory});
		next = undefined;
		try {
			await saveFile(
				file,
				`${JSON.stringify({schema: layout, savedAt: clock.now(), answers, halfTyped}, undefined, '\t')}\n`,
			);
			written = givenPaths(answers).length;
			failed = false;
		} catch (error) {
			if (failed) return;
			failed = true;
			throw error;
		}
	};
	return {
		keep: async (draft, halfTyped) => {
			next = {draft, halfTyped};
			const writing = busy.then(writeNext);
			busy = writing.catch(() => undefined);
			return writing;
		},
		kept: async () => {
			await busy;
			return written === undefined ? undefined : {file, count: written};
		},
		forget: async () => {
			await busy;
			written = undefined;
			await takeAway(file);
		},
	};
};

/** What is told about kept answers where somebody leaves; nothing where there are none. */
export const keptWords = (kept: {readonly file: string; readonly count: number} | undefined): readonly string[] =>
	kept === undefined
		? []
		: [
				`${counted(kept.count, 'answer')} kept in ${kept.file}, without what was typed as a secret; the next start offers to go on with them.`,
			];
