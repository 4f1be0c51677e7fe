import path from 'node:path';
import {makeFolders} from '../../../base/folders.ts';
import {acquireFileLock} from '../../../base/lock/lock.ts';
import {ProblemError} from '../../../base/problem.ts';
import type {Context} from '../../base/context.ts';

/** Takes the lock in a file, and makes its folder. @returns what gives it back */
type FolderLock = (file: string) => Promise<() => Promise<void>>;

/**
 * Locks for commands that write bundles: two runs must not work on one folder. One that was killed leaves its lock behind, which
 * the next run takes over.
 * @param command told to who looks into the lock
 * @throws ProblemError `install-locked`, `lock-not-ours`, `bundle-create-unwritable`
 */
export const folderLock =
	({pid, hostName, userName, clock, signal}: Context, command: string): FolderLock =>
	async (file) => {
		const {unwritable} = await import('../../../bundle/write/problems.ts');
		const folder = path.dirname(file);
		await makeFolders(folder).catch(unwritable(folder));
		const me = {pid, host: hostName, user: userName, runId: command, startedAt: clock.now()};
		const unlock = await acquireFileLock(file, me, {signal}).catch((error: unknown) => {
			if (!(error instanceof ProblemError) || error.problem.code !== 'state-unwritable') throw error;
			// Its words are about the folder of an install.
			return unwritable(folder)(error.cause);
		});
		// A lock that stays is a dead run's, and the next one takes it.
		return async () => {
			await unlock();
		};
	};
