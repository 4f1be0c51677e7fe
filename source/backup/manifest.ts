import path from 'node:path';
import {writeWhole} from '../base/files.ts';
import {type FileFault, readOwnFile} from '../base/own/file.ts';
import {isMap} from '../base/text.ts';
import {backupFiles, unreadable, unwritableOrFull} from './place.ts';
import {backupProblems} from './problems.ts';
import {backupFormat, manifestSchema} from './schema.ts';
import type {BackupManifest} from './types.ts';

/** Far above a thousand databases of a hundred tables each. */
const mostBytes = 32 * 1024 ** 2;

/** The text of a manifest, whose bytes `SHA256SUMS` covers. */
export const manifestText = (manifest: BackupManifest): string => `${JSON.stringify(manifest, undefined, '\t')}\n`;

/** Writes a file of a backup that is no part, whole or not at all. @throws ProblemError `backup-disk-full`, `backup-unwritable` */
export const writeSmall = async (file: string, text: string): Promise<void> => {
	await writeWhole(file, text).catch(async (error: unknown) => {
		throw await unwritableOrFull(file, error, 0);
	});
};

const whatIs = (fault: Exclude<FileFault, {readonly kind: 'too large'}>): string =>
	fault.kind === 'owner' ? `of the user with number ${fault.owner}` : fault.is;

/** The text of a small file of ours. @returns undefined where there is none @throws ProblemError `backup-manifest-damaged`, `backup-unreadable` */
export const readSmall = async (file: string): Promise<string | undefined> => {
	const found = await readOwnFile(file, mostBytes).catch((error: unknown) => {
		throw unreadable(file, error);
	});
	if (!found) return undefined;
	const {fault} = found;
	if (!fault) return found.text;
	const at = {location: {file}};
	if (fault.kind === 'too large') {
		throw backupProblems.error('backup-manifest-damaged', {case: 'too large', file, bytes: fault.bytes}, at);
	}
	throw backupProblems.error('backup-manifest-damaged', {case: 'another thing', file, what: whatIs(fault)}, at);
};

const jsonOf = (text: string, file: string): unknown => {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw backupProblems.error('backup-manifest-damaged', {case: 'no JSON', file}, {location: {file}, error});
	}
};

/**
 * Takes the text of a manifest.
 * @param folder whose name is the id of the backup
 * @throws ProblemError `backup-newer`, `backup-manifest-damaged`
 */
export const parseManifest = (text: string, folder: string): BackupManifest => {
	const file = path.join(folder, backupFiles.manifest);
	const id = path.basename(folder);
	const more = {location: {file}};
	const value = jsonOf(text, file);
	const format = isMap(value) ? value.format : undefined;
	if (typeof format === 'number' && format > backupFormat) {
		throw backupProblems.error('backup-newer', {id, format, understood: backupFormat}, more);
	}
	const {data, error} = manifestSchema.safeParse(value);
	if (!data) {
		const issue = error.issues[0];
		const place = issue?.path.join('.') || 'the whole file';
		const given = {case: 'fault', file, place, fault: issue?.message ?? 'not understood'} as const;
		throw backupProblems.error('backup-manifest-damaged', given, more);
	}
	if (data.id === id) return data;
	throw backupProblems.error('backup-manifest-damaged', {case: 'another id', file, says: data.id, id}, more);
};

/** Reads the manifest of a backup. @throws ProblemError as `parseManifest`; `backup-unreadable` */
export const readManifest = async (
	folder: string,
): Promise<{readonly manifest: BackupManifest; readonly text: string}> => {
	const file = path.join(folder, backupFiles.manifest);
	const text = await readSmall(file);
	if (text !== undefined) return {manifest: parseManifest(text, folder), text};
	throw backupProblems.error('backup-manifest-damaged', {case: 'no file', file}, {location: {file}});
};
