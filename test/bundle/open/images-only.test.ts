import {mkdir, rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openImages} from '../../../source/bundle/open/images-only.ts';
import {bundleFiles, layer, type Member, modern, never, tarOf, temporary, writeFiles} from '../helpers.ts';
import {indexedBundle} from './indexed.ts';

const namesAt = async (path: string): Promise<readonly string[]> => {
	const {images} = await openImages(path, {signature: {mode: 'off'}}, never);
	return images.map(({name, tag}) => `${name}:${tag}`);
};

const saved = async (): Promise<Record<string, Member>> =>
	modern([{reference: 'v/app:1', layers: [await layer('base')]}]);

const layoutAt = async (folder: string): Promise<void> => {
	const files = Object.entries(await saved()).filter(
		([, member]) => typeof member === 'string' || Buffer.isBuffer(member),
	);
	await writeFiles(folder, Object.fromEntries(files) as Record<string, Buffer>);
};

describe('images without the rest of a bundle', () => {
	test('are those of one archive', async () => {
		const file = join(await temporary(), 'app.tar');
		await writeFile(file, await tarOf(await saved()));
		expect(await namesAt(file)).toEqual(['app:1']);
	});

	test('are those of a folder that is an OCI layout', async () => {
		const folder = join(await temporary(), 'app');
		await layoutAt(folder);
		expect(await namesAt(folder)).toEqual(['app:1']);
	});

	test('are those of a folder of archives and layouts, whatever else lies there', async () => {
		const folder = await temporary();
		const archive = await tarOf(modern([{reference: 'v/other:2', layers: [await layer('other')]}]));
		await writeFiles(folder, {'other.tar': archive, 'notes.txt': ''});
		await mkdir(join(folder, 'empty'));
		await layoutAt(join(folder, 'app'));
		expect(await namesAt(folder)).toEqual(expect.arrayContaining(['app:1', 'other:2']));
	});

	test('are those of a tar that is a bundle', async () => {
		const file = join(await temporary(), 'bundle.tar');
		await writeFile(file, await tarOf(await bundleFiles()));
		expect(await namesAt(file)).toHaveLength(4);
		await rename(file, file.replace('.tar', ''));
		expect(await namesAt(file.replace('.tar', ''))).toHaveLength(4);
	});

	test('are held against the lists of a bundle that was made, and name what it builds on', async () => {
		const {folder, index, write} = await indexedBundle();
		expect(await namesAt(folder)).toHaveLength(4);
		const differential = {base: {kind: 'bundle', name: 'sha256:1'}, omitted: []};
		await write({...index, differential});
		const found = await openImages(folder, {signature: {mode: 'off'}}, never);
		expect([found.base, found.warnings]).toEqual(['sha256:1', []]);
	});

	test('are told with what a cut archive lacks', async () => {
		const file = join(await temporary(), 'app.tar');
		const tar = await tarOf(await saved());
		await writeFile(file, tar.subarray(0, -1024));
		const {warnings} = await openImages(file, {signature: {mode: 'off'}}, never);
		expect(warnings).toEqual(['images/app.tar lacks its end, but all that it names is there.']);
	});
});
