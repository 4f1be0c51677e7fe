import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Answers} from '../../../source/answers/schema.ts';
import {pagesOf, planViewOf} from '../../../source/engine/plan-view.ts';
import {valueAt} from '../../../source/steps/shared/applied/leaves.ts';
import {type Site, startSite} from '../../helpers/world.ts';
import {carryInNewer, problemsIn, unsaved} from './site.ts';

let site: Site;
let newer: string;

beforeAll(async () => {
	site = await startSite({sample: 'older'});
	newer = await carryInNewer(site);
}, 120_000);
afterAll(async () => site?.stop());

const upgraded = (change: Partial<Answers['upgrade']> = {}): Answers =>
	site.answers((input) => ({
		...input,
		bundle: {...input.bundle, path: newer},
		controlPlane: {...input.controlPlane, replicas: 3},
		network: {...input.network, podChecks: false},
		upgrade: {clients: 'tell', ...change},
	}));

const deployment = {apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'zenml-pro', name: 'zenml-pro'};

/** `kubectl scale` on the control plane, and `helm upgrade --set podAnnotations.team=ml` on the workspace. */
const editByHand = async (): Promise<void> => {
	const {cluster, helm, bundle, signal} = await site.world(site.answers());
	await cluster.patch(deployment, [{op: 'add', path: '/spec/replicas', value: 2}], signal);
	const values = (await helm.values('zenml', 'zenml-workspace', signal)) as {readonly podAnnotations: object};
	await helm.upgrade({
		release: 'zenml',
		namespace: 'zenml-workspace',
		component: 'workspaces.0',
		chart: (await bundle.open(signal)).workspaceChart.path,
		values: {...values, podAnnotations: {...values.podAnnotations, team: 'ml'}},
		timeoutMs: 60_000,
		description: 'by hand',
		isIdle: async () => false,
		onLine: () => undefined,
		signal,
	});
};

const liveValues = async (name: string, namespace: string): Promise<unknown> => {
	const {helm, signal} = await site.world(site.answers());
	return helm.values(name, namespace, signal);
};

test('what was set by hand is kept, and where both sides changed it, asked for', {timeout: 600_000}, async () => {
	expect(problemsIn((await site.run(site.answers())).events)).toEqual([]);
	await editByHand();

	const asked = await site.run(upgraded(), {plan: unsaved, until: 'upgrade-path'});
	expect(asked.exitCode).toBe(2);
	expect(asked.problem).toMatchObject({
		code: 'upgrade-conflict',
		evidence: ['zenml.replicaCount: set by hand 2; wanted 3'],
	});

	const decided = upgraded({keep: 'zenml.replicaCount'});
	const look = await site.run(decided, {plan: unsaved, pass: 'look', until: 'upgrade-path'});
	const lines = pagesOf(planViewOf(look.state)).flatMap((page) => page.lines);
	expect(lines).toContain('kept, set by hand: podAnnotations.team');

	const gone = await site.run(decided, {plan: unsaved});
	expect(problemsIn(gone.events)).toEqual([]);
	const kept = async (): Promise<readonly unknown[]> => [
		valueAt(await liveValues('zenml-pro', 'zenml-pro'), ['zenml', 'replicaCount']),
		valueAt(await liveValues('zenml', 'zenml-workspace'), ['podAnnotations', 'team']),
		valueAt(await liveValues('zenml', 'zenml-workspace'), ['server', 'image', 'tag']),
	];
	expect(await kept()).toEqual([2, 'ml', '0.95.1']);

	// An install keeps what the upgrade has kept: it changes nothing.
	const again = await site.run(decided);
	expect(problemsIn(again.events)).toEqual([]);
	expect(again.state.steps.filter(({outcome}) => outcome === 'applied').map(({id}) => id)).toEqual([]);
	expect(await kept()).toEqual([2, 'ml', '0.95.1']);
});
