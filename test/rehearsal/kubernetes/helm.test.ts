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

describe.each(['3.18.0', '4.2.3'] as const)('Helm %s', (version) => {
	let cluster: KubernetesServer;
	let folder: string;
	let helm: (...args: string[]) => Promise<Result>;
	const wait = ['--wait', '--wait-for-jobs', '--timeout', '30s'];

	beforeAll(async () => {
		const binaries = await fetchHelm(version);
		folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-helm-test-'));
		cluster = await startCluster();
		const config = path.join(folder, 'kubeconfig');
		await writeFile(config, cluster.kubeconfig, {mode: 0o600});
		// Nothing of the user's own Helm may leak in.
		const env = {
			HOME: folder,
			PATH: '/usr/bin:/bin',
			HELM_CACHE_HOME: path.join(folder, 'cache'),
			HELM_CONFIG_HOME: path.join(folder, 'config'),
			HELM_DATA_HOME: path.join(folder, 'data'),
		};
		helm = (...args) => run(binaries.helm, [...args, '--kubeconfig', config], env);
	}, 120_000);
	afterAll(async () => {
		await cluster.stop();
		await rm(folder, {recursive: true, force: true});
	});

	const messages = (namespace: string) => cluster.store.list('events', namespace).map(({message}) => message);
	const deployment = (namespace: string) => cluster.store.get('deployments.apps', namespace, 'tiny');

	it('installs, upgrades, rolls back and uninstalls a release, waiting each time', async () => {
		const at = ['-n', 'one'];
		const install = await helm('install', 'tiny', chart, ...at, '--create-namespace', ...wait);
		expect(install).toMatchObject({code: 0, err: ''});
		expect(dict(deployment('one')?.status)).toMatchObject({readyReplicas: 2, updatedReplicas: 2});
		expect(dict(list(dict(cluster.store.get('jobs.batch', 'one', 'tiny-migrate')?.status).conditions)[1]).type).toBe(
			'Complete',
		);
		expect(JSON.parse((await helm('list', ...at, '-o', 'json')).out)).toMatchObject([
			{name: 'tiny', revision: '1', status: 'deployed', chart: 'tiny-0.1.0'},
		]);

		const upgrade = await helm('upgrade', 'tiny', chart, ...at, '--set', 'greeting=bye,replicas=3', ...wait);
		expect(upgrade).toMatchObject({code: 0, err: ''});
		expect(dict(deployment('one')?.status)).toMatchObject({readyReplicas: 3, replicas: 3});
		expect(cluster.store.get('secrets', 'one', 'tiny')?.data).toEqual({
			GREETING: Buffer.from('bye').toString('base64'),
		});
		expect(cluster.store.get('jobs.batch', 'one', 'tiny-once-1')).toBeUndefined();
		expect(cluster.store.get('jobs.batch', 'one', 'tiny-once-2')).toBeDefined();

		expect(await helm('rollback', 'tiny', '1', ...at, ...wait)).toMatchObject({code: 0});
		expect(dict(deployment('one')?.spec).replicas).toBe(2);
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
	}, 120_000);

	it('fails when the image of a hook cannot be pulled, and the pod says why', async () => {
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
		expect(messages('two')).toContain('Failed to pull image "missing:1": not found');
	}, 60_000);

	it('fails when a Deployment does not become ready in time, and can be upgraded out of it', async () => {
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
		expect(messages('three')).toContain('Readiness probe failed: connection refused');
		expect(JSON.parse((await helm('status', 'tiny', ...at, '-o', 'json')).out)).toMatchObject({
			info: {status: 'failed'},
		});
		expect(await helm('upgrade', 'tiny', chart, ...at, '--reset-values', ...wait)).toMatchObject({code: 0});
	}, 60_000);

	it('finds out about another manager of a field in the way that its version does', async () => {
		const at = ['-n', 'four'];
		expect(await helm('install', 'tiny', chart, ...at, '--create-namespace', ...wait)).toMatchObject({code: 0});
		const body = {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'tiny'}, spec: {replicas: 5}};
		const other = '/apis/apps/v1/namespaces/four/deployments/tiny?fieldManager=scaler&force=true';
		expect((await call(cluster, 'PATCH', other, body, {'content-type': patchAs.apply})).code).toBe(200);
		const upgrade = await helm('upgrade', 'tiny', chart, ...at, '--set', 'replicas=3', ...wait);
		if (version === '4.2.3') {
			expect(upgrade.code).not.toBe(0);
			expect(upgrade.err).toContain('conflict with "scaler": .spec.replicas');
			const forced = await helm('upgrade', 'tiny', chart, ...at, '--set', 'replicas=3', '--force-conflicts', ...wait);
			expect(forced).toMatchObject({code: 0});
		} else expect(upgrade).toMatchObject({code: 0});
		expect(dict(deployment('four')?.spec).replicas).toBe(3);
	}, 120_000);
});
