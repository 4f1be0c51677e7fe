import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {mkdir, readdir, writeFile} from 'node:fs/promises';
import net from 'node:net';
import {homedir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, onTestFinished, test} from 'vitest';
import {fetchHelm} from '../../../scripts/fetch-helm.mjs';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {createRegistry} from '../../../source/registry/registry.ts';
import {createStage} from '../../app/stage.ts';
import {startSite} from '../../helpers/world.ts';
import {push, quick} from '../../registry/helpers.ts';
import {chartsIn, never, productImages, temporary, vendorRegistry, versions} from './helpers.ts';

test('a bundle that was made from a registry is installed on the rehearsal', async () => {
	const site = await startSite();
	onTestFinished(site.stop);
	const answers = site.answers();
	const sample = await createBundlePort({path: answers.bundle.path}).open(never);
	const vendor = await vendorRegistry(sample.images);
	const stage = await createStage({environment: {PATH: process.env.PATH}});
	onTestFinished(stage.remove);
	const charts = path.dirname(sample.controlPlaneChart.path);
	const [controlPlane, workspace] = [sample.controlPlaneChart.version, sample.workspaceChart.version];
	const spec = await stage.write(
		'spec.yaml',
		`versions: {controlPlane: "${controlPlane}", workspaces: ["${workspace}"]}
registries: {controlPlane: ${vendor.host}/zenml, workspace: ${vendor.host}/zenml, client: ${vendor.host}/zenml}
charts: {controlPlane: ${charts}, workspace: ${charts}}
hosts: {"${vendor.host}": {plainHttp: true}}
unlistedImages: refuse
`,
	);
	const out = path.join(stage.folder, 'made');
	const {helm} = await fetchHelm('4.2.3');
	expect(await stage.run('bundle', 'create', '--spec', spec, '--helm', helm, '--out', out)).toMatchObject({code: 0});
	const report = await site.run(site.answers((input) => ({...input, bundle: {...input.bundle, path: out}})));
	expect(report).toMatchObject({outcome: 'done'});
	const {host} = answers.registry;
	expect(host).not.toBe(vendor.host);
	const {registry} = await site.world(answers);
	for (const {name, tag, manifest} of sample.images) {
		expect(await registry.manifestDigest(`${answers.registry.prefix}/${name}`, tag, never)).toBe(manifest.digest);
	}
}, 120_000);

const lab = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'zenml-airgap/lab');
/** Debian's `docker-registry`, where it is at hand. */
const binary = [
	...(process.env.PATH ?? '').split(path.delimiter),
	...(await readdir(lab).catch(() => []))
		.filter((name) => name.startsWith('debian-'))
		.map((name) => path.join(lab, name, 'usr/bin')),
]
	.map((folder) => path.join(folder, 'docker-registry'))
	.find((file) => existsSync(file));

const startDockerRegistry = async (): Promise<string> => {
	const folder = await temporary();
	const probe = net.createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const {port} = probe.address() as net.AddressInfo;
	probe.close();
	await once(probe, 'close');
	const config = path.join(folder, 'config.yml');
	await writeFile(
		config,
		`version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/data}}\nhttp: {addr: '127.0.0.1:${port}'}\n`,
	);
	const child = spawn(binary ?? '', ['serve', config], {stdio: 'ignore'});
	onTestFinished(async () => {
		if (child.exitCode !== null) return;
		child.kill();
		await once(child, 'exit');
	});
	for (let attempt = 0; attempt < 400; attempt++) {
		const socket = net.connect(port, '127.0.0.1');
		const open = await new Promise<boolean>((resolve) => {
			socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
		});
		socket.destroy();
		if (open) return `127.0.0.1:${port}`;
		await sleep(25);
	}
	throw new Error('docker-registry did not start.');
};

test.skipIf(binary === undefined).each(['3.18.0', '4.2.3'] as const)(
	'images and charts come from docker-registry, charts by Helm %s',
	async (version) => {
		const host = await startDockerRegistry();
		const client = createRegistry({host, plainHttp: true, retries: quick});
		onTestFinished(client.close);
		const images = productImages(300_000);
		for (const one of images) await push(client, one, `zenml/${one.name}`);
		const {helm} = await fetchHelm(version);
		const charts = await temporary();
		await chartsIn(charts);
		for (const file of await readdir(charts)) {
			execFileSync(helm, ['push', path.join(charts, file), `oci://${host}/charts`, '--plain-http'], {
				stdio: 'pipe',
				env: {HOME: charts, HELM_CONFIG_HOME: charts},
			});
		}
		const stage = await createStage({environment: {PATH: process.env.PATH}});
		onTestFinished(stage.remove);
		await mkdir(path.join(stage.folder, 'no-logins'));
		const spec = await stage.write(
			'spec.yaml',
			`registries: {controlPlane: ${host}/zenml, workspace: ${host}/zenml, client: ${host}/zenml}
charts: {controlPlane: oci://${host}/charts/zenml-pro, workspace: oci://${host}/charts/zenml}
hosts: {"${host}": {plainHttp: true}}
`,
		);
		const out = path.join(stage.folder, 'made');
		const made = await stage.run(
			'bundle',
			'create',
			'--spec',
			spec,
			'--control-plane',
			versions.controlPlane,
			'--workspace',
			versions.workspace,
			'--docker-config',
			path.join(stage.folder, 'no-logins'),
			'--helm',
			helm,
			'--out',
			out,
		);
		expect(made).toMatchObject({code: 0});
		execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {cwd: out});
		const bundle = await createBundlePort({path: out}).open(never);
		expect(bundle.images.map(({manifest}) => manifest.digest).sort()).toEqual(
			images.map(({manifest}) => manifest.digest).sort(),
		);
	},
);
