import {mkdir, readdir, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openLayout} from '../../source/bundle/layout/layout.ts';
import {readSheet} from '../../source/bundle/sign/custody.ts';
import {parsePartSize} from '../../source/bundle/split/part-size.ts';
import {splitBundle} from '../../source/bundle/split/split.ts';
import {createStage} from '../app/stage.ts';
import {productImages} from './create/helpers.ts';
import {bundleFiles, never, problemOf, temporary, writeFiles} from './helpers.ts';
import {inspect, madeBundle, openAt} from './made.ts';

const mebibyte = 1024 * 1024;
const lock = async () => async () => undefined;
const splitInto = async (folder: string, out: string, more: {partSize?: number; signal?: AbortSignal} = {}) => {
	const {layout, bundle} = await openAt(folder);
	const options = {out, partSize: mebibyte, lock, signal: never, onProgress: () => undefined, ...more};
	return splitBundle(layout, bundle, options);
};

describe('of a folder with several bundles', () => {
	test('none is chosen by chance: each is named', async () => {
		const folder = await temporary();
		for (const name of ['release-2', 'release-1']) await writeFiles(join(folder, name), await bundleFiles());
		expect(await problemOf(openLayout(folder, never))).toMatchObject({
			code: 'bundle-ambiguous',
			cause: expect.stringContaining('release-1, release-2'),
			fix: expect.stringContaining(join(folder, 'release-1')),
		});
		await rm(join(folder, 'release-1'), {recursive: true});
		expect((await openLayout(folder, never)).path).toBe(join(folder, 'release-2'));
	});

	test('the custody sheet of one beside its parts speaks of the folder that was looked at', async () => {
		const folder = await madeBundle();
		const above = join(folder, '..');
		await splitInto(folder, above);
		const asked = {signal: never, onProgress: () => undefined, workDirectory: temporary};
		expect((await readSheet(above, asked)).carried).toMatchObject({kind: 'folder', name: 'zenml-air-gapped-bundle'});
		const list = join(above, 'zenml-air-gapped-bundle.tar.parts.json');
		expect((await readSheet(list, asked)).carried.kind).toBe('parts');
		expect((await readSheet(join(above, 'zenml-air-gapped-bundle.tar.001'), asked)).carried.kind).toBe('parts');
	});
});

test('a link into the bundle is no way around: neither parts nor a differential bundle are put there', async () => {
	const folder = await madeBundle();
	const link = join(await temporary(), 'link');
	await symlink(folder, link);
	expect(await problemOf(splitInto(folder, join(link, 'new', 'parts')))).toMatchObject({code: 'bundle-split-inside'});
	const stage = await createStage();
	try {
		const {code, err} = await stage.run('bundle', 'diff', folder, '--base', folder, '--out', join(link, 'delta'));
		expect({code, err}).toMatchObject({code: 5, err: expect.stringContaining('bundle-diff-out')});
	} finally {
		await stage.remove();
	}
	expect((await inspect(folder)).refusals).toEqual([]);
});

test('a run that is stopped leaves finished parts and no beginning of one', async () => {
	const folder = await madeBundle(productImages(900_000));
	const out = await temporary();
	const {layout, bundle} = await openAt(folder);
	const stop = new AbortController();
	const stopped = splitBundle(layout, bundle, {
		out,
		partSize: mebibyte,
		lock,
		signal: stop.signal,
		onProgress: ({file}) => {
			if (file.endsWith('.003')) stop.abort(new Error('stopped'));
		},
	});
	await expect(stopped).rejects.toThrow('stopped');
	const left = (await readdir(out)).filter((name) => /\.\d{3}/u.test(name)).sort();
	expect(left).toEqual(['001', '002'].map((end) => `zenml-air-gapped-bundle.tar.${end}`));
});

test('what a run that was killed left of a part goes, also where the next one makes fewer parts', async () => {
	const folder = await madeBundle(productImages(900_000));
	const out = await temporary();
	await writeFile(join(out, 'zenml-air-gapped-bundle.tar.003.partial'), 'half');
	// Of other names nothing is taken away.
	await mkdir(join(out, 'other'));
	await writeFile(join(out, 'other.tar.003.partial'), 'x');
	await splitInto(folder, out, {partSize: 3 * mebibyte});
	const names = (await readdir(out)).filter((name) => name.startsWith('zenml')).sort();
	expect(names).toEqual(['001', '002', 'parts.json', 'sha256'].map((end) => `zenml-air-gapped-bundle.tar.${end}`));
	expect(await readdir(out)).toContain('other.tar.003.partial');
});

test('a size that no list of parts could hold is refused', () => {
	expect(() => parsePartSize('99999T')).toThrow('--size 99999T cannot be used');
	expect(parsePartSize('8000T')).toBe(8000 * 1024 ** 4);
});
