import {
	dict,
	gatewayId,
	httpRouteId,
	type KubeObject,
	list,
	listenersOf,
	pairOf,
	routeId,
	takesHost,
	text,
} from '../kubernetes/index.ts';
import type {Cluster} from './pod-view.ts';

type Pair = {readonly cert: string; readonly key: string};

/** A path of a host that somebody serves, and the Service behind it. */
export type Way = {
	readonly namespace: string;
	/** Undefined for every host. */
	readonly host: string | undefined;
	readonly path: string;
	readonly exact: boolean;
	readonly service: string;
	readonly port: {readonly name?: string | undefined; readonly number?: number | undefined};
};

const holds = (conditions: unknown, type: string): boolean =>
	list(conditions).some((one) => dict(one).type === type && dict(one).status === 'True');

/** Parents that take a route, and can send its requests on. */
const takenBy = ({status}: KubeObject): readonly Record<string, unknown>[] =>
	list(dict(status).parents)
		.map(dict)
		.filter(({conditions}) => holds(conditions, 'Accepted') && holds(conditions, 'ResolvedRefs'))
		.map(({parentRef}) => dict(parentRef));

const ofHttpRoute = (route: KubeObject): readonly Way[] => {
	if (route.metadata.deletionTimestamp || takenBy(route).length === 0) return [];
	const {hostnames, rules} = dict(route.spec);
	return list(hostnames).flatMap((host) =>
		list(rules).flatMap((rule) => {
			const backend = dict(list(dict(rule).backendRefs)[0]);
			return list(dict(rule).matches).map((match) => {
				const {type, value = '/'} = dict(dict(match).path);
				return {
					namespace: route.metadata.namespace ?? '',
					host: String(host),
					path: String(value),
					exact: type === 'Exact',
					service: String(backend.name),
					port: {number: Number(backend.port)},
				};
			});
		}),
	);
};

const isAdmitted = ({status, metadata}: KubeObject): boolean =>
	!metadata.deletionTimestamp && list(dict(status).ingress).some((one) => holds(dict(one).conditions, 'Admitted'));

const ofRoute = (route: KubeObject): readonly Way[] => {
	if (!isAdmitted(route)) return [];
	const {host, path = '/', to, port} = dict(route.spec);
	const target = dict(port).targetPort;
	return [
		{
			namespace: route.metadata.namespace ?? '',
			host: String(host),
			path: String(path),
			exact: false,
			service: String(dict(to).name),
			port: typeof target === 'number' ? {number: target} : {name: text(target)},
		},
	];
};

/** Ways of HTTPRoutes that a Gateway takes, and of Routes that the router takes. */
export const addedWays = (cluster: Cluster): readonly Way[] => [
	...cluster.list(httpRouteId).flatMap(ofHttpRoute),
	...cluster.list(routeId).flatMap(ofRoute),
];

const pairOfRoute = ({spec}: KubeObject): Pair | undefined => {
	const {certificate, key} = dict(dict(spec).tls);
	return text(certificate) && text(key) ? {cert: String(certificate), key: String(key)} : undefined;
};

/** Certificate and key for a host, of the listener that takes it or of its Route: a Gateway shows one before any route is there. */
export const addedPair = (cluster: Cluster, host: string): Pair | undefined => {
	const routes = cluster.list(routeId).filter((route) => isAdmitted(route) && dict(route.spec).host === host);
	const [ofItsRoute] = routes.flatMap((route) => pairOfRoute(route) ?? []);
	if (ofItsRoute) return ofItsRoute;
	for (const gateway of cluster.list(gatewayId).filter(({status}) => holds(dict(status).conditions, 'Programmed')))
		for (const listener of listenersOf(gateway)) {
			const pair =
				listener.protocol === 'HTTPS' && takesHost(listener.hostname, host) ? pairOf(cluster, gateway, listener) : [];
			if ('cert' in pair) return pair;
		}
	return undefined;
};
