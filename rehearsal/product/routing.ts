import {isReady, type KubeObject, type Pod} from '../kubernetes/index.ts';
import {type Cluster, secretData} from './pod-view.ts';
import {addedPair, addedWays, type Way} from './ways.ts';

type PortReference = {name?: string; number?: number};
type Backend = {service?: {name: string; port?: PortReference}};
export type Ingress = KubeObject & {
	spec?: {
		ingressClassName?: string;
		tls?: {hosts?: string[]; secretName?: string}[];
		rules?: {host?: string; http?: {paths?: {path?: string; pathType?: string; backend: Backend}[]}}[];
	};
};
type Service = KubeObject & {
	spec?: {selector?: Record<string, string>; ports?: {name?: string; port: number}[]};
};

/** Where a request goes: a ready pod, or the status that the ingress controller answers itself. */
export type Route = {readonly pod: Pod} | {readonly status: 404 | 503};

const served = (cluster: Cluster): readonly Ingress[] => {
	const classes = new Set(cluster.list('ingressclasses.networking.k8s.io').map(({metadata}) => metadata.name));
	return cluster.list<Ingress>('ingresses.networking.k8s.io').filter(({spec, metadata}) => {
		const name = spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'];
		return name !== undefined && classes.has(name) && !metadata.deletionTimestamp;
	});
};

/** Ways of the Ingress objects that the controller serves. */
const ingressWays = (cluster: Cluster): readonly Way[] =>
	served(cluster).flatMap(({metadata, spec}) =>
		(spec?.rules ?? []).flatMap(({host, http}) =>
			(http?.paths ?? []).map(({path = '/', pathType, backend}) => ({
				namespace: metadata.namespace ?? '',
				host,
				path,
				exact: pathType === 'Exact',
				service: backend.service?.name ?? '',
				port: backend.service?.port ?? {},
			})),
		),
	);

const waysOf = (cluster: Cluster): readonly Way[] => [...ingressWays(cluster), ...addedWays(cluster)];

/** Hosts of everything that is served, without wildcards. */
export const ingressHosts = (cluster: Cluster): readonly string[] => [
	...new Set(waysOf(cluster).flatMap(({host}) => (host === undefined || host.includes('*') ? [] : host))),
];

// Kubernetes API reference, HTTPIngressPath: a prefix matches whole path elements; so do HTTPRoutes and Routes.
const fits = (path: string, {path: rule, exact}: Way): boolean => {
	if (exact) return path === rule;
	const prefix = rule.replace(/\/+$/u, '');
	return prefix === '' || path === prefix || path.startsWith(`${prefix}/`);
};

const readyPods = (
	cluster: Cluster,
	{namespace, service: name, port}: Pick<Way, 'namespace' | 'service' | 'port'>,
): readonly Pod[] => {
	const {selector, ports = []} = cluster.get<Service>('services', namespace, name)?.spec ?? {};
	const known = ports.some((entry) => (port.name ? entry.name === port.name : entry.port === port.number));
	if (!selector || !known) return [];
	return cluster
		.list<Pod>('pods', namespace)
		.filter(
			(pod) => isReady(pod) && Object.entries(selector).every(([key, value]) => pod.metadata.labels?.[key] === value),
		);
};

/**
 * Finds the pod behind host and path as ingress-nginx does: longest path wins, 404 without a rule, 503 without a ready
 * pod.
 */
export const routeOf = (cluster: Cluster, host: string, path: string): Route => {
	const [best] = waysOf(cluster)
		.filter((way) => (way.host === undefined || way.host === host) && fits(path, way))
		.sort((left, right) => right.path.length - left.path.length);
	if (!best) return {status: 404};
	const [pod] = readyPods(cluster, best);
	return pod ? {pod} : {status: 503};
};

/** True when every path that is given to a host is answered by a pod. */
export const isServed = (cluster: Cluster, host: string): boolean => {
	const ways = waysOf(cluster).filter((way) => way.host === host);
	return ways.length > 0 && ways.every(({path}) => 'pod' in routeOf(cluster, host, path));
};

/**
 * Certificate and key that are shown for a host, from the TLS Secret of its Ingress, its Gateway or its Route; undefined: the
 * fake one.
 */
export const certificateFor = (
	cluster: Cluster,
	host: string,
): {readonly cert: string; readonly key: string} | undefined => {
	for (const {metadata, spec} of served(cluster)) {
		for (const {hosts = [], secretName} of spec?.tls ?? []) {
			if (!hosts.includes(host) || !secretName) continue;
			const data = secretData(cluster, metadata.namespace ?? '', secretName);
			const {'tls.crt': cert, 'tls.key': key} = data ?? {};
			if (cert && key) return {cert, key};
		}
	}
	return addedPair(cluster, host);
};

/** A ready pod behind `NAME.NAMESPACE.svc:PORT`; undefined where there is no such Service, and `none` where none is ready. */
export const podBehind = (cluster: Cluster, {hostname, port}: URL): Pod | 'none' | undefined => {
	const [name = '', namespace = '', suffix] = hostname.split('.');
	if (suffix !== 'svc' || !cluster.get<Service>('services', namespace, name)) return undefined;
	const [pod] = readyPods(cluster, {namespace, service: name, port: {number: Number(port || 80)}});
	return pod ?? 'none';
};
