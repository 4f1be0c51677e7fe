import {access, constants} from 'node:fs/promises';
import path from 'node:path';
import {requireRecipients} from './age/encrypt.ts';
import {beginIn} from './begin.ts';
import {listIn, usesOf} from './list.ts';
import {making} from './making.ts';
import {writeSmall} from './manifest.ts';
import {folderOf, openBackup} from './open.ts';
import {backupFiles, nearestThere, realFolder, requireOurs, requireRoom, unwritable} from './place.ts';
import {pruneIn} from './prune.ts';
import {type BackupSettings, readersOf} from './settings.ts';
import {openSigningKey} from './sign.ts';
import type {BackupPort} from './types.ts';

const mostUses = 100;

/** @throws ProblemError `backup-folder-not-ours`, `backup-unwritable` */
const requireWritable = async (folder: string): Promise<void> => {
	const real = await realFolder(folder);
	if (real !== undefined) requireOurs(real);
	const there = real ?? (await nearestThere(folder));
	await access(there, constants.W_OK | constants.X_OK).catch((error: unknown) => {
		throw unwritable(folder, error);
	});
};

/** The readers of what is to be made, and whether it can be signed. */
const requireMakers = async (settings: BackupSettings) => {
	const readers = await readersOf(settings);
	if (readers && 'recipients' in readers) requireRecipients(readers.recipients);
	if (settings.signingKey !== undefined) await openSigningKey(settings.signingKey);
	return readers;
};

/** The folder of backups that the answers name. Nothing is made or read before it is asked for. */
export const createBackups = (settings: BackupSettings): BackupPort => {
	const {folder} = settings;
	return {
		folder,
		list: (signal) => listIn(folder, signal),
		ready: async (bytes, signal) => {
			await requireMakers(settings);
			signal.throwIfAborted();
			await requireWritable(folder);
			await requireRoom(folder, bytes);
		},
		begin: async (purpose, run, signal) => {
			const readers = await requireMakers(settings);
			const begun = await beginIn(settings, purpose, run, signal);
			return making(begun, {settings, readers, signal});
		},
		open: (id, signal, onProgress) => openBackup(settings, id, {signal, onProgress}),
		prune: (retention, signal) => pruneIn(folder, retention, settings.now(), signal),
		noteUse: async (id, use) => {
			const own = await folderOf(folder, id);
			const uses = [...(await usesOf(own)), use].slice(-mostUses);
			await writeSmall(path.join(own, backupFiles.uses), `${JSON.stringify(uses, undefined, '\t')}\n`);
		},
	};
};
