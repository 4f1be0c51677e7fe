import path from 'node:path';
import type {Answers} from '../../answers/schema.ts';
import {resolveSecret} from '../../answers/secrets.ts';
import {createBackups} from '../../backup/backups.ts';
import type {Taker} from '../../base/lock/lock.ts';
import {createBundlePort} from '../../bundle/open/bundle.ts';
import {createEffectMemo} from '../../charts/index.ts';
import {createCluster} from '../../cluster/cluster.ts';
import type {ClusterPort} from '../../cluster/types.ts';
import {createDumps} from '../../database/dump/index.ts';
import {createMysql} from '../../database/mysql/index.ts';
import {createPostgres} from '../../database/postgres/index.ts';
import {createHelm, readingStored, renderingOnce} from '../../helm/index.ts';
import {createDns} from '../../network/dns.ts';
import {createHttps} from '../../network/https.ts';
import {createTls} from '../../network/tls.ts';
import {proxyText} from '../../registry/pull/proxies.ts';
import {createRegistry} from '../../registry/registry.ts';
import {type Wait, waitText} from '../../registry/retry.ts';
import type {Ports, World} from '../../steps/world.ts';
import {createZenml} from '../../zenml/client.ts';
import {readAsked} from '../base/asked.ts';
import type {Context} from '../base/context.ts';
import {backupSettings} from './backup-settings.ts';
import {childEnvironment} from './child-environment.ts';
import {clusterChoice} from './cluster-choice.ts';
import {dumpPods} from './dump-pod.ts';
import {helmChoice, helmFolders} from './helm-choice.ts';
import {hookPort} from './hooks/look.ts';
import {createHost} from './host.ts';
import {lazyRegistry} from './lazy-registry.ts';
import {createLeaseHolder, type RunLease} from './lease.ts';
import {effectsFileOf, memoFileOf} from './memo-file.ts';
import {compressedFolder, registryOptions} from './registry-options.ts';

export type PortOptions = {
	readonly context: Context;
	readonly stateDirectory: string;
	/** Secrets typed at a screen, by answer path. */
	readonly prompted: ReadonlyMap<string, string>;
	/** Who holds the Lease; absent for a run that changes nothing, which takes none. */
	readonly holder?: Taker | undefined;
	/** The Lease was lost to somebody else: the run must stop. */
	readonly onLeaseLost?: (reason: Error) => void;
	/** Does what ends the ports, and keeps its failures from whoever closes them. By default they are thrown. */
	readonly tidy?: (what: string, work: () => void | Promise<void>) => Promise<unknown>;
};

/** What ports tell while they work, of their own accord. */
type Telling = {readonly tell: (level: 'info' | 'warn', text: string) => void};

/** Ports, and the end of what they hold open. */
type OpenPorts = {readonly ports: Ports; readonly lease: RunLease; readonly close: () => Promise<void>};

const secretsOf =
	(cluster: ClusterPort, {context, prompted}: PortOptions): Ports['resolveSecret'] =>
	async (reference, answer, onWarning) => {
		const value = await resolveSecret(reference, {
			answer,
			...(onWarning && {onWarning}),
			environment: context.environment,
			prompted: prompted.get(answer),
			readKubernetesSecret: async (secret) =>
				cluster.get({apiVersion: 'v1', kind: 'Secret', ...secret}, context.signal),
		});
		context.redactor.register(value);
		return value;
	};

const bundleOf = ({bundle}: Answers, {context, stateDirectory}: PortOptions): Ports['bundle'] =>
	createBundlePort({
		path: bundle.path,
		platform: bundle.platform,
		compress:
			bundle.compress === 'none'
				? undefined
				: {algorithm: bundle.compress, folder: path.join(stateDirectory, compressedFolder)},
		workDirectory: path.join(stateDirectory, 'charts'),
		memoFile: memoFileOf(context, stateDirectory),
		signature: bundle.signature,
	});

/** What helm and the programs of the databases start with, and the cluster that they work on. */
type Surroundings = Pick<Context, 'environment'> & Pick<Ports, 'bundle' | 'cluster'>;

const helmOf = (
	answers: Answers,
	{context, stateDirectory}: PortOptions,
	{environment, bundle, cluster}: Surroundings,
): Ports['helm'] => {
	const program = createHelm({
		binary: helmChoice(answers.helm.binary, bundle, helmFolders(context, stateDirectory)),
		...clusterChoice(answers),
		home: path.join(stateDirectory, 'helm'),
		environment,
	});
	const read = readingStored(program, (namespace, labelSelector, signal) =>
		cluster.list({apiVersion: 'v1', kind: 'Secret', namespace, labelSelector}, signal),
	);
	return renderingOnce(read);
};

/** How a rehearsal comes to the programs of the databases, where neither this host nor its pods have them. */
const rehearsedTools =
	'In a rehearsal: leave it and start it again with --client-tools unpacked, which fetches them from Debian (35 MB), without root.';

const dumpsOf = (
	answers: Answers,
	{context, stateDirectory}: PortOptions,
	{environment, bundle, cluster}: Surroundings,
): Ports['dumps'] =>
	createDumps({
		folder: path.join(stateDirectory, 'dumps'),
		environment,
		where: answers.backup.tools,
		cluster: dumpPods(cluster, bundle, answers),
		helps: context.rehearsal === true ? [rehearsedTools] : [],
	});

/**
 * The real ports for these answers. None is opened before it is first used, so that a run does not end for what it does not need.
 * A rehearsal gets the same ones: only its answers name other addresses.
 * @param after settles when the ports of earlier answers are closed
 */
const makePorts = (answers: Answers, options: PortOptions & Telling, after: Promise<void>): OpenPorts => {
	const {context, stateDirectory, tell} = options;
	const {redactor, environment} = context;
	const {nameServer, trustStore} = answers.network;
	const host = createHost(stateDirectory, {
		asked: () => ({
			operator: `${context.userName} on ${context.hostName}`,
			version: context.version,
			...readAsked(stateDirectory),
		}),
		isRehearsal: context.rehearsal === true,
	});
	// Helm and the plug-ins of a kubeconfig see one environment, and so go the same way to the cluster.
	const children = childEnvironment(environment, answers);
	const cluster = createCluster({
		...clusterChoice(answers),
		homeDirectory: context.homeDirectory,
		environment: children,
		onSecret: redactor.register,
	});
	const resolve = secretsOf(cluster, options);
	const https = createHttps();
	const registry = lazyRegistry(answers.registry.host, async () => {
		const opening = await registryOptions(answers.registry, {host, stateDirectory, resolve, environment});
		const onWait = (wait: Wait): void => tell('warn', waitText(wait, context.clock.now()));
		const opened = createRegistry({...opening, onWait});
		if (opened.proxy !== undefined) tell('info', proxyText(opening.pushHost ?? opening.host, opened.proxy));
		return opened;
	});
	const lease = createLeaseHolder({
		context,
		cluster,
		namespace: answers.controlPlane.namespace,
		holder: options.holder,
		after,
		onLost: (reason) => options.onLeaseLost?.(reason),
		tell,
	});
	const bundle = bundleOf(answers, options);
	const ports: Ports = {
		clock: context.clock,
		host,
		bundle,
		registry,
		cluster,
		helm: helmOf(answers, options, {environment: children, bundle, cluster}),
		effects: createEffectMemo(effectsFileOf(context, stateDirectory)),
		databases: {postgresql: createPostgres(), mysql: createMysql()},
		backups: createBackups(backupSettings(answers, {context, resolve})),
		dumps: dumpsOf(answers, options, {environment: children, bundle, cluster}),
		dns: createDns(nameServer === undefined ? {} : {server: nameServer}),
		tls: createTls(trustStore === undefined ? {} : {trustStore}),
		https,
		zenml: createZenml({https}),
		hooks: hookPort(answers, {readFile: host.readFile, resolveSecret: resolve}),
		resolveSecret: resolve,
		registerSecret: (value) => redactor.register(value),
		holdLease: lease.hold,
	};
	const {tidy = async (_what, work) => work()} = options;
	const close = async (): Promise<void> => {
		await tidy('Left behind', lease.release);
		await tidy('The registry was not closed', registry.close);
	};
	return {ports, lease, close};
};

/** The ports of the answers that count; ports of earlier answers are closed, so that the Lease is never asked for twice. */
export const createPortsSlot = (
	options: PortOptions,
): {
	/** @param report of the step that works with them now: it hears what they wait for */
	readonly open: (answers: Answers, report?: World['report']) => Ports;
	/** The lock of the ports that are open now; `wasHeld`: those of earlier answers had it. */
	readonly lock: Pick<RunLease, 'changing' | 'isSure'> & {readonly wasHeld: () => boolean};
	readonly close: () => Promise<void>;
} => {
	let slot: (OpenPorts & {readonly answers: Answers}) | undefined;
	let wasHeld = false;
	let now: World['report'] | undefined;
	const tell: Telling['tell'] = (level, text) => now?.({kind: 'line', level, text});
	const close = async (): Promise<void> => {
		const old = slot;
		slot = undefined;
		await old?.close();
	};
	return {
		close,
		lock: {
			changing: async (work) => (slot ? slot.lease.changing(work) : work()),
			isSure: () => slot?.lease.isSure() ?? true,
			wasHeld: () => wasHeld,
		},
		open: (answers, report = now) => {
			now = report;
			options.context.useCluster?.(clusterChoice(answers));
			if (slot?.answers === answers) return slot.ports;
			wasHeld ||= slot?.lease.isHeld() ?? false;
			slot = {answers, ...makePorts(answers, {...options, tell}, close())};
			return slot.ports;
		},
	};
};
