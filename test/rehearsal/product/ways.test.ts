import {expect, test} from 'vitest';
import type {KubeObject} from '../../../rehearsal/kubernetes/index.ts';
import {certificateFor, ingressHosts, routeOf} from '../../../rehearsal/product/routing.ts';

type Cluster = Parameters<typeof routeOf>[0];

const clusterOf = (objects: Readonly<Record<string, readonly object[]>>): Cluster => {
	const list = (kind: string) => (objects[kind] ?? []) as readonly KubeObject[];
	const get = (kind: string, _namespace: string, name: string) =>
		list(kind).find(({metadata}) => metadata.name === name);
	return {list, get} as unknown as Cluster;
};
const met = (type: string, status = 'True') => ({type, status});
const metadata = {name: 'web', namespace: 'a'};
const running = {
	services: [{metadata, spec: {selector: {app: 'web'}, ports: [{name: 'http', port: 80}]}}],
	pods: [{metadata: {...metadata, labels: {app: 'web'}}, status: {conditions: [met('Ready')]}}],
};

test.each<readonly [string, readonly object[], boolean]>([
	['nobody has looked at', [], false],
	['its Gateway refused', [met('Accepted', 'False'), met('ResolvedRefs')], false],
	['names a Service that is not there', [met('Accepted'), met('ResolvedRefs', 'False')], false],
	['was taken', [met('Accepted'), met('ResolvedRefs')], true],
])('an HTTPRoute that %s', (_what, conditions, isServed) => {
	const rules = [{matches: [{path: {type: 'PathPrefix', value: '/'}}], backendRefs: [{name: 'web', port: 80}]}];
	const route = {metadata, spec: {hostnames: ['a.corp'], rules}, status: {parents: [{conditions}]}};
	const cluster = clusterOf({...running, 'httproutes.gateway.networking.k8s.io': [route]});
	expect(ingressHosts(cluster)).toEqual(isServed ? ['a.corp'] : []);
	expect('pod' in routeOf(cluster, 'a.corp', '/x')).toBe(isServed);
});

test('a Route is served, and its certificate shown, once the router took it', () => {
	const spec = {
		host: 'a.corp',
		to: {name: 'web'},
		port: {targetPort: 'http'},
		tls: {certificate: 'CERT', key: 'KEY'},
	};
	const at = (status: string) =>
		clusterOf({
			...running,
			'routes.route.openshift.io': [{metadata, spec, status: {ingress: [{conditions: [met('Admitted', status)]}]}}],
		});
	expect(routeOf(at('False'), 'a.corp', '/')).toEqual({status: 404});
	expect(certificateFor(at('False'), 'a.corp')).toBeUndefined();
	expect('pod' in routeOf(at('True'), 'a.corp', '/')).toBe(true);
	expect(certificateFor(at('True'), 'a.corp')).toEqual({cert: 'CERT', key: 'KEY'});
});
