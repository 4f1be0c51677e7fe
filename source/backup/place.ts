import {randomBytes} from 'node:crypto';
import {realpath, stat, statfs} from 'node:fs/promises';
import path from 'node:path';
import {errnoWords, isDiskFull, isErrno, isSystemError} from '../base/errno.ts';
import {makeFolders} from '../base/folders.ts';
import {toldFault} from '../base/own/told-fault.ts';
import type {ProblemError} from '../base/problem.ts';
import {formatBytes} from '../base/units.ts';
import {backupProblems} from './problems.ts';

/** Files of a backup beside its parts. The last one is no part of it: it changes later, and no sum covers it. */
export const backupFiles = {
	manifest: 'manifest.json',
	checksums: 'SHA256SUMS',
	signature: 'SHA256SUMS.minisig',
	uses: 'restored.json',
} as const;

/** The purpose of backups that the cluster makes by itself. */
export const scheduledPurpose = 'scheduled';

/** A part that is not whole yet. */
export const partial = (file: string): string => `${file}.partial`;

const idPattern = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/u;

export const isBackupId = (name: string): boolean => idPattern.test(name);

/** An id that sorts by time: UTC, and six random digits for two of one second. @param now ms since the epoch */
export const newId = (now: number): string =>
	`${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/gu, '')}-${randomBytes(3).toString('hex')}`;

/** Refuses a folder that is not this user's alone. @throws ProblemError `backup-folder-not-ours` */
export const requireOurs = (folder: string): void => {
	const fault = toldFault(folder);
	if (fault) throw backupProblems.error('backup-folder-not-ours', fault, {location: {file: folder}});
};

/** The folder of backups itself may be behind links: whoever gave its path has put them there. Undefined where there is none. */
export const realFolder = async (folder: string): Promise<string | undefined> => {
	try {
		return await realpath(folder);
	} catch (error) {
		if (isErrno(error, 'ENOENT')) return undefined;
		throw unreadable(folder, error);
	}
};

/** Makes a folder for this user alone where there is none. @throws ProblemError `backup-folder-not-ours`, `backup-unwritable` */
export const makeOurs = async (folder: string): Promise<string> => {
	await makeFolders(folder, 0o700).catch((error: unknown) => {
		if (!isErrno(error, 'EEXIST', 'ENOTDIR')) throw unwritable(folder, error);
	});
	const real = (await realFolder(folder)) ?? folder;
	requireOurs(real);
	return real;
};

/** The nearest folder above that is there. */
export const nearestThere = async (folder: string): Promise<string> => {
	const isThere = await stat(folder).then(
		() => true,
		() => false,
	);
	return isThere || path.dirname(folder) === folder ? folder : nearestThere(path.dirname(folder));
};

/** Bytes free for this user on the disk where a folder is, or will be. */
export const freeBytes = async (folder: string): Promise<number> => {
	const {bavail, bsize} = await statfs(await nearestThere(folder));
	return bavail * bsize;
};

/** @param needs bytes, as far as is known @throws ProblemError `backup-disk-full` */
export const requireRoom = async (folder: string, needs: number): Promise<void> => {
	const free = await freeBytes(folder);
	if (needs <= free) return;
	const sizes = {needs: formatBytes(needs), has: formatBytes(free)};
	throw backupProblems.error('backup-disk-full', {case: 'known before', folder, ...sizes});
};

/** What is thrown where the system did not let a file be read; anything else is thrown as it is. */
export const unreadable = (file: string, error: unknown): unknown =>
	isSystemError(error)
		? backupProblems.error('backup-unreadable', {file, reason: errnoWords(error, 'read')}, {location: {file}, error})
		: error;

/** As `unreadable`, of a file or folder that could not be written. */
export const unwritable = (file: string, error: unknown): unknown => {
	if (!isSystemError(error)) return error;
	const given = {file, reason: errnoWords(error, 'write'), folder: path.dirname(file)};
	return backupProblems.error('backup-unwritable', given, {location: {file}, error});
};

/**
 * As `unwritable`, with the room that is left where the disk became full.
 * @param written bytes of the file that went before
 */
export const unwritableOrFull = async (file: string, error: unknown, written: number): Promise<unknown> => {
	if (!isDiskFull(error)) return unwritable(file, error);
	const folder = path.dirname(file);
	const free = await freeBytes(folder).catch(() => 0);
	const given = {needs: formatBytes(written), has: formatBytes(free), file: path.basename(file), folder};
	return backupProblems.error('backup-disk-full', {case: 'while writing', ...given}, {error}) satisfies ProblemError;
};
