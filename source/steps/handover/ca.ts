import {urlOf} from '../../answers/addresses.ts';
import {toProblem} from '../../base/problem.ts';
import {caGiven} from '../../handover/ca/given.ts';
import {caPack} from '../../handover/ca/index.ts';
import type {Pack} from '../../handover/pack.ts';
import {componentsOf} from '../shared/names.ts';
import type {World} from '../world.ts';
import {askingOf, type Gathered} from './gathered.ts';

/** Host names of all servers, that of the dashboard first. */
export const hostsOf = ({answers}: Pick<World, 'answers'>): readonly string[] =>
	componentsOf(answers).map(({answers: {host}}) => host);

/** Text of the CA, and the fingerprint of the certificate in it that counts; where nobody knows, of the first. */
export type CaText = {readonly ca: string; readonly fingerprint: string};

/** The papers of the desktop team. @throws ProblemError where the CA of the registry cannot be read, which answers name */
export const caPackOf = async (world: World, {ca, fingerprint}: CaText): Promise<Pack> => {
	const {answers, host} = world;
	const {registry} = answers;
	const urls = hostsOf(world).map((name) => urlOf(answers, name));
	const registryCaPem = registry.ca === undefined ? undefined : await host.readFile(registry.ca, 'registry.ca');
	return caPack(
		caGiven({caPem: ca, caFingerprint: fingerprint, registryCaPem, urls, registry: registry.host}),
		askingOf(world),
	);
};

/** The certificate of tls.ca that signed that of the servers, or why nobody knows it. */
const provedBy = async (
	world: World,
): Promise<{readonly fingerprint?: string; readonly reason?: string | undefined}> => {
	const {answers, tls, clock} = world;
	try {
		const read = await tls.readPair(answers.tls, hostsOf(world), clock.now());
		if ('pair' in read) return {fingerprint: read.pair.caFacts.fingerprint};
		return {reason: read.problems[0]?.message};
	} catch (error) {
		return {reason: toProblem(error).message};
	}
};

/** The same at any time: the certificate of the servers may still be to come. */
export const gatherCa = async (world: World): Promise<Gathered> => {
	const {answers, host} = world;
	const ca = await host.readFile(answers.tls.ca, 'tls.ca');
	const proved = await provedBy(world);
	const pack = await caPackOf(world, {ca, fingerprint: proved.fingerprint ?? ''});
	return {pack, lacks: proved.fingerprint === undefined ? [unproven(proved.reason)] : []};
};

const unproven = (reason = ''): string =>
	`The first certificate of tls.ca is handed out; that it signed the certificate of the servers is not known: ${reason}`;
