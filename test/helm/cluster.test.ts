import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type KubernetesServer, kindById, startKubernetes} from '../../rehearsal/kubernetes/index.ts';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {ProblemError} from '../../source/base/problem.ts';
import {createHelm, type HelmPort} from '../../source/helm/index.ts';
import {chartFolder, helmVersions, scratch} from './lab.ts';

const {signal} = new AbortController();
const chart = chartFolder('zenml');
const canary = 'canary-Wm3!y';

/** What the migration and the servers of this test do. */
let migration: 'works' | 'fails' | 'hangs' = 'works';
let server: 'ready' | 'never ready' = 'ready';

const values = (serverURL: string) => ({
	server: {
		serverURL,
		database: {url: `postgresql://zenml:${encodeURIComponent(canary)}@db.example.internal:5432/zenml`},
		ingress: {host: 'zenml.example.internal'},
	},
	resources: {limits: {memory: '1Gi'}},
});

describe.each(helmVersions)('Helm %s on the rehearsal cluster', (version) => {
	let kubernetes: KubernetesServer;
	let helm: HelmPort;
	let binary = '';
	let kubeconfig = '';
	let remove: () => Promise<void>;
	let count = 0;
	let namespace = '';
	const lines: string[] = [];

	const upgrade = (url: string, options: {timeoutMs?: number; signal?: AbortSignal; forceConflicts?: boolean} = {}) =>
		helm.upgrade({
			release: 'zenml',
			namespace,
			chart,
			values: values(url),
			timeoutMs: options.timeoutMs ?? 30_000,
			description: `for ${url}`,
			onLine: (line) => lines.push(line),
			forceConflicts: options.forceConflicts ?? false,
			signal: options.signal ?? signal,
		});

	const problemOf = async (work: Promise<unknown>) => {
		const error = await work.catch((caught: unknown) => caught);
		if (error instanceof ProblemError) return error.problem;
		throw new Error(`no problem came, but ${String(error)}`);
	};

	const states = async () => (await helm.history('zenml', namespace, signal)).map(({status}) => status);

	/** Waits until the newest revision has this state; a wrong test ends at the runner's time limit. */
	const newestIs = async (wanted: string) => {
		while ((await states()).at(-1) !== wanted) await new Promise((resolve) => setTimeout(resolve, 50));
	};

	/** A helm that is killed the hard way while its release is in the wanted state. */
	const killDuring = async (wanted: string, url: string) => {
		const child = execa(
			binary,
			['upgrade', 'zenml', chart, '--install', '--namespace', namespace, '--kubeconfig', kubeconfig, '--values', '-'],
			{input: JSON.stringify(values(url)), reject: false},
		);
		await newestIs(wanted);
		child.kill('SIGKILL');
		await child;
	};

	beforeAll(async () => {
		const {folder, remove: clean} = await scratch();
		remove = clean;
		kubernetes = await startKubernetes({
			ingressAddress: '127.0.0.1',
			pace: {readyAfterMs: 10, stopMs: 10, backoffMs: 20, retryMs: 20},
			runPod: async (_pod, run) => {
				if (run.isInit) return {exit: 0};
				if (run.container.name === 'server') return {running: true, ready: server === 'ready'};
				if (migration === 'works') return {exit: 0};
				if (migration === 'fails') return {exit: 1, message: 'login refused'};
				return {running: true};
			},
		});
		kubeconfig = path.join(folder, 'kubeconfig');
		await writeFile(kubeconfig, kubernetes.kubeconfig);
		({helm: binary} = await fetchHelm(version));
		helm = createHelm({
			binary,
			kubeconfig,
			home: path.join(folder, 'home'),
			environment: {PATH: process.env.PATH, HOME: folder},
		});
	}, 120_000);

	afterAll(async () => {
		await kubernetes.stop();
		await remove();
	});

	beforeEach(async () => {
		migration = 'works';
		server = 'ready';
		lines.length = 0;
		count += 1;
		namespace = `test-${count}`;
		kubernetes.operations.create(kindById('namespaces'), '', {metadata: {name: namespace}}, {manager: 'test'});
	});

	test('a release is installed, upgraded, rolled back and removed, and tells its revisions and values', async () => {
		expect(await helm.release('zenml', namespace, signal)).toBeUndefined();
		expect(await upgrade('https://one.example.internal')).toMatchObject({
			revision: 1,
			status: 'deployed',
			chart: 'zenml-0.95.1',
			description: 'for https://one.example.internal',
		});
		expect(await upgrade('https://two.example.internal')).toMatchObject({revision: 2, status: 'deployed'});
		expect(await helm.values('zenml', namespace, signal)).toEqual(values('https://two.example.internal'));
		await helm.rollback('zenml', namespace, 1, signal, {waitMs: 20_000});
		expect(await states()).toEqual(['superseded', 'superseded', 'deployed']);
		expect(await helm.values('zenml', namespace, signal)).toEqual(values('https://one.example.internal'));
		await helm.uninstall('zenml', namespace, signal);
		expect(await helm.release('zenml', namespace, signal)).toBeUndefined();
		await helm.uninstall('zenml', namespace, signal);
	}, 60_000);

	test('a failing migration is a hook failure; the next run removes the failed first install and installs anew', async () => {
		migration = 'fails';
		const problem = await problemOf(upgrade('https://one.example.internal'));
		expect(problem).toMatchObject({code: 'helm-hook-failed', area: 'cluster'});
		expect(problem.evidence?.join('\n')).toMatch(/pre-install/u);
		expect(JSON.stringify(problem)).not.toContain(canary);
		expect(await states()).toEqual(['failed']);
		migration = 'works';
		expect(await upgrade('https://one.example.internal')).toMatchObject({revision: 1, status: 'deployed'});
		expect(lines.join('\n')).toContain('is removed before it is installed anew: the first install failed');
	}, 60_000);

	test('pods that never get ready are a time-out, and a working earlier revision is upgraded again without a rollback', async () => {
		await upgrade('https://one.example.internal');
		server = 'never ready';
		const problem = await problemOf(upgrade('https://two.example.internal', {timeoutMs: 3000}));
		expect(problem.code).toBe('helm-timeout');
		expect(await states()).toEqual(['deployed', 'failed']);
		server = 'ready';
		expect(await upgrade('https://three.example.internal')).toMatchObject({revision: 3, status: 'deployed'});
		expect(lines.join('\n')).not.toContain('goes back');
	}, 60_000);

	test('an aborted upgrade ends its release as failed', async () => {
		await upgrade('https://one.example.internal');
		migration = 'hangs';
		const stop = new AbortController();
		const running = upgrade('https://two.example.internal', {signal: stop.signal});
		running.catch(() => undefined);
		await newestIs('pending-upgrade');
		stop.abort();
		await expect(running).rejects.toMatchObject({name: 'AbortError'});
		expect(await states()).toEqual(['deployed', 'failed']);
	}, 60_000);

	test('what a killed upgrade left is rolled back to the revision that worked, then upgraded', async () => {
		await upgrade('https://one.example.internal');
		migration = 'hangs';
		await killDuring('pending-upgrade', 'https://two.example.internal');
		migration = 'works';
		expect(await upgrade('https://two.example.internal')).toMatchObject({revision: 4, status: 'deployed'});
		expect(lines.join('\n')).toContain('goes back to revision 1 before it is upgraded');
		expect(await helm.values('zenml', namespace, signal)).toEqual(values('https://two.example.internal'));
	}, 60_000);

	test('what a killed first install left is removed, then installed anew', async () => {
		migration = 'hangs';
		await killDuring('pending-install', 'https://one.example.internal');
		migration = 'works';
		expect(await upgrade('https://one.example.internal')).toMatchObject({revision: 1, status: 'deployed'});
		expect(lines.join('\n')).toContain('was killed in the middle of the first install');
	}, 60_000);

	test('a missing right is a problem that names it', async () => {
		// Helm 3 creates, Helm 4 applies, which is a patch.
		kubernetes.setDenied(['create', 'patch'].map((verb) => ({verb, group: 'apps', resource: 'deployments'})));
		const problem = await problemOf(upgrade('https://one.example.internal'));
		kubernetes.setDenied([]);
		expect(problem.code).toBe('helm-forbidden');
		expect(problem.evidence?.join('\n')).toContain('deployments');
	}, 60_000);

	test.runIf(version.startsWith('4.'))(
		'a field that somebody else owns is a conflict, which only force takes over',
		async () => {
			await upgrade('https://one.example.internal');
			const other = {apiVersion: 'v1', kind: 'Service', metadata: {name: 'zenml', namespace}, spec: {type: 'NodePort'}};
			const service = {info: kindById('services'), namespace, name: 'zenml'};
			kubernetes.operations.patch(service, {type: 'apply', body: other}, {manager: 'somebody', force: true});
			const problem = await problemOf(upgrade('https://two.example.internal'));
			expect(problem.code).toBe('helm-conflict');
			expect(problem.evidence?.join('\n')).toContain('somebody');
			expect(await upgrade('https://two.example.internal', {forceConflicts: true})).toMatchObject({status: 'deployed'});
		},
		60_000,
	);
});
