import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import type {ZenmlEndpoint, ZenmlSession} from '../../zenml/types.ts';
import type {World} from '../world.ts';
import {explainedRefusal} from './administrator.ts';
import {requireSecret} from './generated.ts';
import {ingressAddress, withoutAddress} from './ingress-address.ts';
import {adminPassword} from './secret-sources.ts';

/**
 * What passes by itself after a rollout: load balancers and ingress controllers hear of new pods by and by, and until then pages of their
 * own may answer in the servers' place.
 */
export const settling: readonly ProblemCode[] = [
	'https-unreachable',
	'https-reset',
	'https-time-out',
	'zenml-not-ready',
	'zenml-api-not-itself',
];

/**
 * Where a server of the product answers: at the ingress address, before DNS knows its name.
 * @throws ProblemError `ingress-without-address` while the ingress controller gave none.
 */
export const endpointOf = async (world: World, host: string): Promise<ZenmlEndpoint> => {
	const {answers} = world;
	const address = await ingressAddress(world);
	if (address === undefined) throw new ProblemError(withoutAddress(world));
	return {host, port: answers.ingress.httpsPort, address, ca: await world.host.readFile(answers.tls.ca, 'tls.ca')};
};

/**
 * Logs in to the control plane as its administrator.
 * @throws ProblemError `administrator-renamed`, else as `ZenmlPort.login`
 */
export const adminSession = async (world: World): Promise<ZenmlSession> => {
	const {admin, host} = world.answers.controlPlane;
	const password = await requireSecret(world, adminPassword(world.answers));
	const endpoint = await endpointOf(world, host);
	try {
		return await world.zenml.login(endpoint, {username: admin.username, password}, world.signal);
	} catch (error) {
		throw await explainedRefusal(world, error);
	}
};
