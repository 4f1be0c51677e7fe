import {ProblemError, toProblem} from '../../base/problem.ts';
import type {ZenmlEndpoint, ZenmlSession} from '../../zenml/types.ts';
import type {World} from '../world.ts';
import {explainedRefusal} from './administrator.ts';
import {requireSecret} from './generated.ts';
import {ingressAddress, withoutAddress} from './ingress-address.ts';
import {explainedSilence} from './reach/not-installed.ts';
import {labelOf} from './release/wanted.ts';
import {adminPassword} from './secret-sources.ts';

/**
 * Where a server of the product answers: at the ingress address, before DNS knows its name.
 * @throws ProblemError `ingress-without-address` while the ingress controller gave none, `control-plane-not-installed` where none is due
 */
export const endpointOf = async (world: World, host: string): Promise<ZenmlEndpoint> => {
	const {answers} = world;
	const address = await ingressAddress(world);
	if (address === undefined) throw await explainedSilence(world, new ProblemError(withoutAddress(world)));
	return {host, port: answers.ingress.httpsPort, address, ca: await world.host.readFile(answers.tls.ca, 'tls.ca')};
};

/**
 * Logs in to the control plane as its administrator.
 * @throws ProblemError `administrator-renamed`, `control-plane-not-installed`, else as `ZenmlPort.login`
 */
export const adminSession = async (world: World): Promise<ZenmlSession> => {
	const {admin, host} = world.answers.controlPlane;
	const password = await requireSecret(world, adminPassword(world.answers));
	const endpoint = await endpointOf(world, host);
	try {
		return await world.zenml.login(endpoint, {username: admin.username, password}, world.signal);
	} catch (error) {
		throw await explainedSilence(world, await explainedRefusal(world, error));
	}
};

/**
 * The same in a look; undefined where the login is refused, and the release of the control plane changes first: that may be what sets
 * the password.
 */
export const adminSessionInLook = async (world: World): Promise<ZenmlSession | undefined> => {
	const {pass, planned = [], answers} = world;
	const {release: name, namespace} = answers.controlPlane;
	const changesFirst = planned.some(({target}) => target === labelOf({name, namespace}));
	try {
		return await adminSession(world);
	} catch (error) {
		if (pass !== 'look' || !changesFirst || toProblem(error).code !== 'zenml-login-refused') throw error;
		return undefined;
	}
};
