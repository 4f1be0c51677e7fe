import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {startRegistry} from '../../../rehearsal/registry/index.ts';
import {makeSampleBundle} from '../../../rehearsal/sample-bundle/index.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {readSheet} from '../../../source/bundle/sign/custody.ts';
import {sheetText} from '../../../source/bundle/sign/custody-sheet.ts';
import {createRegistry} from '../../../source/registry/registry.ts';

const never = new AbortController().signal;

const prepare = async () => {
	const root = await mkdtemp(join(tmpdir(), 'zenml-airgap-test-'));
	onTestFinished(() => rm(root, {recursive: true, force: true}));
	for (const name of ['zenml-pro', 'zenml']) {
		await mkdir(join(root, 'charts', name, 'templates'), {recursive: true});
		await writeFile(
			join(root, 'charts', name, 'Chart.yaml'),
			`apiVersion: v2\nname: ${name} # its name\nversion: 0.0.0\nkubeVersion: ">=1.20.0-0"\n`,
		);
		await writeFile(join(root, 'charts', name, 'templates', 'x.yaml'), 'kind: ConfigMap\n');
	}
	const options = {
		directory: join(root, 'bundle'),
		chartSources: {controlPlane: join(root, 'charts/zenml-pro'), workspace: join(root, 'charts/zenml')},
		versions: {controlPlane: '0.13.18', workspace: '0.95.1'},
		totalBytes: 600_000,
	};
	return {root, options};
};

const fingerprint = async (directory: string): Promise<Record<string, string>> => {
	const files: Record<string, string> = {};
	for (const entry of await readdir(directory, {recursive: true, withFileTypes: true})) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		files[path.slice(directory.length)] = createHash('sha256')
			.update(await readFile(path))
			.digest('hex');
	}
	return files;
};

test('the sample is a bundle without a warning, whose every byte can be verified and pushed', async () => {
	const {root, options} = await prepare();
	await makeSampleBundle(options);
	const port = createBundlePort({path: options.directory});
	const bundle = await port.open(never);
	expect(bundle.warnings).toEqual([]);
	expect(bundle.manifest.created).toBe('2026-01-01');
	expect(bundle.manifest.checksums.size).toBe(8);
	expect(bundle.images.map(({source}) => source).sort()).toEqual([...bundle.manifest.images].sort());
	expect(bundle.controlPlaneChart).toMatchObject({name: 'zenml-pro', version: '0.13.18', kubeVersion: '>=1.20.0-0'});
	expect(await port.verify({signal: never, onProgress: () => {}})).toMatchObject({files: 8});

	const server = await startRegistry({dataDirectory: join(root, 'data')});
	onTestFinished(() => server.stop());
	const registry = createRegistry({host: server.host, plainHttp: true});
	onTestFinished(registry.close);
	let mounted = 0;
	for (const image of bundle.images) {
		const repository = `zenml/${image.name}`;
		mounted += (await registry.push(image, {repository, tag: image.tag, signal: never, onProgress: () => {}})).mounted;
		expect(await server.has(repository, image.tag)).toBe(true);
	}
	// The base lies in four images, the python layer in three.
	expect(mounted).toBe(5);
});

test('the checksum lines are right for sha256sum itself, and the tars for tar itself', async () => {
	const {options} = await prepare();
	await makeSampleBundle(options);
	const lines =
		(await readFile(join(options.directory, 'manifest.txt'), 'utf8')).match(/^[0-9a-f]{64} {2}.*$/gmu) ?? [];
	expect(lines).toHaveLength(8);
	execFileSync('sha256sum', ['-c', '--strict', '-'], {cwd: options.directory, input: `${lines.join('\n')}\n`});
	const list = (file: string) => execFileSync('tar', ['-tf', file], {cwd: options.directory}).toString();
	expect(list('images/zenml-pro-api.tar')).toContain('index.json');
	expect(list('images/zenml-client.tar')).toContain('/layer.tar');
	expect(list('charts/zenml-0.95.1.tgz')).toBe('zenml/Chart.yaml\nzenml/templates/x.yaml\n');
});

test('the same parameters give the same bytes, and other versions give another bundle in its place', async () => {
	const {root, options} = await prepare();
	await makeSampleBundle(options);
	await makeSampleBundle({...options, directory: join(root, 'second')});
	const first = await fingerprint(options.directory);
	expect(await fingerprint(join(root, 'second'))).toEqual(first);
	await makeSampleBundle({...options, versions: {controlPlane: '0.13.19', workspace: '0.96.0'}});
	const changed = await fingerprint(options.directory);
	expect(Object.keys(changed)).toContain('/charts/zenml-0.96.0.tgz');
	expect(Object.keys(changed)).not.toContain('/charts/zenml-0.95.1.tgz');
});

test('a complete bundle is kept, one that lost a file is made anew, and nothing else is left behind', async () => {
	const {root, options} = await prepare();
	await makeSampleBundle(options);
	const {ino} = await stat(join(options.directory, 'manifest.txt'));
	await makeSampleBundle(options);
	expect((await stat(join(options.directory, 'manifest.txt'))).ino).toBe(ino);
	await rm(join(options.directory, 'images/zenml-client.tar'));
	await makeSampleBundle(options);
	expect((await stat(join(options.directory, 'images/zenml-client.tar'))).isFile()).toBe(true);
	expect((await readdir(root)).sort()).toEqual(['bundle', 'charts']);
});

test('the custody sheet of what rehearsals install says so, as a folder and as a tar', async () => {
	const {root, options} = await prepare();
	const charts = join(import.meta.dirname, '..', '..', '..', 'rehearsal', 'charts');
	const chartSources = {controlPlane: join(charts, 'zenml-pro'), workspace: join(charts, 'zenml')};
	await makeSampleBundle({...options, chartSources});
	execFileSync('tar', ['-cf', 'bundle.tar', 'bundle'], {cwd: root});
	for (const name of ['bundle', 'bundle.tar']) {
		const told = {signal: never, onProgress: () => {}, workDirectory: async () => join(root, 'work')};
		expect(sheetText(await readSheet(join(root, name), told))).toContain('Hand-over   *** REHEARSAL ***');
	}
});
