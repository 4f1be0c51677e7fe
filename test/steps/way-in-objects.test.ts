import {describe, expect, test} from 'vitest';
import type {Answers, AnswersInput} from '../../source/answers/schema.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import {sampleControlPlane} from '../../source/steps/control-plane/release.ts';
import {accessesNeeded} from '../../source/steps/shared/accesses.ts';
import {wayInObjects} from '../../source/steps/shared/way-in/objects.ts';
import {staleWays} from '../../source/steps/shared/way-in/stale.ts';
import type {World} from '../../source/steps/world.ts';
import {carried, kept} from './parts.ts';
import {answersOf, code, refusalOf, worldOf} from './world.ts';

const at = (ingress: AnswersInput['ingress']): Answers => answersOf((input) => ({...input, ingress}));

const service = (name: string): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
---`;
const ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
    - http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: ui, port: {name: http}}}}
          - {path: /api, pathType: Exact, backend: {service: {name: api, port: {number: 80}}}}
          - {path: /lost, pathType: Prefix, backend: {service: {name: nowhere, port: {number: 80}}}}
`;

const worldWith = (answers: Answers, rendered: string, cluster: object = {}): World & {secrets: readonly string[]} =>
	worldOf({
		answers,
		bundle: carried(),
		helm: {template: async () => rendered},
		cluster: {version: async () => 'v1.34.0', ...cluster},
		host: {readFile: async (path) => `PEM of ${path}`},
	});

const objectsFor = async (answers: Answers, rendered: string): Promise<readonly KubeObject[]> => {
	const world = worldWith(answers, rendered);
	return wayInObjects(world, await sampleControlPlane(world));
};
const all = `${service('ui')}${service('api')}${ingress}`;

describe('beside a release whose chart makes only an Ingress', () => {
	test('nothing is made for an Ingress', async () => {
		expect(await objectsFor(answersOf(), all)).toEqual([]);
	});

	test('an HTTPRoute has a rule for each path, by port number, at the listener of the answers', async () => {
		const answers = at({kind: 'gateway', gateway: 'infra/shared', listener: 'https'});
		expect(await objectsFor(answers, all)).toEqual([
			{
				apiVersion: 'gateway.networking.k8s.io/v1',
				kind: 'HTTPRoute',
				metadata: {
					name: 'zenml-pro-airgap',
					namespace: 'zenml-pro',
					labels: {'app.kubernetes.io/managed-by': 'zenml-airgap'},
				},
				spec: {
					parentRefs: [{namespace: 'infra', name: 'shared', sectionName: 'https'}],
					hostnames: ['zenml-pro.corp.internal'],
					rules: [
						{matches: [{path: {type: 'Exact', value: '/api'}}], backendRefs: [{name: 'api', port: 80}]},
						{matches: [{path: {type: 'PathPrefix', value: '/'}}], backendRefs: [{name: 'ui', port: 80}]},
					],
				},
			},
		]);
	});

	test('Routes hold certificate and key of the answers, and the key is known to the redactor', async () => {
		const annotations = {'nginx.ingress.kubernetes.io/a': '1', 'haproxy.router.openshift.io/timeout': '5m'};
		const world = worldWith(at({kind: 'route', annotations}), all);
		const made = await wayInObjects(world, await sampleControlPlane(world));
		expect(made.map(({metadata}) => metadata.name)).toEqual(['zenml-pro-airgap', 'zenml-pro-airgap-1']);
		expect(made[1]).toMatchObject({
			metadata: {annotations: {'haproxy.router.openshift.io/timeout': '5m'}},
			spec: {
				host: 'zenml-pro.corp.internal',
				to: {kind: 'Service', name: 'ui', weight: 100},
				port: {targetPort: 'http'},
				tls: {
					termination: 'edge',
					insecureEdgeTerminationPolicy: 'Redirect',
					certificate: 'PEM of /pki/tls.crt',
					key: 'PEM of /pki/tls.key',
				},
			},
		});
		expect(JSON.stringify(made)).not.toContain('nginx');
		expect(world.secrets).toContain('PEM of /pki/tls.key');
	});

	test('a chart without a path is refused', async () => {
		expect(await refusalOf(objectsFor(at({kind: 'route'}), service('ui')))).toMatchObject({
			code: code('chart-without-ingress'),
			message: 'The chart zenml-pro 0.13.18 tells no paths from which a route could be made.',
			cause: 'With its Ingress switched on it renders none, or one for Services that it does not render.',
			fix: 'Take a bundle with a chart that makes an Ingress, or use ingress.kind ingress.',
		});
	});
});

test('only what this tool made for that release is in the way of another way in', async () => {
	const route = (name: string): KubeObject => ({
		apiVersion: 'route.openshift.io/v1',
		kind: 'Route',
		metadata: {name, namespace: 'zenml-pro'},
	});
	const names = ['zenml-pro-airgap', 'zenml-pro-airgap-1', 'zenml-pro-airgap-mine', 'other-airgap', 'zenml-pro'];
	const world = worldWith(answersOf(), all, kept(...names.map(route)));
	const release = await sampleControlPlane(world);
	const found = await staleWays(world, release, [route('zenml-pro-airgap')]);
	expect(found.map(({metadata}) => metadata.name)).toEqual(['zenml-pro-airgap-1']);
});

test('each way in needs rights of its own', () => {
	const rightsOf = (answers: Answers): readonly string[] =>
		accessesNeeded(answers).map(
			({verb, group, resource, namespace = ''}) => `${verb} ${resource}.${group} ${namespace}`,
		);
	const [plain, gateway, route] = [
		answersOf(),
		at({kind: 'gateway', gateway: 'infra/shared'}),
		at({kind: 'route'}),
	].map(rightsOf) as [readonly string[], readonly string[], readonly string[]];
	expect(plain.filter((right) => /gateway|route/u.test(right))).toEqual([]);
	expect(gateway).toContain('create httproutes.gateway.networking.k8s.io zenml-pro');
	expect(gateway).toContain('get gateways.gateway.networking.k8s.io infra');
	expect(route).toContain('create routes/custom-host.route.openshift.io zenml-pro');
	const given = rightsOf(at({kind: 'gateway', gateway: 'infra/shared', address: '10.1.1.1'}));
	expect(given.filter((right) => right.includes('gateways.'))).toEqual([]);
});
