import type {Finding} from '../../engine/plan.ts';
import {dnsHandover} from '../shared/dns-handover.ts';
import {ensureEnrolled} from '../shared/enrollment.ts';
import {requireSecret} from '../shared/generated.ts';
import {awaitPeople} from '../shared/handover.ts';
import {ingressAddress} from '../shared/ingress-address.ts';
import {workspaceOf} from '../shared/names.ts';
import {settling} from '../shared/reach/settling.ts';
import {applyRelease} from '../shared/release/apply.ts';
import {applyBeside, tidyBeside} from '../shared/release/beside.ts';
import {releaseChanges} from '../shared/release/changes.ts';
import {componentInputs, releaseInputs} from '../shared/release/inputs.ts';
import {databasePassword} from '../shared/secret-sources.ts';
import {releaseTimeouts, type Step, type World} from '../world.ts';
import {type WantedOf, workspaceDifferences} from './changes.ts';
import {wantedWorkspace} from './release.ts';

type Workspace = World['answers']['workspaces'][number];

/** A workspace server calls the control plane by name when it starts, and crashes when it cannot: DNS comes before it. */
const awaitName = async (world: World): Promise<Finding | undefined> => {
	const {answers, acknowledged} = world;
	const address = await ingressAddress(world);
	if (address === undefined || acknowledged) return undefined;
	const handover = await dnsHandover(world, [answers.controlPlane.host], address);
	return handover && (await awaitPeople(world, handover, 'handover-dns'));
};

const check = async (world: World): Promise<Finding> => {
	const {workspaces} = world.answers;
	const all = await Promise.all(workspaces.map(async (workspace) => workspaceDifferences(world, workspace)));
	const changes = all.flatMap((one) => one.changes);
	const warnings = [...new Set(all.flatMap((one) => one.warnings))];
	if (changes.length === 0)
		return {status: 'ok', note: workspaces.map(({name, host}) => `${name} at ${host}`).join(', '), warnings};
	const waiting = world.pass === 'apply' ? await awaitName(world) : undefined;
	return waiting ?? {status: 'todo', changes, warnings};
};

/** Makes one workspace so, and waits for its rollout. @throws ProblemError */
export const rollOutWorkspace = async (
	world: World,
	workspace: Workspace,
	wantedOf: WantedOf = wantedWorkspace,
): Promise<void> => {
	await requireSecret(world, databasePassword(workspaceOf(world.answers, workspace)));
	await ensureEnrolled(world, workspace);
	const wanted = await wantedOf(world, workspace);
	if (!wanted) return;
	await applyBeside(world, wanted);
	if ((await releaseChanges(world, wanted)).length > 0) await applyRelease(world, wanted);
	await tidyBeside(world, wanted);
};

const apply = async (world: World): Promise<void> => {
	const {workspaces} = world.answers;
	const tell = (done: number): void =>
		world.report({kind: 'progress', label: 'workspaces', done, total: workspaces.length, unit: 'items'});
	for (const [index, workspace] of workspaces.entries()) {
		tell(index);
		await rollOutWorkspace(world, workspace);
	}
	tell(workspaces.length);
};

/** The answers that workspaces depend on. */
export const workspacesInputs = (answers: World['answers']) => ({
	...releaseInputs(answers),
	workspaces: answers.workspaces.map((one) => componentInputs(answers, workspaceOf(answers, one).path, one)),
	controlPlaneHost: answers.controlPlane.host,
	organization: answers.organization.name,
	workloadManager: answers.workloadManager,
});

/** Guide steps 8 and 9, for each workspace: enroll, values, release, rollout, and what the server says of itself. */
export const workspacesStep: Step = {
	id: 'workspaces',
	title: 'Workspaces',
	why: 'The servers that your pipelines talk to, one for each workspace, each enrolled with the control plane.',
	area: 'cluster',
	inputs: workspacesInputs,
	retry: {
		codes: [...settling, 'way-in-unseen', 'httproute-unresolved'],
		attempts: 5,
		pausesMs: [1000, 2000, 4000],
	},
	timeouts: releaseTimeouts,
	check,
	apply,
};
