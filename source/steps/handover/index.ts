import {storagePlaceOf} from '../../answers/storage/place.ts';
import {isAbort, toProblem} from '../../base/problem.ts';
import {certificatePack} from '../../handover/certificate.ts';
import {networkPack} from '../../handover/network/index.ts';
import {networkLines, unknownNameServer} from '../../handover/network/lines.ts';
import {type Carried, registryPack} from '../../handover/registry.ts';
import {storagePack} from '../../handover/storage.ts';
import type {TopicId} from '../../handover/topics.ts';
import {repositoryOf} from '../shared/names.ts';
import type {World} from '../world.ts';
import {gatherCa, hostsOf} from './ca.ts';
import {gatherCluster} from './cluster.ts';
import {gatherDatabase} from './database.ts';
import {gatherDns} from './dns.ts';
import {askingOf, type Gathered, type Wish} from './gathered.ts';

const carriedOf = async ({bundle, answers, signal}: World): Promise<Carried> => {
	const {images} = await bundle.open(signal);
	const blobs = new Map(images.flatMap((image) => image.blobs.map(({digest, size}) => [digest, size] as const)));
	return {
		images: images.map(({name, tag}) => `${repositoryOf(answers, name)}:${tag}`),
		bytes: [...blobs.values()].reduce((sum, size) => sum + size, 0),
	};
};

const gatherRegistry = async (world: World): Promise<Gathered> => {
	const asking = askingOf(world);
	try {
		return {pack: registryPack(world.answers, await carriedOf(world), asking), lacks: []};
	} catch (error) {
		if (isAbort(error)) throw error;
		const lack = `Images and their size are left out: ${toProblem(error).message}`;
		return {pack: registryPack(world.answers, undefined, asking), lacks: [lack]};
	}
};

const gatherStorage = async (world: World): Promise<Gathered | undefined> => {
	const paths = ['artifacts', 'backup.schedule'] as const;
	const places = paths.flatMap((from) => storagePlaceOf(world.answers, from) ?? []);
	if (places.length === 0) return undefined;
	return {pack: storagePack(places, world.answers.backup.schedule, askingOf(world)), lacks: []};
};

/** The API server is known by the kubeconfig alone, the name server by the answers or by how this host is set up. */
const gatherNetwork = async (world: World): Promise<Gathered> => {
	const asking = askingOf(world);
	const {context} = world.answers.kubernetes;
	const pack = networkPack(world.answers, asking, world.dns.servers);
	const lines = networkLines(world.answers, {nameServers: world.dns.servers});
	const isServerUnknown = lines.some(({to}) => to.includes(unknownNameServer));
	return {
		pack,
		lacks: [
			...(asking.cluster
				? []
				: [
						`The API server stands in words: no kubeconfig ${context === undefined ? '' : `with the context ${context} `}could be read. Give it with --kubeconfig FILE.`,
					]),
			...(isServerUnknown
				? [
						`The name server stands in words: this host asks ${world.dns.servers.join(', ') || 'none'}, which is no address for a firewall. Give yours with --set network.nameServer=ADDRESS.`,
					]
				: []),
		],
	};
};

const gatherCertificate = async (world: World): Promise<Gathered> => {
	const {tls, ingress} = world.answers;
	const given = {hosts: hostsOf(world), files: tls, gateway: ingress.gateway};
	return {pack: certificatePack(given, askingOf(world)), lacks: []};
};

type Gather = (world: World, wish: Wish) => Promise<Gathered | undefined>;

const gatherers: Readonly<Record<TopicId, Gather>> = {
	ca: gatherCa,
	certificate: gatherCertificate,
	cluster: gatherCluster,
	database: gatherDatabase,
	dns: gatherDns,
	network: gatherNetwork,
	registry: gatherRegistry,
	storage: gatherStorage,
};

/**
 * The papers of a topic from the answers and what the world tells of them now; undefined where these answers need none. Nothing is changed.
 * @throws ProblemError where what the papers are made of cannot be read, such as the certificate of the CA
 */
export const gather = async (topic: TopicId, world: World, wish: Wish = {}): Promise<Gathered | undefined> =>
	gatherers[topic](world, wish);
