import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {isErrno} from '../base/errno.ts';
import {sizeOfFile} from '../base/files.ts';
import {folderFault} from '../base/own/folder.ts';
import {ProblemError} from '../base/problem.ts';
import {readManifest, readSmall} from './manifest.ts';
import {backupFiles, isBackupId, realFolder, requireOurs, unreadable} from './place.ts';
import {usesSchema} from './schema.ts';
import {requireSize} from './sums.ts';
import type {BackupManifest, BackupSummary, BackupUse} from './types.ts';

/** Ids of the backups below a folder, newest first. Nothing where there is no folder. */
export const idsIn = async (folder: string): Promise<readonly string[]> => {
	const names = await readdir(folder).catch((error: unknown) => {
		if (isErrno(error, 'ENOENT')) return [];
		throw unreadable(folder, error);
	});
	return names.filter(isBackupId).sort().reverse();
};

/** Notes that cannot be read are none: they say nothing of whether the backup is good. */
export const usesOf = async (folder: string): Promise<readonly BackupUse[]> => {
	try {
		const text = await readSmall(path.join(folder, backupFiles.uses));
		return text === undefined ? [] : (usesSchema.safeParse(JSON.parse(text)).data ?? []);
	} catch {
		return [];
	}
};

const total = ({parts}: BackupManifest): number => parts.reduce((sum, {bytes}) => sum + bytes, 0);

const stateOf = async (folder: string, manifest: BackupManifest): Promise<BackupSummary['state']> => {
	if (manifest.finishedAt === undefined) return 'unfinished';
	for (const part of manifest.parts) await requireSize(folder, part);
	return 'whole';
};

const foundAt = async (folder: string): Promise<Pick<BackupSummary, 'state' | 'manifest' | 'problem'>> => {
	let manifest: BackupManifest | undefined;
	try {
		requireOurs(folder);
		({manifest} = await readManifest(folder));
		return {state: await stateOf(folder, manifest), manifest};
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		const {problem} = error;
		return {state: problem.code === 'backup-newer' ? 'newer' : 'broken', manifest, problem};
	}
};

/** A backup as a list shows it. @param folder its own */
export const summaryOf = async (folder: string): Promise<BackupSummary> => {
	const found = await foundAt(folder);
	const isSigned = (await sizeOfFile(path.join(folder, backupFiles.signature))) !== undefined;
	return {
		id: path.basename(folder),
		folder,
		...found,
		bytes: found.manifest ? total(found.manifest) : 0,
		signed: isSigned && found.manifest?.finishedAt !== undefined,
		// A link may lead to what is not ours.
		uses: folderFault(folder) ? [] : await usesOf(folder),
	};
};

/** All backups below a folder, newest first. */
export const listIn = async (folder: string, signal: AbortSignal): Promise<readonly BackupSummary[]> => {
	const real = await realFolder(folder);
	if (real === undefined) return [];
	const summaries: BackupSummary[] = [];
	for (const id of await idsIn(real)) {
		signal.throwIfAborted();
		summaries.push(await summaryOf(path.join(real, id)));
	}
	return summaries;
};
