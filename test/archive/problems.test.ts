import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {readChartPackage} from '../../source/archive/chart-package.ts';
import {openTar} from '../../source/archive/open-tar.ts';
import {unpackedOf} from '../../source/archive/range.ts';
import {openRegular} from '../../source/archive/regular-file.ts';
import {openSlice, readSlice, scanSlice, withReader} from '../../source/archive/slice.ts';
import {indexTar} from '../../source/archive/tar-index.ts';
import {missing, readJson, tarTree} from '../../source/archive/tree.ts';
import type {ProblemCode} from '../../source/base/problem.ts';
import {never, problemOf, tarOf, temporary} from '../bundle/helpers.ts';
import {blocksOf, contentOf, headerOf, sliceOf, tarEnd} from './helpers.ts';

const file = 'images/x.tar';
const carryAgain = `Carry ${file} in again from the connected side and try again.`;

const listOf = async (...pieces: readonly (Buffer | string)[]) =>
	indexTar(await sliceOf(Buffer.concat(pieces.map((piece) => Buffer.from(piece)))), never);
const treeOf = async (...pieces: readonly Buffer[]) => tarTree(file, await listOf(...pieces, tarEnd));

const packed = async (bytes: Buffer) => unpackedOf(await sliceOf(bytes), 'gzip');

/** A member that is described by a header of its own before it. */
const described = (type: string, content: string, size = content.length) =>
	listOf(headerOf('x', {type, size}), blocksOf(content), headerOf('y'), tarEnd);

type Case = readonly [
	what: string,
	code: ProblemCode,
	told: {readonly message?: string; readonly cause: string; readonly fix?: string},
	raise: () => Promise<unknown>,
];

const refusals: readonly Case[] = [
	[
		'a file that is not there',
		'bundle-not-found',
		{
			message: 'There is no file or folder at /nowhere/a.tar.',
			cause: 'Nothing has that name: it was moved or renamed, its disk is not mounted, or the path has a slip.',
			fix: 'Correct the path, or put there what it names.',
		},
		() => openRegular('/nowhere/a.tar'),
	],
	[
		'a path through a file',
		'bundle-unreadable',
		{
			cause: 'Reading it fails: A part of the path is a file, not a folder.',
			fix: 'Check the path, its permissions and its disk, then try again.',
		},
		async () => openRegular(`${(await sliceOf('')).file}/a.tar`, 'a.tar'),
	],
	[
		'a folder in the place of a file',
		'bundle-unreadable',
		{
			cause: 'It is a folder, but a file was expected.',
			fix: 'Give a file; what comes out of a pipe can be put into one first.',
		},
		async () => openRegular(await temporary(), 'a.tar'),
	],
	[
		'a compression that Node cannot read',
		'bundle-compressed',
		{
			message: `${file} is compressed with xz.`,
			cause: 'Archives are read in place; only gzip and zstd can be read so.',
			fix: `Unpack it once: xz -d ${file}`,
		},
		async () => openTar(await sliceOf(Buffer.from('fd377a585a000004', 'hex')), never),
	],
	[
		'more that comes out than may',
		'bundle-archive-oversized',
		{
			cause: 'Its 32 B become more than 1000 B: it was made to exhaust who reads it, or holds something else.',
			fix: 'Do not use this file. Make it anew on the connected side, or unpack it there (gzip -d) and carry in what comes out.',
		},
		async () =>
			contentOf(openSlice(unpackedOf({...(await sliceOf(gzipSync(Buffer.alloc(2000)))), size: 32}, 'gzip', 1000))),
	],
	[
		'a file that is shorter than was said',
		'bundle-archive-truncated',
		{message: `${file} is cut short.`, cause: 'The file ends at byte 3 of 5.', fix: carryAgain},
		async () => readSlice({...(await sliceOf('abc')), size: 5}),
	],
	[
		'a file that shrinks while it is hashed',
		'bundle-archive-truncated',
		{cause: 'The file ends at byte 3 of 5.', fix: carryAgain},
		async () => contentOf(scanSlice({...(await sliceOf('abc')), size: 5})),
	],
	[
		'a file that shrinks while it is streamed',
		'bundle-archive-truncated',
		{cause: '2 of 5 bytes are missing at its end.', fix: carryAgain},
		async () => contentOf(openSlice({...(await sliceOf('abc')), size: 5})),
	],
	[
		'less that comes out than was said',
		'bundle-archive-truncated',
		{cause: 'What it unpacks to ends at byte 3.', fix: carryAgain},
		async () => withReader({...(await packed(gzipSync('abc'))), size: 5}, (read) => read(0, 5)),
	],
	[
		'compressed data that is cut',
		'bundle-archive-truncated',
		{cause: 'The gzip data in it ends too early.', fix: carryAgain},
		async () => contentOf(openSlice(await packed(gzipSync('abc').subarray(0, -4)))),
	],
	[
		'a member that is cut',
		'bundle-archive-truncated',
		{cause: 'The member a claims 700 bytes, but only 512 follow.', fix: carryAgain},
		() => listOf(headerOf('a', {size: 700}), blocksOf('x')),
	],
	[
		'a member that is cut before it was compressed',
		'bundle-archive-truncated',
		{cause: 'The member a claims 700 bytes, but fewer follow.', fix: carryAgain},
		async () => indexTar(await packed(gzipSync(Buffer.concat([headerOf('a', {size: 700}), blocksOf('x')]))), never),
	],
	[
		'a member of which nothing is left',
		'bundle-archive-truncated',
		{cause: 'The member a claims 700 bytes, but fewer follow.', fix: carryAgain},
		async () => indexTar(await packed(gzipSync(headerOf('a', {size: 700}))), never),
	],
	[
		'an extension that is cut before it was compressed',
		'bundle-archive-truncated',
		{cause: 'What it unpacks to ends at byte 515.', fix: carryAgain},
		async () =>
			indexTar(await packed(gzipSync(Buffer.concat([headerOf('a', {type: 'L', size: 9}), Buffer.from('abc')]))), never),
	],
	[
		'a file that a cut archive lacks',
		'bundle-archive-truncated',
		{cause: 'Its end is missing, and with it manifest.json.', fix: carryAgain},
		async () => readJson(tarTree(file, await listOf(headerOf('a'))), 'manifest.json'),
	],
	[
		'a file that a whole archive lacks',
		'bundle-archive-incomplete',
		{
			message: `${file} does not hold manifest.json.`,
			cause: 'The archive is whole but lacks a part that it names, or it was not made by `docker save`.',
			fix: carryAgain,
		},
		async () => readJson(await treeOf(headerOf('a')), 'manifest.json'),
	],
	[
		'compressed data that is none',
		'bundle-archive-damaged',
		{
			message: `${file} is not sound gzip data.`,
			cause: 'Decompressing it fails: incorrect header check. Bytes were changed, lost or added on the way.',
			fix: carryAgain,
		},
		async () => contentOf(openSlice(await packed(Buffer.from('hello')))),
	],
	[
		'zstd with a window that takes too much memory',
		'bundle-archive-damaged',
		{
			cause:
				'It was compressed with a window over 128 MiB (zstd --long=28 or more), which reading would need in memory.',
			fix: carryAgain,
		},
		// A frame whose header asks for a window of 1 GiB (RFC 8878, 3.1.1.1).
		async () => contentOf(openSlice(unpackedOf(await sliceOf(Buffer.from('28b52ffd00a001000000', 'hex')), 'zstd'))),
	],
	[
		'bytes behind compressed data',
		'bundle-archive-damaged',
		{cause: 'Something else follows after its end: bytes were added on the way.', fix: carryAgain},
		async () => contentOf(openSlice(await packed(Buffer.concat([gzipSync('abc'), Buffer.from('\0\0more')])))),
	],
	[
		'a file that is no tar',
		'bundle-archive-damaged',
		{
			message: `${file} is not a sound tar file (byte 0).`,
			cause: 'Its first 512 bytes are no tar header.',
			fix: carryAgain,
		},
		() => listOf('hello '.repeat(100)),
	],
	[
		'a header that was changed',
		'bundle-archive-damaged',
		{
			message: `${file} is not a sound tar file (byte 512).`,
			cause: 'The header there fails its checksum: bytes were changed or lost on the way.',
			fix: carryAgain,
		},
		() => listOf(headerOf('a'), Buffer.from(headerOf('b')).fill('c', 0, 1)),
	],
	[
		'more members than any image archive has',
		'bundle-archive-damaged',
		{
			message: `${file} is not an image archive.`,
			cause: 'It lists more than 200000 members; an image archive has some hundred.',
			fix: carryAgain,
		},
		async () => {
			const many = gzipSync(Buffer.concat(Array(10_000).fill(headerOf('a'))));
			return indexTar(await packed(Buffer.concat(Array(21).fill(many))), never);
		},
	],
	[
		'an extension that is too large',
		'bundle-archive-damaged',
		{
			message: `${file} is damaged at byte 512.`,
			cause: 'A header extension claims 1048577 bytes; 1.0 MiB is the most that makes sense.',
			fix: carryAgain,
		},
		() => described('L', 'x'.repeat(1024 ** 2 + 1)),
	],
	[
		'a pax header that does not add up',
		'bundle-archive-damaged',
		{cause: 'A pax header does not add up.', fix: carryAgain},
		() => described('x', '99 path=a\n'),
	],
	[
		'a pax header with a size that is none',
		'bundle-archive-damaged',
		{cause: 'A pax header gives a size that is no number.', fix: carryAgain},
		() => described('x', '13 size=many\n'),
	],
	[
		'a text that is too large for JSON',
		'bundle-archive-damaged',
		{
			message: `a.json in ${file} cannot be used.`,
			cause: 'It claims 4194305 bytes; 4.0 MiB is the most that makes sense.',
			fix: carryAgain,
		},
		async () => {
			const content = 'x'.repeat(4 * 1024 ** 2 + 1);
			return readJson(await treeOf(headerOf('a.json', {size: content.length}), blocksOf(content)), 'a.json');
		},
	],
	[
		'a text that is no JSON',
		'bundle-archive-damaged',
		{message: `a.json in ${file} cannot be used.`, cause: 'It is not JSON.', fix: carryAgain},
		async () => readJson(await treeOf(headerOf('a.json', {size: 2}), blocksOf('{[')), 'a.json'),
	],
	[
		'a member that leads out of the archive',
		'bundle-archive-unsafe',
		{
			message: `${file} holds a member that points out of the archive: "../evil".`,
			cause: 'An archive made by `docker save` never does; this file was made or changed by something else.',
			fix: `Do not use this file. Make ${file} anew with \`docker save\` on the connected side.`,
		},
		() => listOf(headerOf('../evil'), tarEnd),
	],
	[
		'a link that leads out of the archive',
		'bundle-archive-unsafe',
		{message: `${file} holds a bad link: a.`, cause: 'A link leads out of the archive.', fix: carryAgain},
		async () => (await treeOf(headerOf('a', {type: '2', target: '/etc/shadow'}))).find('a'),
	],
	[
		'links in a circle',
		'bundle-archive-unsafe',
		{message: `${file} holds a bad link: b.`, cause: 'Links point at each other in a circle.', fix: carryAgain},
		async () =>
			(await treeOf(headerOf('a', {type: '1', target: 'b'}), headerOf('b', {type: '2', target: 'a'}))).find('a'),
	],
];

test.each(refusals)('%s is refused as %s, with its cause and the way out', async (_what, code, told, raise) => {
	expect(await problemOf(raise())).toMatchObject({code, area: 'bundle', ...told});
});

test('a refusal of bytes names the file to carry again, and how to compare it', async () => {
	expect(await problemOf(listOf('no tar at all'.repeat(50)))).toMatchObject({
		location: {file},
		nextSteps: [
			`On the connected side: sha256sum ${file}`,
			`Here, in the bundle: sha256sum ${file}`,
			'The two must be equal. When they are, make the file anew on the connected side.',
		],
	});
});

test.each([
	[{case: 'no layer', part: 'a/layer.tar'}, 'the layer a/layer.tar'],
	[{case: 'no blob', part: 'sha256:0'}, 'the blob sha256:0'],
	[{case: 'no part', part: 'the layer sha256:0', image: 'app:1'}, 'the layer sha256:0 of app:1'],
] as const)('%j is blamed on a cut where the end is missing, else on the archive', (lack, part) => {
	expect(missing({label: file, complete: true}, lack).message).toBe(`${file} does not hold ${part}.`);
	expect(missing({label: file, complete: false}, lack)).toMatchObject({
		problem: {cause: `Its end is missing, and with it ${part}.`},
	});
});

const chart = 'charts/zenml-1.0.tgz';
const chartOf = async (members: Readonly<Record<string, string>>) =>
	readChartPackage(await sliceOf(gzipSync(await tarOf(members)), chart), never);

const badCharts: readonly (readonly [string, string, () => Promise<unknown>])[] = [
	[
		'is too large',
		'It has 67108865 bytes; a chart has some hundred kilobytes.',
		async () => readChartPackage({...(await sliceOf('', chart)), size: 64 * 1024 ** 2 + 1}, never),
	],
	[
		'unpacks to too much',
		'It unpacks to more than 256.0 MiB.',
		async () => {
			const zeros = gzipSync(Buffer.alloc(32 * 1024 ** 2));
			const huge = gzipSync(headerOf('a', {size: 300 * 1024 ** 2}));
			return readChartPackage(await sliceOf(Buffer.concat([huge, ...Array(9).fill(zeros)]), chart), never);
		},
	],
	[
		'has a huge Chart.yaml',
		'Its Chart.yaml is larger than 1 MiB.',
		() => chartOf({'a/Chart.yaml': ' '.repeat(1024 ** 2 + 1)}),
	],
	[
		'is no gzip',
		'It cannot be unpacked as gzip and tar; its bytes were changed or lost on the way.',
		async () => readChartPackage(await sliceOf('hello', chart), never),
	],
	[
		'has no Chart.yaml',
		'There is no Chart.yaml in it.',
		() => chartOf({'a/values.yaml': 'x: 1', 'Chart.yaml': 'name: beside'}),
	],
	['has a Chart.yaml that is no YAML', 'Its Chart.yaml is not YAML.', () => chartOf({'a/Chart.yaml': '{'})],
	['has no version', 'Its Chart.yaml has no name or no version.', () => chartOf({'a/Chart.yaml': 'name: a'})],
];

test.each(badCharts)('a chart that %s is refused', async (_what, cause, raise) => {
	expect(await problemOf(raise())).toMatchObject({
		code: 'bundle-chart-damaged' satisfies ProblemCode,
		message: `${chart} is not a packed Helm chart.`,
		cause,
		fix: `Carry ${chart} in again from the connected side and try again.`,
		location: {file: chart},
	});
});

test('a chart that is not there is told as such, not as damaged', async () => {
	const slice = {file: '/nowhere/a.tgz', offset: 0, size: 10, label: chart};
	expect(await problemOf(readChartPackage(slice, never))).toMatchObject({
		code: 'bundle-not-found' satisfies ProblemCode,
	});
});
