import {isReady, type KubeObject, type Pod} from '../kubernetes/index.ts';
import {type Cluster, secretData} from './pod-view.ts';

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

/** Hosts of all Ingress objects that the controller serves, without wildcards. */
export const ingressHosts = (cluster: Cluster): readonly string[] => [
	...new Set(
		served(cluster).flatMap(({spec}) =>
			(spec?.rules ?? []).flatMap(({host}) => (host?.includes('*') ? [] : (host ?? []))),
		),
	),
];

// Kubernetes API reference, HTTPIngressPath: a prefix matches whole path elements.
const fits = (path: string, rule: string, type: string | undefined): boolean => {
	if (type === 'Exact') return path === rule;
	const prefix = rule.replace(/\/+$/u, '');
	return prefix === '' || path === prefix || path.startsWith(`${prefix}/`);
};

const readyPods = (cluster: Cluster, namespace: string, backend: Backend): readonly Pod[] => {
	const service = cluster.get<Service>('services', namespace, backend.service?.name ?? '');
	const {selector, ports = []} = service?.spec ?? {};
	const port = backend.service?.port;
	const known = ports.some((entry) => (port?.name ? entry.name === port.name : entry.port === port?.number));
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
	const candidates = served(cluster)
		.flatMap(({metadata, spec}) =>
			(spec?.rules ?? [])
				.filter((rule) => rule.host === undefined || rule.host === host)
				.flatMap((rule) => rule.http?.paths ?? [])
				.filter((entry) => fits(path, entry.path ?? '/', entry.pathType))
				.map((entry) => ({namespace: metadata.namespace ?? '', ...entry})),
		)
		.sort((left, right) => (right.path ?? '/').length - (left.path ?? '/').length);
	const [best] = candidates;
	if (!best) return {status: 404};
	const [pod] = readyPods(cluster, best.namespace, best.backend);
	return pod ? {pod} : {status: 503};
};

/** True when every path that an Ingress gives to a host is answered by a pod. */
export const isServed = (cluster: Cluster, host: string): boolean => {
	const paths = served(cluster).flatMap(({spec}) =>
		(spec?.rules ?? []).filter((rule) => rule.host === host).flatMap((rule) => rule.http?.paths ?? []),
	);
	return paths.length > 0 && paths.every(({path = '/'}) => 'pod' in routeOf(cluster, host, path));
};

/**
 * Certificate and key that the controller shows for a host, from the TLS Secret of its Ingress; undefined: the fake
 * one.
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
	return undefined;
};
