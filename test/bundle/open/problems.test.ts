import {appendFile, rm, symlink, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {ProblemCode} from '../../../source/base/problem.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {openImages} from '../../../source/bundle/open/images-only.ts';
import {bundleFiles, chartOf, hex, layer, modern, never, problemOf, tarOf, temporary, writeFiles} from '../helpers.ts';
import {type IndexedBundle, indexedBundle} from './indexed.ts';

type Told = {readonly message?: string; readonly cause: string; readonly fix: string};
type Files = Record<string, Buffer>;

const carry = 'Carry the missing files in from the connected side, or make the bundle anew there.';
const carryBoth = 'Carry bundle.json and SHA256SUMS in again from the connected side.';
const open = (path: string) => createBundlePort({path}).open(never);
const save = async (reference: string, text: string) => tarOf(modern([{reference, layers: [await layer(text)]}]));

const byHand: readonly (readonly [string, ProblemCode, Told, (files: Files) => unknown])[] = [
	[
		'a manifest.txt that is no page of text',
		'bundle-manifest-damaged',
		{
			message: 'manifest.txt is too large.',
			cause: `It has ${4 * 1024 ** 2 + 1} bytes; a page of text was expected.`,
			fix: 'Replace it with the one that was made with the bundle.',
		},
		(files) => Object.assign(files, {'manifest.txt': Buffer.alloc(4 * 1024 ** 2 + 1, ' ')}),
	],
	[
		'two images under one name',
		'bundle-image-twice',
		{
			message: 'The bundle holds two different images called zenml-pro-api:0.13.18.',
			cause: 'images/twin.tar and images/zenml-pro-api.tar both hold it, with different contents.',
			fix: 'Remove the archive that does not belong to this release and try again.',
		},
		async (files) => Object.assign(files, {'images/twin.tar': await save('x/zenml-pro-api:0.13.18', 'twin')}),
	],
	[
		'an image that every install needs is not there',
		'bundle-image-missing',
		{
			message: 'The bundle lacks images that every install needs: zenml.',
			cause:
				'The archives below images/ hold zenml-pro-api:0.13.18, zenml-pro-dashboard:0.13.18, zenml-pro-server:0.95.1.',
			fix: carry,
		},
		(files) => delete files['images/zenml-client.tar'] && delete files['manifest.txt'],
	],
	[
		'an image that manifest.txt lists is not there',
		'bundle-image-missing',
		{
			message: 'manifest.txt lists images that the bundle does not hold: other:1.',
			cause:
				'A file was lost on the way, or manifest.txt belongs to another release. The bundle holds zenml:0.95.1, zenml-pro-api:0.13.18, zenml-pro-dashboard:0.13.18, zenml-pro-server:0.95.1.',
			fix: carry,
		},
		(files) => Object.assign(files, {'manifest.txt': Buffer.from('Images: other:1')}),
	],
	[
		'two versions of a server image',
		'bundle-image-ambiguous',
		{
			message: 'The bundle holds several versions of zenml-pro-api.',
			cause: 'It holds zenml-pro-api:0.1.0, zenml-pro-api:0.13.18; which one to install is not said anywhere.',
			fix: 'Leave one version in images/ and try again.',
		},
		async (files) => Object.assign(files, {'images/old.tar': await save('x/zenml-pro-api:0.1.0', 'old')}),
	],
	[
		'a chart that every install needs is not there',
		'bundle-chart-missing',
		{
			message: 'The bundle lacks the Helm chart zenml.',
			cause: 'charts/ holds zenml-pro 0.13.18.',
			fix: carry,
		},
		(files) => delete files['charts/zenml-0.95.1.tgz'] && delete files['manifest.txt'],
	],
	[
		'a chart that manifest.txt lists is not there',
		'bundle-chart-missing',
		{
			message: 'manifest.txt lists charts that the bundle does not hold: other-1.0.0.',
			cause:
				'A file was lost on the way, or manifest.txt belongs to another release. The bundle holds zenml-0.95.1, zenml-pro-0.13.18.',
			fix: carry,
		},
		(files) => Object.assign(files, {'manifest.txt': Buffer.from('Charts: other 1.0.0')}),
	],
	[
		'two versions of a chart',
		'bundle-chart-ambiguous',
		{
			message: 'The bundle holds several versions of the Helm chart zenml.',
			cause: 'It holds 0.95.1, 0.94.0.',
			fix: 'Leave one version in charts/ and try again.',
		},
		async (files) => Object.assign(files, {'charts/zenml-old.tgz': await chartOf('zenml', '0.94.0')}),
	],
	[
		'a file that manifest.txt lists is not there',
		'bundle-file-missing',
		{
			message: 'manifest.txt lists files that the bundle does not hold: images/lost.tar.',
			cause: 'A file was lost on the way, or manifest.txt belongs to another release. The bundle holds 8 other files.',
			fix: carry,
		},
		(files) => Object.assign(files, {SHA256SUMS: Buffer.from(`${'0'.repeat(64)}  images/lost.tar\n`)}),
	],
];

test.each(byHand)('%s: refused as %s, with its cause and the way out', async (_what, code, told, change) => {
	const folder = await temporary();
	const files: Files = await bundleFiles();
	await change(files);
	await writeFiles(folder, files);
	expect(await problemOf(open(folder))).toMatchObject({code, area: 'bundle', ...told});
});

const chart = 'charts/zenml-0.95.1.tgz';

const made: readonly (readonly [string, ProblemCode, Told, (bundle: IndexedBundle) => Promise<unknown>])[] = [
	[
		'a bundle of a newer tool',
		'bundle-index-newer',
		{
			message: 'The bundle was made by a newer tool than this one.',
			cause: 'bundle.json was written by zenml-airgap 9.0.0 in format 2; this tool reads format 1.',
			fix: 'Use the newer tool; a bundle may hold it below tool/ or bin/.',
		},
		({index, write}) => write({...index, formatVersion: 2, madeBy: 'zenml-airgap 9.0.0'}),
	],
	[
		'a bundle of a newer tool that does not say its name',
		'bundle-index-newer',
		{
			cause: 'bundle.json was written by an unknown tool in format 2; this tool reads format 1.',
			fix: 'Use the newer tool; a bundle may hold it below tool/ or bin/.',
		},
		({write}) => write({formatVersion: 2}),
	],
	[
		'a bundle.json that is cut',
		'bundle-index-damaged',
		{message: 'bundle.json cannot be used.', cause: 'It is not JSON, or it was cut short.', fix: carryBoth},
		async ({folder, index, write}) => {
			const text = '{"formatVersion":1';
			await write(index, {'bundle.json': `sha256:${hex(text)}`});
			await writeFile(join(folder, 'bundle.json'), text);
		},
	],
	[
		'a bundle.json with something else in it',
		'bundle-index-damaged',
		{cause: expect.stringMatching(/^In platforms: /u), fix: carryBoth},
		({index, write}) => write({...index, platforms: []}),
	],
	[
		'a bundle.json that is too large',
		'bundle-index-damaged',
		{message: 'bundle.json is too large.', cause: `It has ${32 * 1024 ** 2 + 1} bytes.`, fix: carryBoth},
		({folder}) => truncate(join(folder, 'bundle.json'), 32 * 1024 ** 2 + 1),
	],
	[
		'a SHA256SUMS in another form',
		'bundle-index-damaged',
		{
			message: 'SHA256SUMS cannot be used.',
			cause: 'It has a line that is not 64 hex digits, two spaces and a path, or a file comes twice.',
			fix: carryBoth,
		},
		({folder}) => appendFile(join(folder, 'SHA256SUMS'), 'more'),
	],
	[
		'a bundle.json without its SHA256SUMS',
		'bundle-file-missing',
		{
			message: 'The bundle lacks a file: SHA256SUMS.',
			cause: 'There is a bundle.json, which never comes without it.',
			fix: 'Carry SHA256SUMS in from the connected side.',
		},
		({folder}) => rm(join(folder, 'SHA256SUMS')),
	],
	[
		'a file that is not there',
		'bundle-file-missing',
		{
			message: `The bundle lacks files: ${chart}.`,
			cause: 'bundle.json lists them; what was carried in is not all.',
			fix: 'Carry the missing files in from the connected side.',
		},
		({folder}) => rm(join(folder, chart)),
	],
	[
		'a file too much',
		'bundle-file-extra',
		{
			message: 'The bundle holds 1 file that it should not: notes.txt.',
			cause: 'bundle.json lists every file of the bundle, and not these.',
			fix: 'Find out where they came from, then move them out of the bundle.',
		},
		({folder}) => writeFile(join(folder, 'notes.txt'), ''),
	],
	[
		'a file of another size',
		'bundle-file-size',
		{
			message: 'Files of the bundle have another size: manifest.txt.',
			cause: 'manifest.txt should have 3 bytes and has 2: it was cut short, changed or replaced.',
			fix: 'Carry manifest.txt in again from the connected side.',
		},
		async ({folder, index, write}) => {
			await write({
				...index,
				files: index.files.map((one) => (one.path === 'manifest.txt' ? {...one, size: 3} : one)),
			});
			await writeFile(join(folder, 'manifest.txt'), 'ab');
		},
	],
	[
		'a bundle.json that is not the one of its SHA256SUMS',
		'bundle-checksum-mismatch',
		{
			message: 'bundle.json is not what SHA256SUMS says.',
			cause: `Its SHA-256 is sha256:${hex('{}')}, SHA256SUMS has sha256:${'0'.repeat(64)}: one of the two was changed or lost bytes on the way.`,
			fix: carryBoth,
		},
		({write}) => write({}, {'bundle.json': `sha256:${'0'.repeat(64)}`}),
	],
	[
		'a SHA256SUMS without bundle.json',
		'bundle-checksum-mismatch',
		{
			cause: `Its SHA-256 is sha256:${hex('{}')}, SHA256SUMS has none: one of the two was changed or lost bytes on the way.`,
			fix: carryBoth,
		},
		({write}) => write({}, {}),
	],
	[
		'a file that only one of the two lists',
		'bundle-index-mismatch',
		{
			message: 'bundle.json and SHA256SUMS do not agree about manifest.txt.',
			cause:
				'SHA256SUMS has the right checksum of bundle.json, so it was itself changed, or belongs to another bundle.',
			fix: carryBoth,
		},
		async ({index, folder, write}) => {
			await write({...index, files: index.files.filter(({path}) => path !== 'manifest.txt')});
			await appendFile(join(folder, 'SHA256SUMS'), `${'1'.repeat(64)}  manifest.txt\n`);
		},
	],
	[
		'an image and a chart that the bundle does not hold',
		'bundle-index-mismatch',
		{
			message: 'bundle.json lists what the bundle does not hold: zenml:9.9.9, zenml-pro-9.9.9.',
			cause: 'All files are there, but the image layout or a chart holds something else than they should.',
			fix: 'Run `zenml-airgap bundle verify --all` on it, and make the bundle anew if that finds nothing.',
		},
		({index, write}) =>
			write({
				...index,
				images: index.images.map((image) => (image.name === 'zenml' ? {...image, tag: '9.9.9'} : image)),
				charts: index.charts.map((one) => (one.name === 'zenml-pro' ? {...one, version: '9.9.9'} : one)),
			}),
	],
];

test.each(made)('%s: refused as %s, with its cause and the way out', async (_what, code, told, change) => {
	const bundle = await indexedBundle();
	await expect(open(bundle.folder)).resolves.toMatchObject({index: {formatVersion: 1}});
	await change(bundle);
	expect(await problemOf(open(bundle.folder))).toMatchObject({code, area: 'bundle', ...told});
});

test('where images alone are asked for, one that is not listed is refused', async () => {
	const {folder, index, write} = await indexedBundle();
	await write({...index, images: index.images.filter(({name}) => name !== 'zenml')});
	expect(await problemOf(openImages(folder, {signature: {mode: 'off'}}, never))).toMatchObject({
		code: 'bundle-file-extra' satisfies ProblemCode,
		message: 'The bundle holds an image that it does not list: zenml:0.95.1.',
		cause: 'It is in the image layout, but not in bundle.json: it was put in after the bundle was made.',
		fix: 'Carry the bundle in again from the connected side.',
	});
});

test('a chart of a tar that cannot be copied out is told by the disk, or by the folder', async () => {
	const [folder, full] = [await temporary(), await temporary()];
	const path = join(folder, 'bundle.tar');
	await writeFile(path, await tarOf(await bundleFiles()));
	for (const name of ['zenml-pro-0.13.18.tgz', 'zenml-0.95.1.tgz']) await symlink('/dev/full', join(full, name));
	const into = (workDirectory: string) => problemOf(createBundlePort({path, workDirectory}).open(never));
	const code = 'temporary-unwritable' satisfies ProblemCode;
	const fix = 'Make room there, or name a folder on another disk with the environment variable TMPDIR.';
	expect(await into(full)).toMatchObject({code, fix, cause: 'The disk of the folder for temporary files is full.'});
	expect(await into(join(path, 'x'))).toMatchObject({
		code,
		fix,
		message: 'charts/zenml-pro-0.13.18.tgz cannot be copied out of the tar.',
		cause: 'Writing to the folder for temporary files fails: A part of the path is a file, not a folder.',
	});
});
