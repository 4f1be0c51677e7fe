import {isIP} from 'node:net';
import type {Problem} from '../../base/problem.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';
import {type Gateway, gatewayKind, gatewayOf, type Route, routeKind} from './way-in/kinds.ts';

/** `status` of an Ingress (networking.k8s.io/v1), as far as it is read here. */
type IngressStatus = {
	readonly loadBalancer?: {readonly ingress?: readonly {readonly ip?: string; readonly hostname?: string}[]};
};

/** Where an Ingress, a Gateway or a Route says that it is served: addresses and names. */
type ReadPoints = (world: World) => Promise<readonly string[]>;

const ofIngresses: ReadPoints = async ({answers, cluster, signal}) => {
	const {namespace} = answers.controlPlane;
	const ingresses = await cluster.list({apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace}, signal);
	return ingresses.flatMap(({status}: KubeObject) => {
		const [point] = (status as IngressStatus | undefined)?.loadBalancer?.ingress ?? [];
		const {ip, hostname} = point ?? {};
		return ip !== undefined && isIP(ip) > 0 ? ip : (hostname ?? []);
	});
};

/** Addresses of a Gateway, as its controller wrote them. */
export const pointsOf = ({status}: Gateway): readonly string[] =>
	(status?.addresses ?? []).flatMap(({value}) => (value === undefined || value === '' ? [] : value));

const ofGateway: ReadPoints = async ({answers, cluster, signal}) => {
	const reference = gatewayOf(answers);
	if (!reference) return [];
	const gateway = (await cluster.get({...gatewayKind, ...reference}, signal)) as Gateway | undefined;
	return gateway ? pointsOf(gateway) : [];
};

/** The router's own name, which a record may lead to (OpenShift API reference, RouteIngress). */
const ofRoutes: ReadPoints = async ({answers, cluster, signal}) => {
	const {namespace, host} = answers.controlPlane;
	const routes = (await cluster.list({...routeKind, namespace}, signal)) as readonly Route[];
	return routes
		.flatMap(({status}) => status?.ingress ?? [])
		.flatMap((router) => (router.host === host ? (router.routerCanonicalHostname ?? []) : []));
};

const readPoints: Readonly<Record<World['answers']['ingress']['kind'], ReadPoints>> = {
	ingress: ofIngresses,
	gateway: ofGateway,
	route: ofRoutes,
};

/** The first of these points that has an address. */
export const firstAddress = async ({dns, signal}: World, points: readonly string[]): Promise<string | undefined> => {
	for (const point of points) {
		if (isIP(point) > 0) return point;
		const [found] = await dns.resolve(point, signal);
		if (found !== undefined) return found;
	}
	return undefined;
};

/**
 * Address of what serves the hosts: the operator's answer, or what was written into an Ingress of the control plane, into the Gateway, or
 * into a Route of the control plane. Undefined while nothing was written.
 */
export const ingressAddress = async (world: World): Promise<string | undefined> => {
	const {address, kind} = world.answers.ingress;
	return address ?? firstAddress(world, await readPoints[kind](world));
};

/** Nobody wrote an address yet. */
export const withoutAddress = ({answers}: World): Problem => {
	const {kind, className, gateway = ''} = answers.ingress;
	const {namespace} = answers.controlPlane;
	if (kind === 'gateway') {
		const [its = '', name = ''] = gateway.split('/');
		return stepProblems.problem('ingress-without-address', {case: 'gateway', namespace: its, name});
	}
	return kind === 'route'
		? stepProblems.problem('ingress-without-address', {case: 'route', namespace})
		: stepProblems.problem('ingress-without-address', {case: 'ingress', className, namespace});
};
