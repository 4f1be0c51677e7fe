import {createHash} from 'node:crypto';
import {lstat, readFile} from 'node:fs/promises';
import path from 'node:path';
import {isErrno} from '../errno.ts';
import {sizeOfFile, takeAway, writeWhole} from '../files.ts';

/** The file in each folder of papers that names what was written there: only that may be written over or removed. */
export const recordFile = '.zenml-airgap-pack';

/** Names of files, each with the SHA-256 digests that were written under it: the last one, and what a run that was killed was about to. */
export type PackRecord = ReadonlyMap<string, ReadonlySet<string>>;

/** Stands for the digest of a secret: one of a short password would tell it to whoever gets the folder. */
export const ofSecret = 'secret';

/** Larger is no record, and no paper. Bytes. */
const mostBytes = 16 * 1024 * 1024;

/** A digest and a plain name: nothing that leads to another folder. */
const lineForm = /^(secret|[0-9a-f]{64}) {2}([\w-][\w.-]*)$/u;

/** SHA-256 in lower-case digits. */
export const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** What was written to a folder; empty where nothing was, and of lines that are none. @throws the error of the file system */
export const readRecord = async (folder: string): Promise<PackRecord> => {
	const file = path.join(folder, recordFile);
	const size = await sizeOfFile(file);
	const record = new Map<string, Set<string>>();
	if (size === undefined || size > mostBytes) return record;
	for (const line of (await readFile(file, 'utf8')).split('\n')) {
		const [, digest, name] = lineForm.exec(line) ?? [];
		if (digest !== undefined && name !== undefined) record.set(name, (record.get(name) ?? new Set()).add(digest));
	}
	return record;
};

const textOf = (record: PackRecord): string =>
	[...record]
		.flatMap(([name, digests]) => [...digests].map((digest) => `${digest}  ${name}\n`))
		.sort()
		.join('');

/** Writes the record where it differs from the one that is there; one of nothing is taken away. @throws the error of the file system */
export const writeRecord = async (folder: string, record: PackRecord): Promise<void> => {
	const file = path.join(folder, recordFile);
	const text = textOf(record);
	if (text === textOf(await readRecord(folder))) return;
	await (text === '' ? takeAway(file) : writeWhole(file, text));
};

/** What lies under a name: nothing, what this program wrote, or anything else. @throws the error of the file system */
export const foundAt = async (file: string, digests: ReadonlySet<string>): Promise<'nothing' | 'ours' | 'other'> => {
	const size = await sizeOfFile(file);
	if (size === undefined)
		return lstat(file).then(
			() => 'other',
			(error: unknown) => {
				if (isErrno(error, 'ENOENT', 'ENOTDIR')) return 'nothing';
				throw error;
			},
		);
	if (digests.has(ofSecret)) return 'ours';
	if (size > mostBytes) return 'other';
	return digests.has(digestOf(await readFile(file))) ? 'ours' : 'other';
};
