import {execFileSync} from 'node:child_process';
import {readFile, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {expect, test} from 'vitest';
import {parsePartSize} from '../../../source/bundle/split/part-size.ts';
import {splitBundle} from '../../../source/bundle/split/split.ts';
import {bundleFiles, never, temporary, writeFiles} from '../helpers.ts';
import {openAt} from '../made.ts';
import {type Row, refusalOf} from '../refusals.ts';

const split = async (path: string, out: string, partSize = 10_000) => {
	const {layout, bundle} = await openAt(path);
	const lock = async () => async () => undefined;
	return splitBundle(layout, bundle, {out, partSize, lock, signal: never, onProgress: () => undefined});
};

/** A bundle made by hand, with the checksums of its files. */
const handMade = async (): Promise<string> => {
	const folder = join(await temporary(), 'by-hand');
	await writeFiles(folder, await bundleFiles());
	return folder;
};

const nameSize = 'Give the most bytes that a part may have, such as 700M, 4G or 25GiB.';

const rows: readonly Row[] = [
	[
		'a size without a unit that is known',
		() => parsePartSize('4X'),
		{
			code: 'bundle-split-size',
			message: '--size 4X cannot be used.',
			cause: 'It is not a number with K, M, G or T behind it.',
			fix: nameSize,
		},
	],
	[
		'a size below one mebibyte',
		() => parsePartSize('900K'),
		{code: 'bundle-split-size', cause: 'A part has at least 1 MiB.', fix: nameSize},
	],
	[
		'a size beyond every disk',
		() => parsePartSize('999999999T'),
		{code: 'bundle-split-size', cause: 'No disk has so many bytes.', fix: nameSize},
	],
	[
		'parts within the bundle',
		async () => {
			const folder = await handMade();
			await split(folder, join(folder, 'parts'));
		},
		{
			code: 'bundle-split-inside',
			cause: 'The parts would be files of the bundle, which it must not hold.',
			fix: 'Name a folder outside the bundle with --out.',
		},
	],
	[
		'a tar that is compressed',
		async () => {
			const [folder, out] = [await handMade(), await temporary()];
			execFileSync('tar', ['-czf', join(out, 'packed.tar.gz'), '-C', join(folder, '..'), basename(folder)]);
			await split(join(out, 'packed.tar.gz'), out);
		},
		{
			code: 'bundle-split-compressed',
			message: 'packed.tar.gz is compressed, and cannot be split as it is.',
			cause: 'Its files would have to be unpacked out of order, over and over.',
			fix: 'Unpack it, and split the folder.',
		},
	],
];

test.each(rows)('%s is told with cause and fix', async (_what, provoke, told) => {
	expect(await refusalOf(provoke)).toMatchObject(told);
});

test('parts of another splitting are named, each with the way to be rid of it', async () => {
	const [folder, out] = [await handMade(), await temporary()];
	for (const number of ['007', '900']) await writeFile(join(out, `by-hand.tar.${number}`), 'x');
	const refused = await refusalOf(() => split(folder, out, 100_000_000));
	expect(refused).toMatchObject({
		code: 'bundle-split-left-over',
		message: `${out} holds parts of another splitting: by-hand.tar.007, by-hand.tar.900.`,
		cause: 'This one ends with by-hand.tar.001; the bundle or the size of the parts was another then.',
		fix: 'Remove them, or name another folder with --out.',
		nextSteps: [`rm ${join(out, 'by-hand.tar.007')}`, `rm ${join(out, 'by-hand.tar.900')}`],
	});
	expect(await readFile(join(out, 'by-hand.tar.007'), 'utf8')).toBe('x');
});
