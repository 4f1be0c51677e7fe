import {execFile, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {cp, mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {gzipSync, zstdCompressSync} from 'node:zlib';
import {expect, onTestFinished, test} from 'vitest';
import {pseudoRandom} from '../../../rehearsal/sample-bundle/index.ts';
import {fetchHelm} from '../../../scripts/fetch-helm.mjs';
import {acquireFileLock} from '../../../source/base/lock/lock.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {createStage} from '../../app/stage.ts';
import {builtCli} from '../../helpers/built-program.ts';
import {canary, users} from '../../registry/helpers.ts';
import {chartsIn, filesOf, image, never, productImages, temporary, vendorRegistry, versions} from './helpers.ts';
import {releaseFolder} from './released.ts';

const run = promisify(execFile);
const random = (seed: string, size: number): Buffer => Buffer.concat([...pseudoRandom(seed, size)]);
const helms = ['3.18.0', '4.2.3'] as const;

/** A vendor's registry with a login, images and charts, and the spec of an operator who mirrors from it. */
const connectedSide = async (
	options: {
		readonly login?: 'basic' | 'bearer';
		readonly helm?: (typeof helms)[number];
		readonly size?: number;
		readonly spec?: string;
	} = {},
) => {
	const images = productImages(options.size);
	const registry = await vendorRegistry(images, {users, login: options.login ?? 'basic'});
	const stage = await createStage({environment: {PATH: process.env.PATH}});
	onTestFinished(stage.remove);
	const {helm} = await fetchHelm(options.helm ?? '4.2.3');
	const auth = Buffer.from(`robot:${canary}`).toString('base64');
	const login = await stage.write('logins/config.json', JSON.stringify({auths: {[registry.host]: {auth}}}));
	const charts = await temporary();
	await chartsIn(charts);
	for (const file of await readdir(charts)) {
		// Not synchronous: the registry answers in this process.
		const place = `oci://${registry.host}/charts`;
		await run(helm, ['push', path.join(charts, file), place, '--plain-http', '--registry-config', login]);
	}
	await stage.write('notes.md', '# What is new\n');
	const spec = await stage.write(
		'spec.yaml',
		`versions: {controlPlane: "${versions.controlPlane}", workspaces: ["${versions.workspace}"]}
registries: {controlPlane: ${registry.host}/zenml, workspace: ${registry.host}/zenml, client: ${registry.host}/zenml}
charts: {controlPlane: oci://${registry.host}/charts/zenml-pro, workspace: oci://${registry.host}/charts/zenml}
hosts: {"${registry.host}": {plainHttp: true}}
releaseNotes: notes.md
${options.spec ?? ''}`,
	);
	const words = [
		'bundle',
		'create',
		'--spec',
		spec,
		'--docker-config',
		path.dirname(login),
		'--helm',
		helm,
		'--out',
		path.join(stage.folder, 'bundle'),
	];
	return {images, registry, stage, words, charts, helm, login, folder: path.join(stage.folder, 'bundle')};
};

test.each(helms)(
	'with Helm %s, a bundle is made from a registry with a login, and no secret is told',
	async (version) => {
		const {stage, words, folder, images, charts} = await connectedSide({
			helm: version,
			login: version === '4.2.3' ? 'bearer' : 'basic',
		});
		const planned = await stage.run(...words, '--dry-run');
		expect(planned).toMatchObject({code: 0});
		for (const {manifest} of images) expect(planned.out).toContain(manifest.digest);
		expect(planned.out).toMatch(/To fetch: {2}9\d\d\.\d KiB|To fetch: {2}\d+\.\d (?:KiB|MiB)/u);
		await expect(stat(folder)).rejects.toThrow('ENOENT');

		const made = await stage.run(...words);
		expect(made).toMatchObject({code: 0});
		expect(made.out).toContain('is whole: 4 images, 2 charts');
		expect(planned.out + planned.err + made.out + made.err).not.toContain(canary);
		execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {cwd: folder});
		for (const file of await readdir(charts)) {
			expect(await readFile(path.join(folder, 'charts', file))).toEqual(await readFile(path.join(charts, file)));
		}
		expect(await readFile(path.join(folder, 'RELEASE-NOTES.md'), 'utf8')).toBe('# What is new\n');
		expect(execFileSync(path.join(folder, 'bin/helm'), ['version', '--short']).toString()).toContain(`v${version}`);
		const port = createBundlePort({path: folder});
		const bundle = await port.open(never);
		expect(bundle.controlPlaneChart.version).toBe(versions.controlPlane);
		await port.verify({signal: never, onProgress: () => undefined});

		const before = await filesOf(folder);
		const again = await stage.run(...words, '--json');
		expect(JSON.parse(again.out)).toMatchObject({fetched: 0});
		expect(await filesOf(folder)).toEqual(before);
	},
);

test('an executable is named on the command line or in the spec, and one that was not released is refused', async () => {
	const side = await connectedSide({spec: 'tools: {executables: [release/zenml-airgap-linux-arm64]}\n'});
	const release = await releaseFolder();
	await cp(release, path.join(side.stage.folder, 'release'), {recursive: true});
	const other = path.join(release, 'zenml-airgap-linux-x64');
	expect((await side.stage.run(...side.words, '--with-tool', other)).err).toContain('so they may be of two releases');
	const own = path.join(side.stage.folder, 'release/zenml-airgap-linux-x64');
	const made = await side.stage.run(...side.words, '--with-tool', own, '--json');
	expect(made).toMatchObject({code: 0});
	const {tools} = JSON.parse(made.out);
	expect(tools.map(({name, platform}: Record<string, string>) => `${name} ${platform}`)).toEqual([
		'helm linux/amd64',
		'zenml-airgap linux/arm64',
		'zenml-airgap linux/amd64',
	]);
	execFileSync('sh', ['verify.sh'], {cwd: side.folder});
});

test('killed in the middle of a blob, it goes on from there and ends in the same bytes', async () => {
	const side = await connectedSide();
	const big = image('big', '1', [random('big', 60_000_000)]);
	const more = await vendorRegistry([big]);
	const spec = path.join(side.stage.folder, 'spec.yaml');
	await writeFile(
		spec,
		`${(await readFile(spec, 'utf8')).replace('hosts: {', `hosts: {"${more.host}": {plainHttp: true}, `)}extraImages: ["${more.host}/zenml/big:1"]\n`,
	);
	const child = spawn(process.execPath, [builtCli(), ...side.words], {
		cwd: process.cwd(),
		stdio: 'ignore',
		env: {PATH: process.env.PATH, HOME: side.stage.folder, TMPDIR: side.stage.folder},
	});
	const part = path.join(side.folder, 'images/blobs/sha256', `${big.blobs[1]?.digest.slice(7)}.part`);
	const ended = once(child, 'exit');
	let size = 0;
	while (size < 1_000_000 && child.exitCode === null) {
		await sleep(2);
		size = (await stat(part).catch(() => undefined))?.size ?? 0;
	}
	child.kill('SIGKILL');
	await ended;
	const {size: left} = await stat(part);
	expect(left).toBeGreaterThanOrEqual(1_000_000);
	expect(left).toBeLessThan(60_000_000);

	const resumed = await side.stage.run(...side.words, '--json');
	expect(resumed).toMatchObject({code: 0});
	expect(resumed.err).toMatch(/big:1 {2}gone on with at/u);
	expect(JSON.parse(resumed.out).bytes.begun).toBeGreaterThanOrEqual(left);
	execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {cwd: side.folder});
	const other = path.join(side.stage.folder, 'at-once');
	expect(await side.stage.run(...side.words, '--out', other)).toMatchObject({code: 0});
	expect(await filesOf(side.folder)).toEqual(await filesOf(other));
}, 120_000);

test('a wrong login, a missing version and a missing helm are told with the next move', async () => {
	const {stage, words, registry, login} = await connectedSide();
	await writeFile(
		login,
		JSON.stringify({auths: {[registry.host]: {auth: Buffer.from('robot:wrong-secret').toString('base64')}}}),
	);
	const refused = await stage.run(...words);
	expect(refused.code).toBe(5);
	expect(refused.err).toContain('chart-pull-failed');
	expect(refused.err).not.toContain('wrong-secret');
	await writeFile(
		login,
		JSON.stringify({auths: {[registry.host]: {auth: Buffer.from(`robot:${canary}`).toString('base64')}}}),
	);
	const missing = await stage.run(...words, '--workspace', '9.9.9');
	expect(missing.err).toContain('There is no chart of that version at that place.');
	const helmless = await stage.run(...words, '--helm', '/nowhere/helm');
	expect(helmless).toMatchObject({code: 3, err: expect.stringContaining('--helm PATH')});
	expect((await readdir(stage.folder)).filter((name) => name.startsWith('bundle'))).toEqual([]);
});

test.each([
	['server.tar', (bytes: Buffer) => bytes],
	['server.tar.gz', gzipSync],
	['server.tar.zst', zstdCompressSync],
] as const)('a docker save archive, %s, stands in for a registry, and its layers stay raw', async (name, packed) => {
	const side = await connectedSide();
	const {modern, tarOf, layer, hex} = await import('../helpers.ts');
	const layers = [await layer('one'), await layer('two')];
	const archives = path.join(side.stage.folder, 'saved');
	await mkdir(archives);
	await writeFile(
		path.join(archives, name),
		packed(await tarOf(modern([{reference: `elsewhere.example.com/zenml-pro-server:${versions.workspace}`, layers}]))),
	);
	const made = await side.stage.run(...side.words, '--from', archives, '--json');
	expect(made).toMatchObject({code: 0});
	const {images} = JSON.parse(made.out);
	expect(images.find(({name}: {readonly name: string}) => name === 'zenml-pro-server')).toMatchObject({
		from: 'archive',
		source: `elsewhere.example.com/zenml-pro-server:${versions.workspace}`,
	});
	for (const bytes of layers) {
		expect(hex(await readFile(path.join(side.folder, 'images/blobs/sha256', hex(bytes))))).toBe(hex(bytes));
	}
	await createBundlePort({path: side.folder}).verify({signal: never, onProgress: () => undefined});
});

test('Ctrl-C ends it with 130 and the way to go on; what came in stays, and no lock', async () => {
	const side = await connectedSide();
	const stop = new AbortController();
	let told = '';
	const stage = await createStage({
		environment: {PATH: process.env.PATH},
		signal: stop.signal,
		err: (text) => {
			told += text;
			if (text.includes('  fetched')) stop.abort(new Error('it got SIGINT'));
		},
	});
	onTestFinished(stage.remove);
	expect((await stage.run(...side.words, '--concurrency', '1')).code).toBe(130);
	expect(told).toContain('What was fetched stays; it goes on from there.');
	expect(await readdir(path.join(side.folder, 'images/blobs/sha256'))).not.toEqual([]);
	await expect(stat(path.join(side.folder, 'SHA256SUMS'))).rejects.toThrow('ENOENT');
	await expect(stat(`${side.folder}.lock`)).rejects.toThrow('ENOENT');
	expect(await side.stage.run(...side.words)).toMatchObject({code: 0});
});

test('a folder on which another run works is refused, with who it is', async () => {
	const side = await connectedSide();
	const release = await acquireFileLock(`${side.folder}.lock`, {
		pid: process.pid,
		host: side.stage.context.hostName,
		user: 'grace',
		runId: 'other',
		startedAt: 0,
	});
	const refused = await side.stage.run(...side.words);
	await release();
	expect(refused.code).toBe(10);
	expect(refused.err).toContain('grace');
});
