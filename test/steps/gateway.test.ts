import {describe, expect, test} from 'vitest';
import type {Answers, AnswersInput} from '../../source/answers/schema.ts';
import type {ProblemCode} from '../../source/base/problem.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import {gatewayCheck} from '../../source/steps/prerequisites/way-in/gateway.ts';
import {wayInCheck} from '../../source/steps/prerequisites/way-in/index.ts';
import {routesCheck} from '../../source/steps/prerequisites/way-in/routes.ts';
import type {Check} from '../../source/steps/shared/checks.ts';
import {ingressAddress, withoutAddress} from '../../source/steps/shared/ingress-address.ts';
import {controlPlaneOf} from '../../source/steps/shared/names.ts';
import {requireWayIn} from '../../source/steps/shared/way-in/status.ts';
import {kept, refusal} from './parts.ts';
import {answersOf, code, type Given, refusalOf, worldOf} from './world.ts';

const answersAt = (ingress: AnswersInput['ingress']): Answers => answersOf((input) => ({...input, ingress}));
const atGateway = answersAt({kind: 'gateway', gateway: 'infra/shared'});

const yes = (type: string) => ({type, status: 'True', reason: type});
const ready = {
	addresses: [{value: '10.9.9.9'}],
	conditions: [yes('Accepted'), yes('Programmed')],
};
const https = {name: 'https', protocol: 'HTTPS', tls: {}, allowedRoutes: {namespaces: {from: 'All'}}};
const gateway = (listeners: readonly object[] = [https], status: object = ready, name = 'shared'): KubeObject => ({
	apiVersion: 'gateway.networking.k8s.io/v1',
	kind: 'Gateway',
	metadata: {name, namespace: 'infra', generation: 2},
	spec: {listeners},
	status,
});
const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Namespace',
	metadata: {name, labels},
});

const answering = {
	request: async () => ({status: 404, headers: {}, body: ''}),
} as unknown as NonNullable<Given['https']>;
const failing = (which: ProblemCode): NonNullable<Given['https']> => ({
	request: async () => {
		throw refusal(which);
	},
});
const host = {readFile: async () => 'PEM'};
const worldWith = (objects: readonly KubeObject[], given: Given = {}) =>
	worldOf({answers: atGateway, cluster: kept(...objects), host, https: answering, ...given});
const see = async (check: Check, objects: readonly KubeObject[], given?: Given) => check.run(worldWith(objects, given));
const refuse = async (objects: readonly KubeObject[], given?: Given) => refusalOf(see(gatewayCheck, objects, given));

test('each way in has its own check', () => {
	expect(wayInCheck(answersOf()).label).toBe('Ingress class');
	expect(wayInCheck(atGateway).label).toBe('Gateway');
	expect(wayInCheck(answersAt({kind: 'route'})).label).toBe('Routes');
});

describe('a Gateway', () => {
	test('that is set up, takes the hosts and shows a good certificate', async () => {
		expect(await see(gatewayCheck, [gateway()])).toEqual({
			note: 'infra/shared, answers at 10.9.9.9:443',
			warnings: [],
			bad: false,
		});
	});

	test('whose API the cluster does not have', async () => {
		expect(await refuse([])).toMatchObject({
			code: code('gateway-api-missing'),
			cause: 'The definitions of the Gateway API are not installed, or are older than its release 1.0.',
			fix: 'Have the Gateway API and a controller for it installed, or choose another way with ingress.kind.',
		});
	});

	test('that is not there', async () => {
		expect(await refuse([gateway([https], ready, 'other')])).toMatchObject({
			code: code('gateway-missing'),
			message: 'The cluster has no Gateway infra/shared.',
			cause: 'That namespace has: other.',
			fix: 'Name one of these in ingress.gateway.',
		});
		const list = async () => [];
		expect(await refuse([], {cluster: {list}})).toMatchObject({
			cause: 'That namespace has none at all.',
			fix: 'Have the Gateway made, or correct its namespace and name.',
		});
	});

	test('that this login may not list is told as not checked', async () => {
		const list = async () => {
			throw refusal('kubernetes-forbidden');
		};
		expect(await see(gatewayCheck, [], {cluster: {list}})).toMatchObject({
			note: 'not checked: this login may not list Gateways',
			bad: true,
		});
	});

	test.each<readonly [string, object, object]>([
		[
			'nobody has looked at',
			{conditions: [{type: 'Accepted', status: 'Unknown', reason: 'Pending'}]},
			{
				cause:
					'No controller has written the condition Accepted for its present form: none is responsible for its class, or it is not up.',
				fix: 'Have the controller of its GatewayClass looked at.',
			},
		],
		[
			'was changed since its controller looked',
			{conditions: [{...yes('Accepted'), observedGeneration: 1}, yes('Programmed')]},
			{fix: 'Have the controller of its GatewayClass looked at.'},
		],
		[
			'has no address for itself',
			{
				conditions: [
					yes('Accepted'),
					{type: 'Programmed', status: 'False', reason: 'AddressNotAssigned', message: 'no pool'},
				],
			},
			{
				cause: 'Its controller says Programmed False: AddressNotAssigned: no pool',
				fix: 'Have what its controller complains of mended.',
			},
		],
	])('that %s is not ready', async (_what, status, words) => {
		expect(await refuse([gateway([https], status)])).toMatchObject({code: code('gateway-not-ready'), ...words});
	});

	const selector = {matchLabels: {team: 'ml'}, matchExpressions: [{key: 'stage', operator: 'NotIn', values: ['test']}]};
	const selecting = {...https, allowedRoutes: {namespaces: {from: 'Selector', selector}}};

	test.each<readonly [string, readonly object[], object, string | undefined]>([
		[
			'the listener of the answers',
			[https],
			{
				cause: 'It has no listener called web; it has: https.',
				fix: 'Name one of these in ingress.listener, or leave it out.',
			},
			'web',
		],
		[
			'HTTPS',
			[
				{name: 'http', protocol: 'HTTP'},
				{name: 'pass', protocol: 'HTTPS', tls: {mode: 'Passthrough'}},
			],
			{
				cause: 'No listener ends TLS with protocol HTTPS; it has: http (HTTP), pass (HTTPS).',
				fix: 'Have an HTTPS listener added that shows a certificate for zenml-pro.corp.internal.',
			},
			undefined,
		],
		[
			'the host',
			[{...https, hostname: '*.zenml-pro.corp.internal'}],
			{
				cause: 'The HTTPS listeners take other host names: https (*.zenml-pro.corp.internal).',
				fix: 'Have the host name added to a listener, as zenml-pro.corp.internal or by a wildcard.',
			},
			undefined,
		],
		[
			'the namespace, by default only its own',
			[{...https, allowedRoutes: {}}],
			{
				cause: 'The listener https takes no routes from namespace zenml-pro: allowedRoutes.namespaces is Same.',
				fix: 'Have allowedRoutes of that listener take the namespace: from All, or a selector that its labels match. A ReferenceGrant does not help: it is for Secrets and Services of other namespaces.',
			},
			undefined,
		],
		[
			'the namespace, by its labels',
			[selecting],
			{cause: 'The listener https takes no routes from namespace zenml-pro: allowedRoutes.namespaces is Selector.'},
			undefined,
		],
		[
			'HTTPRoutes',
			[{...https, allowedRoutes: {namespaces: {from: 'All'}, kinds: [{kind: 'GRPCRoute'}]}}],
			{
				cause: 'The listener https takes no HTTPRoutes: allowedRoutes.kinds is GRPCRoute.',
				fix: 'Have HTTPRoute added to allowedRoutes.kinds of that listener.',
			},
			undefined,
		],
	])('that does not take %s', async (_what, listeners, words, listener) => {
		const answers = answersAt({kind: 'gateway', gateway: 'infra/shared', ...(listener && {listener})});
		expect(await refuse([gateway(listeners)], {answers})).toMatchObject({
			code: code('gateway-unfit'),
			message: 'The Gateway infra/shared has no listener that would serve zenml-pro.corp.internal.',
			...words,
		});
	});

	test('that takes the namespaces by their labels', async () => {
		const all = ['zenml-pro', 'zenml-workspace'].map((name) => namespace(name, {team: 'ml'}));
		expect(await see(gatewayCheck, [gateway([selecting]), ...all])).toMatchObject({bad: false});
		const [first] = all as [KubeObject, ...KubeObject[]];
		const tested = namespace('zenml-workspace', {team: 'ml', stage: 'test'});
		expect(await refuse([gateway([selecting]), first, tested])).toMatchObject({code: code('gateway-unfit')});
	});

	test.each<readonly [string, object, object]>([
		[
			'may not use its certificate',
			{type: 'ResolvedRefs', status: 'False', reason: 'RefNotPermitted', message: 'secret pki/tls'},
			{
				cause: 'The listener https cannot use its certificate: RefNotPermitted: secret pki/tls',
				fix: 'Have the Secret named there put right; where it is in another namespace than the Gateway, a ReferenceGrant in that namespace must allow it.',
			},
		],
		[
			'is not served',
			{type: 'Accepted', status: 'False', reason: 'PortUnavailable'},
			{
				cause: 'The controller does not serve the listener https: PortUnavailable',
				fix: 'Have what it complains of mended.',
			},
		],
	])('whose listener %s', async (_what, condition, words) => {
		const status = {...ready, listeners: [{name: 'https', conditions: [condition]}]};
		expect(await refuse([gateway([https], status)])).toMatchObject({code: code('gateway-unfit'), ...words});
	});

	test('that shows a certificate which clients will refuse', async () => {
		expect(await refuse([gateway()], {https: failing('https-certificate-other-host')})).toMatchObject({
			code: code('gateway-certificate'),
			message: 'The Gateway infra/shared shows a certificate for zenml-pro.corp.internal that clients will refuse.',
			cause: 'At 10.9.9.9, port 443: Why https-certificate-other-host.',
			fix: 'Have the certificate of the listener replaced by one for this name, signed by the CA in tls.ca: a Gateway shows its own, not that of tls.certificate.',
		});
	});

	test('that is silent, has no address, or serves clear text too is told, not refused', async () => {
		expect(await see(gatewayCheck, [gateway()], {https: failing('https-unreachable')})).toMatchObject({
			note: 'infra/shared, does not answer at 10.9.9.9:443',
			bad: true,
		});
		const dark = {conditions: ready.conditions};
		expect(await see(gatewayCheck, [gateway([https], dark)])).toMatchObject({note: 'infra/shared, without an address'});
		const clear = {...https, name: 'http', protocol: 'HTTP'};
		expect(await see(gatewayCheck, [gateway([https, clear])])).toMatchObject({
			warnings: [
				'Gateway infra/shared: its listener http would serve the hosts in clear text too; name the HTTPS listener in ingress.listener.',
			],
			bad: true,
		});
	});
});

const route = (namespace: string, conditions: readonly object[] | undefined): KubeObject => ({
	apiVersion: 'route.openshift.io/v1',
	kind: 'Route',
	metadata: {name: 'shop', namespace},
	spec: {host: 'zenml-pro.corp.internal'},
	...(conditions && {
		status: {
			ingress: [{host: 'zenml-pro.corp.internal', routerCanonicalHostname: 'router.apps.corp', conditions}],
		},
	}),
});
const atRoute = answersAt({kind: 'route'});

describe('Routes', () => {
	test('of a cluster that has none', async () => {
		expect(await refusalOf(see(routesCheck, [], {answers: atRoute}))).toMatchObject({
			code: code('route-api-missing'),
			cause: 'Only OpenShift and OKD have them.',
			fix: 'Choose another way with ingress.kind: ingress, or gateway where the cluster has the Gateway API.',
		});
	});

	test('for a host that another namespace has', async () => {
		expect(await refusalOf(see(routesCheck, [route('shop', undefined)], {answers: atRoute}))).toMatchObject({
			code: code('route-refused'),
			area: 'prerequisites',
			cause: 'A Route of another namespace has the host already. The router says: Route shop/shop has it.',
			fix: 'Have that Route removed, or use another host name.',
		});
	});

	test('the router is tried where the answers give its address', async () => {
		const own = [route('zenml-pro', undefined)];
		expect((await see(routesCheck, own, {answers: atRoute})).note).toContain('OpenShift');
		const answers = answersAt({kind: 'route', address: '10.1.1.1'});
		expect(await see(routesCheck, own, {answers})).toEqual({note: 'OpenShift, answers at 10.1.1.1:443'});
		const silent = see(routesCheck, own, {answers, https: failing('https-unreachable')});
		expect(await refusalOf(silent)).toMatchObject({code: code('ingress-not-answering')});
	});
});

const httpRoute = (conditions: readonly object[] | undefined): KubeObject => ({
	apiVersion: 'gateway.networking.k8s.io/v1',
	kind: 'HTTPRoute',
	metadata: {name: 'own', namespace: 'zenml-pro', generation: 3},
	spec: {hostnames: ['zenml-pro.corp.internal'], parentRefs: [{namespace: 'infra', name: 'shared'}]},
	...(conditions && {status: {parents: [{parentRef: {namespace: 'infra', name: 'shared'}, conditions}]}}),
});

describe('what was installed', () => {
	const judged = async (answers: Answers, ...objects: readonly KubeObject[]) =>
		requireWayIn(worldWith(objects, {answers}), controlPlaneOf(answers));

	test('is served once its HTTPRoute or Route is taken; an Ingress tells nothing', async () => {
		await judged(atGateway, httpRoute([yes('Accepted'), yes('ResolvedRefs')]));
		await judged(atRoute, route('zenml-pro', [yes('Admitted')]));
		await judged(answersOf());
	});

	test.each<readonly [string, object, object]>([
		[
			'NotAllowedByListeners',
			{
				cause: 'No listener takes routes from namespace zenml-pro. Its controller says: NotAllowedByListeners: words',
				fix: 'Have allowedRoutes of the listener take that namespace.',
			},
			{},
		],
		[
			'NoMatchingListenerHostname',
			{
				cause: 'No listener takes that host name. Its controller says: NoMatchingListenerHostname: words',
				fix: 'Have the host name added to a listener, or name another Gateway.',
			},
			{},
		],
		[
			'NoMatchingParent',
			{
				cause: 'The Gateway has no such listener or port. Its controller says: NoMatchingParent: words',
				fix: 'Correct ingress.listener, or leave it out.',
			},
			{},
		],
		[
			'UnsupportedValue',
			{cause: 'Its controller says: UnsupportedValue: words', fix: 'Have what the controller complains of mended.'},
			{},
		],
	])('is refused by the Gateway: %s', async (reason, words) => {
		const refused = {type: 'Accepted', status: 'False', reason, message: 'words'};
		expect(await refusalOf(judged(atGateway, httpRoute([refused])))).toMatchObject({
			code: code('httproute-refused'),
			message: 'The Gateway infra/shared does not take HTTPRoute zenml-pro/own: zenml-pro.corp.internal is not served.',
			...words,
		});
	});

	test('names a Service that is not there', async () => {
		const unresolved = {type: 'ResolvedRefs', status: 'False', reason: 'BackendNotFound', message: 'no zenml-pro'};
		expect(await refusalOf(judged(atGateway, httpRoute([yes('Accepted'), unresolved])))).toMatchObject({
			code: code('httproute-unresolved'),
			cause: 'Its controller says of what it names: BackendNotFound: no zenml-pro',
			fix: 'Try again in a minute. If it stays so, have the Service looked at that it names, and the controller.',
		});
	});

	test.each<readonly [string, Answers, readonly KubeObject[], object]>([
		[
			'the Gateway says nothing',
			atGateway,
			[httpRoute(undefined)],
			{
				cause: 'The controller of the Gateway infra/shared has not said whether it takes HTTPRoute zenml-pro/own.',
				fix: 'Try again in a minute. If it stays so, have the controller looked at.',
			},
		],
		[
			'the Gateway spoke of an older form',
			atGateway,
			[httpRoute([{...yes('Accepted'), observedGeneration: 2}])],
			{fix: 'Try again in a minute. If it stays so, have the controller looked at.'},
		],
		[
			'no router says anything',
			atRoute,
			[route('zenml-pro', undefined)],
			{
				cause: 'No router has said whether it takes Route zenml-pro/shop.',
				fix: 'Try again in a minute. If it stays so, have the router looked at: it may only take Routes with labels of its own (route sharding).',
			},
		],
		[
			'there is no HTTPRoute',
			atGateway,
			[{...httpRoute([]), spec: {hostnames: ['other']}}],
			{
				cause: 'Namespace zenml-pro has no HTTPRoute for this host.',
				fix: 'Run the install again: it makes what is missing. If it stays so, somebody takes it away.',
			},
		],
	])('is not served yet: %s', async (_what, answers, objects, words) => {
		expect(await refusalOf(judged(answers, ...objects))).toMatchObject({code: code('way-in-unseen'), ...words});
	});

	test('is refused by the router', async () => {
		const refused = {type: 'Admitted', status: 'False', reason: 'ExtendedValidationFailed', message: 'bad key'};
		expect(await refusalOf(judged(atRoute, route('zenml-pro', [refused])))).toMatchObject({
			code: code('route-refused'),
			cause: 'The router says: ExtendedValidationFailed: bad key',
			fix: 'Have what the router complains of mended.',
		});
		expect(
			await refusalOf(judged(atRoute, route('zenml-pro', [{...refused, reason: 'HostAlreadyClaimed'}]))),
		).toMatchObject({
			fix: 'Have that Route removed, or use another host name.',
		});
	});
});

describe('the address', () => {
	const dns = {resolve: async (name: string) => (name === 'router.apps.corp' ? ['10.7.7.7'] : [])};

	test('is that of the Gateway, or of the router by its name', async () => {
		expect(await ingressAddress(worldWith([gateway()], {dns}))).toBe('10.9.9.9');
		const admitted = [route('zenml-pro', [yes('Admitted')])];
		expect(await ingressAddress(worldWith(admitted, {answers: atRoute, dns}))).toBe('10.7.7.7');
	});

	test('is asked for where nobody wrote one', () => {
		expect(withoutAddress(worldWith([]))).toMatchObject({
			code: code('ingress-without-address'),
			message: 'The Gateway infra/shared has no address yet.',
			cause: 'Its controller wrote none into its status, or a name that the name server does not know.',
			nextSteps: ['kubectl -n infra get gateway shared -o yaml'],
		});
		expect(withoutAddress(worldWith([], {answers: atRoute}))).toMatchObject({
			message: 'The router has no address yet.',
			cause: 'No Route tells the name of a router that took it, or the name server does not know that name.',
		});
	});
});
