import {expect, onTestFinished, test} from 'vitest';
import {rehearsalHosts} from '../../rehearsal/index.ts';
import type {Answers} from '../../source/answers/schema.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import {plannedIn, type Site, startSite} from '../helpers/world.ts';
import {code} from './world.ts';

const never = new AbortController().signal;

const installs = async (site: Site, answers: Answers): Promise<void> => {
	const first = await site.run(answers);
	expect([first.exitCode, first.problem]).toEqual([0, undefined]);
	const again = await site.run(answers);
	expect([again.exitCode, plannedIn(again.events)]).toEqual([0, {}]);
	expect(again.events.filter(({type}) => type === 'step-applying')).toEqual([]);
};

const listIn = async (
	site: Site,
	answers: Answers,
	of: {readonly apiVersion: string; readonly kind: string; readonly namespace: string},
): Promise<readonly KubeObject[]> => (await site.world(answers)).cluster.list(of, never);

const ingresses = {apiVersion: 'networking.k8s.io/v1', kind: 'Ingress'};
const httpRoutes = {apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute'};
const routes = {apiVersion: 'route.openshift.io/v1', kind: 'Route'};

test('at a Gateway, both servers are reached by HTTPRoutes, and changing back to an Ingress leaves none', async () => {
	const site = await startSite({wayIn: 'gateway'});
	onTestFinished(site.stop);
	const answers = site.answers();
	await installs(site, answers);
	for (const namespace of ['zenml-pro', 'zenml-workspace'])
		expect(await listIn(site, answers, {...ingresses, namespace})).toEqual([]);
	expect(await listIn(site, answers, {...httpRoutes, namespace: 'zenml-pro'})).toMatchObject([
		{
			metadata: {name: 'zenml-pro-airgap', labels: {'app.kubernetes.io/managed-by': 'zenml-airgap'}},
			spec: {
				hostnames: [rehearsalHosts.controlPlane],
				parentRefs: [{namespace: 'gateways', name: 'shared'}],
				rules: [
					{matches: [{path: {value: '/api'}}], backendRefs: [{name: 'zenml-pro', port: 80}]},
					{matches: [{path: {value: '/'}}], backendRefs: [{name: 'zenml-pro-dashboard', port: 80}]},
				],
			},
		},
	]);
	// The workspace's chart makes its own.
	expect(await listIn(site, answers, {...httpRoutes, namespace: 'zenml-workspace'})).toMatchObject([
		{metadata: {name: 'zenml', labels: {'app.kubernetes.io/managed-by': 'Helm'}}},
	]);

	const back = site.answers((input) => ({...input, ingress: {httpsPort: answers.ingress.httpsPort}}));
	const plan = await site.run(back, {pass: 'look'});
	expect(plannedIn(plan.events)['control-plane']).toContain('delete HTTPRoute zenml-pro/zenml-pro-airgap');
	await installs(site, back);
	for (const namespace of ['zenml-pro', 'zenml-workspace']) {
		expect(await listIn(site, back, {...httpRoutes, namespace})).toEqual([]);
		expect(await listIn(site, back, {...ingresses, namespace})).toHaveLength(1);
	}
});

test('on OpenShift, a Route for each path shows the certificate of the answers', async () => {
	const site = await startSite({wayIn: 'route'});
	onTestFinished(site.stop);
	const answers = site.answers();
	await installs(site, answers);
	expect(await listIn(site, answers, {...routes, namespace: 'zenml-pro'})).toMatchObject([
		{metadata: {name: 'zenml-pro-airgap'}, spec: {path: '/api', to: {name: 'zenml-pro'}}},
		{
			metadata: {name: 'zenml-pro-airgap-1'},
			spec: {
				host: rehearsalHosts.controlPlane,
				to: {name: 'zenml-pro-dashboard'},
				tls: {termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect'},
			},
		},
	]);
	expect(await listIn(site, answers, {...ingresses, namespace: 'zenml-workspace'})).toEqual([]);
});

test('a plain cluster has neither, and step 2 says so before anything changes', async () => {
	const site = await startSite();
	onTestFinished(site.stop);
	const gateway = site.answers((input) => ({...input, ingress: {...input.ingress, kind: 'gateway', gateway: 'a/b'}}));
	expect((await site.run(gateway)).problem).toMatchObject({code: code('gateway-api-missing')});
	const route = site.answers((input) => ({...input, ingress: {...input.ingress, kind: 'route'}}));
	expect((await site.run(route)).problem).toMatchObject({code: code('route-api-missing')});
});
