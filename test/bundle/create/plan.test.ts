import {execFileSync} from 'node:child_process';
import {readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {fetchHelm} from '../../../scripts/fetch-helm.mjs';
import {namedImages, renderedImages} from '../../../source/bundle/create/charts/chart-images.ts';
import type {ChartPort} from '../../../source/bundle/create/charts/charts.ts';
import {writeBundle} from '../../../source/bundle/create/create.ts';
import {planBundle} from '../../../source/bundle/create/plan.ts';
import type {CompleteSpec} from '../../../source/bundle/create/spec/spec.ts';
import {packProgram, planTools} from '../../../source/bundle/create/tool/tools.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {createChartPuller, createHelm} from '../../../source/helm/index.ts';
import type {ImageSource} from '../../../source/oci/image-source.ts';
import {
	chartsIn,
	image,
	never,
	noise,
	plainSource,
	problemOf,
	productImages,
	quietCharts,
	sha256,
	specOf,
	temporary,
	vendorRegistry,
} from './helpers.ts';
import {index, multi} from './memory.ts';

const plan = (spec: CompleteSpec, source: ImageSource, charts: ChartPort = quietCharts()) =>
	planBundle({
		spec,
		from: [],
		source,
		charts,
		tools: async () => ({tools: [], papers: [], notes: []}),
		onLook: () => undefined,
		signal: never,
	});

const quiet = (folder: string) => ({
	folder,
	madeBy: 'test',
	concurrency: 2,
	freeBytes: async () => 1e12,
	onNote: () => undefined,
	onBlob: () => undefined,
	onBytes: () => undefined,
	signal: never,
});

const folderOfCharts = async () => {
	const charts = await temporary();
	await chartsIn(charts);
	return charts;
};

test('of an index one platform is taken as its image; all of them keep the index and its digest', async () => {
	const charts = await folderOfCharts();
	const {source} = multi();
	const single = (await plan(specOf('vendor.example.com', charts), source)).images.find(({name}) => name === 'zenml');
	expect(single).toMatchObject({children: [], rebuilt: false, platforms: [{os: 'linux', architecture: 'amd64'}]});
	expect(single?.manifest.mediaType).not.toBe(index);
	const both = (
		await plan(specOf('vendor.example.com', charts, {platforms: ['linux/amd64', 'linux/arm64']}), source)
	).images.find(({name}) => name === 'zenml');
	expect(both?.manifest).toMatchObject({
		mediaType: index,
		digest: sha256(
			(await source.readManifest({host: '', repository: 'zenml/zenml', reference: '0.95.1'}, never)).bytes,
		),
	});
	expect(both?.platforms).toHaveLength(2);
	expect(both?.children).toHaveLength(3);
	expect(both?.createdMs).toBe(Date.parse('2026-03-01T00:00:00Z'));
});

test('a bundle of several platforms opens and verifies, each index under its own digest', async () => {
	const charts = await folderOfCharts();
	const {source} = multi();
	const made = await plan(specOf('vendor.example.com', charts, {platforms: ['linux/amd64', 'linux/arm64']}), source);
	const folder = join(await temporary(), 'bundle');
	await writeBundle(made, quiet(folder));
	execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {cwd: folder});
	const port = createBundlePort({path: folder, platform: 'all'});
	const bundle = await port.open(never);
	expect(bundle.images.map(({manifest}) => manifest.digest).sort()).toEqual(
		made.images.map(({manifest}) => manifest.digest).sort(),
	);
	await port.verify({signal: never, onProgress: () => undefined});
});

test('of some platforms an index is made, the same each time, and that is told', async () => {
	const charts = await folderOfCharts();
	const {source} = multi(['riscv64']);
	const spec = specOf('vendor.example.com', charts, {platforms: ['linux/arm64/v8', 'linux/amd64']});
	const [first, second] = [await plan(spec, source), await plan(spec, source)];
	expect(first.images[0]).toMatchObject({rebuilt: true});
	expect(first.images[0]?.children).toHaveLength(2);
	expect(first.images[0]?.manifest.digest).toBe(second.images[0]?.manifest.digest);
	expect(first.notes.filter((note) => note.includes('has further platforms'))).toHaveLength(4);
});

test('a platform that an image lacks is refused with those it has', async () => {
	const charts = await folderOfCharts();
	const problem = await problemOf(
		plan(specOf('vendor.example.com', charts, {platforms: ['linux/s390x']}), multi().source),
	);
	expect(problem).toMatchObject({
		code: 'bundle-create-platform',
		cause: expect.stringContaining('linux/amd64, linux/arm64/v8'),
	});
	const registry = await vendorRegistry(productImages(1000));
	expect((await problemOf(plan(specOf(registry.host, charts, {platforms: ['linux/arm64']}), plainSource()))).code).toBe(
		'bundle-create-platform',
	);
});

test('an SBOM that is attached to an image comes along, and one that is supplied', async () => {
	const charts = await folderOfCharts();
	const at = multi();
	const {digest} = (await plan(specOf('vendor.example.com', charts), at.source)).images.find(
		({name}) => name === 'zenml',
	)?.manifest ?? {digest: ''};
	const bytes = Buffer.from('{"bomFormat":"CycloneDX","specVersion":"1.6"}');
	const layer = at.blob('application/vnd.cyclonedx+json', bytes);
	const artifact = at.put('zenml/zenml', 'sbom', 'application/vnd.oci.image.manifest.v1+json', {
		schemaVersion: 2,
		config: layer,
		layers: [layer],
	});
	at.attached.set(digest, {...artifact, artifactType: 'application/vnd.cyclonedx+json'});
	const file = join(charts, 'api.spdx.json');
	await writeFile(file, '{"spdxVersion": "SPDX-2.3"}');
	const spec = specOf('vendor.example.com', charts, {sboms: [{image: 'zenml-pro-api:0.13.18', file}]});
	const made = await plan(spec, at.source);
	expect(made.sboms.map(({image: of, format}) => `${of} ${format}`)).toEqual([
		'zenml:0.95.1 cyclonedx',
		'zenml-pro-api:0.13.18 spdx',
	]);
	const folder = join(await temporary(), 'bundle');
	await writeBundle(made, quiet(folder));
	expect(await readFile(join(folder, made.sboms[0]?.path ?? ''))).toEqual(bytes);
	execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {cwd: folder});
	await writeFile(file, '{}');
	expect((await problemOf(plan(spec, at.source))).code).toBe('bundle-create-sbom');
});

const pod = (name: string, of: string, hook = '') =>
	`kind: Pod\nmetadata:\n  name: ${name}\n  annotations: {helm.sh/hook: "${hook}"}\nspec:\n  initContainers: [{name: i, image: "${of}"}]\n`;

test('images that charts name but nothing lists are added and told, refused where that is asked, left out where they are ignored', async () => {
	const charts = await folderOfCharts();
	const redis = image('redis', '7.2', [noise('redis', 2000)]);
	const {host} = await vendorRegistry([...productImages(1000), redis]);
	const rendered = quietCharts(
		[pod('a', `${host}/zenml/redis:7.2`), pod('t', 'docker.io/library/busybox:1', 'test-success')].join('---\n'),
	);
	const added = await plan(specOf(host, charts), plainSource(), rendered);
	expect(added.images.find(({name}) => name === 'redis')).toMatchObject({from: 'chart'});
	expect(added.notes.join('\n')).toMatch(/redis:7\.2 was added[\s\S]*busybox:1 was left out/u);
	const problem = await problemOf(plan(specOf(host, charts, {unlistedImages: 'refuse'}), plainSource(), rendered));
	expect(problem).toMatchObject({code: 'bundle-create-unlisted', message: expect.stringContaining('redis:7.2')});
	const ignored = await plan(
		specOf(host, charts, {unlistedImages: 'refuse', ignoredImages: [`${host}/zenml/redis:7.2`]}),
		plainSource(),
		rendered,
	);
	expect(ignored.images).toHaveLength(4);
});

test('the charts of the rehearsal, rendered by Helm, name nothing but the listed images', async () => {
	const charts = await folderOfCharts();
	const {host} = await vendorRegistry(productImages(1000));
	const {helm: binary} = await fetchHelm('4.2.3');
	const common = {binary, home: await temporary(), environment: {PATH: process.env.PATH}};
	const helm = createHelm(common);
	const port: ChartPort = {
		...quietCharts(),
		render: (chart, values, signal) => helm.template({release: 'zenml', namespace: 'zenml', chart, values, signal}),
		values: createChartPuller(common).values,
	};
	const made = await plan(specOf(host, charts, {unlistedImages: 'refuse'}), plainSource(), port);
	expect(made.charts.map(({images}) => images)).toEqual([
		[`${host}/zenml/zenml-pro-server:0.95.1`],
		[`${host}/zenml/zenml-pro-api:0.13.18`, `${host}/zenml/zenml-pro-dashboard:0.13.18`],
	]);
});

test('images are found in pods of every kind, in values that are off, and in annotations', () => {
	const cron = 'kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{image: "a/b:1"}]}}}}}\n';
	expect(renderedImages([cron, pod('x', 'c/d:2'), pod('t', 'e/f:3', 'test')].join('---\n'))).toEqual({
		images: ['a/b:1', 'c/d:2'],
		tests: ['e/f:3'],
	});
	const annotations = {'artifacthub.io/images': '- name: x\n  image: g/h:4\n'};
	const values = {
		server: {image: {repository: 'set/by-installer', tag: ''}},
		redis: {image: {registry: 'r.example.com', repository: 'redis', tag: 7}},
		tool: {image: 'i/j:5'},
		other: {image: {repository: 'k/l', tag: null}},
	};
	expect(namedImages(values, {server: {image: {repository: 'x', tag: 'y'}}}, {version: '9', annotations})).toEqual([
		'g/h:4',
		'i/j:5',
		'k/l:9',
		'r.example.com/redis:7',
	]);
});

test('two images of one name and tag are refused, since the internal registry has room for one', async () => {
	const charts = await folderOfCharts();
	const {host} = await vendorRegistry(productImages(1000));
	const other = await vendorRegistry([image('zenml', '0.95.1', [noise('another', 100)])]);
	const problem = await problemOf(
		plan(specOf(host, charts, {extraImages: [`${other.host}/zenml/zenml:0.95.1`]}), plainSource()),
	);
	expect(problem).toMatchObject({code: 'bundle-create-name-twice', cause: expect.stringContaining(other.host)});
});

test('the program is packed to the same bytes each time, and starts where it is unpacked', async () => {
	const dist = await temporary();
	await writeFile(join(dist, 'cli.js'), "import {hello} from './main.js';\nconsole.log(hello);\n", {mode: 0o755});
	await writeFile(join(dist, 'main.js'), "export const hello = 'it starts';\n");
	const [one, two] = [join(await temporary(), 'a.tar.gz'), join(await temporary(), 'b.tar.gz')];
	await packProgram(dist, '1.2.3', one);
	await packProgram(dist, '1.2.3', two);
	expect(await readFile(one)).toEqual(await readFile(two));
	const to = await temporary();
	execFileSync('tar', ['-xzf', one, '-C', to]);
	expect(execFileSync(process.execPath, [join(to, 'zenml-airgap-1.2.3/dist/cli.js')]).toString()).toBe('it starts\n');
	expect((await stat(join(to, 'zenml-airgap-1.2.3/dist/cli.js'))).mode & 0o111).not.toBe(0);
	expect((await problemOf(packProgram(to, '1', one))).code).toBe('bundle-create-program');
});

test('a helm that is a script goes along nowhere: left out by default, refused where it was asked for', async () => {
	const work = await temporary();
	const file = join(work, 'helm');
	await writeFile(file, '#!/bin/sh\nexec helm\n', {mode: 0o755});
	const {tools, notes} = await planTools({helm: {file, version: '4.2.3', asked: false}, work, signal: never});
	expect(tools).toEqual([]);
	expect(notes[0]).toContain('helm was left out');
	expect((await problemOf(planTools({helm: {file, version: '4.2.3', asked: true}, work, signal: never}))).code).toBe(
		'bundle-create-helm',
	);
});
