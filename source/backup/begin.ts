import {mkdir, readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {folderFault} from '../base/own/folder.ts';
import {ProblemError} from '../base/problem.ts';
import {idsIn} from './list.ts';
import {manifestText, readManifest, writeSmall} from './manifest.ts';
import {openersOf} from './open.ts';
import {backupFiles, makeOurs, newId, realFolder, unwritable} from './place.ts';
import {requireOpens} from './read-part.ts';
import {backupFormat} from './schema.ts';
import {type BackupSettings, readersIn} from './settings.ts';
import {requireSum} from './sums.ts';
import type {BackupManifest, BackupPart} from './types.ts';

/**
 * How old a backup may be that is gone on with, in ms: what a run wrote last week and what it writes today would not fit
 * together.
 */
export const goOnMs = 12 * 60 * 60 * 1000;

/** A folder with a backup that is being made. */
export type Begun = {readonly folder: string; readonly manifest: BackupManifest};

const sameReaders = (one: BackupManifest, settings: BackupSettings): boolean => {
	const {encryption, recipients} = readersIn(settings);
	return one.encryption === encryption && one.recipients.toSorted().join() === recipients.toSorted().join();
};

const canGoOn = (manifest: BackupManifest, purpose: string, settings: BackupSettings): boolean => {
	const age = settings.now() - Date.parse(manifest.createdAt);
	const isOfToday = age >= 0 && age < goOnMs;
	return (
		manifest.finishedAt === undefined && manifest.purpose === purpose && isOfToday && sameReaders(manifest, settings)
	);
};

/** The newest unfinished backup that can be gone on with. What cannot be read is left to whoever looks at the list. */
const unfinishedIn = async (folder: string, purpose: string, settings: BackupSettings): Promise<Begun | undefined> => {
	for (const id of await idsIn(folder)) {
		const own = path.join(folder, id);
		if (folderFault(own)) continue;
		try {
			const {manifest} = await readManifest(own);
			if (canGoOn(manifest, purpose, settings)) return {folder: own, manifest};
		} catch (error) {
			if (!(error instanceof ProblemError)) throw error;
		}
	}
	return undefined;
};

const holds = async (work: Promise<void>): Promise<boolean> => {
	try {
		await work;
		return true;
	} catch (error) {
		if (error instanceof ProblemError) return false;
		throw error;
	}
};

/** Whether the passphrase is still the one that the parts are encrypted with. */
const opensAsNow = async ({folder, manifest}: Begun, part: BackupPart, settings: BackupSettings): Promise<boolean> =>
	manifest.encryption === 'none' ||
	manifest.recipients.length > 0 ||
	holds(requireOpens({folder, manifest, part}, openersOf(settings)));

const goodParts = async (
	begun: Begun,
	settings: BackupSettings,
	signal: AbortSignal,
): Promise<readonly BackupPart[]> => {
	const {folder, manifest} = begun;
	const good: BackupPart[] = [];
	for (const part of manifest.parts) {
		signal.throwIfAborted();
		if (!(await holds(requireSum(folder, part, {signal})))) continue;
		if (good.length === 0 && !(await opensAsNow(begun, part, settings))) return [];
		good.push(part);
	}
	return good;
};

const removeOthers = async (folder: string, parts: readonly BackupPart[]): Promise<void> => {
	const keep = new Set<string>([backupFiles.manifest, ...parts.map(({file}) => file)]);
	for (const name of await readdir(folder)) {
		if (!keep.has(name)) await rm(path.join(folder, name), {recursive: true, force: true});
	}
};

/** Keeps the parts of an unfinished backup whose sums hold, and throws all else of it away. */
const goOn = async (begun: Begun, settings: BackupSettings, signal: AbortSignal): Promise<Begun> => {
	const {folder} = begun;
	const parts = await goodParts(begun, settings, signal);
	const manifest = {...begun.manifest, parts};
	try {
		await removeOthers(folder, parts);
	} catch (error) {
		throw unwritable(folder, error);
	}
	await writeSmall(path.join(folder, backupFiles.manifest), manifestText(manifest));
	return {folder, manifest};
};

const beginNew = async (base: string, purpose: string, run: string, settings: BackupSettings): Promise<Begun> => {
	const now = settings.now();
	const id = newId(now);
	const folder = path.join(base, id);
	await mkdir(folder, 0o700).catch((error: unknown) => {
		throw unwritable(folder, error);
	});
	const manifest: BackupManifest = {
		format: backupFormat,
		id,
		purpose,
		run,
		tool: settings.tool,
		createdAt: new Date(now).toISOString(),
		...readersIn(settings),
		components: [],
		parts: [],
	};
	await writeSmall(path.join(folder, backupFiles.manifest), manifestText(manifest));
	return {folder, manifest};
};

/** As `BackupPort.pending`. */
export const pendingIn = async (settings: BackupSettings, purpose: string): Promise<BackupManifest | undefined> => {
	const base = await realFolder(settings.folder);
	return base === undefined ? undefined : (await unfinishedIn(base, purpose, settings))?.manifest;
};

/** The backup to write into: an unfinished one of that purpose, or a new one. As `BackupPort.begin`. */
export const beginIn = async (
	settings: BackupSettings,
	purpose: string,
	run: string,
	signal: AbortSignal,
): Promise<Begun> => {
	const base = await makeOurs(settings.folder);
	const found = await unfinishedIn(base, purpose, settings);
	return found ? goOn(found, settings, signal) : beginNew(base, purpose, run, settings);
};
