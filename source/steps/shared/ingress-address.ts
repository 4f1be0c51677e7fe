import {isIP} from 'node:net';
import type {Problem} from '../../base/problem.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';

/** `status` of an Ingress (networking.k8s.io/v1), as far as it is read here. */
type IngressStatus = {
	readonly loadBalancer?: {readonly ingress?: readonly {readonly ip?: string; readonly hostname?: string}[]};
};

const firstPoint = ({status}: KubeObject) => (status as IngressStatus | undefined)?.loadBalancer?.ingress?.[0];

/**
 * Address of the ingress controller: the operator's answer, or what the controller wrote into an Ingress of the control
 * plane. Undefined while it wrote nothing.
 */
export const ingressAddress = async (world: World): Promise<string | undefined> => {
	const {answers, cluster, dns, signal} = world;
	if (answers.ingress.address !== undefined) return answers.ingress.address;
	const {namespace} = answers.controlPlane;
	const ingresses = await cluster.list({apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace}, signal);
	for (const {ip, hostname} of ingresses.flatMap((ingress) => firstPoint(ingress) ?? [])) {
		if (ip !== undefined && isIP(ip) > 0) return ip;
		if (hostname !== undefined) return (await dns.resolve(hostname, signal))[0];
	}
	return undefined;
};

/** The ingress controller wrote no address into the Ingress yet. */
export const withoutAddress = ({answers}: World): Problem =>
	stepProblems.problem('ingress-without-address', {
		className: answers.ingress.className,
		namespace: answers.controlPlane.namespace,
	});
