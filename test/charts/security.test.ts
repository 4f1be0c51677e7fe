import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {auditValues, controlPlaneValues, readChart, workspaceValues} from '../../source/charts/index.ts';
import {createHelm} from '../../source/helm/index.ts';
import {answers, chartFolder, controlPlaneSecrets, enrollment, images, oldChart, workspaceSecrets} from './samples.ts';

const {signal} = new AbortController();
let home = '';
beforeAll(async () => {
	home = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-security-'));
	await Promise.all([fetchHelm('4.2.3'), fetchHelm('3.18.0')]);
}, 120_000);
afterAll(() => rm(home, {recursive: true, force: true}));

type Context = {readonly runAsUser?: number | null; readonly fsGroup?: number | null};

/** Values and chart of one component whose pods have this context. */
const valuesOf = async (name: string, podSecurityContext: Context) => {
	const folder = name === 'zenml' || name === 'zenml-pro' ? chartFolder(name) : oldChart(name);
	const contents = await readChart(folder);
	const given = answers({
		controlPlane: {host: 'zenml-pro.example.internal', podSecurityContext},
		workspaces: [{name: 'default', host: 'zenml-workspace.example.internal', podSecurityContext}],
	});
	const [workspace] = given.workspaces;
	if (!workspace) throw new Error('the sample has no workspace');
	const shared = {answers: given, chart: contents, images};
	const {values} = name.startsWith('zenml-pro')
		? controlPlaneValues({...shared, secrets: controlPlaneSecrets})
		: workspaceValues({...shared, workspace, enrollment, secrets: workspaceSecrets});
	expect(auditValues(values, contents)).toEqual([]);
	return {folder, values};
};

describe.each(['4.2.3', '3.18.0'] as const)('with Helm %s', (version) => {
	const render = async (name: string, context: Context): Promise<string> => {
		const {folder, values} = await valuesOf(name, context);
		const {helm: binary} = await fetchHelm(version);
		const helm = createHelm({binary, home, environment: {PATH: process.env.PATH, HOME: home}});
		return helm.template({release: 'r', namespace: 'n', chart: folder, values, kubeVersion: '1.30.0', signal});
	};

	test.each(['zenml-pro', 'zenml', 'zenml-0.93.0'])(
		'a user that the cluster hands out stands in no pod or container of %s',
		async (name) => {
			const byCluster = await render(name, {runAsUser: null, fsGroup: null});
			expect(byCluster).not.toMatch(/runAsUser|fsGroup|runAsGroup/u);
			expect(byCluster).toContain('runAsNonRoot: true');
		},
	);

	test('one of them may be left to the cluster, and the other be a number', async () => {
		const mixed = await render('zenml', {runAsUser: null, fsGroup: 4242});
		expect(mixed).not.toContain('runAsUser');
		expect(mixed).toContain('fsGroup: 4242');
		expect(await render('zenml', {runAsUser: 4242})).toContain('runAsUser: 4242');
	});
});
