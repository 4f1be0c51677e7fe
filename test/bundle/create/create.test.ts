import {execFileSync} from 'node:child_process';
import {lstat, mkdir, readFile, stat, symlink, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {type WriteOptions, writeBundle} from '../../../source/bundle/create/create.ts';
import {planBundle} from '../../../source/bundle/create/plan.ts';
import type {CompleteSpec} from '../../../source/bundle/create/spec/spec.ts';
import {bundleIndexSchema} from '../../../source/bundle/layout/index-file.ts';
import {parseManifest} from '../../../source/bundle/layout/manifest-text.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import type {ImageSource} from '../../../source/oci/image-source.ts';
import {
	chartsIn,
	filesOf,
	image,
	never,
	noise,
	plainSource,
	problemOf,
	productImages,
	quietCharts,
	specOf,
	temporary,
	vendorRegistry,
} from './helpers.ts';

const plan = (
	spec: CompleteSpec,
	source: ImageSource,
	more: {readonly from?: readonly string[]; readonly rendered?: string} = {},
) =>
	planBundle({
		spec,
		from: more.from ?? [],
		source,
		charts: quietCharts(more.rendered),
		tools: async () => ({tools: [], papers: [], notes: []}),
		onLook: () => undefined,
		signal: never,
	});

const notes: string[] = [];
const options = (folder: string, more: Partial<WriteOptions> = {}): WriteOptions => ({
	folder,
	madeBy: 'zenml-airgap 0.0.0-test',
	concurrency: 3,
	freeBytes: async () => 1e12,
	onNote: (text) => notes.push(text),
	onBlob: () => undefined,
	onBytes: () => undefined,
	signal: never,
	...more,
});

const site = async (size?: number) => {
	const charts = await temporary();
	await chartsIn(charts);
	const images = productImages(size);
	const registry = await vendorRegistry(images);
	return {charts, images, registry, spec: specOf(registry.host, charts), folder: join(await temporary(), 'bundle')};
};

test('a bundle from a registry has every blob once, passes sha256sum, opens and verifies', async () => {
	const {spec, folder, images, registry} = await site();
	const source = plainSource();
	const made = await plan(spec, source);
	await writeBundle(made, options(folder));
	execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {cwd: folder});
	const index = bundleIndexSchema.parse(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));
	expect(index.images.map(({digest}) => digest).sort()).toEqual(images.map(({manifest}) => manifest.digest).sort());
	expect(new Set(source.asked).size).toBe(source.asked.length);
	const on = [...(await filesOf(folder)).keys()].filter((name) => !['bundle.json', 'SHA256SUMS'].includes(name));
	expect(index.files.map(({path}) => path)).toEqual(on.sort());
	const {images: listed, charts, created} = parseManifest(await readFile(join(folder, 'manifest.txt'), 'utf8'));
	expect(listed.map((line) => line.replace(/@.*$/u, '')).sort()).toEqual(
		images.map(({name, tag}) => `${registry.host}/zenml/${name}:${tag}`).sort(),
	);
	expect(charts).toEqual(['zenml-0.95.1', 'zenml-pro-0.13.18']);
	expect(created).toBe('1970-01-01T00:00:00.000Z');
	const port = createBundlePort({path: folder});
	const bundle = await port.open(never);
	expect(bundle.images.map(({manifest}) => manifest.digest).sort()).toEqual(
		images.map(({manifest}) => manifest.digest).sort(),
	);
	await port.verify({signal: never, onProgress: () => undefined});
});

test('the same spec gives the same bytes in another folder, and again in the same one without a fetch', async () => {
	const {spec, folder} = await site();
	const other = join(await temporary(), 'elsewhere');
	await writeBundle(await plan(spec, plainSource()), options(folder));
	await writeBundle(await plan(spec, plainSource()), options(other, {concurrency: 1}));
	const first = await filesOf(folder);
	expect(await filesOf(other)).toEqual(first);
	const {fetched} = await writeBundle(await plan(spec, plainSource()), options(folder));
	expect(fetched).toBe(0);
	expect(await filesOf(folder)).toEqual(first);
});

test('a blob that broke off is gone on with from its last byte, and bytes that were torn are fetched anew', async () => {
	const {spec, folder, images} = await site(3_000_000);
	const big = images[0]?.blobs[2]?.digest ?? '';
	const breaking = plainSource(async function* (digest, _from, chunks) {
		let passed = 0;
		for await (const chunk of chunks) {
			passed += chunk.length;
			if (digest === big && passed > 2_000_000) throw new Error('the line broke');
			yield chunk;
		}
	});
	const made = await plan(spec, breaking);
	await expect(writeBundle(made, options(folder, {concurrency: 1}))).rejects.toThrow('the line broke');
	const part = join(folder, 'images/blobs/sha256', `${big.slice(7)}.part`);
	const {size} = await stat(part);
	expect(size).toBeGreaterThan(1_000_000);
	await expect(stat(join(folder, 'SHA256SUMS'))).rejects.toThrow('ENOENT');

	const torn = Buffer.alloc(1000, 7);
	const whole = plainSource();
	const outcomes: string[] = [];
	const again = await plan(spec, whole);
	await writeBundle(
		again,
		options(folder, {onBlob: ({digest}, {state, from}) => outcomes.push(`${digest} ${state} ${from}`)}),
	);
	expect(outcomes).toContain(`${big} fetched ${size}`);
	expect(whole.asked).toContain(`${big} ${size}`);

	await truncate(join(folder, 'images/blobs/sha256', big.slice(7)), 5);
	await writeFile(part, torn);
	const third = plainSource();
	await writeBundle(await plan(spec, third), options(folder));
	expect(third.asked.filter((line) => line.startsWith(big))).toEqual([`${big} 1000`, `${big} 0`]);
	execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {cwd: folder});
});

test('bytes that are not what the manifest says are refused and do not stay', async () => {
	const {spec, folder, images} = await site();
	const bad = images[1]?.blobs[2]?.digest ?? '';
	const lying = plainSource(async function* (digest, _from, chunks) {
		for await (const chunk of chunks) {
			if (digest === bad) chunk[0] = (chunk[0] ?? 0) ^ 1;
			yield chunk;
		}
	});
	const problem = await problemOf(writeBundle(await plan(spec, lying), options(folder)));
	expect(problem.code).toBe('bundle-create-digest');
	expect([...(await filesOf(folder)).keys()].filter((name) => name.includes(bad.slice(7)))).toEqual([]);
});

test('what an older spec left is taken away; what somebody else put there is named and refused', async () => {
	const {spec, folder, charts, registry} = await site();
	const extra = image('busybox', '1.36', [noise('busybox', 5000)]);
	const withExtra = await vendorRegistry([extra]);
	const more = specOf(registry.host, charts, {extraImages: [`${withExtra.host}/zenml/busybox:1.36`]});
	await writeBundle(await plan(more, plainSource()), options(folder));
	expect([...(await filesOf(folder)).keys()]).toContain(`images/blobs/sha256/${extra.manifest.digest.slice(7)}`);
	await writeFile(join(folder, 'SHA256SUMS.minisig'), 'a signature');
	notes.length = 0;
	await writeBundle(await plan(spec, plainSource()), options(folder));
	const names = [...(await filesOf(folder)).keys()];
	expect(names.filter((name) => name.includes(extra.manifest.digest.slice(7)))).toEqual([]);
	expect(names).not.toContain('SHA256SUMS.minisig');
	expect(notes.join('\n')).toMatch(/Taken away.*\n.*SHA256SUMS\.minisig was taken away/u);

	await mkdir(join(folder, 'images/mine'), {recursive: true});
	await writeFile(join(folder, 'images/mine/notes.txt'), 'mine');
	const before = await filesOf(folder);
	const problem = await problemOf(writeBundle(await plan(spec, plainSource()), options(folder)));
	expect(problem).toMatchObject({
		code: 'bundle-create-foreign-files',
		cause: expect.stringContaining('images/mine/notes.txt'),
	});
	expect(await filesOf(folder)).toEqual(before);
});

test('a signature stays where the bundle is the same', async () => {
	const {spec, folder} = await site();
	await writeBundle(await plan(spec, plainSource()), options(folder));
	await writeFile(join(folder, 'SHA256SUMS.minisig'), 'a signature');
	await writeBundle(await plan(spec, plainSource()), options(folder));
	expect([...(await filesOf(folder)).keys()]).toContain('SHA256SUMS.minisig');
});

test('a disk without room is refused before anything is fetched, and says how much is missing', async () => {
	const {spec, folder} = await site();
	const source = plainSource();
	const made = await plan(spec, source);
	const asked = source.asked.length;
	const problem = await problemOf(writeBundle(made, options(folder, {freeBytes: async () => 1000})));
	expect(problem).toMatchObject({
		code: 'bundle-create-disk-full',
		cause: expect.stringMatching(/^It needs \d+\.\d KiB more and has 1000 B\.$/u),
	});
	expect(source.asked.length).toBe(asked);
	await expect(stat(folder)).rejects.toThrow('ENOENT');
});

test('SOURCE_DATE_EPOCH is the date of the bundle where it is set', async () => {
	const {spec, folder} = await site();
	const {index} = await writeBundle(await plan(spec, plainSource()), options(folder, {sourceDateEpoch: 1_767_225_600}));
	expect(index.created).toBe('2026-01-01T00:00:00.000Z');
});

test('a link in the place of a file to be written is not written through, and is not in the bundle', async () => {
	const {spec, folder} = await site();
	const made = await plan(spec, plainSource());
	const outside = await temporary();
	const blobs = made.blobs.map(({digest}) => `images/blobs/sha256/${digest.slice('sha256:'.length)}`);
	const [first = '', second = ''] = blobs;
	const chart = made.charts[0]?.file.path ?? '';
	const planted = ['manifest.txt.new', 'SHA256SUMS.new', 'bundle.json.part.new', `${chart}.new`, `${first}.part`];
	await mkdir(join(folder, 'images/blobs/sha256'), {recursive: true});
	await mkdir(join(folder, 'charts'));
	for (const [index, name] of planted.entries()) {
		await writeFile(join(outside, `${index}`), 'theirs');
		await symlink(join(outside, `${index}`), join(folder, name));
	}
	// A link to the right bytes would be carried as a link.
	const {folder: other} = await site();
	await writeBundle(made, options(other));
	await symlink(join(other, second), join(folder, second));
	await writeBundle(made, options(folder));
	for (const index of planted.keys()) expect(await readFile(join(outside, `${index}`), 'utf8')).toBe('theirs');
	for (const name of [...(await filesOf(folder)).keys()]) {
		expect([name, (await lstat(join(folder, name))).isFile()]).toEqual([name, true]);
	}
	expect(await filesOf(folder)).toEqual(await filesOf(other));
});
