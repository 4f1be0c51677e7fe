import {createHash, randomUUID} from 'node:crypto';
import {open, readdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {sizeOfFile, syncFile} from '../../../source/base/files.ts';
import type {Blobs} from './blobs.ts';
import {type Places, readIn, writeIn} from './places.ts';

const oneDayMs = 24 * 3600 * 1000;
const chunkBytes = 1024 * 1024;

/** Puts the bytes of a file on the disk and hands back their digest. */
const settle = async (file: string): Promise<string> => {
	const handle = await open(file, 'r+');
	try {
		const hash = createHash('sha256');
		const stream = handle.createReadStream({start: 0, highWaterMark: chunkBytes, autoClose: false});
		for await (const chunk of stream) hash.update(chunk as Buffer);
		await syncFile(handle);
		return `sha256:${hash.digest('hex')}`;
	} finally {
		await handle.close();
	}
};

/** Blobs on their way in. One that breaks off stays, and goes on where it was. */
export const createUploads = (at: Places, blobs: Blobs) => ({
	path: at.upload,
	begin: async (repository: string): Promise<string> => {
		const id = randomUUID();
		await writeFile(at.upload(id), '');
		await writeIn(at.uploadOwner(id), repository);
		return id;
	},
	/** Bytes received so far, or undefined when this repository has no such upload. */
	size: async (repository: string, id: string): Promise<number | undefined> => {
		const owner = (await readIn(at.uploadOwner(id)))?.toString('utf8');
		return owner === repository ? sizeOfFile(at.upload(id)) : undefined;
	},
	cancel: async (id: string): Promise<void> => {
		await rm(at.upload(id), {force: true});
		await rm(at.uploadOwner(id), {force: true});
	},
	/** Makes a finished upload a blob. @returns false when its bytes do not have that digest */
	commit: async (repository: string, id: string, digest: string): Promise<boolean> => {
		if ((await settle(at.upload(id))) !== digest) return false;
		await rename(at.upload(id), at.blob(digest));
		await rm(at.uploadOwner(id), {force: true});
		await blobs.link(repository, digest);
		return true;
	},
	/** Removes what nobody has touched for a day. */
	forgetOld: async (): Promise<void> => {
		for (const name of await readdir(at.uploads)) {
			const file = join(at.uploads, name);
			if (Date.now() - (await stat(file)).mtimeMs > oneDayMs) await rm(file, {force: true});
		}
	},
});

export type Uploads = ReturnType<typeof createUploads>;
