import {isIP} from 'node:net';
import {type Problem, problem} from '../../base/problem.ts';
import type {World} from '../world.ts';

type LoadBalancer = {readonly ingress?: readonly {readonly ip?: string; readonly hostname?: string}[]};

/**
 * Address of the ingress controller: the operator's answer, or what the controller wrote into an Ingress of the control
 * plane (`status.loadBalancer`, networking.k8s.io/v1). Undefined while it wrote nothing.
 */
export const ingressAddress = async (world: World): Promise<string | undefined> => {
	const {answers, cluster, dns, signal} = world;
	if (answers.ingress.address !== undefined) return answers.ingress.address;
	const ingresses = await cluster.list(
		{apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: answers.controlPlane.namespace},
		signal,
	);
	for (const {status} of ingresses) {
		const [first] = ((status as {readonly loadBalancer?: LoadBalancer} | undefined)?.loadBalancer?.ingress ??
			[]) as NonNullable<LoadBalancer['ingress']>;
		if (first?.ip !== undefined && isIP(first.ip) > 0) return first.ip;
		if (first?.hostname !== undefined) return (await dns.resolve(first.hostname, signal))[0];
	}
	return undefined;
};

/** The ingress controller wrote no address into the Ingress yet. */
export const withoutAddress = ({answers}: World): Problem =>
	problem({
		code: 'ingress-without-address',
		area: 'cluster',
		who: 'cluster admin',
		message: 'The ingress has no address yet.',
		cause: `The ingress controller for class ${answers.ingress.className} wrote none into the status of the Ingress.`,
		fix: 'Try again in a minute. If it stays so, give the address yourself.',
		answers: ['ingress.address'],
		nextSteps: [`kubectl -n ${answers.controlPlane.namespace} get ingress`],
	});
