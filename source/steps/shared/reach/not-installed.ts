import {type Problem, type ProblemCode, ProblemError} from '../../../base/problem.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';
import {controlPlaneState} from '../installed.ts';
import {settling} from './settling.ts';

/** What is met where nothing serves; a control plane whose upgrade failed may serve still, and then says other things. */
const nobodyServes: readonly ProblemCode[] = [...settling, 'ingress-without-address'];

/** The control plane is not there, or was begun and not brought to its end. */
export const notInstalled = ({answers}: World, state: 'absent' | 'begun'): Problem => {
	const {release, namespace} = answers.controlPlane;
	return stepProblems.problem('control-plane-not-installed', {case: state, release, namespace});
};

/**
 * Why a server of the product is not reached, told as a control plane that was never brought to its end where that is so: what stands
 * before it, such as an ingress without an address, only follows from that.
 */
export const explainedSilence = async (world: World, error: unknown): Promise<unknown> => {
	if (!(error instanceof ProblemError) || !nobodyServes.includes(error.problem.code)) return error;
	try {
		const state = await controlPlaneState(world);
		if (state === 'installed') return error;
		return new ProblemError({...notInstalled(world, state), evidence: [error.problem.message]});
	} catch {
		// What keeps us from looking closer is less than what was found.
		world.signal.throwIfAborted();
		return error;
	}
};
