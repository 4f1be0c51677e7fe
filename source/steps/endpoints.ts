import {ProblemError} from '../engine/problem.ts';
import type {ZenmlEndpoint, ZenmlSession} from '../zenml/types.ts';
import {requireSecret} from './generated.ts';
import {ingressAddress} from './ingress-address.ts';
import type {World} from './world.ts';

/**
 * Where a server of the product answers: at the ingress address, before DNS knows its name.
 * @throws ProblemError `ingress-without-address` while the ingress controller gave none.
 */
export const endpointOf = async (world: World, host: string): Promise<ZenmlEndpoint> => {
	const {answers} = world;
	const address = await ingressAddress(world);
	if (address === undefined) {
		throw new ProblemError({
			code: 'ingress-without-address',
			area: 'cluster',
			who: 'cluster admin',
			message: 'The ingress has no address yet.',
			cause: `The ingress controller for class ${answers.ingress.className} wrote none into the status of the Ingress.`,
			fix: 'Try again in a minute. If it stays so, give the address yourself.',
			answers: ['ingress.address'],
			nextSteps: [`kubectl -n ${answers.controlPlane.namespace} get ingress`],
		});
	}
	return {host, port: answers.ingress.httpsPort, address, ca: await world.host.readFile(answers.tls.ca, 'tls.ca')};
};

/** Logs in to the control plane as its administrator. */
export const adminSession = async (world: World): Promise<ZenmlSession> => {
	const {admin, host} = world.answers.controlPlane;
	const answer = 'controlPlane.admin.password';
	const password = await requireSecret(world, admin.password, answer, answer);
	return world.zenml.login(await endpointOf(world, host), {username: admin.username, password}, world.signal);
};
