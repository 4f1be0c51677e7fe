import {symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {baseOfInventory} from '../../../source/bundle/diff/base.ts';
import {compareBundle} from '../../../source/bundle/diff/compare.ts';
import {makeDifferential} from '../../../source/bundle/diff/make.ts';
import {bundleFiles, never, temporary, writeFiles} from '../helpers.ts';
import {madeBundle, openAt, rewriteIndex} from '../made.ts';
import {type Row, refusalOf} from '../refusals.ts';

const nothing = baseOfInventory({
	formatVersion: 1,
	taken: '2026-01-01T00:00:00.000Z',
	registry: 'registry.example.com',
	prefix: '',
	repositories: [],
});

/** Makes a differential bundle of everything. */
const make = async (path: string, out: string) => {
	const {layout, bundle} = await openAt(path);
	return makeDifferential(layout, bundle, {
		base: nothing,
		difference: compareBundle(bundle, nothing),
		out,
		lock: async () => async () => undefined,
		signal: never,
		onCheck: () => undefined,
		onProgress: () => undefined,
	});
};

/** Makes one where something is in the way. */
const makeAt = async (prepare: (out: string) => Promise<unknown>) => {
	const out = join(await temporary(), 'delta');
	await prepare(out);
	return make(await madeBundle(), out);
};

const elsewhere = 'Name another folder with --out.';
const lookAtIt = 'Look at it, move it elsewhere, or name another folder with --out.';

const rows: readonly Row[] = [
	[
		'a bundle made by hand',
		async () => {
			const folder = await temporary();
			await writeFiles(folder, await bundleFiles());
			await make(folder, join(await temporary(), 'delta'));
		},
		{
			code: 'bundle-diff-by-hand',
			cause: 'It was made by hand: its layers lie within archives of `docker save`, out of which none can be left.',
			fix: 'Make the new bundle with `zenml-airgap bundle create`; it takes such archives with --from.',
		},
	],
	[
		'a bundle that is differential itself',
		async () => {
			const folder = await madeBundle();
			await rewriteIndex(folder, (index) => {
				index.differential = {base: {kind: 'inventory', name: 'registry.example.com'}, omitted: []};
			});
			await make(folder, join(await temporary(), 'delta'));
		},
		{
			code: 'bundle-diff-differential',
			cause: 'It is one itself: it leaves out what registry.example.com has.',
			fix: 'Give the whole bundle.',
		},
	],
	[
		'a place within the bundle',
		async () => {
			const folder = await madeBundle();
			await make(folder, join(folder, 'delta'));
		},
		{
			code: 'bundle-diff-out',
			cause: 'It lies within the whole one, which would then hold files that it must not.',
			fix: 'Name a folder outside the bundle with --out.',
		},
	],
	[
		'a link in its place',
		() => makeAt((out) => symlink('/nowhere', out)),
		{code: 'bundle-diff-out', cause: 'It is a link, but the bundle is a folder.', fix: elsewhere},
	],
	[
		'a file in its place',
		() => makeAt((out) => writeFile(out, 'mine')),
		{code: 'bundle-diff-out', cause: 'It is a file, but the bundle is a folder.', fix: elsewhere},
	],
	[
		'a folder that is not empty',
		() => makeAt((out) => writeFiles(out, {a: '1', b: '2', c: '3', d: '4', e: '5', f: '6'})),
		{
			code: 'bundle-diff-out',
			cause: 'It is not empty (a, b, c, d, e, …); a bundle holds nothing but its own files.',
			fix: elsewhere,
		},
	],
	[
		'a file where it is made',
		() => makeAt((out) => writeFile(`${out}.partial`, 'mine')),
		{code: 'bundle-diff-out', cause: 'It is no folder.', fix: lookAtIt},
	],
	[
		'files where it is made that no run of this program left',
		() => makeAt((out) => writeFiles(`${out}.partial`, {mine: 'x'})),
		{
			code: 'bundle-diff-out',
			cause: 'Nothing in it says that this program made it, so it stays as it is.',
			fix: lookAtIt,
		},
	],
	[
		'a file above its place',
		async () => {
			const file = join(await temporary(), 'file');
			await writeFile(file, '');
			await make(await madeBundle(), join(file, 'delta'));
		},
		{
			code: 'bundle-create-unwritable',
			cause: 'The system says: A part of the path is a file, not a folder.',
			fix: 'Mend that, or name another folder with --out.',
		},
	],
];

test.each(rows)('%s is told with cause and fix', async (_what, provoke, told) => {
	expect(await refusalOf(provoke)).toMatchObject({area: 'bundle', ...told});
});
