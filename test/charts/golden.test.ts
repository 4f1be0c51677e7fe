import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {stringify} from 'yaml';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {
	controlPlaneValues,
	inspectRendered,
	type RenderedObject,
	readChart,
	workspaceValues,
} from '../../source/charts/index.ts';
import {createHelm} from '../../source/helm/index.ts';
import {answers, chartFolder, controlPlaneSecrets, enrollment, images, oldChart, workspaceSecrets} from './samples.ts';

const {signal} = new AbortController();
const registryHost = 'registry.example.internal:5000';
let home = '';
beforeAll(async () => {
	home = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-golden-'));
	await Promise.all([fetchHelm('4.2.3'), fetchHelm('3.18.0')]);
}, 120_000);
afterAll(() => rm(home, {recursive: true, force: true}));

/** Sorted and written one way, as Helm's major versions differ in order and blank lines. */
const normal = (objects: readonly RenderedObject[]): string =>
	[...objects]
		.sort((a, b) => `${a.kind}/${a.metadata.name}`.localeCompare(`${b.kind}/${b.metadata.name}`))
		.map((object) => stringify(object, {lineWidth: 0, aliasDuplicateObjects: false}))
		.join('---\n');

const everything = answers({
	controlPlane: {
		host: 'zenml-pro.example.internal',
		replicas: 2,
		podDisruptionBudget: {enabled: true},
		database: {server: {engine: 'postgresql', host: 'db.example.internal'}},
	},
	workspaces: [
		{name: 'default', host: 'zenml-workspace.example.internal', replicas: 2, environment: {PROXY_HINT: 'off'}},
	],
	workloadManager: {enabled: true},
});

describe.each(['4.2.3', '3.18.0'] as const)('with Helm %s', (version) => {
	const render = async (folder: string, release: string, values: unknown) => {
		const {helm: binary} = await fetchHelm(version);
		const helm = createHelm({binary, home, environment: {PATH: process.env.PATH, HOME: home}});
		return helm.template({release, namespace: 'n', chart: folder, values, kubeVersion: '1.30.0', signal});
	};

	test('the control plane renders as it did before, with nothing to object to', async () => {
		const folder = chartFolder('zenml-pro');
		const {values} = controlPlaneValues({
			answers: everything,
			chart: await readChart(folder),
			images,
			secrets: controlPlaneSecrets,
		});
		const inspection = inspectRendered(await render(folder, 'zenml-pro', values), {
			registryHost,
			component: 'control-plane',
		});
		expect(inspection.problems).toEqual([]);
		expect(inspection.warnings).toEqual([]);
		expect(inspection.images).toEqual([
			`${registryHost}/zenml/zenml-pro-api:0.13.18`,
			`${registryHost}/zenml/zenml-pro-dashboard:0.13.18`,
		]);
		await expect(normal(inspection.objects)).toMatchFileSnapshot('golden/zenml-pro-0.13.18.yaml');
	});

	test.each([
		['zenml-0.95.1', chartFolder('zenml')],
		['zenml-0.93.0', oldChart('zenml-0.93.0')],
		['zenml-0.73.0', oldChart('zenml-0.73.0')],
	])('the workspace server renders from %s as it did before, with nothing to object to', async (name, folder) => {
		const workspace = everything.workspaces[0];
		if (!workspace) throw new Error('the sample has no workspace');
		const chart = await readChart(folder);
		const made = workspaceValues({
			answers: everything,
			workspace,
			chart,
			images,
			enrollment,
			secrets: workspaceSecrets,
		});
		const inspection = inspectRendered(await render(folder, 'zenml', made.values), {
			registryHost,
			component: 'workspace',
		});
		expect(inspection.problems).toEqual([]);
		expect(inspection.images).toEqual([`${registryHost}/zenml/zenml-pro-server:0.95.1`]);
		await expect(normal(inspection.objects)).toMatchFileSnapshot(`golden/${name}.yaml`);
	});

	test('values written literally as the guide has them are caught by what they render', async () => {
		const guide = {
			zenml: {
				serverURL: 'https://zenml-workspace.example.internal',
				database: {external: {type: 'postgresql', host: 'db'}},
				pro: {enabled: false},
				ingress: {host: 'zenml-workspace.example.internal', tls: {enabled: true}},
				resources: {limits: {memory: '2Gi'}},
			},
		};
		const {problems} = inspectRendered(await render(chartFolder('zenml'), 'zenml', guide), {registryHost});
		expect(problems.map(({code}) => code)).toEqual([
			'image-from-outside',
			'resources-missing',
			'migration-missing',
			'database-not-set',
			'workspace-not-enrolled',
		]);
		expect(problems[0]?.evidence?.join()).toContain('zenmldocker/zenml-server');
		expect(JSON.stringify(problems)).not.toContain('busybox');
	});

	test("a membership left at the chart's defaults is caught as a call to the public service", async () => {
		const values = {server: {pro: {enabled: true, enrollmentKey: 'k'}, database: {url: 'mysql://u:p@h/d'}}};
		const {problems} = inspectRendered(await render(chartFolder('zenml'), 'zenml', values), {registryHost});
		const found = problems.find(({code}) => code === 'public-control-plane');
		expect(found?.evidence).toContain('ZENML_SERVER_PRO_API_URL=https://cloudapi.zenml.io');
		expect(problems.map(({code}) => code)).toContain('workspace-not-enrolled');
	});
});
