import {expect, test} from 'vitest';
import {chartFolder, controlPlaneOf, oldChart, workspaceOf} from './samples.ts';

test('the addresses that X-Forwarded-For is taken from reach the charts that know them', async () => {
	const ingress = {proxyAddresses: '10.244.0.0/16, fd00::1'};
	const {values, unknown} = await workspaceOf(chartFolder('zenml'), {ingress});
	expect(values).toMatchObject({server: {proxyHeaders: {enabled: true, forwardedAllowIPs: '10.244.0.0/16,fd00::1'}}});
	expect(unknown).toEqual([]);
	const old = await workspaceOf(oldChart('zenml-0.93.0'), {ingress});
	expect(old.values).not.toHaveProperty('zenml.proxyHeaders');
	expect(old.warnings).toContain(
		'The chart zenml 0.93.0 has no zenml.proxyHeaders: ingress.proxyAddresses is left out.',
	);
	expect((await workspaceOf(chartFolder('zenml'))).values).not.toHaveProperty('server.proxyHeaders');
});

const scheduling = {
	nodeSelector: {'node-pool': 'servers'},
	tolerations: {dedicated: 'zenml:NoSchedule', spot: ':NoExecute'},
};
const scheduled = {
	nodeSelector: {'node-pool': 'servers'},
	tolerations: [
		{key: 'dedicated', operator: 'Equal', value: 'zenml', effect: 'NoSchedule'},
		{key: 'spot', operator: 'Exists', effect: 'NoExecute'},
	],
};

test('node labels and taints are written at the top level of both charts, where asked', async () => {
	const workspaces = [{name: 'default', host: 'zenml-workspace.example.internal', ...scheduling}];
	const workspace = await workspaceOf(chartFolder('zenml'), {workspaces});
	expect(workspace.values).toMatchObject(scheduled);
	expect(workspace.unknown).toEqual([]);
	const controlPlane = {host: 'zenml-pro.example.internal', ...scheduling};
	const having = await controlPlaneOf(chartFolder('zenml-pro'), {controlPlane});
	expect(having.values).toMatchObject(scheduled);
	expect(having.unknown).toEqual([]);
	expect((await controlPlaneOf(chartFolder('zenml-pro'))).values).not.toHaveProperty('nodeSelector');
});

test('a chart without node labels and taints is refused by name where they are asked for', async () => {
	const controlPlane = {host: 'zenml-pro.example.internal', ...scheduling};
	const {unknown} = await controlPlaneOf(oldChart('zenml-pro-0.10.24'), {controlPlane});
	expect(unknown.map(({path}) => path)).toEqual(['nodeSelector', 'tolerations']);
});
