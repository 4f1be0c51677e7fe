import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {writeWhole} from '../../../source/base/files.ts';
import {makeFolders} from '../../../source/base/folders.ts';

/**
 * Where things lie below the root of the registry:
 *
 * `blobs/HEX` · `uploads/ID` with `ID.repository` · `repositories/NAME/_blobs/HEX`, `_manifests/HEX`, `_tags/TAG`
 */
export const places = (root: string) =>
	({
		root,
		blob: (digest: string) => join(root, 'blobs', hexOf(digest)),
		blobs: join(root, 'blobs'),
		upload: (id: string) => join(root, 'uploads', id),
		uploadOwner: (id: string) => join(root, 'uploads', `${id}.repository`),
		uploads: join(root, 'uploads'),
		repositories: (relative = '') => join(root, 'repositories', relative),
		link: (repository: string, digest: string) => join(root, 'repositories', repository, '_blobs', hexOf(digest)),
		manifest: (repository: string, digest: string) =>
			join(root, 'repositories', repository, '_manifests', hexOf(digest)),
		tag: (repository: string, tag: string) => join(root, 'repositories', repository, '_tags', tag),
		tags: (repository: string) => join(root, 'repositories', repository, '_tags'),
	}) as const;

export type Places = ReturnType<typeof places>;

const hexOf = (digest: string): string => digest.slice('sha256:'.length);

export const digestOf = (bytes: Buffer | string): string =>
	`sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/u.test(text);

/** Writes a file and its folders; what is seen of it is whole. */
export const writeIn = async (path: string, content: string | Buffer): Promise<void> => {
	await makeFolders(dirname(path));
	await writeWhole(path, content, {mode: 0o644});
};

/** The content of a file; undefined when there is none. */
export const readIn = (path: string): Promise<Buffer | undefined> => readFile(path).catch(() => undefined);

/** Names in a folder without those of files that a killed run left unfinished; none when there is no folder. */
export const namesIn = async (folder: string): Promise<readonly string[]> =>
	(await readdir(folder).catch(() => [])).filter((name) => !/\.(new|tmp)$/u.test(name)).sort();
