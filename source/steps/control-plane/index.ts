import type {Finding} from '../../engine/plan.ts';
import {endpointOf} from '../shared/endpoints.ts';
import {controlPlaneOf} from '../shared/names.ts';
import {sampleParts} from '../shared/preview/release.ts';
import {settling} from '../shared/reach/settling.ts';
import {applyRelease} from '../shared/release/apply.ts';
import {auditRelease} from '../shared/release/audit.ts';
import {applyBeside, besideChanges, tidyBeside} from '../shared/release/beside.ts';
import {releaseChanges} from '../shared/release/changes.ts';
import {componentInputs, releaseInputs} from '../shared/release/inputs.ts';
import {tellSecrets} from '../shared/release/secrets-in-values.ts';
import {labelOf, type WantedRelease} from '../shared/release/wanted.ts';
import {requireWayIn} from '../shared/way-in/status.ts';
import {releaseTimeouts, type Step, type World} from '../world.ts';
import {sampleControlPlane, wantedControlPlane} from './release.ts';

/** What the release is to be, as it is looked at and as it is written; undefined while a secret it needs is not made. */
export type WantedOf = (world: World, at: 'look' | 'apply') => Promise<WantedRelease | undefined>;

const check = async (world: World, wantedOf: WantedOf): Promise<Finding> => {
	const {host, namespace, release: name} = world.answers.controlPlane;
	const wanted = await wantedOf(world, 'look');
	if (!wanted) {
		const opens = await sampleParts(world, async () => sampleControlPlane(world));
		return {status: 'todo', changes: [{action: 'create', target: labelOf({name, namespace}), opens}]};
	}
	const {problems, warnings} = await auditRelease(world, wanted);
	if (problems[0]) return {status: 'blocked', problem: problems[0]};
	const changes = [...(await besideChanges(world, wanted)), ...(await releaseChanges(world, wanted))];
	if (changes.length > 0) return {status: 'todo', changes, warnings};
	tellSecrets(world, wanted);
	await requireWayIn(world, controlPlaneOf(world.answers));
	await world.zenml.apiAnswers(await endpointOf(world, host), world.signal);
	return {status: 'ok', note: `${wanted.chart.name} ${wanted.chart.version}, API answers`, warnings};
};

const apply = async (world: World, wantedOf: WantedOf): Promise<void> => {
	const wanted = await wantedOf(world, 'apply');
	if (!wanted) return;
	await applyBeside(world, wanted);
	// A further try after a slow API must not make a further revision.
	if ((await releaseChanges(world, wanted)).length > 0) await applyRelease(world, wanted);
	await tidyBeside(world, wanted);
};

/** Guide steps 6 and 7: values by the chart in the bundle, render check, release, rollout, API. */
export const controlPlaneStepOf = (wantedOf: WantedOf): Step => ({
	id: 'control-plane',
	title: 'Control plane',
	why: 'Login, organizations and the dashboard; workspaces call it when they start.',
	area: 'cluster',
	inputs: (answers) => ({
		...releaseInputs(answers),
		controlPlane: componentInputs(answers, 'controlPlane', answers.controlPlane),
	}),
	retry: {
		codes: [...settling, 'ingress-without-address', 'way-in-unseen', 'httproute-unresolved'],
		attempts: 5,
		pausesMs: [1000, 2000, 4000],
	},
	timeouts: releaseTimeouts,
	check: async (world) => check(world, wantedOf),
	apply: async (world) => apply(world, wantedOf),
});

/** The control plane of an install. */
export const controlPlaneStep: Step = controlPlaneStepOf(wantedControlPlane);
