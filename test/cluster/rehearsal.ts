import {writeFileSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {
	type KubernetesOptions,
	type KubernetesServer,
	type RunPod,
	startKubernetes,
} from '../../rehearsal/kubernetes/index.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import {createRequests, defaultTiming, type Requests} from '../../source/cluster/requests.ts';
import type {ClusterPort} from '../../source/cluster/types.ts';

export type Lab = {
	readonly cluster: ClusterPort;
	readonly kubernetes: KubernetesServer;
	/** A second client, as another jump host would have; with another token when one is given. */
	readonly another: (token?: string) => ClusterPort;
	/** Requests without the port, for what other programs would send. */
	readonly client: () => Requests;
	readonly close: () => Promise<void>;
};

/** The rehearsal API server with a client of its own; containers do what `runPod` says. Namespace `lab` exists. */
export const startLab = async (runPod: RunPod, more: Partial<KubernetesOptions> = {}): Promise<Lab> => {
	const directory = await mkdtemp(join(tmpdir(), 'cluster-lab-'));
	const pace = {readyAfterMs: 20, stopMs: 10, backoffMs: 20, retryMs: 20};
	const kubernetes = await startKubernetes({runPod, ingressAddress: '127.0.0.1', pace, ...more});
	const kubeconfig = join(directory, 'config');
	await writeFile(kubeconfig, kubernetes.kubeconfig);
	const options = {kubeconfig, homeDirectory: directory, environment: {}};
	const timing = {retryPausesMs: [10], pollMs: 50, pausesMs: [10, 10, 10]};
	const another = (token?: string) => {
		if (token === undefined) return createCluster({...options, timing});
		const other = join(directory, 'other');
		writeFileSync(other, kubernetes.kubeconfig.replace(/token: .*/u, `token: ${token}`));
		return createCluster({...options, timing, kubeconfig: other});
	};
	const cluster = another();
	const namespace = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'lab'}};
	await cluster.create(namespace, new AbortController().signal);
	return {
		cluster,
		kubernetes,
		another,
		client: () => createRequests({...options, now: Date.now, onSecret: () => undefined}, defaultTiming),
		close: async () => {
			await kubernetes.stop();
			await rm(directory, {recursive: true, force: true});
		},
	};
};

/** Asks until it holds; the deadline is only there to end a test that is wrong. */
export const until = async <Value>(ask: () => Promise<Value | undefined | false>, what: string): Promise<Value> => {
	for (const end = Date.now() + 15_000; Date.now() < end; ) {
		const value = await ask();
		if (value !== undefined && value !== false) return value;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	throw new Error(`it never came to this: ${what}`);
};
