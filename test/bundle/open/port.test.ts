import {readdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {bundleFiles, never, tarOf, temporary, writeFiles} from '../helpers.ts';

const quiet = {signal: never, onProgress: () => undefined};

test('images are given back as they are, or compressed as was asked, and what is kept of them goes when it is told to', async () => {
	const [path, kept] = [await temporary(), join(await temporary(), 'kept')];
	await writeFiles(path, await bundleFiles());
	const plain = createBundlePort({path});
	const [image] = (await plain.open(never)).images;
	if (!image) throw new Error('The bundle holds no image.');
	expect(await plain.compressed(image, quiet)).toBe(image);
	await plain.dropCompressed();
	const small = createBundlePort({path, compress: {algorithm: 'gzip', folder: kept}});
	const packed = await small.compressed(image, quiet);
	expect(packed.blobs.slice(1).every(({mediaType}) => mediaType.endsWith('+gzip'))).toBe(true);
	expect(await readdir(kept)).toHaveLength(2);
	await small.dropCompressed();
	await expect(readdir(kept)).rejects.toMatchObject({code: 'ENOENT'});
});

test('charts of a tar go to one folder of their own where none is given', async () => {
	const path = join(await temporary(), 'bundle.tar');
	const files = await bundleFiles();
	await writeFile(path, await tarOf(files));
	const {controlPlaneChart, workspaceChart} = await createBundlePort({path}).open(never);
	expect(dirname(controlPlaneChart.path)).toBe(dirname(workspaceChart.path));
	expect(await readFile(workspaceChart.path)).toEqual(files['charts/zenml-0.95.1.tgz']);
});
