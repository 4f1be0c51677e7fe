import {waysBack} from '../back/way.ts';
import {controlPlaneStepOf} from '../control-plane/index.ts';
import {controlPlaneOf} from '../shared/names.ts';
import type {Step} from '../world.ts';
import {upgradedControlPlane} from './wanted.ts';

const step = controlPlaneStepOf(async (world, at) => (await upgradedControlPlane(world, at))?.wanted);

/** Guide, "Upgrade control plane first": as an install makes it, with what was set by hand, and a way back. */
export const upgradeControlPlaneStep: Step = {
	...step,
	why: 'It goes first: a control plane is as new as its workspaces, or newer.',
	inputs: (answers) => ({own: step.inputs(answers), upgrade: answers.upgrade}),
	ways: async (world) => waysBack(world, [controlPlaneOf(world.answers)]),
};
