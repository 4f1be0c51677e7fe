import {createHash, randomUUID} from 'node:crypto';
import {mkdir, open, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';

export type StoredManifest = {readonly mediaType: string; readonly digest: string; readonly bytes: Buffer};

/**
 * The registry's memory on disk. Whatever is visible is whole: files are written under another name, flushed and
 * renamed, so a kill at any moment leaves either the old state or the new one. An unfinished upload stays and goes on.
 *
 * `blobs/HEX` · `uploads/ID` with `ID.repository` · `repositories/NAME/_blobs/HEX`, `_manifests/HEX`, `_tags/TAG`
 */
export const createStore = (root: string) => {
	const hexOf = (digest: string) => digest.slice('sha256:'.length);
	const blobPath = (digest: string) => join(root, 'blobs', hexOf(digest));
	const inRepository = (repository: string, ...rest: string[]) => join(root, 'repositories', repository, ...rest);
	const uploadPath = (id: string) => join(root, 'uploads', id);

	const sizeOf = async (path: string): Promise<number | undefined> => {
		const status = await stat(path).catch(() => undefined);
		return status?.isFile() ? status.size : undefined;
	};
	const write = async (path: string, content: string | Buffer): Promise<void> => {
		await mkdir(dirname(path), {recursive: true});
		const temporary = `${path}.${randomUUID()}.tmp`;
		const handle = await open(temporary, 'wx');
		try {
			await handle.writeFile(content);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(temporary, path);
	};
	const read = (path: string) => readFile(path).catch(() => undefined);
	const list = async (path: string): Promise<readonly string[]> =>
		(await readdir(path).catch(() => [])).filter((name) => !name.endsWith('.tmp')).sort();
	const uploadOf = async (repository: string, id: string): Promise<number | undefined> => {
		const owner = (await read(`${uploadPath(id)}.repository`))?.toString('utf8');
		return owner === repository ? await sizeOf(uploadPath(id)) : undefined;
	};
	const blobSize = async (repository: string, digest: string): Promise<number | undefined> =>
		(await sizeOf(inRepository(repository, '_blobs', hexOf(digest)))) === undefined
			? undefined
			: await sizeOf(blobPath(digest));
	const link = (repository: string, digest: string) => write(inRepository(repository, '_blobs', hexOf(digest)), '');
	const digestOf = async (repository: string, reference: string): Promise<string | undefined> =>
		reference.startsWith('sha256:')
			? reference
			: (await read(inRepository(repository, '_tags', reference)))?.toString('utf8');

	return {
		/** Makes the folders, and removes uploads that nobody has touched for a day. */
		prepare: async (): Promise<void> => {
			for (const folder of ['blobs', 'uploads', 'repositories']) await mkdir(join(root, folder), {recursive: true});
			for (const name of await readdir(join(root, 'uploads'))) {
				const {mtimeMs} = await stat(join(root, 'uploads', name));
				if (Date.now() - mtimeMs > 24 * 3600 * 1000) await rm(join(root, 'uploads', name), {force: true});
			}
		},
		blobPath,
		/** Bytes, or undefined when this repository does not have it; other repositories do not count. */
		blobSize,
		link,
		beginUpload: async (repository: string): Promise<string> => {
			const id = randomUUID();
			await writeFile(uploadPath(id), '');
			await write(`${uploadPath(id)}.repository`, repository);
			return id;
		},
		uploadPath,
		/** Bytes received so far, or undefined when there is no such upload. */
		uploadSize: uploadOf,
		cancelUpload: async (id: string): Promise<void> => {
			await rm(uploadPath(id), {force: true});
			await rm(`${uploadPath(id)}.repository`, {force: true});
		},
		/** Makes a finished upload a blob. @returns false when its bytes do not have that digest */
		commit: async (repository: string, id: string, digest: string): Promise<boolean> => {
			const handle = await open(uploadPath(id), 'r+');
			try {
				const hash = createHash('sha256');
				const stream = handle.createReadStream({start: 0, highWaterMark: 1024 * 1024, autoClose: false});
				for await (const chunk of stream) hash.update(chunk as Buffer);
				if (`sha256:${hash.digest('hex')}` !== digest) return false;
				await handle.sync();
			} finally {
				await handle.close();
			}
			await rename(uploadPath(id), blobPath(digest));
			await rm(`${uploadPath(id)}.repository`, {force: true});
			await link(repository, digest);
			return true;
		},
		putManifest: async (repository: string, reference: string, mediaType: string, bytes: Buffer): Promise<string> => {
			const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
			const content = JSON.stringify({mediaType, body: bytes.toString('base64')});
			await write(inRepository(repository, '_manifests', hexOf(digest)), content);
			if (!reference.startsWith('sha256:')) await write(inRepository(repository, '_tags', reference), digest);
			return digest;
		},
		manifest: async (repository: string, reference: string): Promise<StoredManifest | undefined> => {
			const digest = await digestOf(repository, reference);
			const content = digest && (await read(inRepository(repository, '_manifests', hexOf(digest))));
			if (!digest || !content) return undefined;
			const {mediaType, body} = JSON.parse(content.toString('utf8')) as {mediaType: string; body: string};
			return {mediaType, digest, bytes: Buffer.from(body, 'base64')};
		},
		deleteManifest: async (repository: string, digest: string): Promise<void> => {
			await rm(inRepository(repository, '_manifests', hexOf(digest)), {force: true});
			for (const tag of await list(inRepository(repository, '_tags'))) {
				if ((await digestOf(repository, tag)) === digest)
					await rm(inRepository(repository, '_tags', tag), {force: true});
			}
		},
		tags: (repository: string) => list(inRepository(repository, '_tags')),
		repositories: async (): Promise<readonly string[]> => {
			const found: string[] = [];
			const visit = async (relative: string): Promise<void> => {
				for (const name of await list(join(root, 'repositories', relative))) {
					if (name === '_tags') found.push(relative);
					else if (!name.startsWith('_')) await visit(relative === '' ? name : `${relative}/${name}`);
				}
			};
			await visit('');
			return found;
		},
		bytes: async (): Promise<number> => {
			let total = 0;
			for (const name of await list(join(root, 'blobs'))) total += (await sizeOf(join(root, 'blobs', name))) ?? 0;
			return total;
		},
	};
};

export type Store = ReturnType<typeof createStore>;
