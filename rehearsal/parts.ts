import {rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {writeWhole} from '../source/base/files.ts';
import {registryUsername} from './answers.ts';
import {findPrograms, type Programs} from './client-tools/index.ts';
import {employColleagues} from './colleagues.ts';
import {
	type AddedApi,
	inWorld,
	type KubernetesServer,
	routerName,
	type Snapshot,
	startKubernetes,
} from './kubernetes/index.ts';
import {openMysql, type SiteMysql} from './mysql/index.ts';
import {type RunningNameServer, startNameServer} from './name-server/index.ts';
import {readJson} from './own-json.ts';
import {paces} from './paces.ts';
import {keepGateway} from './platform/index.ts';
import {postgresMajor, type RunningPostgres, startPostgres} from './postgres/index.ts';
import {rehearsalProblems} from './problems.ts';
import {
	createClientToolPods,
	createPodNetwork,
	createProduct,
	type Front,
	isServed,
	type Product,
	startFront,
} from './product/index.ts';
import {newAuthority} from './record.ts';
import {type RehearsalRegistry, startRegistry} from './registry/index.ts';
import {createSaver} from './saver.ts';
import {address, type Site} from './site.ts';

/** What the played Kubernetes says it is. */
export const kubernetesVersion = 'v1.34.0';

const certificateDays = 825;
const saveMs = 200;

/** The database of the control plane: a real PostgreSQL. */
export const startDatabase = async (site: Site): Promise<RunningPostgres> => {
	const {directory, journal, authority, closers, options} = site;
	const {ports, databasePassword} = journal.read();
	const hosts = ['postgres.rehearsal.internal'];
	const pair = await authority.issue({hosts, ips: [address], days: certificateDays});
	const postgres = await startPostgres({
		dataDirectory: join(directory, 'postgres'),
		port: ports.postgres,
		adminPassword: databasePassword,
		log: join(directory, 'postgres.log'),
		tls: {...pair, ca: authority.caPem},
		signal: options.signal,
	});
	closers.add(postgres.stop);
	return postgres;
};

/** The databases of the workspaces: MySQL, a real one or a played one. */
export const startMysql = async (site: Site): Promise<SiteMysql> => {
	const {directory, journal, authority, closers, options, fault} = site;
	const {ports, mysqlPassword, mysql: known} = journal.read();
	const pair = await authority.issue({hosts: ['mysql.rehearsal.internal'], ips: [address], days: certificateDays});
	const file = join(directory, 'mysql.json');
	const mysql = await openMysql({
		directory,
		kept: {load: () => readJson(file), open: (content) => createSaver(file, content, 0)},
		port: ports.mysql,
		adminPassword: mysqlPassword,
		tls: {...pair, ca: authority.caPem},
		known,
		wanted: options.mysql,
		offersTls: fault.offersTls,
		log: options.log,
		signal: options.signal,
	});
	closers.add(mysql.stop);
	journal.change({mysql: mysql.kind});
	return mysql;
};

/**
 * The programs of client tools: those that are there, or Debian's where they are asked for.
 * @throws ProblemError `rehearsal-client-tools-missing`
 */
export const findClientTools = async ({options}: Site): Promise<Programs> => {
	const wanted = options.clientTools;
	if (wanted === 'unpacked')
		options.log("looking for the databases' programs in Debian's packages, 35 MB where they were not fetched before");
	return findPrograms({wanted, postgresMajor: postgresMajor()}).catch((error: unknown) => {
		const [words = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
		throw rehearsalProblems.error('rehearsal-client-tools-missing', {words}, {error});
	});
};

/** The internal registry, which the fault of the site may break. */
export const startImages = async (site: Site): Promise<RehearsalRegistry> => {
	const {ports, registryPassword} = site.journal.read();
	const {bytesPerSecond} = paces[site.options.pace];
	const registry = await startRegistry({
		port: ports.registry,
		dataDirectory: join(site.directory, 'registry'),
		users: [{username: registryUsername, password: registryPassword}],
		faults: site.fault.registry,
		pace: bytesPerSecond === undefined ? {} : {bytesPerSecond},
	});
	site.closers.add(registry.stop);
	return registry;
};

/**
 * The name server of the site with the records that were made so far. @param onUnknown hears what was asked for in vain
 */
export const startNames = async (site: Site, onUnknown: (name: string) => void): Promise<RunningNameServer> => {
	const {ports, records} = site.journal.read();
	const names = await startNameServer({port: ports.nameServer, onUnknown});
	site.closers.add(names.stop);
	for (const [host, to] of Object.entries(records)) names.set(host, [to]);
	if (site.options.wayIn === 'route') names.set(routerName, [address]);
	return names;
};

/** The cluster, and the product in its pods. */
export type Cluster = {readonly kubernetes: KubernetesServer; readonly product: Product};

/** What the site's cluster has beside what every cluster has. */
const addedApis = ({options: {wayIn}}: Site): readonly AddedApi[] => {
	if (wayIn === 'gateway') return ['gateway'];
	return wayIn === 'route' ? ['routes'] : [];
};

/** The cluster as it was left, or a fresh one; its nodes pull from `registryHost` and ask `nameServer`. */
export const startCluster = async (
	site: Site,
	{
		registryHost,
		nameServer,
		programs,
	}: {readonly registryHost: string; readonly nameServer: string; readonly programs: Programs},
): Promise<Cluster> => {
	const {directory, files, fault, journal, closers} = site;
	const pace = paces[site.options.pace];
	const snapshotFile = join(directory, 'kubernetes.json');
	const network = createPodNetwork(nameServer);
	const pods = join(directory, 'pods');
	// What pods of an earlier process left.
	await rm(pods, {recursive: true, force: true});
	const product = createProduct({
		cluster: () => kubernetes.store,
		network,
		clientTools: createClientToolPods(programs, pods, network),
		registryHost,
		interfere: fault.interfere,
		slowness: pace.slowness,
	});
	const saver = createSaver(snapshotFile, () => kubernetes.snapshot(), saveMs);
	const kubernetes = await startKubernetes({
		port: journal.read().ports.kubernetes,
		version: kubernetesVersion,
		pace: pace.cluster,
		runPod: product.runPod,
		execPod: product.execPod,
		ingressAddress: address,
		onChange: saver.touch,
		load: await readJson<Snapshot>(snapshotFile),
		added: addedApis(site),
	});
	if (site.options.wayIn === 'gateway') await keepGateway(site, kubernetes);
	closers.add(async () => {
		await kubernetes.stop();
		saver.touch();
		await saver.flush();
	});
	saver.touch();
	await writeWhole(files.kubeconfig, inWorld(kubernetes.kubeconfig, dirname(files.kubeconfig)));
	kubernetes.subscribe('secrets', ({type, object}) => {
		if (type === 'ADDED' && object.type === 'helm.sh/release.v1') fault.onRevision(object.metadata.namespace ?? '');
	});
	return {kubernetes, product};
};

/** Missed only once its server is up: names may be looked up long before they are needed. */
export const missing =
	({fault, isForgotten}: Site, {kubernetes}: Cluster) =>
	(name: string): void => {
		if (isForgotten(name) && isServed(kubernetes.store, name)) fault.onMiss();
	};

/** The ingress controller before the product. */
export const startIngress = async (site: Site, {kubernetes, product}: Cluster): Promise<Front> => {
	const authority = await newAuthority();
	const front = await startFront({
		port: site.journal.read().ports.front,
		cluster: kubernetes.store,
		fallback: await authority.issue({hosts: ['ingress.local']}),
		answer: product.answer,
		log: site.options.log,
	});
	site.closers.add(front.stop);
	return front;
};

/** The people of the site, until it is closed. */
export const employ = (site: Site, {kubernetes}: Cluster, names: RunningNameServer): void => {
	const {journal, authority, fault, files, hosts, options, closers} = site;
	const leave = new AbortController();
	const work = employColleagues({
		cluster: kubernetes.store,
		records: {
			has: (host) => journal.read().records[host] !== undefined,
			add: async (host, to) => {
				names.set(host, [to]);
				journal.change({records: {...journal.read().records, [host]: to}});
			},
		},
		address,
		hosts,
		trustStore: files.trustStore,
		caPem: authority.caPem,
		pace: {...paces[options.pace].colleagues, forgottenMs: site.forgottenMs},
		forgetfulness: {forgets: site.isForgotten, missedAt: fault.missedAt, remembered: fault.clear},
		log: options.log,
		signal: leave.signal,
	});
	closers.add(() => {
		leave.abort();
		return work;
	});
};
