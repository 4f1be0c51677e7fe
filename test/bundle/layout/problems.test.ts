import {mkdir, rm, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import type {ProblemCode} from '../../../source/base/problem.ts';
import {readInventory} from '../../../source/bundle/layout/inventory-file.ts';
import {openLayout} from '../../../source/bundle/layout/layout.ts';
import {readPartsFile} from '../../../source/bundle/layout/parts.ts';
import type {Layout} from '../../../source/bundle/layout/types.ts';
import {requireFinished} from '../../../source/bundle/layout/unfinished.ts';
import {openImages} from '../../../source/bundle/open/images-only.ts';
import {headerOf} from '../../archive/helpers.ts';
import {hex, type Member, never, problemOf, tarOf, temporary, writeFiles} from '../helpers.ts';

/** A folder with these files; `FOLDER` in what is told stands for it. */
const folderWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
	const folder = await temporary();
	await writeFiles(folder, files);
	return folder;
};
const tarWith = async (members: Readonly<Record<string, Member>>): Promise<string> => {
	const folder = await temporary();
	await writeFile(join(folder, 'b.tar'), await tarOf(members));
	return join(folder, 'b.tar');
};

/** Three parts of four bytes each, and their list. */
const partsIn = async (change: Readonly<Record<string, unknown>> = {}): Promise<string> => {
	const parts = ['aaaa', 'bbbb', 'cccc'].map((text, index) => ({
		file: `b.tar.00${index + 1}`,
		size: 4,
		digest: `sha256:${hex(text)}`,
	}));
	const list = {formatVersion: 1, name: 'b.tar', size: 12, partSize: 4, parts, bundle: `sha256:${hex('')}`, ...change};
	return folderWith({
		'b.tar.001': 'aaaa',
		'b.tar.002': 'bbbb',
		'b.tar.003': 'cccc',
		'b.tar.parts.json': JSON.stringify(list),
	});
};

type Told = {readonly message?: string; readonly cause: string; readonly fix: string};
type Case = readonly [
	what: string,
	code: ProblemCode,
	told: (at: string) => Told,
	make: () => Promise<string>,
	open?: (at: string) => Promise<unknown>,
];

const guide = "Give the folder (or the tar of it) that step 1.3 of the vendor's air-gap guide describes.";
const inventoryAnew = 'Take the inventory anew where the registry can be reached, and carry that file over.';
const open = (at: string) => openLayout(at, never);
const inventory = (text: string) => async () => join(await folderWith({'i.json': text}), 'i.json');

const refusals: readonly Case[] = [
	[
		'a folder that holds something else',
		'bundle-layout',
		(at) => ({
			message: `${at} is not an air-gap bundle.`,
			cause: 'There is no file below images/ in it.',
			fix: guide,
		}),
		() => folderWith({'notes.txt': ''}),
	],
	[
		'a tar that holds something else',
		'bundle-layout',
		() => ({cause: 'It is a tar file, but there is no file below images/ in it.', fix: guide}),
		() => tarWith({'notes.txt': ''}),
	],
	[
		'a tar without its end',
		'bundle-archive-truncated',
		() => ({
			cause: 'The blocks that close a tar file are missing.',
			fix: 'Carry b.tar in again from the connected side and try again.',
		}),
		async () => join(await folderWith({'b.tar': headerOf('images/a').toString('latin1')}), 'b.tar'),
	],
	[
		'a folder of several bundles',
		'bundle-ambiguous',
		(at) => ({
			message: `${at} holds several bundles.`,
			cause: 'They are one, two; which one is meant is not said.',
			fix: `Give the folder of the one you mean, such as ${at}/one.`,
		}),
		() => folderWith({'one/images/a.tar': '', 'two/images/a.tar': ''}),
	],
	[
		'a folder in which nothing was finished yet',
		'bundle-unfinished',
		(at) => ({
			message: `The bundle ${at} is not finished.`,
			cause:
				'`bundle create` was stopped while it made it, or is still at work: bundle.json.part is there, which it takes away last.',
			fix: 'On the connected side start the same `bundle create` again: it goes on with what is there. Carry the bundle over when it says that it is whole.',
		}),
		() => folderWith({'bundle.json.part': '{}'}),
	],
	[
		'a folder too deep for a bundle with a list of files',
		'bundle-foreign',
		(at) => ({
			message: `${at} holds what no list of checksums can speak for: a/b/c/d/e/f/g/h/i/ and 1 more.`,
			cause:
				'A bundle holds files, in folders at most 8 deep; these are pipes, devices, sockets or folders below that.',
			fix: 'Find out who put them there. Where the rest is trusted, take them away and try again.',
		}),
		async () => {
			const folder = await folderWith({'bundle.json': '{}', 'images/a.tar': ''});
			await mkdir(join(folder, 'a/b/c/d/e/f/g/h/i'), {recursive: true});
			await mkdir(join(folder, 'a/b/c/d/e/f/g/h/j'), {recursive: true});
			return folder;
		},
	],
	[
		'a tar with more in it than its list of files can speak for',
		'bundle-foreign',
		() => ({
			cause:
				'A packed bundle holds files and folders below b/ and nothing else; these are links, devices or lie beside it.',
			fix: 'Get it again from the one who made it. Of a folder with links in it make the tar with: tar --dereference --hard-dereference -cf',
		}),
		() => tarWith({'b/bundle.json': '{}', 'b/images/a.tar': '', beside: ''}),
	],
	[
		'a list of parts that is too large',
		'bundle-parts-damaged',
		() => ({
			message: "b.tar.parts.json is not the list of a bundle's parts.",
			cause: `It has ${32 * 1024 ** 2 + 1} bytes; some kilobytes were expected.`,
			fix: 'Carry b.tar.parts.json in again: `bundle split` wrote it beside the parts on the connected side.',
		}),
		async () => {
			const folder = await folderWith({'b.tar.parts.json': ''});
			await truncate(join(folder, 'b.tar.parts.json'), 32 * 1024 ** 2 + 1);
			return folder;
		},
		(at) => readPartsFile(join(at, 'b.tar.parts.json')),
	],
	[
		'a list of parts that is cut',
		'bundle-parts-damaged',
		() => ({
			cause: 'It is not JSON; it may be cut short.',
			fix: 'Carry b.tar.parts.json in again: `bundle split` wrote it beside the parts on the connected side.',
		}),
		() => folderWith({'b.tar.parts.json': '{"formatVersion":1'}),
	],
	[
		'a list of parts that does not add up',
		'bundle-parts-damaged',
		() => ({
			cause: 'In size: the sizes of the parts must add up to the size of the tar.',
			fix: 'Carry b.tar.parts.json in again: `bundle split` wrote it beside the parts on the connected side.',
		}),
		() => partsIn({size: 13}),
	],
	[
		'a folder with the parts of two bundles',
		'bundle-parts-ambiguous',
		(at) => ({
			message: `${at} holds the parts of several bundles.`,
			cause: 'It holds a.tar.parts.json, b.tar.parts.json; which one to install is not said.',
			fix: `Give the list of the one you mean, such as ${at}/a.tar.parts.json.`,
		}),
		() => folderWith({'a.tar.parts.json': '{}', 'b.tar.parts.json': '{}'}),
	],
	[
		'parts of which one is missing',
		'bundle-part-missing',
		(at) => ({
			message: 'The bundle b.tar lacks parts: b.tar.002.',
			cause: `b.tar.parts.json lists 3 parts; 2 of them are in ${at}.`,
			fix: 'Bring b.tar.002 over again and put them beside b.tar.parts.json; the other parts can stay.',
		}),
		async () => {
			const folder = await partsIn();
			await rm(join(folder, 'b.tar.002'));
			return folder;
		},
	],
	[
		'parts of which one is cut',
		'bundle-part-size',
		() => ({
			message: 'Parts of the bundle b.tar have the wrong size: b.tar.003 (1 instead of 4 bytes).',
			cause: 'Copying ended too early, or they are parts of another bundle.',
			fix: 'Bring b.tar.003 over again and put them beside b.tar.parts.json; the other parts can stay.',
		}),
		async () => {
			const folder = await partsIn();
			await writeFile(join(folder, 'b.tar.003'), 'c');
			return folder;
		},
	],
	[
		'a folder in the place of a part',
		'bundle-part-missing',
		() => ({
			cause: expect.stringContaining('2 of them are in'),
			fix: 'Bring b.tar.001 over again and put them beside b.tar.parts.json; the other parts can stay.',
		}),
		async () => {
			const folder = await partsIn();
			await rm(join(folder, 'b.tar.001'));
			await mkdir(join(folder, 'b.tar.001'));
			return folder;
		},
	],
	[
		'a path without images, where images are all that is asked for',
		'bundle-no-images',
		(at) => ({
			message: `There is no image in ${at}.`,
			cause: 'It holds neither archives of images (.tar, .tar.gz, .tar.zst) nor an OCI layout.',
			fix: 'Give a bundle, a folder of archives, one archive of docker save, or a folder with an OCI layout.',
		}),
		() => folderWith({'images/notes.txt': ''}),
		(at) => openImages(at, {signature: {mode: 'off'}}, never),
	],
	[
		'an inventory that is cut',
		'bundle-inventory-invalid',
		(at) => ({
			message: `${at} is no inventory of a registry.`,
			cause: 'It is not JSON, or it was cut short.',
			fix: inventoryAnew,
		}),
		inventory('{'),
		readInventory,
	],
	[
		'an inventory of a newer tool',
		'bundle-inventory-invalid',
		() => ({
			cause: 'It has format version 2; this tool reads version 1. A newer tool wrote it.',
			fix: inventoryAnew,
		}),
		inventory('{"formatVersion":2}'),
		readInventory,
	],
	[
		'an inventory with something else in it',
		'bundle-inventory-invalid',
		() => ({cause: expect.stringMatching(/^In registry: /u), fix: inventoryAnew}),
		inventory('{"formatVersion":1,"prefix":"","taken":"2026-01-01T00:00:00Z","repositories":[]}'),
		readInventory,
	],
	[
		'an inventory that is too large',
		'bundle-inventory-invalid',
		() => ({
			cause: `It has ${64 * 1024 ** 2 + 1} bytes; an inventory has at most ${64 * 1024 ** 2}.`,
			fix: inventoryAnew,
		}),
		async () => {
			const file = join(await folderWith({'i.json': ''}), 'i.json');
			await truncate(file, 64 * 1024 ** 2 + 1);
			return file;
		},
		readInventory,
	],
];

test.for(refusals)(
	'%s is refused as %s, with its cause and the way out',
	async ([, code, told, make, raise = open]) => {
		const at = await make();
		expect(await problemOf(raise(at))).toMatchObject({code, area: 'bundle', ...told(at)});
	},
);

test('a bundle that is told as whole may still hold the mark of one that is being made', async () => {
	const files: Layout['files'] = new Map([
		['bundle.json.part', {file: '/b/bundle.json.part', offset: 0, size: 1, label: 'bundle.json.part'}],
	]);
	const check = async () => requireFinished({path: '/b', packed: false, files});
	expect((await problemOf(check())).code).toBe('bundle-unfinished' satisfies ProblemCode);
});

test('what lies beside the folders of a bundle made by hand is not walked, nor is it read', async () => {
	const folder = await folderWith({
		'images/a/b.tar': '',
		'charts/c.tgz': '',
		'other/deep/file': '',
		'manifest.txt': '',
	});
	const {files} = await openLayout(folder, never);
	expect([...files.keys()].sort()).toEqual(['charts/c.tgz', 'images/a/b.tar', 'manifest.txt']);
});

test('of a compressed tar below two folders the files are told from the bundle on', async () => {
	const folder = await temporary();
	await writeFile(
		join(folder, 'b.tgz'),
		gzipSync(await tarOf({'./a/b/images/x.tar': 'x', './a/b/manifest.txt': '', 'a/notes.txt': ''})),
	);
	const {files, packed} = await openLayout(join(folder, 'b.tgz'), never);
	expect(packed).toBe(true);
	expect([...files]).toMatchObject([
		['images/x.tar', {label: 'images/x.tar', size: 1}],
		['manifest.txt', {label: 'manifest.txt', size: 0}],
	]);
});
