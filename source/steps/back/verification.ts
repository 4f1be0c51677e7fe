import {counted} from '../../base/text.ts';
import type {Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {runChecks} from '../shared/checks.ts';
import {combineProblems} from '../shared/combine-problems.ts';
import type {Component} from '../shared/names.ts';
import {settling} from '../shared/reach/settling.ts';
import {dashboard, health, identity, login} from '../verification/servers.ts';
import {releaseTimeouts, type Step, type World} from '../world.ts';
import {componentNamed} from './source.ts';

/** What depends on the component that is brought back, and on where its backups lie. */
export const inputsOf =
	(name: string): Step['inputs'] =>
	({backup, controlPlane, workspaces}) => ({
		name,
		folder: backup.folder,
		of: name === 'controlPlane' ? controlPlane : workspaces.find((one) => one.name === name),
	});

/** What users will do first with it. */
const checksOf = ({answers}: World, {answers: own}: Component) => {
	const workspace = answers.workspaces.find((one) => one === own);
	return workspace ? [health(workspace), identity(workspace)] : [login, dashboard];
};

const verify = async (world: World, name: string): Promise<Finding> => {
	const checks = checksOf(world, componentNamed(world, name));
	if (world.pass === 'look')
		return {status: 'todo', changes: checks.map(({label}) => ({action: 'check', target: label}))};
	const {problems, warnings} = await runChecks(world, checks);
	const problem = combineProblems(
		problems.map((one) => ({...one, area: 'verification'})),
		(several, more) =>
			stepProblems.problem('verification-failed', {case: 'several', ...several, checks: checks.length}, more),
	);
	return problem
		? {status: 'blocked', problem}
		: {status: 'ok', note: `${counted(checks.length, 'check')} passed`, warnings};
};

/** Asks the servers of one component what they are, and logs in. @param name `controlPlane`, or the name of a workspace */
export const verificationStep = (name: string): Step => ({
	id: 'verification',
	title: 'Verification',
	why: 'What came back is asked what it is, and logged in to.',
	area: 'verification',
	inputs: inputsOf(name),
	retry: {
		codes: [...settling, 'verification-failed'],
		attempts: 5,
		pausesMs: [1000, 2000, 4000, 8000],
	},
	timeouts: releaseTimeouts,
	check: async (world) => verify(world, name),
});
