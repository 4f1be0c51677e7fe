import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {createStage} from '../../app/stage.ts';
import {image, noise, productImages, versions} from '../create/helpers.ts';
import {madeBundle} from '../made.ts';

export const size = 20_000;
/** The product's images with another layer in the server, and the older ones. */
export const older = productImages(size);
export const newer = older.map((one) =>
	one.name === 'zenml-pro-server'
		? image('zenml-pro-server', versions.workspace, [noise('base', size), noise('server, mended', size)])
		: one,
);
export const shared = 4;

export const both = async () => {
	const folders = {old: await madeBundle(older, 'old'), fresh: await madeBundle(newer, 'fresh')};
	return folders;
};

export const run = async (...words: readonly string[]) => {
	const stage = await createStage();
	try {
		return await stage.run('bundle', ...words);
	} finally {
		await stage.remove();
	}
};

export const blobsOf = async (folder: string): Promise<readonly string[]> =>
	(await readdir(join(folder, 'images/blobs/sha256'))).sort();
