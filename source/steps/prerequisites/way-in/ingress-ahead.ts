import {isIP} from 'node:net';
import {isMap} from '../../../base/text.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {listIfAllowed} from '../../shared/checks.ts';
import type {World} from '../../world.ts';

/** What is read of Ingress, IngressClass and Service (networking.k8s.io/v1, core/v1). */
type Seen = KubeObject & {
	readonly spec?: {
		readonly ingressClassName?: string;
		readonly controller?: string;
		readonly type?: string;
		readonly ports?: readonly {readonly port?: number}[];
	};
	readonly status?: {
		readonly loadBalancer?: {readonly ingress?: readonly {readonly ip?: string; readonly hostname?: string}[]};
	};
};

/** An address, and the object that it was read from. */
export type FoundAddress = {readonly address: string; readonly from: string};

const pointsOf = ({status}: Seen): readonly string[] =>
	(status?.loadBalancer?.ingress ?? []).flatMap(({ip, hostname}) => ip ?? hostname ?? []);

const nameOf = ({metadata: {namespace = '', name}}: KubeObject, kind: string): string => `${kind} ${namespace}/${name}`;

/** The only address of some objects; none where they have several, as nobody can tell which is meant. */
const onlyOne = async (
	{dns, signal}: World,
	objects: readonly Seen[],
	kind: string,
): Promise<FoundAddress | undefined> => {
	const [point, ...others] = [...new Set(objects.flatMap(pointsOf))];
	const first = objects.find((object) => pointsOf(object).length > 0);
	if (point === undefined || first === undefined || others.length > 0) return undefined;
	const address = isIP(point) > 0 ? point : (await dns.resolve(point, signal))[0];
	return address === undefined ? undefined : {address, from: nameOf(first, kind)};
};

/**
 * Controllers name themselves `DOMAIN/NAME` in their class (Kubernetes documentation, "Ingress"); their charts label the Service
 * `app.kubernetes.io/name` with that name, or with that of the class.
 */
const servesClass = (service: Seen, ingressClass: Seen, httpsPort: number): boolean => {
	const {spec, metadata} = service;
	const labels: unknown = metadata.labels;
	const label = isMap(labels) ? labels['app.kubernetes.io/name'] : undefined;
	const names = [ingressClass.metadata.name, ingressClass.spec?.controller?.split('/').at(-1)];
	return (
		spec?.type === 'LoadBalancer' &&
		label !== undefined &&
		names.includes(String(label)) &&
		(spec.ports ?? []).some(({port}) => port === httpsPort)
	);
};

/**
 * Where the controller of a class answers, read before any Ingress of this install is there: from what it wrote into Ingresses of others,
 * else from its Service. Undefined where neither tells one address, or this login may not look.
 */
export const addressAhead = async (world: World, ingressClass: KubeObject): Promise<FoundAddress | undefined> => {
	const {name} = ingressClass.metadata;
	const ingresses = (await listIfAllowed(world, {apiVersion: 'networking.k8s.io/v1', kind: 'Ingress'})) ?? [];
	const ofClass = (ingresses as readonly Seen[]).filter(({spec}) => spec?.ingressClassName === name);
	const found = await onlyOne(world, ofClass, 'Ingress');
	if (found) return found;
	const services = (await listIfAllowed(world, {apiVersion: 'v1', kind: 'Service'})) ?? [];
	const serving = (services as readonly Seen[]).filter((service) =>
		servesClass(service, ingressClass as Seen, world.answers.ingress.httpsPort),
	);
	return onlyOne(world, serving, 'Service');
};
