import {stat} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {filesBelow} from '../source/base/files.ts';
import {ownFolder} from '../source/base/self/assets.ts';
import {registryUsername, rehearsalAnswers} from './answers.ts';
import {type Programs, programsText} from './client-tools/index.ts';
import {createClosers} from './closing/index.ts';
import {faults} from './faults.ts';
import {brokenFile} from './hand-outs.ts';
import type {SiteMysql} from './mysql/index.ts';
import type {RunningNameServer} from './name-server/index.ts';
import {
	type Cluster,
	employ,
	findClientTools,
	kubernetesVersion,
	missing,
	startCluster,
	startDatabase,
	startImages,
	startIngress,
	startMysql,
	startNames,
} from './parts.ts';
import {endDumps, type RunningPostgres} from './postgres/index.ts';
import type {Front} from './product/index.ts';
import type {RehearsalRegistry} from './registry/index.ts';
import {makeSampleBundle} from './sample-bundle/index.ts';
import {address, openSite, type Site, switchFault} from './site.ts';
import {type Storage, startStorage} from './storage.ts';
import type {Rehearsal, RehearsalOptions, Sample} from './types.ts';

export type {Pace, Rehearsal, RehearsalOptions} from './types.ts';

/** Pairs that were released together (release notes of 2026). */
const versionsOf: Readonly<Record<Sample, {readonly controlPlane: string; readonly workspace: string}>> = {
	older: {controlPlane: '0.13.15', workspace: '0.94.5'},
	newer: {controlPlane: '0.13.18', workspace: '0.95.1'},
};

/** A real bundle of several gigabytes gets a faster line, so that its push does not take the whole rehearsal. */
const longestPushSeconds = 40;

/** The parts that the description and the answers name. */
type Parts = {
	readonly postgres: RunningPostgres;
	readonly mysql: SiteMysql;
	readonly registry: RehearsalRegistry;
	readonly nameServer: string;
	readonly names: RunningNameServer;
	readonly storage: Storage | undefined;
	readonly cluster: Cluster;
	readonly front: Front;
	readonly programs: Programs;
};

/** Both results, once neither goes on: what was started is known to the closers only then. */
const bothOf = async <First, Second>(first: Promise<First>, second: Promise<Second>): Promise<[First, Second]> => {
	await Promise.allSettled([first, second]);
	return Promise.all([first, second]);
};

/** `dump-breaks-off`: somebody ends the first one. */
const watchDumps = ({fault, journal, closers, options}: Site, postgres: RunningPostgres): void => {
	const password = journal.read().databasePassword;
	closers.add(endDumps(postgres, {password, onEnded: fault.clear, log: options.log}));
};

const startParts = async (site: Site): Promise<Parts> => {
	const {log} = site.options;
	log('starting PostgreSQL and MySQL');
	// Both at once: a real MySQL takes its time. Whichever fails, the other is there to be ended.
	const [postgres, mysql] = await bothOf(startDatabase(site), startMysql(site));
	log(`MySQL is ${mysql.words}`);
	log('starting the registry and the name server');
	const registry = await startImages(site);
	let onUnknown = (_name: string): void => undefined;
	const names = await startNames(site, (name) => onUnknown(name));
	const nameServer = `${address}:${names.port}`;
	const storage = await startStorage(site, names);
	log('starting Kubernetes');
	const programs = await findClientTools(site);
	const cluster = await startCluster(site, {registryHost: registry.host, nameServer, programs});
	onUnknown = missing(site, cluster);
	if (site.fault.is('dump-breaks-off')) watchDumps(site, postgres);
	const front = await startIngress(site, cluster);
	employ(site, cluster, names);
	return {postgres, mysql, registry, nameServer, names, storage, cluster, front, programs};
};

const makeSample = async ({directory, options}: Site, registry: string): Promise<string> => {
	const charts = options.charts ?? (await ownFolder('charts', import.meta.url, join(directory, 'charts')));
	const bundle = join(directory, 'bundle');
	await makeSampleBundle({
		directory: bundle,
		chartSources: {controlPlane: join(charts, 'zenml-pro'), workspace: join(charts, 'zenml')},
		versions: versionsOf[options.sample ?? 'newer'],
		registry,
		totalBytes: options.bundleBytes,
		clientTools: options.clientTools !== 'none',
	});
	return bundle;
};

const bytesIn = async (place: string): Promise<number> => {
	const found = await stat(place).catch(() => undefined);
	if (!found?.isDirectory()) return found?.size ?? 0;
	const sizes = await Promise.all((await filesBelow(place)).map((file) => stat(join(place, file))));
	return sizes.reduce((sum, {size}) => sum + size, 0);
};

/** The bundle of this rehearsal, and a line to the registry that is fast enough for it. */
const prepareBundle = async (site: Site, {host, pace}: RehearsalRegistry): Promise<string> => {
	site.options.log('preparing the bundle');
	const given = site.options.bundle;
	const bundle = given === undefined ? await makeSample(site, host) : resolve(given);
	if (pace.bytesPerSecond !== undefined)
		pace.bytesPerSecond = Math.max(pace.bytesPerSecond, (await bytesIn(bundle)) / longestPushSeconds);
	return bundle;
};

/** The fault of this world and what it is; of one that is over no more than that. */
const faultWords = ({begun, begins, fault}: Site): readonly string[] => {
	if (!begun) return [];
	if (!begins && !fault.is(begun.name)) return [`Fault ${begun.name} is over.`];
	return [`Fault ${begun.name}${begins ? '' : ' (still on)'}: ${faults[begun.name]}`];
};

/** What is broken on purpose, and where the file lies that mends it. */
const faultLines = (site: Site): readonly string[] => {
	const {fault, files} = site;
	return [
		...faultWords(site),
		...(fault.is('wrong-database-password') ? [`The right password lies in ${files.rightDatabasePassword}`] : []),
		...(fault.is('wrong-mysql-password') ? [`The right password lies in ${files.rightMysqlPassword}`] : []),
		...(fault.is('wrong-backup-passphrase') ? [`The right passphrase lies in ${files.rightBackupPassphrase}`] : []),
		...(fault.is('postgresql-engine') ? ['The move: database.engine is mysql'] : []),
		...(fault.is('certificate-other-host')
			? [`The right pair lies in ${files.rightCertificate} and tls.key beside it`]
			: []),
	];
};

const describe = ({directory, files}: Site, parts: Parts, bundle: string): readonly string[] => [
	// What stands in for the site comes first: a low screen cuts the end.
	`MySQL ${address}:${parts.mysql.port}, administrator root, for the workspaces: ${parts.mysql.words}`,
	`PostgreSQL ${address}:${parts.postgres.port}, administrator postgres, for the control plane`,
	`Kubernetes ${kubernetesVersion} at ${parts.cluster.kubernetes.url}, kubeconfig ${files.kubeconfig}`,
	`Registry ${parts.registry.host} (HTTP), login ${registryUsername}`,
	`Client tools in pods: ${programsText(parts.programs)}`,
	`Name server ${parts.nameServer}, ingress ${address}:${parts.front.port}`,
	...(parts.storage ? [`S3 server ${parts.storage.endpoint}, bucket ${parts.storage.bucket}`] : []),
	`Bundle ${bundle}`,
	`Rehearsal in ${directory}`,
];

const open = async (site: Site): Promise<Rehearsal> => {
	const parts = await startParts(site);
	const bundle = await prepareBundle(site, parts.registry);
	const {directory, hosts, closers} = site;
	const fault = faultLines(site);
	return {
		answers: rehearsalAnswers({
			directory,
			bundle,
			sample: site.options.bundle === undefined,
			registryHost: parts.registry.host,
			postgresPort: parts.postgres.port,
			mysqlPort: parts.mysql.port,
			calledPostgresql: site.fault.is('postgresql-engine'),
			httpsPort: parts.front.port,
			nameServer: parts.nameServer,
			wayIn: site.options.wayIn ?? 'ingress',
			storage: parts.storage,
			hosts,
		}),
		directory,
		faultBegins: site.begins !== undefined,
		mysqlIsPlayed: parts.mysql.kind === 'played',
		faultOn: site.fault.name(),
		faultFile: brokenFile(site.directory, site.fault.name()),
		fault,
		describe: () => [...describe(site, parts, bundle), ...fault],
		switchFault: (order) =>
			switchFault(site, {names: parts.names, watchDumps: () => watchDumps(site, parts.postgres)}, order),
		stop: closers.closeAll,
	};
};

/**
 * Starts a whole installation site on loopback: a Kubernetes cluster, a registry, PostgreSQL, a name server, an ingress
 * controller with the played product behind it, and colleagues who do what only people can do. All state lies in the
 * folder.
 * @throws ProblemError area `prerequisites`: `rehearsal-in-use`, `rehearsal-state-unreadable`, and those of the parts.
 */
export const startRehearsal = async (options: RehearsalOptions): Promise<Rehearsal> => {
	const closers = createClosers();
	try {
		return await open(await openSite(options, closers));
	} catch (error) {
		await closers.closeAll().catch(() => undefined);
		throw error;
	}
};
