import {setStatus} from '../objects/conditions.ts';
import {ageOf} from '../objects/made.ts';
import {selects} from '../objects/selectors.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject, LabelSelector} from '../objects/types.ts';
import {type Dict, dict, list, text, timestamp} from '../objects/values.ts';
import type {EntryPoint} from './services.ts';
import type {Reconcile} from './types.ts';

export const gatewayId = 'gateways.gateway.networking.k8s.io';
export const httpRouteId = 'httproutes.gateway.networking.k8s.io';

/** Name of the controller that the rehearsal plays. */
const controllerName = 'rehearsal.local/gateway-controller';

type Said = readonly [status: 'True' | 'False', reason: string, message: string];

/** A condition; its time moves only when its status changes. */
const condition = (
	before: unknown,
	type: string,
	[status, reason, message]: Said,
	{object, now}: {readonly object: KubeObject; readonly now: Date},
): Dict => {
	const known = list(before)
		.map(dict)
		.find((one) => one.type === type);
	return {
		type,
		status,
		reason,
		message,
		observedGeneration: object.metadata.generation ?? 1,
		lastTransitionTime: known?.status === status ? known.lastTransitionTime : timestamp(now),
	};
};

export const listenersOf = ({spec}: KubeObject): readonly Dict[] => list(dict(spec).listeners).map(dict);

/** Secrets of another namespace must be granted there (Gateway API, ReferenceGrant). */
const isGranted = (store: Store, from: string, to: string, name: string): boolean =>
	from === to ||
	store.list('referencegrants.gateway.networking.k8s.io', to).some(({spec}) => {
		const {from: origins, to: targets} = dict(spec);
		const isFrom = list(origins).some((one) => dict(one).kind === 'Gateway' && dict(one).namespace === from);
		return (
			isFrom &&
			list(targets).some((one) => dict(one).kind === 'Secret' && [undefined, name].includes(text(dict(one).name)))
		);
	});

/** Certificate and key of a listener; the reason where there are none that it may use. */
export const pairOf = (
	store: Pick<Store, 'get' | 'list'>,
	gateway: KubeObject,
	listener: Dict,
): {readonly cert: string; readonly key: string} | Said => {
	const own = gateway.metadata.namespace ?? '';
	const {name, namespace = own} = dict(list(dict(listener.tls).certificateRefs)[0]);
	const [at, called] = [String(namespace), String(name)];
	if (!isGranted(store as Store, own, at, called))
		return [
			'False',
			'RefNotPermitted',
			`Certificate ref to secret ${at}/${called} not permitted by any ReferenceGrant.`,
		];
	const secret = store.get('secrets', at, called);
	const read = (key: string): string => Buffer.from(String(dict(secret?.data)[key] ?? ''), 'base64').toString('utf8');
	const [cert, key] = [read('tls.crt'), read('tls.key')];
	return cert && key ? {cert, key} : ['False', 'InvalidCertificateRef', `Secret ${at}/${called} does not exist.`];
};

const listenerStatus = (store: Store, gateway: KubeObject, listener: Dict, now: Date): Dict => {
	const before = list(dict(gateway.status).listeners)
		.map(dict)
		.find(({name}) => name === listener.name)?.conditions;
	const pair = listener.protocol === 'HTTPS' ? pairOf(store, gateway, listener) : {cert: '', key: ''};
	const bad = 'cert' in pair ? undefined : pair;
	const say = (type: string, said: Said): Dict => condition(before, type, said, {object: gateway, now});
	return {
		name: listener.name,
		supportedKinds: [{group: 'gateway.networking.k8s.io', kind: 'HTTPRoute'}],
		attachedRoutes: store.list(httpRouteId).filter((route) => isAttached(route, gateway)).length,
		conditions: [
			say('Accepted', ['True', 'Accepted', '']),
			say('Programmed', bad ? ['False', 'Invalid', bad[2]] : ['True', 'Programmed', '']),
			say('ResolvedRefs', bad ?? ['True', 'ResolvedRefs', '']),
		],
	};
};

const isAttached = ({metadata, status}: KubeObject, gateway: KubeObject): boolean =>
	list(dict(status).parents).some((parent) => {
		const {name, namespace = metadata.namespace} = dict(dict(parent).parentRef);
		const accepted = list(dict(parent).conditions).some(
			(one) => dict(one).type === 'Accepted' && dict(one).status === 'True',
		);
		return accepted && name === gateway.metadata.name && namespace === gateway.metadata.namespace;
	});

const isServed = (store: Store, {spec}: KubeObject): boolean =>
	store.get('gatewayclasses.gateway.networking.k8s.io', '', String(dict(spec).gatewayClassName)) !== undefined;

/** Takes a Gateway of a class that the cluster has, and gives it an address after a while. */
export const reconcileGateway =
	({address, afterMs}: EntryPoint): Reconcile =>
	({store, now}, namespace, name) => {
		const gateway = store.get(gatewayId, namespace, name);
		if (!gateway || !isServed(store, gateway)) return undefined;
		const left = afterMs - ageOf(gateway, now());
		if (left > 0) return left;
		const before = dict(gateway.status).conditions;
		const say = (type: string, said: Said): Dict => condition(before, type, said, {object: gateway, now: now()});
		setStatus(store, gatewayId, gateway, {
			addresses: [{type: 'IPAddress', value: address}],
			conditions: [say('Accepted', ['True', 'Accepted', '']), say('Programmed', ['True', 'Programmed', ''])],
			listeners: listenersOf(gateway).map((listener) => listenerStatus(store, gateway, listener, now())),
		});
		return undefined;
	};

const takesNamespace = (store: Store, listener: Dict, own: string, namespace: string): boolean => {
	const {from = 'Same', selector} = dict(dict(listener.allowedRoutes).namespaces);
	if (from === 'All') return true;
	if (from === 'Same') return own === namespace;
	const labels = store.get('namespaces', '', namespace)?.metadata.labels;
	return from === 'Selector' && selects(dict(selector) as LabelSelector, labels);
};

/** Does a host of a listener take one of a route? A wildcard stands for one label or more. */
export const takesHost = (listener: unknown, host: string): boolean => {
	const own = text(listener);
	if (!own) return true;
	return own.startsWith('*.') ? host.endsWith(own.slice(1)) && host !== own.slice(2) : own === host;
};

const takesKind = (listener: Dict): boolean => {
	const kinds = list(dict(listener.allowedRoutes).kinds);
	return kinds.length === 0 || kinds.some((one) => dict(one).kind === 'HTTPRoute');
};

/** What the Gateway's controller says to one parent of a route. */
const judge = (store: Store, gateway: KubeObject, route: KubeObject, sectionName: unknown): Said => {
	const named = listenersOf(gateway).filter(({name}) => sectionName === undefined || name === sectionName);
	if (named.length === 0) return ['False', 'NoMatchingParent', 'No listeners match this parent ref'];
	const [own, namespace] = [gateway.metadata.namespace ?? '', route.metadata.namespace ?? ''];
	const open = named.filter((one) => takesKind(one) && takesNamespace(store, one, own, namespace));
	if (open.length === 0)
		return ['False', 'NotAllowedByListeners', 'No listeners included by this parent ref allowed this attachment.'];
	const hosts = list(dict(route.spec).hostnames).map(String);
	const fits = open.some(({hostname}) => hosts.length === 0 || hosts.some((host) => takesHost(hostname, host)));
	return fits
		? ['True', 'Accepted', 'Route is accepted']
		: [
				'False',
				'NoMatchingListenerHostname',
				"There were no hostname intersections between the HTTPRoute and this parent ref's Listener(s).",
			];
};

const resolve = (store: Store, {metadata, spec}: KubeObject): Said => {
	const own = metadata.namespace ?? '';
	const backends = list(dict(spec).rules).flatMap((rule) => list(dict(rule).backendRefs).map(dict));
	for (const {name, namespace = own, port} of backends) {
		if (namespace !== own)
			return [
				'False',
				'RefNotPermitted',
				`Backend ref to service ${namespace}/${name} not permitted by any ReferenceGrant.`,
			];
		const service = store.get('services', own, String(name));
		const has = list(dict(service?.spec).ports).some((one) => dict(one).port === port);
		if (!has) return ['False', 'BackendNotFound', `Service ${own}/${name} with port ${port} not found`];
	}
	return ['True', 'ResolvedRefs', 'Resolved all the Object references for the Route'];
};

/** Writes into an HTTPRoute what each of its Gateways says to it; a Gateway that nobody serves says nothing. */
export const reconcileHttpRoute: Reconcile = ({store, now}, namespace, name) => {
	const route = store.get(httpRouteId, namespace, name);
	if (!route) return undefined;
	const before = list(dict(route.status).parents).map(dict);
	const parents = list(dict(route.spec).parentRefs)
		.map(dict)
		.flatMap((parentRef, index) => {
			const {name: its, namespace: at = namespace, sectionName} = parentRef;
			const gateway = store.get(gatewayId, String(at), String(its));
			if (!gateway || !isServed(store, gateway)) return [];
			const say = (type: string, said: Said): Dict =>
				condition(before[index]?.conditions, type, said, {object: route, now: now()});
			const conditions = [
				say('Accepted', judge(store, gateway, route, sectionName)),
				say('ResolvedRefs', resolve(store, route)),
			];
			return [{parentRef, controllerName, conditions}];
		});
	setStatus(store, httpRouteId, route, {parents});
	return undefined;
};
