import {join} from 'node:path';
import {sizeOfFile} from '../../../source/base/files.ts';
import {namesIn, type Places, writeIn} from './places.ts';

/** Blobs lie once; a repository has those that are linked into it. */
export const createBlobs = (at: Places) => ({
	path: at.blob,
	/** Bytes, or undefined when this repository does not have it; other repositories do not count. */
	size: async (repository: string, digest: string): Promise<number | undefined> =>
		(await sizeOfFile(at.link(repository, digest))) === undefined ? undefined : sizeOfFile(at.blob(digest)),
	link: (repository: string, digest: string): Promise<void> => writeIn(at.link(repository, digest), ''),
	/** Bytes of all blobs. */
	total: async (): Promise<number> => {
		const sizes = await Promise.all((await namesIn(at.blobs)).map((name) => sizeOfFile(join(at.blobs, name))));
		return sizes.reduce<number>((sum, size = 0) => sum + size, 0);
	},
});

export type Blobs = ReturnType<typeof createBlobs>;
