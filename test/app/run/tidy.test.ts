import {mkdir, readdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {type KubernetesServer, startKubernetes} from '../../../rehearsal/kubernetes/index.ts';
import {runPlan} from '../../../source/app/run/run.ts';
import {type ProblemCode, ProblemError} from '../../../source/base/problem.ts';
import {createCluster} from '../../../source/cluster/cluster.ts';
import {unattended} from '../../../source/engine/controls.ts';
import {planWords} from '../../../source/plans/words.ts';
import {summaryLines} from '../../../source/report/summary.ts';
import {type Plan, type Step, shortTimeouts} from '../../../source/steps/world.ts';
import {scratch} from '../../helm/lab.ts';
import {entryOf} from '../../helpers/plan-entry.ts';
import {makeContext} from '../../helpers/world.ts';
import {answersIn} from './answers.ts';

let kubernetes: KubernetesServer;
let folder = '';
let remove: () => Promise<void>;
beforeAll(async () => {
	kubernetes = await startKubernetes({ingressAddress: '127.0.0.1', runPod: async () => ({exit: 0})});
});
afterAll(() => kubernetes.stop());
beforeEach(async () => {
	({folder, remove} = await scratch());
	await writeFile(path.join(folder, 'kubeconfig'), kubernetes.kubeconfig);
});
afterEach(async () => {
	kubernetes.setDenied([]);
	// Its process lives on, so that the next test would watch it for as long as it lasts.
	const cluster = createCluster({kubeconfig: path.join(folder, 'kubeconfig'), homeDirectory: folder, environment: {}});
	const lease = {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'default', name: 'zenml-airgap'};
	await cluster.delete(lease, new AbortController().signal);
	await remove();
});

const answers = () => answersIn(folder);

/** A plan of one step, which holds the Lease, and ends in a world in which tidying up fails. */
const run = async (
	act: () => Promise<void>,
	more: {readonly from?: string; readonly holds?: boolean; readonly leaseStep?: string} = {},
) => {
	const {from, holds = true, leaseStep} = more;
	const step: Step = {
		id: 'prerequisites',
		title: 'One',
		why: 'It is the only one.',
		area: 'cluster',
		inputs: () => ({}),
		timeouts: shortTimeouts,
		proves: true,
		check: async (world) => {
			if (holds) await world.holdLease(world.signal);
			await act();
			return {status: 'ok', note: 'fine'};
		},
	};
	const plan: Plan = {id: 'install', title: 'Install', command: 'install', steps: [step]};
	return runPlan({
		context: makeContext(folder),
		stateDirectory: path.join(folder, 'state'),
		plan: entryOf(plan, leaseStep),
		pass: 'apply',
		answers: answers(),
		prompted: new Map(),
		controls: () => unattended({acknowledged: () => false, handoverLimitMs: 1000}),
		listeners: [],
		signal: new AbortController().signal,
		from,
	});
};

/** Nobody may write Leases from now on. */
const denyLeases = async (): Promise<void> =>
	kubernetes.setDenied([{verb: 'update', group: 'coordination.k8s.io', resource: 'leases'}]);

test('a run that is done stays done when its Lease cannot be given back, and its lock is gone', async () => {
	const report = await run(denyLeases);
	expect(report).toMatchObject({outcome: 'done', exitCode: 0});
	expect(report.leftovers).toEqual([
		expect.stringContaining(
			'Left behind: The lock of this cluster, lease default/zenml-airgap, could not be given back. The last try failed: ',
		),
	]);
	expect(report.leftovers[0]).toContain('Nothing is lost by it: the next run takes it over after ');
	expect(await readdir(path.join(folder, 'state'))).not.toContain('lock');
	const {state, logFile, leftovers} = report;
	expect(summaryLines(state, {words: planWords.install, resumeCommand: 'again', logFile, leftovers}).at(-1)).toMatch(
		/^ {2}Warning {5}Left behind: The lock of/u,
	);
});

test('a run that failed keeps its reason when its Lease cannot be given back', async () => {
	const report = await run(async () => {
		await denyLeases();
		throw new ProblemError({
			code: 'disk-full' satisfies ProblemCode,
			area: 'prerequisites',
			message: 'The disk is full.',
			cause: 'No room.',
			fix: 'Make room.',
		});
	});
	expect(report).toMatchObject({outcome: 'failed', exitCode: 3, problem: {code: 'disk-full'}});
	expect(report.leftovers).toHaveLength(1);
	expect(await readdir(path.join(folder, 'state'))).not.toContain('lock');
});

test('a report that cannot be written is told, and the run stays done', async () => {
	await mkdir(path.join(folder, 'state'));
	await writeFile(path.join(folder, 'state', 'reports'), 'no folder');
	const report = await run(async () => undefined);
	expect(report).toMatchObject({outcome: 'done', exitCode: 0, reportFile: undefined});
	expect(report.leftovers).toEqual([expect.stringMatching(/^The acceptance report was not written: /u)]);
});

test('what was left is told beside a refusal before the first event', async () => {
	await mkdir(path.join(folder, 'state'));
	await writeFile(path.join(folder, 'state', 'state.json'), '{"schema":99}');
	await expect(run(async () => undefined)).rejects.toMatchObject({problem: {code: 'state-newer'}});
	expect(await readdir(path.join(folder, 'state'))).not.toContain('lock');
});

test('a run that begins in the middle holds the Lease, though it left out the step that takes it', async () => {
	const holders: unknown[] = [];
	const cluster = createCluster({kubeconfig: path.join(folder, 'kubeconfig'), homeDirectory: folder, environment: {}});
	const place = {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'default', name: 'zenml-airgap'};
	const look = async (): Promise<void> => {
		const lease = await cluster.get(place, new AbortController().signal);
		holders.push((lease?.spec as {readonly holderIdentity?: string} | undefined)?.holderIdentity);
	};
	expect(await run(look, {holds: false})).toMatchObject({outcome: 'done'});
	expect(await run(look, {holds: false, from: 'prerequisites'})).toMatchObject({outcome: 'done'});
	expect(holders).toEqual([undefined, expect.stringMatching(/\w/u)]);
	// The step that takes it is still to come: until then the cluster is asked nothing.
	await run(look, {holds: false, from: 'prerequisites', leaseStep: 'prerequisites'});
	expect(holders.at(-1)).not.toBe(holders[1]);
});
