import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {KubernetesServer, Pod} from '../../../rehearsal/kubernetes/index.ts';
import {dict, list} from '../../../rehearsal/kubernetes/objects/values.ts';
import {fetchHelm} from '../../../scripts/fetch-helm.mjs';
import {call, patchAs, startCluster} from './cluster.ts';

const chart = path.join(import.meta.dirname, 'fixtures', 'tiny');
type Result = {readonly code: number; readonly out: string; readonly err: string};

const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Result> =>
	new Promise((resolve) => {
		execFile(program, args, {env, timeout: 60_000}, (error, out, err) => {
			resolve({code: error ? Number(error.code ?? 1) : 0, out, err});
		});
	});

const versions = ['3.18.0', '4.2.3'] as const;

/** A cluster, and a Helm that works on it and knows nothing of the user's own. */
type World = {
	readonly version: (typeof versions)[number];
	readonly cluster: KubernetesServer;
	readonly helm: (...args: string[]) => Promise<Result>;
	readonly close: () => Promise<void>;
};

const openWorld = async (version: World['version']): Promise<World> => {
	const binaries = await fetchHelm(version);
	const folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-helm-test-'));
	const cluster = await startCluster();
	const config = path.join(folder, 'kubeconfig');
	await writeFile(config, cluster.kubeconfig, {mode: 0o600});
	const env = {
		HOME: folder,
		PATH: '/usr/bin:/bin',
		HELM_CACHE_HOME: path.join(folder, 'cache'),
		HELM_CONFIG_HOME: path.join(folder, 'config'),
		HELM_DATA_HOME: path.join(folder, 'data'),
	};
	return {
		version,
		cluster,
		helm: (...args) => run(binaries.helm, [...args, '--kubeconfig', config], env),
		close: async () => {
			await cluster.stop();
			await rm(folder, {recursive: true, force: true});
		},
	};
};

const wait = ['--wait', '--wait-for-jobs', '--timeout', '30s'];
const messages = (cluster: KubernetesServer, namespace: string) =>
	cluster.store.list('events', namespace).map(({message}) => message);
const deployment = (cluster: KubernetesServer, namespace: string) =>
	cluster.store.get('deployments.apps', namespace, 'tiny');

const live = async ({cluster, helm}: World): Promise<void> => {
	const at = ['-n', 'one'];
	const install = await helm('install', 'tiny', chart, ...at, '--create-namespace', ...wait);
	expect(install).toMatchObject({code: 0, err: ''});
	expect(dict(deployment(cluster, 'one')?.status)).toMatchObject({readyReplicas: 2, updatedReplicas: 2});
	expect(dict(list(dict(cluster.store.get('jobs.batch', 'one', 'tiny-migrate')?.status).conditions)[1]).type).toBe(
		'Complete',
	);
	expect(JSON.parse((await helm('list', ...at, '-o', 'json')).out)).toMatchObject([
		{name: 'tiny', revision: '1', status: 'deployed', chart: 'tiny-0.1.0'},
	]);

	const upgrade = await helm('upgrade', 'tiny', chart, ...at, '--set', 'greeting=bye,replicas=3', ...wait);
	expect(upgrade).toMatchObject({code: 0, err: ''});
	expect(dict(deployment(cluster, 'one')?.status)).toMatchObject({readyReplicas: 3, replicas: 3});
	expect(cluster.store.get('secrets', 'one', 'tiny')?.data).toEqual({
		GREETING: Buffer.from('bye').toString('base64'),
	});
	expect(cluster.store.get('jobs.batch', 'one', 'tiny-once-1')).toBeUndefined();
	expect(cluster.store.get('jobs.batch', 'one', 'tiny-once-2')).toBeDefined();

	expect(await helm('rollback', 'tiny', '1', ...at, ...wait)).toMatchObject({code: 0});
	expect(dict(deployment(cluster, 'one')?.spec).replicas).toBe(2);
	const history = JSON.parse((await helm('history', 'tiny', ...at, '-o', 'json')).out) as {
		status: string;
		description: string;
	}[];
	expect(history.map((entry) => `${entry.status}: ${entry.description}`)).toEqual([
		'superseded: Install complete',
		'superseded: Upgrade complete',
		'deployed: Rollback to 1',
	]);
	expect(JSON.parse((await helm('status', 'tiny', ...at, '-o', 'json')).out)).toMatchObject({
		version: 3,
		info: {status: 'deployed'},
	});

	const check = await helm('test', 'tiny', ...at, '--logs');
	expect(check.code).toBe(0);
	expect(check.out).toContain('check attempt 0 says nothing');

	expect(await helm('uninstall', 'tiny', ...at, '--wait', '--timeout', '20s')).toMatchObject({code: 0});
	expect(cluster.store.list('deployments.apps', 'one')).toEqual([]);
	expect(cluster.store.list('replicasets.apps', 'one')).toEqual([]);
	expect(JSON.parse((await helm('list', ...at, '-o', 'json')).out)).toEqual([]);
};

const failByImage = async ({cluster, helm}: World): Promise<void> => {
	const at = ['-n', 'two'];
	const install = await helm(
		'install',
		'tiny',
		chart,
		...at,
		'--create-namespace',
		'--set',
		'image=missing:1',
		'--wait',
		'--timeout',
		'3s',
	);
	expect(install.code).not.toBe(0);
	expect(install.err).toMatch(/failed pre-install/);
	const pod = cluster.store.list<Pod>('pods', 'two').find(({metadata}) => metadata.name.startsWith('tiny-migrate-'));
	expect(pod?.status?.containerStatuses?.[0]?.state.waiting?.reason).toMatch(/^(ErrImagePull|ImagePullBackOff)$/u);
	expect(messages(cluster, 'two')).toContain('Failed to pull image "missing:1": not found');
};

const failByReadiness = async ({cluster, helm, version}: World): Promise<void> => {
	const at = ['-n', 'three'];
	const install = await helm(
		'install',
		'tiny',
		chart,
		...at,
		'--create-namespace',
		'--no-hooks',
		'--set',
		'image=unready:1',
		'--wait',
		'--timeout',
		'3s',
	);
	expect(install.code).not.toBe(0);
	expect(install.err).toContain('context deadline exceeded');
	if (version === '4.2.3')
		expect(install.err).toContain(
			'resource Deployment/three/tiny not ready. status: InProgress, message: Available: 0/2',
		);
	expect(messages(cluster, 'three')).toContain('Readiness probe failed: connection refused');
	expect(JSON.parse((await helm('status', 'tiny', ...at, '-o', 'json')).out)).toMatchObject({
		info: {status: 'failed'},
	});
	expect(await helm('upgrade', 'tiny', chart, ...at, '--reset-values', ...wait)).toMatchObject({code: 0});
};

const meetAnotherManager = async ({cluster, helm, version}: World): Promise<void> => {
	const at = ['-n', 'four'];
	expect(await helm('install', 'tiny', chart, ...at, '--create-namespace', ...wait)).toMatchObject({code: 0});
	const body = {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'tiny'}, spec: {replicas: 5}};
	const other = '/apis/apps/v1/namespaces/four/deployments/tiny?fieldManager=scaler&force=true';
	expect((await call(cluster, `PATCH ${other}`, body, {'content-type': patchAs.apply})).code).toBe(200);
	const upgrade = await helm('upgrade', 'tiny', chart, ...at, '--set', 'replicas=3', ...wait);
	if (version === '4.2.3') {
		expect(upgrade.code).not.toBe(0);
		expect(upgrade.err).toContain('conflict with "scaler": .spec.replicas');
		const forced = await helm('upgrade', 'tiny', chart, ...at, '--set', 'replicas=3', '--force-conflicts', ...wait);
		expect(forced).toMatchObject({code: 0});
	} else expect(upgrade).toMatchObject({code: 0});
	expect(dict(deployment(cluster, 'four')?.spec).replicas).toBe(3);
};

describe.each(versions)('Helm %s', (version) => {
	let world: World;
	beforeAll(async () => {
		world = await openWorld(version);
	}, 120_000);
	afterAll(() => world.close());

	it('installs, upgrades, rolls back and uninstalls a release, waiting each time', () => live(world), 120_000);
	it('fails when the image of a hook cannot be pulled, and the pod says why', () => failByImage(world), 60_000);
	it(
		'fails when a Deployment does not become ready in time, and can be upgraded out of it',
		() => failByReadiness(world),
		60_000,
	);
	it(
		'finds out about another manager of a field in the way that its version does',
		() => meetAnotherManager(world),
		120_000,
	);
});
