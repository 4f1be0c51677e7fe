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

/** The papers of the desktop team. */
export const caPackOf = (world: World, {ca, fingerprint}: CaText): Pack => {
	const {answers} = world;
	const urls = hostsOf(world).map((host) => urlOf(answers, host));
	const given = caGiven({caPem: ca, caFingerprint: fingerprint, urls, registry: answers.registry.host});
	return caPack(given, askingOf(world));
};

/** The same at any time: the certificate of the servers may still be to come. */
export const gatherCa = async (world: World): Promise<Gathered> => {
	const {answers, host, tls, clock} = world;
	const ca = await host.readFile(answers.tls.ca, 'tls.ca');
	try {
		const read = await tls.readPair(answers.tls, hostsOf(world), clock.now());
		if ('pair' in read) return {pack: caPackOf(world, {ca, fingerprint: read.pair.caFacts.fingerprint}), lacks: []};
		const [problem] = read.problems;
		return {pack: caPackOf(world, {ca, fingerprint: ''}), lacks: [unproven(problem?.message)]};
	} catch (error) {
		return {pack: caPackOf(world, {ca, fingerprint: ''}), lacks: [unproven(toProblem(error).message)]};
	}
};

const unproven = (reason = ''): string =>
	`The first certificate of tls.ca is handed out; that it signed the certificate of the servers is not known: ${reason}`;
