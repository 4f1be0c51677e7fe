import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {printable} from '../base/printable.ts';
import {byText, counted, cutTo, firstOf} from '../base/text.ts';
import type {Openers} from './age/decrypt.ts';
import {idsIn} from './list.ts';
import {readManifest, readSmall} from './manifest.ts';
import {backupFiles, isBackupId, realFolder, requireOurs, unreadable} from './place.ts';
import {backupProblems} from './problems.ts';
import {readPart} from './read-part.ts';
import type {BackupSettings} from './settings.ts';
import {checkSignature, type Unsigned} from './sign.ts';
import {requireSameSums, requireSum, sumsOf} from './sums.ts';
import type {BackupManifest, BackupProgress, ReadBackup} from './types.ts';

/** What this run can open files with. */
export const openersOf = ({passphrase, identity, onSecret}: BackupSettings): Openers => ({
	passphrase,
	identity,
	onSecret,
});

/** The folder of a backup. @throws ProblemError `backup-not-found`, `backup-folder-not-ours` */
export const folderOf = async (folder: string, id: string): Promise<string> => {
	if (!isBackupId(id)) throw backupProblems.error('backup-not-found', {case: 'no id', id, folder});
	const real = await realFolder(folder);
	if (real !== undefined) requireOurs(real);
	const ids = real === undefined ? [] : await idsIn(real);
	if (real !== undefined && ids.includes(id)) {
		const found = path.join(real, id);
		requireOurs(found);
		return found;
	}
	const given = ids.length > 0 ? ({case: 'some', ids: firstOf(ids, 5)} as const) : ({case: 'none'} as const);
	throw backupProblems.error('backup-not-found', {...given, id, folder});
};

const requireSums = async (
	folder: string,
	{parts}: BackupManifest,
	options: {readonly signal: AbortSignal; readonly onProgress?: BackupProgress | undefined},
): Promise<void> => {
	const total = parts.reduce((sum, {bytes}) => sum + bytes, 0);
	let done = 0;
	for (const part of parts) {
		options.signal.throwIfAborted();
		const onBytes = (bytes: number): void => {
			done += bytes;
			options.onProgress?.({file: part.file, done, total});
		};
		await requireSum(folder, part, {signal: options.signal, onBytes});
	}
};

/** What lies in the folder of a backup and belongs to nothing of it. @throws ProblemError `backup-unreadable` */
const unnamedIn = async (folder: string, {parts}: BackupManifest): Promise<readonly string[]> => {
	const named = new Set<string>([...Object.values(backupFiles), ...parts.map(({file}) => file)]);
	const names = await readdir(folder).catch((error: unknown) => {
		throw unreadable(folder, error);
	});
	return names.filter((name) => !named.has(name)).sort(byText);
};

/** What is to be known of files that no sum covers; nothing where there are none. Names are cleaned. */
export const unnamedWords = ({folder, unnamed = []}: Pick<ReadBackup, 'folder' | 'unnamed'>): readonly string[] => {
	if (unnamed.length === 0) return [];
	const names = firstOf(
		unnamed.map((name) => printable(cutTo(name, 80))),
		5,
	);
	return [
		`The manifest of the backup does not name ${counted(unnamed.length, 'file')} in ${folder}: ${names}. No sum and no signature covers ${unnamed.length === 1 ? 'it; it is' : 'them; they are'} not read.`,
	];
};

/** How a backup is opened. */
type Opening = {
	readonly signal: AbortSignal;
	readonly onProgress?: BackupProgress | undefined;
	/** By default one without a signature is refused where a key is there. */
	readonly unsigned?: Unsigned | undefined;
};

/** A backup that was opened, and the lists that cover it. */
export type Opened = {
	readonly read: ReadBackup;
	/** The texts of `SHA256SUMS` and of the manifest, which were compared. */
	readonly list: string;
	readonly manifestText: string;
};

/** As `BackupPort.open`, with the texts that were compared. */
export const openWithTexts = async (settings: BackupSettings, id: string, options: Opening): Promise<Opened> => {
	const folder = await folderOf(settings.folder, id);
	const {manifest, text} = await readManifest(folder);
	if (manifest.finishedAt === undefined) throw backupProblems.error('backup-unfinished', {id});
	const list = await readSmall(path.join(folder, backupFiles.checksums));
	if (list === undefined) throw backupProblems.error('backup-checksums-damaged', {case: 'no list', id});
	const {signingKey: keyFile} = settings;
	const signer = await checkSignature(folder, list, {keyFile, purpose: manifest.purpose, unsigned: options.unsigned});
	requireSameSums(list, sumsOf(manifest, text), id);
	await requireSums(folder, manifest, options);
	const unnamed = await unnamedIn(folder, manifest);
	const openers = openersOf(settings);
	const read: ReadBackup = {
		folder,
		manifest,
		signer,
		...(unnamed.length > 0 && {unnamed}),
		read: (part, signal) => readPart({folder, manifest, part}, openers, signal),
	};
	return {read, list, manifestText: text};
};

/** As `BackupPort.open`. */
export const openBackup = async (settings: BackupSettings, id: string, options: Opening): Promise<ReadBackup> =>
	(await openWithTexts(settings, id, options)).read;
