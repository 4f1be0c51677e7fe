import {describe, expect, test} from 'vitest';
import type {Problem} from '../../source/base/problem.ts';
import {diagnosePicture} from '../../source/cluster/pods/diagnose.ts';
import {helmFailure} from '../../source/helm/failures.ts';
import {sampleControlPlane} from '../../source/steps/control-plane/release.ts';
import {applyRelease} from '../../source/steps/shared/release/apply.ts';
import {sampleWorkspace} from '../../source/steps/workspaces/release.ts';
import type {World} from '../../source/steps/world.ts';
import {containerOf, picture, podOf} from '../cluster/pods/fixtures.ts';
import {carried, notes, rendered, untouched} from './parts.ts';
import {answersOf, code, refusalOf, worldOf} from './world.ts';

const answers = answersOf((input) => ({
	...input,
	workspaces: [
		...input.workspaces,
		{
			name: 'two',
			host: 'two.corp.internal',
			namespace: 'zenml-two',
			database: {name: 'zenml_two', username: 'zenml_two_user'},
		},
	],
}));
const outOfMemory = podOf({
	phase: 'Running',
	containerStatuses: [
		containerOf({state: {running: {}}, lastState: {terminated: {exitCode: 137, reason: 'OOMKilled'}}}),
	],
});

/** A site whose helm fails with these words, and whose pods are those of the picture. */
const siteOf = (said: string, found = picture({})): World =>
	worldOf({
		answers,
		bundle: carried(),
		helm: {
			template: async () => rendered,
			release: async () => undefined,
			upgrade: async ({release, component}) => {
				throw helmFailure({what: `upgrade of ${release}`, component}, said, 1);
			},
		},
		cluster: {
			...untouched,
			...notes(),
			version: async () => 'v1.34.0',
			pods: async () => [],
			watchPods: (_namespace, _selector, _onChange, end) =>
				new Promise((resolve) => end.addEventListener('abort', () => resolve())),
			diagnose: (rollout, end) => diagnosePicture({logs: async () => []}, found, {...rollout, signal: end}),
		},
	});

const components = ['controlPlane', 'workspaces.0', 'workspaces.1'] as const;
const failureOf = async (world: World, component: (typeof components)[number]): Promise<Problem> => {
	const [one, two] = answers.workspaces;
	if (!one || !two) throw new Error('no workspaces');
	const releases = {
		controlPlane: async () => sampleControlPlane(world),
		'workspaces.0': async () => sampleWorkspace(world, one),
		'workspaces.1': async () => sampleWorkspace(world, two),
	};
	return refusalOf(applyRelease(world, await releases[component]()));
};

describe.each(components)('a failed release of %s', (component) => {
	test('whose pods want more memory names its own limit', async () => {
		const world = siteOf('Error: UPGRADE FAILED: timed out waiting for the condition', picture({pods: [outOfMemory]}));
		expect(await failureOf(world, component)).toMatchObject({
			code: code('pod-out-of-memory'),
			answers: [`${component}.resources.limits.memory`],
		});
	});

	test('whose objects belong to somebody else names its own namespace and release', async () => {
		const world = siteOf('Error: INSTALLATION FAILED: invalid ownership metadata');
		expect(await failureOf(world, component)).toMatchObject({
			code: code('helm-ownership'),
			answers: [`${component}.namespace`, `${component}.release`],
		});
	});
});
