import {isReady, setStatus} from '../objects/conditions.ts';
import {ageOf, madeMetadata} from '../objects/made.ts';
import {selects} from '../objects/selectors.ts';
import type {KubeObject, Pod} from '../objects/types.ts';
import {type Dict, dict, list, same} from '../objects/values.ts';
import type {Context, Reconcile} from './types.ts';

/** Where the ingress controller and the load balancer of the cluster are, and how long they take to say so, ms. */
export type EntryPoint = {readonly address: string; readonly afterMs: number};

/** What a Service selects its pods by; undefined for one whose Endpoints somebody else writes. */
const selectorOf = ({spec}: KubeObject): Record<string, string> | undefined => {
	const selector = dict(dict(spec).selector) as Record<string, string>;
	return Object.keys(selector).length > 0 ? selector : undefined;
};

/** Would a change of this object change the Endpoints of the Service? */
export const concerns = (service: KubeObject, {metadata}: KubeObject): boolean => {
	const matchLabels = selectorOf(service);
	return matchLabels !== undefined && selects({matchLabels}, metadata.labels);
};

/** The pods behind a Service that have an address. */
const podsBehind = ({store}: Context, service: KubeObject): Pod[] =>
	store
		.list<Pod>('pods', service.metadata.namespace)
		.filter((pod) => concerns(service, pod) && !pod.metadata.deletionTimestamp)
		.filter(({status}) => status?.podIP && status.phase === 'Running');

const addressOf = ({status, spec, metadata}: Pod): Dict => ({
	ip: status?.podIP,
	nodeName: spec.nodeName,
	targetRef: {kind: 'Pod', name: metadata.name, namespace: metadata.namespace, uid: metadata.uid},
});

/** The number of a port, which may be named in the containers. */
const portNumber = (port: Dict, pod: Pod | undefined): number => {
	if (typeof port.targetPort === 'number') return port.targetPort;
	const named = pod?.spec.containers
		.flatMap((container) => container.ports ?? [])
		.find((one) => one.name === port.targetPort);
	return named?.containerPort ?? Number(port.port);
};

const subsetsOf = (service: KubeObject, pods: readonly Pod[]): Dict[] | undefined => {
	if (pods.length === 0) return undefined;
	const ready = pods.filter(isReady).map(addressOf);
	const waiting = pods.filter((pod) => !isReady(pod)).map(addressOf);
	const ports = list(dict(service.spec).ports)
		.map(dict)
		.map((port) => ({
			...(port.name ? {name: port.name} : {}),
			port: portNumber(port, pods[0]),
			protocol: port.protocol ?? 'TCP',
		}));
	return [
		{
			...(ready.length > 0 ? {addresses: ready} : {}),
			...(waiting.length > 0 ? {notReadyAddresses: waiting} : {}),
			ports,
		},
	];
};

const writeEndpoints = (context: Context, service: KubeObject): void => {
	const {store, now} = context;
	const {namespace = '', name, labels} = service.metadata;
	const known = store.get('endpoints', namespace, name);
	const subsets = subsetsOf(service, podsBehind(context, service));
	if (known && same(known.subsets, subsets)) return;
	const metadata = known?.metadata ?? madeMetadata(now(), {name, namespace, labels: {...labels}});
	store.put('endpoints', {apiVersion: 'v1', kind: 'Endpoints', metadata, ...(subsets ? {subsets} : {})});
};

/** Give a LoadBalancer its address after a while; answers how long that still takes. */
const giveAddress = ({store, now}: Context, service: KubeObject, entry: EntryPoint): number | undefined => {
	if (dict(service.spec).type !== 'LoadBalancer') {
		if (service.status === undefined) setStatus(store, 'services', service, {loadBalancer: {}});
		return undefined;
	}
	const left = entry.afterMs - ageOf(service, now());
	if (left > 0) return left;
	setStatus(store, 'services', service, {loadBalancer: {ingress: [{ip: entry.address, ipMode: 'VIP'}]}});
	return undefined;
};

/** Name the ready pods behind a Service in its Endpoints; give a LoadBalancer its address. */
export const reconcileService =
	(entry: EntryPoint): Reconcile =>
	(context, namespace, name) => {
		const service = context.store.get('services', namespace, name);
		if (!service) {
			context.store.remove('endpoints', namespace, name);
			return undefined;
		}
		if (selectorOf(service)) writeEndpoints(context, service);
		return giveAddress(context, service, entry);
	};
