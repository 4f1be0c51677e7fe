import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, beforeEach} from 'vitest';
import {type KubernetesServer, startKubernetes} from '../../rehearsal/kubernetes/index.ts';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {createHelm, type HelmPort, type Release} from '../../source/helm/index.ts';
import {chartFolder, type helmVersions, scratch} from './lab.ts';

/** A version of Helm that the tests run with. */
export type HelmVersion = (typeof helmVersions)[number];

const {signal} = new AbortController();
const chart = chartFolder('zenml');
/** A password in the values; it must come out nowhere. */
export const canary = 'canary-Wm3!y';

export const valuesFor = (serverURL: string) => ({
	server: {
		serverURL,
		database: {url: `postgresql://zenml:${encodeURIComponent(canary)}@db.example.internal:5432/zenml`},
		ingress: {host: 'zenml.example.internal'},
	},
	resources: {limits: {memory: '1Gi'}},
});

/**
 * A real helm of one version on the rehearsal cluster; a namespace for each test, in which everything works at first.
 */
export type Stage = {
	kubernetes: KubernetesServer;
	helm: HelmPort;
	binary: string;
	kubectl: string;
	kubeconfig: string;
	namespace: string;
	/** What helm said. */
	lines: string[];
	migration: 'works' | 'fails' | 'hangs';
	server: 'ready' | 'never ready';
};

const openStage = async (version: HelmVersion, folder: string): Promise<Stage> => {
	const kubeconfig = path.join(folder, 'kubeconfig');
	const {helm: binary, kubectl = ''} = await fetchHelm(version, {withKubectl: true});
	const stage: Omit<Stage, 'kubernetes'> = {
		helm: createHelm({
			binary,
			kubeconfig,
			home: path.join(folder, 'home'),
			environment: {PATH: process.env.PATH, HOME: folder},
		}),
		binary,
		kubectl,
		kubeconfig,
		namespace: '',
		lines: [],
		migration: 'works',
		server: 'ready',
	};
	const kubernetes = await startKubernetes({
		ingressAddress: '127.0.0.1',
		pace: {readyAfterMs: 10, stopMs: 10, backoffMs: 20, retryMs: 20},
		runPod: async (_pod, run) => {
			if (run.isInit) return {exit: 0};
			if (run.container.name === 'zenml') return {running: true, ready: stage.server === 'ready'};
			if (stage.migration === 'works') return {exit: 0};
			if (stage.migration === 'fails') return {exit: 1, message: 'login refused'};
			return {running: true};
		},
	});
	await writeFile(kubeconfig, kubernetes.kubeconfig);
	return Object.assign(stage, {kubernetes});
};

/** Applies an object as anybody with kubectl can, in JSON, the form in which the rehearsal reads every kind. */
export const applyAs = async (
	{kubectl, kubeconfig}: Stage,
	more: readonly string[],
	object: Readonly<Record<string, unknown>>,
): Promise<void> => {
	const args = ['--kubeconfig', kubeconfig, 'apply', '--server-side', ...more, '--filename', '-'];
	await execa(kubectl, args, {input: JSON.stringify(object)});
};

/** For a group of tests: what is returned is there while its tests run. */
export const useStage = (version: HelmVersion): (() => Stage) => {
	let stage: Stage;
	let remove: () => Promise<void>;
	let count = 0;
	beforeAll(async () => {
		const {folder, remove: clean} = await scratch();
		remove = clean;
		stage = await openStage(version, folder);
	}, 120_000);
	afterAll(async () => {
		await stage.kubernetes.stop();
		await remove();
	});
	beforeEach(async () => {
		count += 1;
		Object.assign(stage, {migration: 'works', server: 'ready', lines: [], namespace: `test-${count}`});
		await applyAs(stage, [], {apiVersion: 'v1', kind: 'Namespace', metadata: {name: stage.namespace}});
	});
	return () => stage;
};

export const upgrade = (
	{helm, namespace, lines}: Stage,
	url: string,
	more: {
		readonly timeoutMs?: number;
		readonly signal?: AbortSignal;
		readonly forceConflicts?: boolean;
		readonly isIdle?: () => Promise<boolean>;
	} = {},
): Promise<Release> =>
	helm.upgrade({
		release: 'zenml',
		namespace,
		component: 'workspaces.0',
		chart,
		values: valuesFor(url),
		timeoutMs: 30_000,
		description: `for ${url}`,
		onLine: (line) => lines.push(line),
		isIdle: async () => true,
		signal,
		...more,
	});

/** States of all revisions, as anybody with helm sees them. */
export const states = async ({binary, kubeconfig, namespace}: Stage): Promise<readonly string[]> => {
	const args = ['history', 'zenml', '--output', 'json', '--namespace', namespace, '--kubeconfig', kubeconfig];
	const {stdout} = await execa(binary, args, {reject: false});
	return stdout === '' ? [] : (JSON.parse(stdout) as {status: string}[]).map(({status}) => status);
};

/** Waits until the newest revision has this state; a wrong test ends at the runner's time limit. */
export const newestIs = async (stage: Stage, wanted: string): Promise<void> => {
	while ((await states(stage)).at(-1) !== wanted) await new Promise((resolve) => setTimeout(resolve, 50));
};

/** A helm that is killed the hard way while its release is in the wanted state. */
export const killDuring = async (stage: Stage, wanted: string, url: string): Promise<void> => {
	const {binary, namespace, kubeconfig} = stage;
	const target = ['--namespace', namespace, '--kubeconfig', kubeconfig, '--values', '-'];
	const input = JSON.stringify(valuesFor(url));
	const child = execa(binary, ['upgrade', 'zenml', chart, '--install', ...target], {input, reject: false});
	await newestIs(stage, wanted);
	child.kill('SIGKILL');
	await child;
};
