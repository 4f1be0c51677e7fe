import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type KubernetesServer, startKubernetes} from '../../../rehearsal/kubernetes/index.ts';
import {runPlan} from '../../../source/app/run/run.ts';
import {unattended} from '../../../source/engine/controls.ts';
import {type Plan, type Step, shortTimeouts, type World} from '../../../source/steps/world.ts';
import {scratch} from '../../helm/lab.ts';
import {entryOf} from '../../helpers/plan-entry.ts';
import {makeContext} from '../../helpers/world.ts';
import {answersIn} from './answers.ts';

let kubernetes: KubernetesServer;
let folder = '';
let remove: () => Promise<void>;
beforeAll(async () => {
	kubernetes = await startKubernetes({ingressAddress: '127.0.0.1', runPod: async () => ({exit: 0})});
	({folder, remove} = await scratch());
	await writeFile(path.join(folder, 'kubeconfig'), kubernetes.kubeconfig);
});
afterAll(async () => {
	await kubernetes.stop();
	await remove();
});

const answers = () => answersIn(folder);

const lease = {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'default', name: 'zenml-airgap'};

const step = (id: string, more: Pick<Step, 'check'> & Partial<Step>): Step => ({
	id,
	title: id,
	why: 'It is needed.',
	area: 'cluster',
	inputs: () => ({}),
	timeouts: shortTimeouts,
	...more,
});

test('a run that goes on with edited answers behind the step that takes the Lease still holds it, with the newest ports', async () => {
	const seen: {readonly holderIdentity?: unknown; readonly leaseTransitions?: unknown}[] = [];
	const look = async ({cluster, signal}: World) => (await cluster.get(lease, signal))?.spec as Record<string, unknown>;
	let isDone = false;
	const steps = [
		step('namespaces', {
			check: async (world) => {
				await world.holdLease(world.signal);
				return {status: 'ok'};
			},
		}),
		step('secrets', {
			check: async () => (isDone ? {status: 'ok'} : {status: 'todo', changes: [{action: 'create', target: 'one'}]}),
			apply: async (world) => {
				seen.push((await look(world)) ?? {});
				if (seen.length === 1) throw new Error('not yet');
				isDone = true;
			},
		}),
	];
	const plan: Plan = {id: 'install', title: 'Install', command: 'install', steps};
	const report = await runPlan({
		context: makeContext(folder),
		stateDirectory: path.join(folder, 'state'),
		plan: entryOf(plan, 'namespaces'),
		pass: 'apply',
		answers: answers(),
		prompted: new Map(),
		controls: () => ({
			...unattended({acknowledged: () => false, handoverLimitMs: 1000}),
			decide: async () => ({decision: 'edit', answers: answers()}),
		}),
		listeners: [],
		signal: new AbortController().signal,
	});
	expect(report).toMatchObject({outcome: 'done', exitCode: 0});
	const holderIdentity = expect.stringContaining(report.state.runId);
	// Given back with the old ports, and taken anew.
	expect(seen).toMatchObject([
		{holderIdentity, leaseTransitions: 0},
		{holderIdentity, leaseTransitions: 1},
	]);
});
