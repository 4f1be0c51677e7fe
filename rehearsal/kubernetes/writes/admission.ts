import {forbidden, notFound} from '../objects/errors.ts';
import {type KindInfo, kindById} from '../objects/kinds.ts';
import type {Store} from '../objects/store.ts';
import type {KubeObject, Pod} from '../objects/types.ts';
import {type Dict, dict, isDict, list} from '../objects/values.ts';
import {admitPod} from './admit-pods.ts';

/** Refuse to create in a namespace that is missing (404) or going away (403). */
export const admitNamespace = (store: Store, info: KindInfo, namespace: string, name: string): void => {
	const found = store.get('namespaces', '', namespace);
	if (!found) throw notFound(kindById('namespaces'), namespace);
	if (!found.metadata.deletionTimestamp) return;
	const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
	throw forbidden(info, name, why, [
		{
			reason: 'NamespaceTerminating',
			message: `namespace ${namespace} is being terminated`,
			field: 'metadata.namespace',
		},
	]);
};

const freeAddress = (store: Store): string => {
	const taken = new Set(store.list('services').map((service) => dict(service.spec).clusterIP));
	for (let number = 10; ; number += 1) {
		const address = `10.96.${Math.floor(number / 250)}.${(number % 250) + 1}`;
		if (!taken.has(address)) return address;
	}
};

const portsOf = (spec: unknown): Dict[] => list(dict(spec).ports).filter(isDict);

const freePort = (store: Store, given: ReadonlySet<number>): number => {
	const taken = new Set(store.list('services').flatMap(({spec}) => portsOf(spec).map((port) => port.nodePort)));
	for (let port = 30_000; ; port += 1) if (!taken.has(port) && !given.has(port)) return port;
};

/** Ports of a Service on the nodes; an update that leaves them out keeps the ones it has. */
const giveNodePorts = (store: Store, spec: Dict, before: Dict): void => {
	const given = new Set<number>();
	for (const port of portsOf(spec)) {
		const same = portsOf(before).find((old) => old.port === port.port && old.protocol === port.protocol);
		port.nodePort ??= same?.nodePort ?? freePort(store, given);
		given.add(Number(port.nodePort));
	}
};

/** Give a Service its cluster address and node ports; an update that leaves it out keeps the one it has. */
const admitService = (store: Store, service: KubeObject, before?: KubeObject): void => {
	const [spec, old] = [dict(service.spec), dict(before?.spec)];
	if (spec.type === 'ExternalName') return;
	spec.clusterIP ||= old.clusterIP || freeAddress(store);
	spec.clusterIPs ??= [spec.clusterIP];
	if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') giveNodePorts(store, spec, old);
};

/** A new Ingress that names no class gets the default one, if there is one. */
const admitIngress = (store: Store, {metadata, spec}: KubeObject): void => {
	if (metadata.annotations?.['kubernetes.io/ingress.class']) return;
	const byDefault = store
		.list('ingressclasses.networking.k8s.io')
		.find((item) => item.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true');
	if (byDefault) dict(spec).ingressClassName ??= byDefault.metadata.name;
};

/** What the server adds to or refuses about an object before it is stored; works in place on the caller's copy. */
export const admit = (store: Store, info: KindInfo, object: KubeObject, before?: KubeObject): void => {
	if (info.id === 'services') admitService(store, object, before);
	if (before) return;
	if (info.id === 'pods') admitPod(store, info, object as Pod);
	if (info.id === 'ingresses.networking.k8s.io') admitIngress(store, object);
};
