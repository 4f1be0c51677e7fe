import {expect, test} from 'vitest';
import {sampleControlPlane, wantedControlPlane} from '../../source/steps/control-plane/release.ts';
import {releaseEffects} from '../../source/steps/shared/release/effects.ts';
import type {WantedRelease} from '../../source/steps/shared/release/wanted.ts';
import {sampleWorkspace, wantedWorkspace} from '../../source/steps/workspaces/release.ts';
import {carried, generatedAndEnrolled, kept} from './parts.ts';
import {answersOf, worldOf} from './world.ts';

/** Under which keys effects are looked for. */
const searching = () => {
	const keys: string[] = [];
	const world = worldOf({
		// "default" is a text that templates compare with.
		answers: answersOf((input) => ({...input, organization: {name: 'default'}})),
		bundle: carried(),
		cluster: {...kept(generatedAndEnrolled()), version: async () => 'v1.34.0'},
		effects: {
			of: async (key) => {
				keys.push(key);
				return {dead: [], idle: [], unproven: []};
			},
		},
	});
	const [workspace] = world.answers.workspaces;
	if (!workspace) throw new Error('these answers have a workspace');
	return {keys, world, workspace};
};

test('effects of keys that were found for the samples of step 2 count for what is installed', async () => {
	const {keys, world, workspace} = searching();
	const releases: readonly (WantedRelease | undefined)[] = [
		await sampleControlPlane(world),
		await wantedControlPlane(world),
		await sampleWorkspace(world, workspace),
		await wantedWorkspace(world, workspace),
	];
	for (const release of releases) if (release) await releaseEffects(world, release);
	expect(keys).toHaveLength(4);
	expect(keys[1]).toBe(keys[0]);
	expect(keys[3]).toBe(keys[2]);
	expect(keys[2]).not.toBe(keys[0]);
});
