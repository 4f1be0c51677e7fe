import {rm} from 'node:fs/promises';
import {dirname} from 'node:path';
import * as z from 'zod';
import {writeWhole} from '../../base/files.ts';
import {readOwnFile} from '../../base/own/file.ts';
import {makeOwnFolder} from '../../base/own/make.ts';

/**
 * Where uploads that were begun can be gone on with: their `Location`, by repository and digest. It may be lost at any time; then an
 * upload begins anew.
 */
export type UploadMemo = {
	readonly find: (repository: string, digest: string) => Promise<string | undefined>;
	readonly keep: (repository: string, digest: string, location: string) => Promise<void>;
	readonly forget: (repository: string, digest: string) => Promise<void>;
};

const keyOf = (repository: string, digest: string) => `${repository} ${digest}`;

/** Remembers as long as the process lives. */
export const createMemo = (): UploadMemo => {
	const places = new Map<string, string>();
	return {
		find: async (repository, digest) => places.get(keyOf(repository, digest)),
		keep: async (repository, digest, location) => void places.set(keyOf(repository, digest), location),
		forget: async (repository, digest) => void places.delete(keyOf(repository, digest)),
	};
};

const entrySchema = z.object({
	registry: z.string(),
	repository: z.string(),
	digest: z.string(),
	location: z.string(),
	time: z.string(),
});
type Entry = z.infer<typeof entrySchema>;
const fileSchema = z.object({version: z.literal(1), uploads: z.array(entrySchema).max(10_000)});

/** More than that many uploads have, in bytes: a `Location` with a signed query may have 2 KiB. */
const mostBytes = 32 * 1024 * 1024;

/** CNCF distribution purges uploads after a week ("uploadpurging", `age: 168h`); others are not known to keep them longer. */
const oldestMs = 7 * 24 * 3600 * 1000;

/**
 * Remembers beyond the life of the process, in a file that only its owner may read: a `Location` may carry a signed query. The file
 * goes when nothing is left in it. What cannot be read is taken for empty, and what cannot be written is known to this process alone,
 * since it only saves time: a full disk must not end a push.
 * @param options.registry host:port; one file may serve several
 */
export const createFileMemo = (options: {readonly file: string; readonly registry: string}): UploadMemo => {
	const {file, registry} = options;
	let loading: Promise<Map<string, Entry>> | undefined;
	let writing: Promise<void> = Promise.resolve();
	const write = async (text: string): Promise<void> => {
		try {
			await makeOwnFolder(dirname(file));
			// It may be lost: then an upload begins anew.
			await writeWhole(file, text, {sync: false});
		} catch {
			// It only saves time.
		}
	};
	const load = async (): Promise<Map<string, Entry>> => {
		const entries = new Map<string, Entry>();
		try {
			const found = await readOwnFile(file, mostBytes);
			if (!found || found.fault) return entries;
			for (const entry of fileSchema.parse(JSON.parse(found.text)).uploads) {
				if (Date.now() - Date.parse(entry.time) > oldestMs) continue;
				entries.set(`${entry.registry} ${keyOf(entry.repository, entry.digest)}`, entry);
			}
		} catch {
			return entries;
		}
		return entries;
	};
	const entries = () => (loading ??= load());
	const keyHere = (repository: string, digest: string) => `${registry} ${keyOf(repository, digest)}`;
	/** One after the other: each writes the state of its own moment, the last one stays. */
	const save = (): Promise<void> => {
		writing = writing.then(async () => {
			const uploads = [...(await entries()).values()];
			if (uploads.length > 0) return write(`${JSON.stringify({version: 1, uploads}, undefined, '\t')}\n`);
			// One that stays is asked for in vain, or is older than a week one day.
			await rm(file, {force: true}).catch(() => {});
		});
		return writing;
	};
	return {
		find: async (repository, digest) => (await entries()).get(keyHere(repository, digest))?.location,
		keep: async (repository, digest, location) => {
			const time = new Date().toISOString();
			(await entries()).set(keyHere(repository, digest), {registry, repository, digest, location, time});
			await save();
		},
		forget: async (repository, digest) => {
			if ((await entries()).delete(keyHere(repository, digest))) await save();
		},
	};
};
