import {readdir, readFile, rm, truncate, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {partsOf, toProblem} from '../../../source/base/problem.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {bundleFiles, never, tarOf, temporary, writeFiles} from '../helpers.ts';
import {madeBundle} from '../made.ts';

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

test.each([
	['cut short', async (file: string) => truncate(file, 700)],
	['lost', async (file: string) => rm(file)],
] as const)(
	'where a file is %s, the changed ones are told in the same go, by the files to carry again',
	async (_how, harm) => {
		const folder = await madeBundle();
		const all = await readdir(folder, {recursive: true, withFileTypes: true});
		const layers = all
			.filter((entry) => entry.isFile() && entry.parentPath.includes('blobs'))
			.map(({parentPath, name}) => join(parentPath, name));
		const sized = await Promise.all(layers.map(async (file) => ({file, bytes: await readFile(file)})));
		const [one, other] = sized.sort((a, b) => b.bytes.length - a.bytes.length);
		if (!one || !other) throw new Error('The bundle holds no layers.');
		const [gone, flipped] = [one, other].map(({file}) => file.slice(folder.length + 1));
		await harm(one.file);
		other.bytes[other.bytes.length - 20] = (other.bytes.at(-20) ?? 0) ^ 0xff;
		await writeFile(other.file, other.bytes);
		const port = createBundlePort({path: folder});
		await expect(port.open(never)).rejects.toThrow();
		const error = await port.verify(quiet).catch((thrown: unknown) => thrown);
		const told = JSON.stringify(partsOf(toProblem(error)));
		expect(told).toContain(gone);
		expect(told).toContain(flipped);
	},
);

test('a bundle that is not there, or is none, is refused as it was, and nothing of it is read', async () => {
	const port = createBundlePort({path: join(await temporary(), 'gone')});
	await expect(port.verify(quiet)).rejects.toMatchObject({problem: {code: 'bundle-not-found'}});
});
