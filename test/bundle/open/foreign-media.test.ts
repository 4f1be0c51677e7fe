import {execFileSync} from 'node:child_process';
import {chmod, mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openLayout} from '../../../source/bundle/layout/layout.ts';
import {openImages} from '../../../source/bundle/open/images-only.ts';
import {bundleFiles, layer, modern, never, problemOf, tarOf, temporary, writeFiles} from '../helpers.ts';
import {inspect} from '../made.ts';
import {indexedBundle} from './indexed.ts';

/** AppleDouble, as macOS writes it beside each file on a disk that has no place for its attributes. */
const apple = Buffer.concat([Buffer.from('0005160700020000', 'hex'), Buffer.from('Mac OS X        ')]);
const droppings = {
	'images/._zenml-pro-api.tar': apple,
	'charts/._zenml-0.95.1.tgz': apple,
	'._manifest.txt': apple,
	'images/.DS_Store': Buffer.from('\0\0\0\u0001Bud1'),
	'charts/Thumbs.db': Buffer.from('x'),
	'images/System Volume Information/IndexerVolumeGuid': Buffer.from('x'),
	'lost+found/#12': Buffer.from('x'),
};

const passedOver = (warnings: readonly string[] = []): readonly string[] =>
	warnings.filter((text) => text.startsWith('Passed over, as systems put it beside other files: '));

describe('what systems put beside files', () => {
	test('is passed over in a bundle made by hand, and that is said', async () => {
		const folder = await temporary();
		await writeFiles(folder, {...(await bundleFiles()), ...droppings});
		const {bundle, refusals} = await inspect(folder);
		expect(refusals).toEqual([]);
		expect(passedOver(bundle?.warnings)).toEqual([
			'Passed over, as systems put it beside other files: ._manifest.txt, charts/._zenml-0.95.1.tgz, charts/Thumbs.db, images/.DS_Store, images/._zenml-pro-api.tar and 1 more.',
		]);
	});

	test('is passed over in a made bundle, whose lists do not have it', async () => {
		const {folder} = await indexedBundle();
		await writeFiles(folder, droppings);
		const {bundle, refusals} = await inspect(folder);
		expect([refusals, passedOver(bundle?.warnings)]).toEqual([[], [expect.stringContaining('and 2 more.')]]);
		await writeFile(join(folder, '._notes'), 'no AppleDouble');
		expect((await inspect(folder)).refusals[0]?.problem.code).toBe('bundle-file-extra');
	});

	test('is passed over in a tar, and among archives', async () => {
		const folder = await temporary();
		const tar = join(folder, 'bundle.tar');
		await writeFile(tar, await tarOf({...(await bundleFiles()), ...droppings, './._images': apple}));
		expect((await inspect(tar)).refusals).toEqual([]);
		const archives = join(folder, 'archives');
		const saved = await tarOf(modern([{reference: 'v/app:1', layers: [await layer('a')]}]));
		await writeFiles(archives, {'app.tar': saved, '._app.tar': apple, 'lost+found/x.tar': apple});
		const {images, warnings} = await openImages(archives, {signature: {mode: 'off'}}, never);
		expect(images).toHaveLength(1);
		expect(passedOver(warnings)).toEqual([expect.stringContaining('images/._app.tar')]);
	});

	test.skipIf(process.getuid?.() === 0)('may be for root alone', async () => {
		const {folder} = await indexedBundle();
		await mkdir(join(folder, 'lost+found'), {mode: 0});
		try {
			expect((await inspect(folder)).refusals).toEqual([]);
		} finally {
			await chmod(join(folder, 'lost+found'), 0o700);
		}
	});
});

describe('a medium that changes names', () => {
	test('capitals of the endings change nothing', async () => {
		const folder = await temporary();
		const {
			'images/zenml-client.tar': client = Buffer.of(),
			'charts/zenml-0.95.1.tgz': chart = Buffer.of(),
			...files
		} = await bundleFiles();
		await writeFiles(folder, {...files, 'images/ZENML_CL.TAR;1': client, 'charts/ZENML_0.TGZ': chart});
		const {refusals, bundle} = await inspect(folder);
		expect([refusals, bundle?.images.length]).toEqual([[], 4]);
	});

	const told = (name: string, path: string) => ({
		code: 'bundle-layout',
		message: `The names of the files in ${path} were changed on the way.`,
		cause: `${name} is cut or in capitals, as on a disc of plain ISO 9660; lists and images are found by their names.`,
		fix: 'Write the disc anew with Rock Ridge (xorriso -as mkisofs -R), or put the bundle on it as one tar file, or in parts: what lies in a tar keeps its name.',
	});

	test.each([
		['capitals', {'IMAGES/A.TAR;1': 'x', 'MANIFEST.TXT;1': 'x'}, 'IMAGES'],
		['a folder deeper', {'DISC/IMAGES/A.TAR': 'x'}, 'DISC/IMAGES'],
		[
			'names cut to eight letters',
			{'images/index.jso': '{}', 'images/oci_layo': '{}', 'bundle.jso': '{}'},
			'bundle.jso',
		],
		['a cut list of checksums', {'images/zenml_pr.tar': 'x', sha256su: 'x'}, 'sha256su'],
	])('%s are told as such', async (_what, files, name) => {
		const folder = await temporary();
		await writeFiles(folder, files);
		expect(await problemOf(openLayout(folder, never))).toMatchObject(told(name, folder));
	});
});

describe('parts without their list', () => {
	test('are told, whether the folder or one of them is given', async () => {
		const folder = await temporary();
		await writeFiles(folder, {'b.tar.001': 'x', 'b.tar.002': 'y', 'b.tar.sha256': 'z'});
		expect(await problemOf(openLayout(folder, never))).toMatchObject({
			code: 'bundle-part-missing',
			message: 'The list of the parts of b.tar is not there.',
			cause: `${folder} holds b.tar.001, b.tar.002, but not b.tar.parts.json, which says which parts there are and what each should be.`,
			fix: 'Carry b.tar.parts.json in from the connected side and put it beside the parts.',
		});
		expect((await problemOf(openLayout(join(folder, 'b.tar.002'), never))).code).toBe('bundle-part-missing');
	});
});

describe('a layout that lost its index', () => {
	test('is refused, not overlooked, wherever it lies', async () => {
		const folder = await temporary();
		const saved = modern([{reference: 'v/app:1', layers: [await layer('a')]}]);
		const {'blobs/': _, 'manifest.json': __, 'index.json': ___, ...members} = saved;
		await writeFiles(join(folder, 'lost'), members as Record<string, Buffer>);
		await writeFile(join(folder, 'app.tar'), await tarOf(saved));
		for (const path of [folder, join(folder, 'lost')]) {
			expect(await problemOf(openImages(path, {signature: {mode: 'off'}}, never))).toMatchObject({
				code: 'bundle-archive-incomplete',
				message: 'images/lost does not hold index.json.',
			});
		}
	});
});

test('links within the tar of a bundle made by hand are followed', async () => {
	const folder = await temporary();
	await writeFiles(join(folder, 'b'), await bundleFiles());
	await rename(join(folder, 'b/images/zenml-client.tar'), join(folder, 'b/client.tar'));
	execFileSync('ln', [join(folder, 'b/client.tar'), join(folder, 'b/images/zenml-client.tar')]);
	const tar = join(folder, 'b.tar');
	execFileSync('tar', ['-C', folder, '-cf', tar, 'b/client.tar', 'b/images', 'b/charts', 'b/manifest.txt']);
	const {refusals, bundle} = await inspect(tar);
	expect([refusals, bundle?.images.length]).toEqual([[], 4]);
	expect((await readFile(tar)).length).toBeGreaterThan(0);
	await rm(tar);
});

test('a file among the archives that nothing reads is told of', async () => {
	const folder = await temporary();
	await writeFiles(folder, {...(await bundleFiles()), 'images/app.img': 'x', 'images/notes.md': 'x'});
	const {bundle} = await inspect(folder);
	expect(bundle?.warnings.filter((text) => text.includes('was not read'))).toEqual([
		'images/app.img was not read: it is neither a tar (.tar, .tar.gz, .tar.zst) nor in an OCI layout.',
	]);
});
