import {execFileSync} from 'node:child_process';
import {mkdir, readdir} from 'node:fs/promises';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {fetchHelm} from '../../../scripts/fetch-helm.mjs';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {createRegistry} from '../../../source/registry/registry.ts';
import {createStage} from '../../app/stage.ts';
import {startSite} from '../../helpers/world.ts';
import {push, quick} from '../../registry/helpers.ts';
import {dockerRegistry, startBinary} from '../../registry/real-registries.ts';
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
	// Client tools are none of the vendor's: a bundle has them only where they are named.
	for (const {name, tag, manifest} of sample.images.filter((image) => image.name !== 'client-tools')) {
		expect(await registry.manifestDigest(`${answers.registry.prefix}/${name}`, tag, never)).toBe(manifest.digest);
	}
}, 120_000);

test.skipIf(dockerRegistry === undefined).each(['3.18.0', '4.2.3'] as const)(
	'images and charts come from docker-registry, charts by Helm %s',
	async (version) => {
		const host = await startBinary(dockerRegistry ?? '');
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
