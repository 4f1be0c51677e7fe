import {access, constants} from 'node:fs/promises';
import path from 'node:path';
import {ProblemError} from '../base/problem.ts';
import {requireRecipients} from './age/encrypt.ts';
import {type Begun, beginIn, pendingIn} from './begin.ts';
import {countersign} from './countersign.ts';
import {listIn, usesOf} from './list.ts';
import {making} from './making.ts';
import {manifestText, readManifest, writeSmall} from './manifest.ts';
import {folderOf, openBackup} from './open.ts';
import {backupFiles, nearestThere, realFolder, requireOurs, requireRoom, unwritable} from './place.ts';
import {pruneIn} from './prune.ts';
import {type BackupSettings, readersOf} from './settings.ts';
import {openSigningKey} from './sign.ts';
import {requireSize} from './sums.ts';
import type {BackupManifest, BackupPort} from './types.ts';

const mostUses = 100;
/** What a backup takes beside its dumps. */
const spareBytes = 16 * 1024 ** 2;

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

/** Whether an unfinished backup lies as this port left it. */
const isAsLeft = async ({folder, manifest}: Begun): Promise<boolean> => {
	try {
		const {text} = await readManifest(folder);
		for (const part of manifest.parts) await requireSize(folder, part);
		return manifest.finishedAt === undefined && text === manifestText(manifest);
	} catch (error) {
		if (error instanceof ProblemError) return false;
		throw error;
	}
};

/** The folder of backups that the answers name. Nothing is made or read before it is asked for. */
export const createBackups = (settings: BackupSettings): BackupPort => {
	const {folder} = settings;
	/** What this port writes into, by run and purpose: its sums are known, and a step must not read gigabytes to add to them. */
	const own = new Map<string, Begun>();
	return {
		folder,
		list: (signal) => listIn(folder, signal),
		ready: async (bytes, signal) => {
			await requireMakers(settings);
			signal.throwIfAborted();
			await requireWritable(folder);
			await requireRoom(folder, bytes + spareBytes);
		},
		begin: async (purpose, run, signal) => {
			const readers = await requireMakers(settings);
			const known = own.get(`${run} ${purpose}`);
			const begun = known && (await isAsLeft(known)) ? known : await beginIn(settings, purpose, run, signal);
			const onChange = (manifest: BackupManifest): void => {
				own.set(`${run} ${purpose}`, {folder: begun.folder, manifest});
			};
			onChange(begun.manifest);
			return making(begun, {settings, readers, signal, onChange});
		},
		pending: (purpose) => pendingIn(settings, purpose),
		open: (id, signal, onProgress, unsigned) => openBackup(settings, id, {signal, onProgress, unsigned}),
		countersign: (id, vouched, signal, onProgress) => countersign(settings, id, {vouched, signal, onProgress}),
		prune: (retention, signal) => pruneIn(folder, retention, settings.now(), signal),
		noteUse: async (id, use) => {
			const own = await folderOf(folder, id);
			const uses = [...(await usesOf(own)), use].slice(-mostUses);
			await writeSmall(path.join(own, backupFiles.uses), `${JSON.stringify(uses, undefined, '\t')}\n`);
		},
	};
};
