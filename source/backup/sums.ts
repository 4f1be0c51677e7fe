import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {lstat, open} from 'node:fs/promises';
import path from 'node:path';
import {isErrno} from '../base/errno.ts';
import {kindOf} from '../base/reading/regular.ts';
import {byText} from '../base/text.ts';
import {backupFiles, unreadable} from './place.ts';
import {backupProblems} from './problems.ts';
import type {BackupManifest, BackupPart} from './types.ts';

/** SHA-256 in hex by file name, sorted: of all parts and of the manifest. */
type Sums = ReadonlyMap<string, string>;

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @param text of the manifest, as it lies */
export const sumsOf = ({parts}: BackupManifest, text: string): Sums =>
	new Map([...parts.map(({file, sha256}) => [file, sha256] as const), [backupFiles.manifest, sumOf(text)]]);

/** The text that `sha256sum` writes for these files, and `sha256sum -c` reads. */
export const sumsText = (sums: Sums): string =>
	[...sums]
		.sort(([one], [other]) => byText(one, other))
		.map(([file, hex]) => `${hex}  ${file}\n`)
		.join('');

const parseSums = (text: string, id: string): Sums => {
	const sums = new Map<string, string>();
	const refused = (line: number) => backupProblems.error('backup-checksums-damaged', {case: 'another form', id, line});
	const lines = text.split('\n');
	if (lines.pop() !== '') throw refused(lines.length + 1);
	for (const [index, line] of lines.entries()) {
		const [, hex, file] = /^([0-9a-f]{64}) {2}([A-Za-z0-9][A-Za-z0-9._-]*)$/u.exec(line) ?? [];
		if (hex === undefined || file === undefined || sums.has(file)) throw refused(index + 1);
		sums.set(file, hex);
	}
	return sums;
};

/** Refuses a list of sums that does not say the same as the manifest. @throws ProblemError `backup-checksums-damaged` */
export const requireSameSums = (list: string, expected: Sums, id: string): void => {
	const sums = parseSums(list, id);
	const names = [...new Set([...sums.keys(), ...expected.keys()])];
	const alone = names.find((file) => !sums.has(file) || !expected.has(file));
	if (alone !== undefined)
		throw backupProblems.error('backup-checksums-damaged', {case: 'another list', id, file: alone});
	const differs = names.find((file) => sums.get(file) !== expected.get(file));
	if (differs !== undefined) {
		throw backupProblems.error('backup-checksums-damaged', {case: 'another sum', id, file: differs});
	}
};

const changed = (folder: string, file: string, given: ChangedGiven) =>
	backupProblems.error('backup-file-changed', {...given, file, folder}, {location: {file: path.join(folder, file)}});

type ChangedGiven =
	| {readonly case: 'missing' | 'link'}
	| {readonly case: 'no file'; readonly what: string}
	| {readonly case: 'size' | 'sum'; readonly actual: string | number; readonly expected: string | number};

/** Whether a part is there and has its size: what can be told without reading it. @throws ProblemError `backup-file-changed`, `backup-unreadable` */
export const requireSize = async (folder: string, {file, bytes}: BackupPart): Promise<void> => {
	const at = path.join(folder, file);
	const status = await lstat(at).catch((error: unknown) => {
		if (isErrno(error, 'ENOENT')) return undefined;
		throw unreadable(at, error);
	});
	if (!status) throw changed(folder, file, {case: 'missing'});
	if (status.isSymbolicLink()) throw changed(folder, file, {case: 'link'});
	if (!status.isFile()) throw changed(folder, file, {case: 'no file', what: kindOf(status)});
	if (status.size !== bytes) throw changed(folder, file, {case: 'size', actual: status.size, expected: bytes});
};

/** The error for a part whose bytes are others than those that were written. */
export const anotherSum = (folder: string, {file, sha256}: BackupPart, actual: string) =>
	changed(folder, file, {case: 'sum', actual, expected: sha256});

/**
 * Reads a part and compares it with its sum.
 * @param onBytes bytes that were read since it was told last
 * @throws ProblemError `backup-file-changed`, `backup-unreadable`
 */
export const requireSum = async (
	folder: string,
	part: BackupPart,
	{signal, onBytes}: {readonly signal: AbortSignal; readonly onBytes?: ((bytes: number) => void) | undefined},
): Promise<void> => {
	await requireSize(folder, part);
	const at = path.join(folder, part.file);
	const hash = createHash('sha256');
	try {
		const handle = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		for await (const piece of handle.createReadStream({highWaterMark: 1024 ** 2, signal})) {
			const bytes: Buffer = piece;
			hash.update(bytes);
			onBytes?.(bytes.length);
		}
	} catch (error) {
		signal.throwIfAborted();
		throw unreadable(at, error);
	}
	const actual = hash.digest('hex');
	if (actual !== part.sha256) throw anotherSum(folder, part, actual);
};
