import {createHash} from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import type {Identity} from '../../archive/identity.ts';
import {saveFile} from '../../base/files.ts';
import {readOwnFile} from '../../base/own/file.ts';
import {folderFault} from '../../base/own/folder.ts';

/** Bytes of files that were read and had the digest they should have, with the time of that. */
export type Memo = {
	/** When these bytes were verified, in ms since the epoch; `undefined` when they were not, or the files have changed. */
	readonly when: (key: string) => number | undefined;
	readonly add: (key: string, at: number) => void;
	/** These bytes were read and are wrong, whatever an earlier run found. */
	readonly drop: (key: string) => void;
	/** Puts what is new to disk, in one move. @throws the error of the file system */
	readonly save: () => Promise<void>;
};

/** What stands for bytes of files with a digest in the memo. `starts` is where each file begins in the row of bytes. */
export const memoKey = (
	files: readonly Identity[],
	bytes: {
		readonly row: string;
		readonly starts: readonly number[];
		readonly offset: number;
		readonly size: number;
		readonly digest: string;
	},
): string =>
	createHash('sha256')
		.update(
			JSON.stringify([files.map(({key}) => key), bytes.row, bytes.starts, bytes.offset, bytes.size, bytes.digest]),
		)
		.digest('hex')
		.slice(0, 32);

/** Version 1 may hold entries of files that were damaged: no other version is believed. */
const version = 2;

const fileSchema = z.object({
	version: z.literal(version) /** Ms since the epoch, in the years that a calendar has. */,
	verified: z.record(z.string(), z.number().min(0).max(8.64e15)),
});

/** Some bundles of some hundred blobs each; older entries go first. About 250 KB. */
const mostEntries = 5000;

/** Far more than that many entries have, in bytes. */
const mostBytes = 4 * 1024 * 1024;

const load = async (file: string): Promise<ReadonlyMap<string, number>> => {
	try {
		// It only saves time: one that is missing, damaged or maybe somebody else's word means that files are read again.
		if (folderFault(path.dirname(file))) return new Map();
		const found = await readOwnFile(file, mostBytes);
		const parsed = fileSchema.safeParse(JSON.parse(found?.fault ? '' : (found?.text ?? '')));
		return new Map(parsed.success ? Object.entries(parsed.data.verified) : []);
	} catch {
		return new Map();
	}
};

/** A memo that ends with the process. */
export const emptyMemo = (): Memo => {
	const verified = new Map<string, number>();
	return {
		when: (key) => verified.get(key),
		add: (key, at) => verified.set(key, at),
		drop: (key) => verified.delete(key),
		save: async () => undefined,
	};
};

/**
 * Opens the memo in a file, which need not be there.
 * @param options.forget nothing that was verified earlier counts; what is verified now is still kept
 */
export const openMemo = async (file: string, options: {readonly forget?: boolean} = {}): Promise<Memo> => {
	const known = options.forget ? new Map<string, number>() : new Map(await load(file));
	const fresh = new Map<string, number>();
	const wrong = new Set<string>();
	let unsaved = false;
	return {
		when: (key) => fresh.get(key) ?? known.get(key),
		add: (key, at) => {
			wrong.delete(key);
			fresh.set(key, at);
			unsaved = true;
		},
		drop: (key) => {
			known.delete(key);
			fresh.delete(key);
			wrong.add(key);
			unsaved = true;
		},
		save: async () => {
			if (!unsaved) return;
			// What comes while this is written goes with the next.
			unsaved = false;
			// Another run may have written meanwhile; of two at the same moment one is lost, which costs a second reading.
			const all = [...new Map([...(await load(file)), ...fresh])]
				.filter(([key]) => !wrong.has(key))
				.sort(([, a], [, b]) => b - a)
				.slice(0, mostEntries);
			try {
				await saveFile(file, `${JSON.stringify({version, verified: Object.fromEntries(all)})}\n`);
			} catch (error) {
				unsaved = true;
				throw error;
			}
		},
	};
};
