import {errnoWords} from '../../base/errno.ts';
import {ProblemError} from '../../base/problem.ts';
import {baseProblems} from '../../base/problems.ts';
import {type Journal, writeJournal} from '../../engine/journal.ts';

/** Writes journals one after the other. */
export type JournalWriter = {
	/** Takes the newest journal; of several waiting ones only the last is written. */
	readonly put: (journal: Journal) => void;
	/** Waits until everything is on disk. */
	readonly flush: () => Promise<void>;
};

/**
 * A run that cannot keep its journal must stop: it could not be resumed as promised.
 * `onFailure` gets a ProblemError `state-unwritable`, `state-unreadable`, `state-not-ours` or `folder-not-ours`; `copy` is told of every journal that is on disk.
 */
export const createJournalWriter = (
	file: string,
	options: {readonly onFailure: (error: ProblemError) => void; readonly copy: (journal: Journal) => Promise<void>},
): JournalWriter => {
	let next: Journal | undefined;
	let busy: Promise<void> | undefined;
	const write = async (journal: Journal): Promise<void> => {
		try {
			await writeJournal(file, journal);
		} catch (error) {
			if (error instanceof ProblemError) {
				options.onFailure(error);
				return;
			}
			const given = {case: 'file', file, reason: errnoWords(error, 'write')} as const;
			options.onFailure(baseProblems.error('state-unwritable', given, {location: {file}, error}));
			return;
		}
		await options.copy(journal);
	};
	const writeAll = async (): Promise<void> => {
		while (next) {
			const journal = next;
			next = undefined;
			await write(journal);
		}
	};
	const start = (): void => {
		busy ??= writeAll().finally(() => {
			busy = undefined;
			if (next) start();
		});
	};
	return {
		put: (journal) => {
			next = journal;
			start();
		},
		flush: async () => {
			while (busy) await busy;
		},
	};
};
