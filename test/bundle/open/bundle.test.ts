import {execFileSync} from 'node:child_process';
import {readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {
	bundleFiles,
	chartOf,
	checksumLines,
	layer,
	modern,
	never,
	problemOf,
	tarOf,
	temporary,
	writeFiles,
} from '../helpers.ts';

const open = (path: string, workDirectory?: string) =>
	createBundlePort({path, ...(workDirectory === undefined ? {} : {workDirectory})}).open(never);

describe('a bundle in the layout of the guide', () => {
	test('gives its images, both charts and what manifest.txt documents', async () => {
		const directory = await temporary();
		await writeFiles(directory, await bundleFiles());
		const bundle = await open(directory);
		expect(bundle.images.map(({name, tag}) => `${name}:${tag}`)).toEqual([
			'zenml:0.95.1',
			'zenml-pro-api:0.13.18',
			'zenml-pro-dashboard:0.13.18',
			'zenml-pro-server:0.95.1',
		]);
		expect(bundle.controlPlaneChart).toMatchObject({
			name: 'zenml-pro',
			version: '0.13.18',
			kubeVersion: '>=1.24',
			annotations: {a: 'b'},
			path: join(directory, 'charts/zenml-pro-0.13.18.tgz'),
		});
		expect(bundle.workspaceChart).toMatchObject({name: 'zenml', version: '0.95.1', appVersion: '0.95.1'});
		expect(bundle.manifest.charts).toEqual(['zenml-pro-0.13.18', 'zenml-0.95.1']);
		expect(bundle.warnings).toEqual([expect.stringContaining('There are no checksums')]);
		for (const image of bundle.images) expect(image.platform).toEqual({os: 'linux', architecture: 'amd64'});
	});

	test.each(['', 'zenml-air-gapped-bundle/', './transfer/zenml-air-gapped-bundle/'])(
		'is the same within a tar made of it, packed below "%s", and only its charts are copied out',
		async (prefix) => {
			const directory = await temporary();
			const files = await bundleFiles();
			await writeFiles(join(directory, prefix), files);
			const top = prefix === '' ? '.' : (prefix.split('/').find((part) => part !== '.') ?? '.');
			const packed = execFileSync('tar', ['-cf', '-', '-C', directory, top], {maxBuffer: 1 << 26});
			const elsewhere = await temporary();
			await writeFile(join(elsewhere, 'bundle.tar'), packed);
			const folder = await open(join(directory, prefix));
			const tar = await open(join(elsewhere, 'bundle.tar'), join(elsewhere, 'work'));
			expect(tar.digest).toBe(folder.digest);
			expect(tar.images.map(({manifest}) => manifest.digest)).toEqual(
				folder.images.map(({manifest}) => manifest.digest),
			);
			expect(tar.controlPlaneChart.path).toBe(join(elsewhere, 'work/zenml-pro-0.13.18.tgz'));
			expect(await readFile(tar.controlPlaneChart.path)).toEqual(files['charts/zenml-pro-0.13.18.tgz']);
			const blob = tar.images[1]?.blobs[1];
			const chunks: Buffer[] = [];
			for await (const chunk of blob?.open(10) ?? []) chunks.push(chunk as Buffer);
			expect(Buffer.concat(chunks).length).toBe((blob?.size ?? 0) - 10);
			const port = createBundlePort({path: join(elsewhere, 'bundle.tar'), workDirectory: join(elsewhere, 'work')});
			expect(await port.verify({signal: never, onProgress: () => {}})).toMatchObject({files: 6});
		},
	);
});

describe('a bundle in the layout of the guide', () => {
	test('within a tar says so when the disk of temporary files is full, or their folder cannot be used', async () => {
		const [directory, work] = [await temporary(), await temporary()];
		const file = join(directory, 'bundle.tar');
		await writeFile(file, await tarOf(await bundleFiles()));
		for (const chart of ['zenml-pro-0.13.18.tgz', 'zenml-0.95.1.tgz']) await symlink('/dev/full', join(work, chart));
		expect(await problemOf(open(file, work))).toMatchObject({
			code: 'temporary-unwritable',
			cause: 'The disk of the folder for temporary files is full.',
		});
		expect((await problemOf(open(file, join(file, 'x')))).code).toBe('temporary-unwritable');
	});

	test('is refused when the tar of it lacks its end', async () => {
		const directory = await temporary();
		const packed = await tarOf(await bundleFiles());
		await writeFile(join(directory, 'bundle.tar'), packed.subarray(0, packed.length - 1024));
		expect(await problemOf(open(join(directory, 'bundle.tar')))).toMatchObject({
			code: 'bundle-archive-truncated',
			location: {file: 'bundle.tar'},
		});
	});

	test('is found one folder below the given one, and archives may be links to another disk', async () => {
		const [directory, disk] = [await temporary(), await temporary()];
		const {'images/zenml-client.tar': client = Buffer.alloc(0), ...files} = await bundleFiles();
		await writeFiles(join(directory, 'bundle'), files);
		await writeFile(join(disk, 'x.tar'), client);
		await symlink(join(disk, 'x.tar'), join(directory, 'bundle/images/zenml-client.tar'));
		expect((await open(directory)).images).toHaveLength(4);
	});
});

const cases: ReadonlyArray<readonly [string, string, string, (files: Record<string, Buffer>) => unknown]> = [
	[
		'an image archive that manifest.txt lists',
		'bundle-image-missing',
		'zenml-pro-server:0.95.1',
		(files) => delete files['images/zenml-pro-server.tar'],
	],
	[
		'a required image, with no manifest.txt to list it',
		'bundle-image-missing',
		'zenml-pro-server',
		(files) => delete files['images/zenml-pro-server.tar'] && delete files['manifest.txt'],
	],
	['a chart', 'bundle-chart-missing', 'zenml-0.95.1', (files) => delete files['charts/zenml-0.95.1.tgz']],
	[
		'a chart, with no manifest.txt to list it',
		'bundle-chart-missing',
		'zenml-pro',
		(files) => delete files['charts/zenml-pro-0.13.18.tgz'] && delete files['manifest.txt'],
	],
	[
		'a file with a checksum line',
		'bundle-file-missing',
		'images/lost.tar',
		(files) => Object.assign(files, {SHA256SUMS: Buffer.from(`${'0'.repeat(64)}  images/lost.tar\n`)}),
	],
];

describe('what is missing or too much', () => {
	test.each(cases)('%s is refused by name', async (_what, code, named, change) => {
		const directory = await temporary();
		const files = await bundleFiles();
		change(files);
		await writeFiles(directory, files);
		const problem = await problemOf(open(directory));
		expect(problem).toMatchObject({code, area: 'bundle'});
		expect(problem.message).toContain(named);
	});

	test('two versions of a chart, or of a server image, are refused because the choice is said nowhere', async () => {
		const directory = await temporary();
		await writeFiles(directory, {...(await bundleFiles()), 'charts/old.tgz': await chartOf('zenml', '0.94.0')});
		expect((await problemOf(open(directory))).code).toBe('bundle-chart-ambiguous');
		const other = await temporary();
		const reference = 'vendor.example.com/zenml-pro-api:0.13.17';
		const old = await tarOf(modern([{reference, layers: [await layer('old')]}]));
		await writeFiles(other, {...(await bundleFiles()), 'images/old.tar': old});
		expect((await problemOf(open(other))).code).toBe('bundle-image-ambiguous');
	});

	test('two different images under one name and version are refused', async () => {
		const directory = await temporary();
		const twin = await tarOf(modern([{reference: 'x/zenml-pro-api:0.13.18', layers: [await layer('twin')]}]));
		await writeFiles(directory, {...(await bundleFiles()), 'images/twin.tar': twin});
		expect((await problemOf(open(directory))).code).toBe('bundle-image-twice');
	});

	test('a second client image is kept and warned of, and the one that fits the chart comes first', async () => {
		const directory = await temporary();
		const extra = await tarOf(modern([{reference: 'zenmldocker/zenml:0.95.1-py3.11', layers: [await layer('py311')]}]));
		await writeFiles(directory, {...(await bundleFiles()), 'images/a.tar': extra});
		const bundle = await open(directory);
		expect(bundle.images.slice(0, 2).map(({tag}) => tag)).toEqual(['0.95.1', '0.95.1-py3.11']);
		expect(bundle.warnings).toContainEqual(expect.stringContaining('images/a.tar holds zenml:0.95.1-py3.11'));
	});

	test('no manifest.txt is a warning, not an error', async () => {
		const directory = await temporary();
		const {'manifest.txt': _, ...files} = await bundleFiles();
		await writeFiles(directory, files);
		expect((await open(directory)).warnings).toEqual([expect.stringContaining('could not be verified')]);
	});
});

describe('what is missing or too much', () => {
	test('archives in a compression that cannot be read are refused with the command that unpacks them', async () => {
		const directory = await temporary();
		const {'images/zenml-client.tar': _, ...files} = await bundleFiles();
		const xz = Buffer.from('fd377a585a000004', 'hex');
		await writeFiles(directory, {...files, 'images/zenml-client.tar.xz': xz});
		expect(await problemOf(open(directory))).toMatchObject({
			code: 'bundle-compressed',
			fix: 'Unpack it once: xz -d images/zenml-client.tar.xz',
		});
		await writeFile(join(directory, 'all.tar.bz2'), 'BZh91AY&SY');
		expect((await problemOf(open(join(directory, 'all.tar.bz2')))).fix).toContain('bzip2 -d');
	});

	test('a path that is no bundle, or not there, says what was expected', async () => {
		const directory = await temporary();
		expect((await problemOf(open(directory))).code).toBe('bundle-layout');
		expect(await problemOf(open(join(directory, 'nowhere')))).toMatchObject({
			code: 'bundle-not-found',
			answers: ['bundle.path'],
		});
	});
});

describe('verify', () => {
	test('reads every file to its end and reports honest, rising progress', async () => {
		const directory = await temporary();
		const files = await bundleFiles();
		await writeFiles(directory, {...files, SHA256SUMS: checksumLines(files)});
		const port = createBundlePort({path: directory});
		const bytes = Object.entries(files).reduce(
			(sum, [name, {length}]) => sum + (name === 'manifest.txt' ? 0 : length),
			0,
		);
		const seen: number[] = [];
		const named = new Set<string>();
		const result = await port.verify({
			signal: never,
			onProgress: ({file, done, total}) => {
				expect(total).toBe(bytes);
				seen.push(done);
				if (file !== '') named.add(file);
			},
		});
		expect(result).toEqual({files: 6, bytes, read: bytes});
		expect([...named].sort()).toEqual(
			Object.keys(files)
				.filter((name) => name !== 'manifest.txt')
				.sort(),
		);
		expect(seen).toEqual([...seen].sort((a, b) => a - b));
		expect([seen[0], seen.at(-1)]).toEqual([0, bytes]);
	});

	test('finds one changed byte in a layer, with or without checksum lines, and the file can be carried in again', async () => {
		for (const checksums of [true, false]) {
			const directory = await temporary();
			const files = await bundleFiles();
			const name = 'images/zenml-pro-dashboard.tar';
			const good = Buffer.from(files[name] ?? '');
			await writeFiles(directory, {...files, ...(checksums ? {SHA256SUMS: checksumLines(files)} : {})});
			const bad = Buffer.from(good);
			const at = bad.indexOf('zenml-pro-dashboard-0.13.18vendor');
			expect(at).toBeGreaterThan(0);
			bad[at] = 0x21;
			await writeFile(join(directory, name), bad);
			const port = createBundlePort({path: directory});
			const verify = () => port.verify({signal: never, onProgress: () => {}});
			const problem = await problemOf(verify());
			expect(problem).toMatchObject({code: 'bundle-checksum-mismatch', location: {file: name}});
			expect(problem.nextSteps.join(' ')).toContain('sha256sum');
			await writeFile(join(directory, name), good);
			await expect(verify()).resolves.toMatchObject({files: 6});
		}
	});
});

describe('verify', () => {
	test('an open bundle is read anew when a file of it is replaced, and not otherwise', async () => {
		const directory = await temporary();
		await writeFiles(directory, await bundleFiles());
		const port = createBundlePort({path: directory});
		const first = await port.open(never);
		expect(await port.open(never)).toBe(first);
		const reference = 'vendor.example.com/zenml-pro-api:0.13.18';
		const other = await tarOf(modern([{reference, layers: [await layer('other, and longer')]}]));
		await writeFile(join(directory, 'images/zenml-pro-api.tar'), other);
		expect((await port.open(never)).digest).not.toBe(first.digest);
	});

	test('finds a changed chart by its checksum line', async () => {
		const directory = await temporary();
		const files = await bundleFiles();
		const other = await chartOf('zenml', '0.95.1', 'description: changed\n');
		await writeFiles(directory, {...files, SHA256SUMS: checksumLines(files), 'charts/zenml-0.95.1.tgz': other});
		const problem = await problemOf(createBundlePort({path: directory}).verify({signal: never, onProgress: () => {}}));
		expect(problem).toMatchObject({code: 'bundle-checksum-mismatch', location: {file: 'charts/zenml-0.95.1.tgz'}});
	});

	test('stops when its signal is aborted', async () => {
		const directory = await temporary();
		await writeFiles(directory, await bundleFiles());
		const controller = new AbortController();
		const running = createBundlePort({path: directory}).verify({
			signal: controller.signal,
			onProgress: () => controller.abort(),
		});
		await expect(running).rejects.toThrow(expect.objectContaining({name: 'AbortError'}));
	});
});
