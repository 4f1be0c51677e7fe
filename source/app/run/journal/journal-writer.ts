import {errnoWords} from '../../../base/errno.ts';
import {ProblemError} from '../../../base/problem.ts';
import {baseProblems} from '../../../base/problems.ts';
import {type Journal, writeJournal} from '../../../engine/journal.ts';
import {newestFirst} from './newest.ts';

/** Writes journals one after the other. */
export type JournalWriter = {
	/** Takes the newest journal; of several waiting ones only the last is written. */
	readonly put: (journal: Journal) => void;
	/** Waits until the newest one is on disk. */
	readonly saved: () => Promise<void>;
	/** Waits until it is on disk and copied. */
	readonly flush: () => Promise<void>;
};

/**
 * A run that cannot keep its journal must stop: it could not be resumed as promised.
 * `onFailure` gets a ProblemError `state-unwritable`, `state-unreadable`, `state-not-ours` or `folder-not-ours`; `copy` is told of journals
 * that are on disk, and the disk does not wait for it.
 */
export const createJournalWriter = (
	file: string,
	options: {readonly onFailure: (error: ProblemError) => void; readonly copy: (journal: Journal) => Promise<void>},
): JournalWriter => {
	const copies = newestFirst(options.copy);
	const onDisk = newestFirst(async (journal: Journal) => {
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
		copies.put(journal);
	});
	return {
		put: onDisk.put,
		saved: onDisk.flush,
		flush: async () => {
			await onDisk.flush();
			await copies.flush();
		},
	};
};
