import {ProblemError} from '../../base/problem.ts';
import {pauseAfter, type RetryRule} from '../../base/retry.ts';
import {counted} from '../../base/text.ts';
import type {Finding} from '../../engine/plan.ts';
import {waysBack} from '../back/way.ts';
import {stepProblems} from '../problems.ts';
import {type Check, runChecks} from '../shared/checks.ts';
import {combineProblems} from '../shared/combine-problems.ts';
import {controlPlaneOf} from '../shared/names.ts';
import {settling} from '../shared/reach/settling.ts';
import {controlPlaneChecks} from '../verification/index.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';

/** About 40 s in all; the last pause repeats. */
const patience: RetryRule = {attempts: 8, pausesMs: [1000, 2000, 4000, 8000]};

/**
 * Asks the servers of one component what they are, as people will use them; what may pass by itself is asked again for a while.
 * @throws ProblemError of the one check that failed, or `upgrade-unverified` for several
 */
export const requireVerified = async (
	world: World,
	component: string,
	checks: readonly Check[],
): Promise<readonly string[]> => {
	for (let attempt = 1; ; attempt += 1) {
		const {problems, warnings} = await runChecks(world, checks);
		const problem = combineProblems(problems, (several, more) =>
			stepProblems.problem('upgrade-unverified', {...several, checks: checks.length, component}, more),
		);
		if (!problem) return warnings;
		if (attempt === patience.attempts || !problems.every(({code}) => settling.includes(code)))
			throw new ProblemError(problem);
		world.report({kind: 'waiting', reason: `the ${component} to be reached after its rollout`});
		await world.clock.sleep(pauseAfter(patience, attempt), world.signal);
	}
};

const check = async (world: World): Promise<Finding> => {
	if (world.pass === 'look')
		return {status: 'todo', changes: controlPlaneChecks.map(({label}) => ({action: 'check', target: label}))};
	const component = controlPlaneOf(world.answers);
	const warnings = await requireVerified(world, component.label, controlPlaneChecks);
	return {status: 'ok', note: `${counted(controlPlaneChecks.length, 'check')} passed`, warnings};
};

/** Guide, "Verify control plane": before any workspace is touched, the new one serves as people will use it. */
export const controlPlaneVerifiedStep: Step = {
	id: 'control-plane-verified',
	title: 'Control plane verified',
	why: 'Workspaces follow only a control plane that serves: login, API and dashboard are tried for real.',
	area: 'verification',
	inputs: ({bundle, controlPlane: {host, admin}, tls, ingress}) => ({
		bundle: bundle.path,
		host,
		admin,
		ca: tls.ca,
		ingress,
	}),
	timeouts: shortTimeouts,
	check,
	ways: async (world) => waysBack(world, [controlPlaneOf(world.answers)]),
};
