import path from 'node:path';
import type {Answers} from '../answers/schema.ts';
import {resolveSecret} from '../answers/secrets.ts';
import {type Holder, processBirth} from '../base/lock.ts';
import {ProblemError} from '../base/problem.ts';
import {createBundlePort} from '../bundle/open/bundle.ts';
import {createCluster} from '../cluster/cluster.ts';
import {acquireLease, type HeldLease} from '../cluster/lease.ts';
import type {ClusterPort} from '../cluster/types.ts';
import {createPostgres} from '../database/postgres.ts';
import {createHelm} from '../helm/index.ts';
import {createDns} from '../network/dns.ts';
import {createHttps} from '../network/https.ts';
import {createTls} from '../network/tls.ts';
import {createRegistry} from '../registry/registry.ts';
import type {Ports} from '../steps/world.ts';
import {createZenml} from '../zenml/client.ts';
import type {Context} from './context.ts';
import {createHost} from './host.ts';
import {memoFileOf} from './memo-file.ts';
import {compressedFolder, registryOptions} from './registry-options.ts';

/** How long a Lease lives without being renewed; renewed three times within it. */
const leaseSeconds = 30;

export type PortOptions = {
	readonly context: Context;
	readonly stateDirectory: string;
	/** Secrets typed at a screen, by answer path. */
	readonly prompted: ReadonlyMap<string, string>;
	/** Who holds the Lease; absent for a dry run, which takes none. */
	readonly holder?: Omit<Holder, 'birth'>;
	/** The Lease was lost to somebody else: the run must stop. */
	readonly onLeaseLost?: (reason: Error) => void;
};

/** Ports, and the end of what they hold open. */
type OpenPorts = {readonly ports: Ports; readonly close: () => Promise<void>};

const createLeaseHolder = (
	cluster: ClusterPort,
	namespace: string,
	options: PortOptions,
): {readonly hold: Ports['holdLease']; readonly release: () => Promise<void>} => {
	let held: Promise<HeldLease> | undefined;
	const {context, holder, onLeaseLost} = options;
	return {
		hold: async (signal) => {
			if (!holder) return;
			held ??= acquireLease(cluster, {
				namespace,
				holder,
				durationSeconds: leaseSeconds,
				clock: context.clock,
				signal,
				onLost: (problem) => onLeaseLost?.(new ProblemError(problem)),
				isGone: async ({host, pid}) => host === context.hostName && (await processBirth(pid)) === undefined,
			});
			try {
				await held;
			} catch (error) {
				held = undefined;
				throw error;
			}
		},
		release: async () => {
			const lease = await held?.catch(() => undefined);
			held = undefined;
			await lease?.release();
		},
	};
};

/** Names of the variables that `env:` references in the answers point to. */
const secretVariables = (value: unknown): readonly string[] => {
	if (typeof value === 'string') return value.startsWith('env:') ? [value.slice('env:'.length)] : [];
	return value !== null && typeof value === 'object' ? Object.values(value).flatMap(secretVariables) : [];
};

/** The environment for child processes, which have no business with the secrets that the operator put there. */
const withoutSecrets = (environment: Context['environment'], answers: Answers): Context['environment'] => {
	const hidden = new Set(secretVariables(answers));
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !hidden.has(name)));
};

/** The real ports for these answers. A rehearsal gets the same ones: only its answers name other addresses. */
const openPorts = async (answers: Answers, options: PortOptions): Promise<OpenPorts> => {
	const {context, stateDirectory, prompted} = options;
	const {redactor, environment} = context;
	const host = createHost(stateDirectory);
	const cluster = createCluster({
		...(answers.kubernetes.kubeconfig === undefined ? {} : {kubeconfig: answers.kubernetes.kubeconfig}),
		...(answers.kubernetes.context === undefined ? {} : {context: answers.kubernetes.context}),
		homeDirectory: context.homeDirectory,
		environment,
	});
	const resolve: Ports['resolveSecret'] = async (reference, answer) => {
		const value = await resolveSecret(reference, {
			answer,
			environment,
			prompted: prompted.get(answer),
			readKubernetesSecret: async (reference2) =>
				cluster.get({apiVersion: 'v1', kind: 'Secret', ...reference2}, context.signal),
		});
		redactor.register(value);
		return value;
	};
	const {registry} = answers;
	const lease = createLeaseHolder(cluster, answers.controlPlane.namespace, options);
	const https = createHttps();
	const images = createRegistry(await registryOptions(registry, {host, stateDirectory, resolve}));
	const ports: Ports = {
		clock: context.clock,
		host,
		bundle: createBundlePort({
			path: answers.bundle.path,
			platform: answers.bundle.platform,
			compress:
				answers.bundle.compress === 'none'
					? undefined
					: {algorithm: answers.bundle.compress, folder: path.join(stateDirectory, compressedFolder)},
			workDirectory: path.join(stateDirectory, 'charts'),
			memoFile: memoFileOf(context),
			signature: answers.bundle.signature,
		}),
		registry: images,
		cluster,
		helm: createHelm({
			binary: answers.helm.binary,
			...(answers.kubernetes.kubeconfig === undefined ? {} : {kubeconfig: answers.kubernetes.kubeconfig}),
			...(answers.kubernetes.context === undefined ? {} : {context: answers.kubernetes.context}),
			home: path.join(stateDirectory, 'helm'),
			environment: withoutSecrets(environment, answers),
		}),
		database: createPostgres(),
		dns: createDns(answers.network.nameServer === undefined ? {} : {server: answers.network.nameServer}),
		tls: createTls(answers.network.trustStore === undefined ? {} : {trustStore: answers.network.trustStore}),
		https,
		zenml: createZenml({https}),
		resolveSecret: resolve,
		registerSecret: (value) => redactor.register(value),
		holdLease: lease.hold,
	};
	const close = async (): Promise<void> => {
		images.close();
		await lease.release();
	};
	return {ports, close};
};

/** The ports of the answers that count; ports of earlier answers are closed, so that the Lease is never asked for twice. */
export const createPortsSlot = (
	options: PortOptions,
): {readonly open: (answers: Answers) => Promise<Ports>; readonly close: () => Promise<void>} => {
	let slot: {readonly answers: Answers; readonly opening: Promise<OpenPorts>} | undefined;
	const close = async (): Promise<void> => {
		const old = slot;
		slot = undefined;
		const opened = await old?.opening.catch(() => undefined);
		await opened?.close();
	};
	return {
		close,
		open: async (answers) => {
			if (slot?.answers !== answers) {
				const closed = close();
				const opening = closed.then(async () => openPorts(answers, options));
				slot = {answers, opening};
				// A failed opening (a missing CA file) must be tried anew after it was mended.
				opening.catch(() => {
					if (slot?.opening === opening) slot = undefined;
				});
			}
			return (await slot.opening).ports;
		},
	};
};
