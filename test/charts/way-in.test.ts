import {describe, expect, test} from 'vitest';
import {makesHttpRoute, withIngress} from '../../source/charts/index.ts';
import {answers, chartFolder, controlPlaneOf, oldChart, workspaceOf} from './samples.ts';

type Section = {readonly ingress: unknown; readonly gateway?: unknown};
const sectionOf = (values: Readonly<Record<string, unknown>>, root: string): Section => values[root] as Section;

const atGateway = {ingress: {kind: 'gateway', gateway: 'infra/shared', listener: 'https'}} as const;

describe('a Gateway instead of an Ingress', () => {
	test('a chart that makes HTTPRoutes is told the Gateway, its listener and the host, and its Ingress is off', async () => {
		const {values, unknown, contents} = await workspaceOf(chartFolder('zenml'), atGateway);
		expect(unknown).toEqual([]);
		expect(makesHttpRoute(contents, 'server')).toBe(true);
		expect(sectionOf(values, 'server')).toMatchObject({
			ingress: {enabled: false},
			gateway: {
				enabled: true,
				gatewayRef: {namespace: 'infra', name: 'shared'},
				sectionName: 'https',
				host: 'zenml-workspace.example.internal',
			},
		});
	});

	test.each([
		['zenml', 'zenml-0.93.0'],
		['zenml', 'zenml-0.73.0'],
	])('a chart without that key only has its Ingress switched off: %s of %s', async (root, name) => {
		const {values, unknown, contents} = await workspaceOf(oldChart(name), atGateway);
		expect(unknown).toEqual([]);
		expect(makesHttpRoute(contents, root)).toBe(false);
		expect(sectionOf(values, root).ingress).toEqual({enabled: false});
		expect(sectionOf(values, root).gateway).toBeUndefined();
	});

	test('Routes switch the Ingress off, and no HTTPRoute on', async () => {
		const {values} = await workspaceOf(chartFolder('zenml'), {ingress: {kind: 'route'}});
		expect(sectionOf(values, 'server')).toMatchObject({ingress: {enabled: false}});
		expect(sectionOf(values, 'server').gateway).toBeUndefined();
	});

	test('for its paths alone, the Ingress is on and the HTTPRoute is not, whatever the operator says', async () => {
		const given = answers(atGateway);
		const values = {server: {ingress: {enabled: false, path: '/zenml'}, gateway: {enabled: true}}};
		expect(withIngress(values, {root: 'server', host: 'a.corp'}, given)).toMatchObject({
			server: {ingress: {enabled: true, host: 'a.corp', path: '/zenml'}},
		});
		expect(withIngress(values, {root: 'server', host: 'a.corp'}, given)).not.toHaveProperty('server.gateway');
		// A chart that is told nothing of its Ingress has one all the same.
		expect(withIngress({}, {root: 'zenml', host: 'a.corp'}, given)).toMatchObject({zenml: {ingress: {enabled: true}}});
	});
});

describe('pods that are kept apart', () => {
	const termsOf = (values: Readonly<Record<string, unknown>>) =>
		(
			values.affinity as {
				podAntiAffinity: {
					preferredDuringSchedulingIgnoredDuringExecution: readonly {
						weight: number;
						podAffinityTerm: {topologyKey: string; labelSelector: {matchExpressions: readonly object[]}};
					}[];
				};
			}
		).podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
	const spread = (how: 'none' | 'hosts' | 'zones') => ({
		controlPlane: {host: 'zenml-pro.example.internal', spread: how},
	});

	test('nothing is written unless asked', async () => {
		expect((await controlPlaneOf(chartFolder('zenml-pro'), spread('none'))).values).not.toHaveProperty('affinity');
	});

	test('over nodes, or over zones and then nodes, by the servers of this release alone', async () => {
		const hosts = await controlPlaneOf(chartFolder('zenml-pro'), spread('hosts'));
		expect(hosts.unknown).toEqual([]);
		expect(termsOf(hosts.values).map(({weight, podAffinityTerm}) => [podAffinityTerm.topologyKey, weight])).toEqual([
			['kubernetes.io/hostname', 100],
		]);
		expect(termsOf(hosts.values)[0]?.podAffinityTerm.labelSelector.matchExpressions).toMatchObject([
			{key: 'app.kubernetes.io/instance', operator: 'In', values: ['zenml-pro']},
			{key: 'app.kubernetes.io/component', operator: 'NotIn', values: expect.arrayContaining(['dashboard'])},
		]);
		const zones = await controlPlaneOf(chartFolder('zenml-pro'), spread('zones'));
		expect(termsOf(zones.values).map(({weight, podAffinityTerm}) => [podAffinityTerm.topologyKey, weight])).toEqual([
			['topology.kubernetes.io/zone', 100],
			['kubernetes.io/hostname', 50],
		]);
	});

	test('a chart that cannot do it is refused by the audit of its keys', async () => {
		const {unknown} = await controlPlaneOf(oldChart('zenml-pro-0.10.24'), spread('hosts'));
		expect(unknown.map(({path}) => path)).toContain('affinity');
	});
});
