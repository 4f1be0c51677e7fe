import {counted} from '../../base/text.ts';
import type {Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {type Check, runChecks} from '../shared/checks.ts';
import {combineProblems} from '../shared/combine-problems.ts';
import {controlPlaneState} from '../shared/installed.ts';
import {componentsOf} from '../shared/names.ts';
import {notInstalled} from '../shared/reach/not-installed.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {backupWarnings, escrowStanding, ofSchedule} from './backup.ts';
import {digests} from './digests.ts';
import {images, logs} from './pods.ts';
import {dashboard, health, identity, login} from './servers.ts';

/** What is asked of a workspace's server. */
export const workspaceChecks = (workspace: World['answers']['workspaces'][number]): readonly Check[] => [
	health(workspace),
	identity(workspace),
];

/** What is asked of the control plane: what users will do first. */
export const controlPlaneChecks: readonly Check[] = [login, dashboard];

/** All that is verified, in the order in which it is shown. */
const checksOf = ({answers}: World): readonly Check[] => [
	...controlPlaneChecks,
	...answers.workspaces.flatMap(workspaceChecks),
	...componentsOf(answers).flatMap((component) => [images(component), digests(component), logs(component)]),
];

const later = (checks: readonly Check[]): Finding => ({
	status: 'todo',
	changes: checks.map(({label}) => ({action: 'check', target: label})),
});

/** A plan that has nothing to change finds these again; what it does change may be what they tell of. */
const differing = (checks: readonly Check[]) => ({
	status: 'todo' as const,
	changes: checks.map(({label}) => ({
		action: 'check' as const,
		target: label,
		detail: 'differs now, as it may until the changes of this plan are made',
	})),
});

/** A check that says nothing well has not passed, though it fails nothing. */
const passedOf = (all: number, unwell: number): string =>
	unwell === 0 ? `${counted(all, 'check')} passed` : `${all - unwell} of ${counted(all, 'check')} passed`;

const check = async (world: World): Promise<Finding> => {
	const checks = checksOf(world);
	const isLook = world.pass === 'look';
	const state = await controlPlaneState(world);
	if (isLook && state !== 'installed') return later(checks);
	// One that was begun may serve; of one that is not there each check would blame what stands before it.
	if (state === 'absent') return {status: 'blocked', problem: notInstalled(world, state)};
	const {problems, warnings, unwell} = await runChecks(world, checks);
	// Before the changes of this plan are made, the servers cannot be what the answers want.
	if (isLook && problems.length > 0) return later(checks);
	if (isLook && unwell.length > 0) return {...differing(unwell), warnings};
	const problem = combineProblems(
		problems.map((one) => ({...one, area: 'verification'})),
		(several, more) =>
			stepProblems.problem('verification-failed', {case: 'several', ...several, checks: checks.length}, more),
	);
	if (problem) return {status: 'blocked', problem};
	const keys = await escrowStanding(world);
	return {
		status: 'ok',
		note: passedOf(checks.length, unwell.length),
		warnings: [...warnings, ...(await backupWarnings(world)), ...(await ofSchedule(world)), ...keys.warnings],
		...(keys.isConfirmed && {keep: {keysOutside: true}}),
	};
};

/** Guide step 12, over TLS with the operator's CA: what users will do, tried before they do. */
export const verificationStep: Step = {
	id: 'verification',
	title: 'Verification',
	why: 'Pods that run prove little; this asks the servers what they are and logs in as you will.',
	area: 'verification',
	proves: true,
	inputs: ({bundle, controlPlane, workspaces, registry, tls, ingress}) => ({
		bundle: bundle.path,
		controlPlane,
		workspaces,
		registry: {host: registry.host, prefix: registry.prefix},
		ca: tls.ca,
		address: ingress.address,
		kind: ingress.kind,
		gateway: ingress.gateway,
		httpsPort: ingress.httpsPort,
	}),
	timeouts: shortTimeouts,
	check,
};
