import {ProblemError} from '../../base/problem.ts';
import type {ZenmlEndpoint} from '../../zenml/types.ts';
import type {World} from '../world.ts';
import {readEnrollment} from './enrollment.ts';
import {requireSecret} from './generated.ts';
import {adminPassword} from './secret-sources.ts';

/** The most addresses of one name that are tried. */
const mostTried = 4;

/** The control plane takes the password of this installation; whoever else answers is not asked for it. */
const isControlPlane = async (world: World, endpoint: ZenmlEndpoint): Promise<boolean> => {
	await world.zenml.apiAnswers(endpoint, world.signal);
	const {username} = world.answers.controlPlane.admin;
	const password = await requireSecret(world, adminPassword(world.answers));
	await world.zenml.login(endpoint, {username, password}, world.signal);
	return true;
};

/** The workspace says that it is the one that was enrolled here. */
const isWorkspace = async (world: World, endpoint: ZenmlEndpoint): Promise<boolean> => {
	const workspace = world.answers.workspaces.find(({host}) => host === endpoint.host);
	const enrollment = workspace && (await readEnrollment(world, workspace));
	if (!enrollment) return false;
	return (await world.zenml.workspaceInfo(endpoint, world.signal)).proWorkspaceId === enrollment.workspaceId;
};

const answersAt = async (world: World, host: string, address: string): Promise<boolean> => {
	const {answers} = world;
	const ca = await world.host.readFile(answers.tls.ca, 'tls.ca');
	const endpoint: ZenmlEndpoint = {host, port: answers.ingress.httpsPort, address, ca};
	try {
		return await (host === answers.controlPlane.host ? isControlPlane : isWorkspace)(world, endpoint);
	} catch (error) {
		world.signal.throwIfAborted();
		if (error instanceof ProblemError) return false;
		throw error;
	}
};

/**
 * Whether this very installation answers, over TLS with its CA, at every address that a name leads to: then a load balancer stands in
 * front of the ingress, or the ingress has several addresses. False where nobody or another one answers.
 */
export const leadsHere = async (world: World, host: string, addresses: readonly string[]): Promise<boolean> => {
	if (addresses.length === 0) return false;
	const tried = addresses.slice(0, mostTried).map(async (address) => answersAt(world, host, address));
	return (await Promise.all(tried)).every(Boolean);
};
