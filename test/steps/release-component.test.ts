import {describe, expect, test} from 'vitest';
import {systemClock} from '../../source/base/clock.ts';
import {ProblemError} from '../../source/base/problem.ts';
import {diagnosePicture} from '../../source/cluster/pods/diagnose.ts';
import type {ClusterPort} from '../../source/cluster/types.ts';
import {helmFailure} from '../../source/helm/failures.ts';
import type {HelmPort} from '../../source/helm/types.ts';
import {wantedControlPlane} from '../../source/steps/control-plane.ts';
import {applyRelease, type WantedRelease} from '../../source/steps/shared/release.ts';
import {wantedWorkspace} from '../../source/steps/workspaces.ts';
import type {World} from '../../source/steps/world.ts';
import {answers, chartFolder, images} from '../charts/samples.ts';
import {containerOf, picture, podOf} from '../cluster/pods/fixtures.ts';

const {signal} = new AbortController();
const site = answers({
	controlPlane: {host: 'zenml-pro.example.internal'},
	workspaces: [
		{name: 'one', host: 'one.example.internal', namespace: 'zenml-one'},
		{
			name: 'two',
			host: 'two.example.internal',
			namespace: 'zenml-two',
			database: {name: 'zenml_two', username: 'zenml_two_user'},
		},
	],
});
const carried = Object.entries(images.tags).map(([name, tag]) => ({name, tag}));
const chartOf = (name: string) => ({name, version: '1', path: chartFolder(name)});
const outOfMemory = podOf({
	phase: 'Running',
	containerStatuses: [
		containerOf({state: {running: {}}, lastState: {terminated: {exitCode: 137, reason: 'OOMKilled'}}}),
	],
});

/** A site whose helm fails with these words, and whose pods are those of the picture. */
const worldOf = (said: string, found = picture({})): World => {
	const helm: Pick<HelmPort, 'template' | 'upgrade'> = {
		template: async () => '',
		upgrade: async ({release, component}) => {
			throw helmFailure({what: `upgrade of ${release}`, component}, said, 1);
		},
	};
	const cluster: Pick<ClusterPort, 'version' | 'pods' | 'watchPods' | 'diagnose'> = {
		version: async () => 'v1.34.0',
		pods: async () => [],
		watchPods: (_namespace, _selector, _onChange, end) =>
			new Promise((resolve) => end.addEventListener('abort', () => resolve())),
		diagnose: (rollout, end) => diagnosePicture({logs: async () => []}, found, {...rollout, signal: end}),
	};
	const bundle = {
		open: async () => ({images: carried, workspaceChart: chartOf('zenml'), controlPlaneChart: chartOf('zenml-pro')}),
	};
	const parts = {answers: site, helm, cluster, bundle, clock: systemClock, report: () => undefined, signal};
	return parts as unknown as World;
};

const failureOf = async (world: World, wanted: WantedRelease | undefined) => {
	if (!wanted) throw new Error('nothing is wanted');
	// What the chart knows is not asked here, nor whether a workspace's has the Job that migrates its database.
	const contents = {...wanted.contents, known: {children: new Map(), free: true, scalar: true}};
	const lenient = {...wanted, contents, component: 'control-plane', values: {}} as const;
	const error = await applyRelease(world, lenient).catch((thrown: unknown) => thrown);
	if (!(error instanceof ProblemError)) throw new Error(`no problem came, but ${String(error)}`);
	return error.problem;
};

const releases = (world: World) => ({
	controlPlane: () => wantedControlPlane(world, true),
	'workspaces.0': () => wantedWorkspace(world, site.workspaces[0] ?? expect.fail('no workspace'), true),
	'workspaces.1': () => wantedWorkspace(world, site.workspaces[1] ?? expect.fail('no workspace'), true),
});

describe.each(['controlPlane', 'workspaces.0', 'workspaces.1'] as const)('a failed release of %s', (component) => {
	test('whose pods want more memory names its own limit', async () => {
		const world = worldOf('Error: UPGRADE FAILED: timed out waiting for the condition', picture({pods: [outOfMemory]}));
		expect(await failureOf(world, await releases(world)[component]())).toMatchObject({
			code: 'pod-out-of-memory',
			answers: [`${component}.resources.limits.memory`],
		});
	});

	test('whose objects belong to somebody else names its own namespace and release', async () => {
		const world = worldOf('Error: INSTALLATION FAILED: invalid ownership metadata');
		expect(await failureOf(world, await releases(world)[component]())).toMatchObject({
			code: 'helm-ownership',
			answers: [`${component}.namespace`, `${component}.release`],
		});
	});
});
