import {randomBytes} from 'node:crypto';
import {mkdir, readdir, stat, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {AnswersInput} from '../source/answers/schema.ts';
import {filesIn, registryUsername, rehearsalAnswers, rehearsalHosts} from './answers.ts';
import {colleaguePaces, employColleagues} from './colleagues.ts';
import {createFault, type FaultName, type FaultState, faults} from './faults.ts';
import {choosePorts, lockFolder, openAuthority, type RehearsalRecord, readJson, writeSecretly} from './folder.ts';
import {writeHandouts} from './hand-outs.ts';
import type {Snapshot} from './kubernetes/index.ts';
import {startKubernetes} from './kubernetes/index.ts';
import {startNameServer} from './name-server/index.ts';
import {startPostgres} from './postgres/index.ts';
import {createPodNetwork, createProduct, isServed, startFront} from './product/index.ts';
import {startRegistry} from './registry/index.ts';
import {makeSampleBundle} from './sample-bundle/index.ts';
import {createSaver} from './saver.ts';

export type Pace = 'real' | 'fast';

export type RehearsalOptions = {
	/** Everything the rehearsal keeps lies here; the same folder brings back the same world. */
	readonly directory: string;
	/** Folder or tar file of a bundle; by default a sample is made. */
	readonly bundle?: string;
	/** Host names of the control plane, first, and of the workspaces; the certificate is issued for them. */
	readonly hosts?: readonly string[];
	readonly pace: Pace;
	/** Breaks something on purpose; without it, a fault that an earlier run began goes on. */
	readonly fault?: FaultName;
	/** Folder with the sources of the sample charts, `zenml-pro` and `zenml`; by default beside this file. */
	readonly charts?: string;
	/** Size of the sample's layers in bytes. */
	readonly bundleBytes?: number;
	readonly log: (line: string) => void;
	readonly signal?: AbortSignal;
};

export type Rehearsal = {
	readonly answers: AnswersInput;
	readonly directory: string;
	/** True when the fault that was asked for begins with this start; false when it goes on or is over. */
	readonly faultBegins: boolean;
	/** The fault that was begun, what it does, and where the file lies that mends it; empty without one. */
	readonly fault: readonly string[];
	/** What there is and where, for people; no secrets. */
	readonly describe: () => readonly string[];
	/** Saves everything and ends every part; repeatable. */
	readonly stop: () => Promise<void>;
};

const versions = {controlPlane: '0.13.18', workspace: '0.95.1'};
const kubernetesVersion = 'v1.34.0';
const saveMs = 200;
/** A real bundle of several gigabytes gets a faster line, so that its push does not take the whole rehearsal. */
const longestPushSeconds = 40;
const address = '127.0.0.1';

const paces = {
	real: {
		cluster: {readyAfterMs: 1500, stopMs: 800, backoffMs: 5000, retryMs: 500, addressMs: 1500},
		slowness: 1,
		registry: {bytesPerSecond: 12_000_000},
	},
	fast: {
		cluster: {readyAfterMs: 20, stopMs: 10, backoffMs: 150, retryMs: 30, addressMs: 10},
		slowness: 0,
		registry: {},
	},
} as const;

const bytesIn = async (place: string): Promise<number> => {
	const found = await stat(place).catch(() => undefined);
	if (!found?.isDirectory()) return found?.size ?? 0;
	const sizes = await Promise.all((await readdir(place)).map((name) => bytesIn(join(place, name))));
	return sizes.reduce((sum, size) => sum + size, 0);
};

// Two runs that begin the same folder at once end up with one record: the first one written.
const createRecord = async (file: string): Promise<RehearsalRecord> => {
	await writeFile(file, JSON.stringify(await newRecord()), {mode: 0o600, flag: 'wx'}).catch((error: unknown) => {
		if ((error as {code?: string}).code !== 'EEXIST') throw error;
	});
	const record = await readJson<RehearsalRecord>(file);
	if (!record) throw new Error(`${file} vanished`);
	return record;
};

const newRecord = async (): Promise<RehearsalRecord> => ({
	schema: 1,
	ports: await choosePorts(),
	authority: (await openAuthority(undefined)).toJSON(),
	registryPassword: randomBytes(18).toString('base64url'),
	databasePassword: randomBytes(18).toString('base64url'),
	records: {},
});

const sampleIn = async (directory: string, options: RehearsalOptions, registry: string): Promise<string> => {
	const charts = options.charts ?? fileURLToPath(new URL('./charts/', import.meta.url));
	const bundle = join(directory, 'bundle');
	await makeSampleBundle({
		directory: bundle,
		chartSources: {controlPlane: join(charts, 'zenml-pro'), workspace: join(charts, 'zenml')},
		versions,
		registry,
		...(options.bundleBytes === undefined ? {} : {totalBytes: options.bundleBytes}),
	});
	return bundle;
};

/**
 * Starts a whole installation site on loopback: a Kubernetes cluster, a registry, PostgreSQL, a name server, an ingress
 * controller with the played product behind it, and colleagues who do what only people can do. All state lies in the
 * folder.
 * @throws ProblemError area `prerequisites`: `rehearsal-in-use`, `rehearsal-state-unreadable`, and those of the parts.
 */
export const startRehearsal = async (options: RehearsalOptions): Promise<Rehearsal> => {
	const directory = resolve(options.directory);
	const {log, signal} = options;
	const hosts = options.hosts?.length ? options.hosts : Object.values(rehearsalHosts);
	const pace = paces[options.pace];
	// Others may pass through, not look: PostgreSQL runs as another user where this process is root.
	await mkdir(directory, {recursive: true, mode: 0o711});
	const recordFile = join(directory, 'rehearsal.json');
	const {ports} = (await readJson<RehearsalRecord>(recordFile)) ?? (await createRecord(recordFile));
	const closers: (() => Promise<unknown>)[] = [await lockFolder(ports.lock, signal)];
	const stopAll = async (): Promise<void> => {
		const errors: unknown[] = [];
		for (let closer = closers.pop(); closer; closer = closers.pop())
			await closer().catch((error: unknown) => errors.push(error));
		if (errors.length > 0) throw errors[0];
	};
	try {
		// Only now: whoever held the folder may have written until it let go.
		let record = (await readJson<RehearsalRecord>(recordFile)) ?? (await createRecord(recordFile));
		const recordSaver = createSaver(recordFile, () => record, 0);
		const change = (part: Partial<RehearsalRecord>): void => {
			record = {...record, ...part};
			recordSaver.touch();
		};
		closers.push(recordSaver.flush);
		const begins = options.fault === record.fault?.name ? undefined : options.fault;
		const begun: FaultState | undefined = begins ? {name: begins, cleared: false} : record.fault;
		const fault = createFault({state: begun, save: (state) => change({fault: state}), log});
		const isForgotten = (host: string): boolean => fault.is('dns-missing') && host !== hosts[0];
		const authority = await openAuthority(record.authority);
		const {databasePassword, registryPassword} = record;
		await writeHandouts(directory, {authority, hosts, databasePassword, registryPassword, begins, isOn: fault.is});
		// Only now: a start that was killed before must break the files again.
		if (begun && begins) change({fault: begun});
		const files = filesIn(directory);

		log('starting PostgreSQL');
		const serverPair = await authority.issue({hosts: ['postgres.rehearsal.internal'], ips: [address], days: 825});
		const postgres = await startPostgres({
			dataDirectory: join(directory, 'postgres'),
			port: ports.postgres,
			adminPassword: databasePassword,
			log: join(directory, 'postgres.log'),
			tls: {...serverPair, ca: authority.caPem},
			...(signal ? {signal} : {}),
		});
		closers.push(postgres.stop);

		log('starting the registry and the name server');
		const registry = await startRegistry({
			port: ports.registry,
			dataDirectory: join(directory, 'registry'),
			users: [{username: registryUsername, password: registryPassword}],
			faults: fault.registry,
			pace: {...pace.registry},
		});
		closers.push(registry.stop);
		let onUnknown = (_name: string): void => undefined;
		const names = await startNameServer({port: ports.nameServer, onUnknown: (name) => onUnknown(name)});
		closers.push(names.stop);
		for (const [host, to] of Object.entries(record.records)) names.set(host, [to]);
		const nameServer = `${address}:${ports.nameServer}`;

		log('starting Kubernetes');
		const snapshotFile = join(directory, 'kubernetes.json');
		const load = await readJson<Snapshot>(snapshotFile);
		const product = createProduct({
			cluster: () => kubernetes.store,
			network: createPodNetwork(nameServer),
			registryHost: registry.host,
			interfere: fault.interfere,
			slowness: pace.slowness,
		});
		const saver = createSaver(snapshotFile, () => kubernetes.snapshot(), saveMs);
		const kubernetes = await startKubernetes({
			port: ports.kubernetes,
			version: kubernetesVersion,
			pace: pace.cluster,
			runPod: product.runPod,
			ingressAddress: address,
			onChange: () => saver.touch(),
			...(load ? {load} : {}),
		});
		closers.push(async () => {
			await kubernetes.stop();
			saver.touch();
			await saver.flush();
		});
		saver.touch();
		onUnknown = (name) => {
			// Missed only once its server is up: names may be looked up long before they are needed.
			if (isForgotten(name) && isServed(kubernetes.store, name)) fault.onMiss();
		};
		await writeSecretly(files.kubeconfig, kubernetes.kubeconfig);
		kubernetes.subscribe('secrets', ({type, object}) => {
			if (type === 'ADDED' && object.type === 'helm.sh/release.v1') fault.onRevision(object.metadata.namespace ?? '');
		});

		const fake = await (await openAuthority(undefined)).issue({hosts: ['ingress.local']});
		const front = await startFront({
			port: ports.front,
			cluster: kubernetes.store,
			fallback: fake,
			answer: product.answer,
			log,
		});
		closers.push(front.stop);

		const leave = new AbortController();
		const work = employColleagues({
			cluster: kubernetes.store,
			records: {
				has: (host) => record.records[host] !== undefined,
				add: async (host, to) => {
					names.set(host, [to]);
					change({records: {...record.records, [host]: to}});
				},
			},
			address,
			hosts,
			trustStore: files.trustStore,
			caPem: authority.caPem,
			pace: colleaguePaces[options.pace],
			forgetfulness: {forgets: isForgotten, missedAt: fault.missedAt, remembered: fault.clear},
			log,
			signal: leave.signal,
		});
		closers.push(() => {
			leave.abort();
			return work;
		});

		log('preparing the bundle');
		const bundle = options.bundle ? resolve(options.bundle) : await sampleIn(directory, options, registry.host);
		if (registry.pace.bytesPerSecond !== undefined)
			registry.pace.bytesPerSecond = Math.max(
				registry.pace.bytesPerSecond,
				(await bytesIn(bundle)) / longestPushSeconds,
			);
		const answers = rehearsalAnswers({
			directory,
			bundle,
			sample: options.bundle === undefined,
			registryHost: registry.host,
			databasePort: postgres.port,
			httpsPort: front.port,
			nameServer,
			hosts,
		});
		const faultLines = [
			...(begun ? [`Fault ${begun.name}${fault.is(begun.name) ? '' : ' (over)'}: ${faults[begun.name]}`] : []),
			...(fault.is('wrong-database-password') ? [`The right password lies in ${files.rightDatabasePassword}`] : []),
			...(fault.is('certificate-other-host')
				? [`The right pair lies in ${files.rightCertificate} and tls.key beside it`]
				: []),
		];
		let stopping: Promise<void> | undefined;
		return {
			answers,
			directory,
			faultBegins: begins !== undefined,
			fault: faultLines,
			describe: () => [
				`Rehearsal in ${directory}`,
				`Kubernetes ${kubernetesVersion} at ${kubernetes.url}, kubeconfig ${files.kubeconfig}`,
				`Registry ${registry.host} (HTTP), login ${registryUsername}`,
				`PostgreSQL ${address}:${postgres.port}, administrator postgres`,
				`Name server ${nameServer}, ingress ${address}:${front.port}`,
				`Bundle ${bundle}`,
				...faultLines,
			],
			stop: () => {
				stopping ??= stopAll();
				return stopping;
			},
		};
	} catch (error) {
		await stopAll().catch(() => undefined);
		throw error;
	}
};
