import type {WorkspaceAnswers} from '../../answers/schema.ts';
import {inPool} from '../../base/pool.ts';
import {ProblemError, toProblem} from '../../base/problem.ts';
import type {Finding} from '../../engine/plan.ts';
import {waysBack} from '../back/way.ts';
import {workspaceOf} from '../shared/names.ts';
import {told} from '../shared/preview/told.ts';
import {settling} from '../shared/reach/settling.ts';
import {workspaceChecks} from '../verification/index.ts';
import {type WantedOf, workspaceDifferences} from '../workspaces/changes.ts';
import {rollOutWorkspace, workspacesInputs} from '../workspaces/index.ts';
import {releaseTimeouts, type Step, type World} from '../world.ts';
import {isUpgraded, looksAtOnce} from './installed.ts';
import {requireVerified} from './verified.ts';
import {upgradedWorkspace} from './wanted.ts';

const looked: WantedOf = async (world, workspace) => (await upgradedWorkspace(world, workspace, 'look'))?.wanted;
const written: WantedOf = async (world, workspace) => (await upgradedWorkspace(world, workspace, 'apply'))?.wanted;

const differences = async (world: World) =>
	inPool(world.answers.workspaces, looksAtOnce, async (workspace) => ({
		workspace,
		...(await workspaceDifferences(world, workspace, looked)),
	}));

/** The one that is tried first, then the others in their order. */
export const inOrder = ({answers: {upgrade, workspaces}}: Pick<World, 'answers'>): readonly WorkspaceAnswers[] => {
	const first = workspaces.find(({name}) => name === upgrade.canary) ?? workspaces[0];
	return first ? [first, ...workspaces.filter((one) => one !== first)] : [];
};

const check = async (world: World): Promise<Finding> => {
	const all = await differences(world);
	const changes = inOrder(world).flatMap((one) => all.find(({workspace}) => workspace === one)?.changes ?? []);
	const warnings = [...new Set(all.flatMap((one) => one.warnings))];
	if (changes.length > 0) return {status: 'todo', changes, warnings};
	return {
		status: 'ok',
		note: world.answers.workspaces.map(({name, host}) => `${name} at ${host}`).join(', '),
		warnings,
	};
};

/** How far an upgrade of many workspaces is. */
type Tally = {readonly done: Set<string>; readonly all: readonly WorkspaceAnswers[]};

const tell = ({report}: World, {done, all}: Tally): void =>
	report({kind: 'progress', label: 'workspaces', done: done.size, total: all.length, unit: 'items'});

const upgradeOne = async (world: World, tally: Tally, workspace: WorkspaceAnswers): Promise<void> => {
	const component = workspaceOf(world.answers, workspace);
	await rollOutWorkspace(world, workspace, written);
	await requireVerified(world, component.label, workspaceChecks(workspace));
	tally.done.add(workspace.name);
	world.report({kind: 'line', level: 'info', text: `${component.label}: upgraded and verified`, record: true});
	tell(world, tally);
};

const named = (all: readonly WorkspaceAnswers[]): string => all.map(({name}) => name).join(', ') || 'none';

/** What Helm says of those that this run has not come to, or not verified: which have the new chart. */
const openLines = async (
	{bundle, helm, signal}: World,
	open: readonly WorkspaceAnswers[],
): Promise<readonly string[]> => {
	const {workspaceChart: chart} = await bundle.open(signal);
	const live = await inPool(open, looksAtOnce, async ({release, namespace}) =>
		helm.release(release, namespace, signal),
	);
	const isNew = (_one: unknown, index: number): boolean => isUpgraded({live: live[index], chart});
	const earlier = open.filter(isNew);
	return [
		...(earlier.length > 0 ? [`workspaces upgraded, not verified: ${named(earlier)}`] : []),
		`workspaces not upgraded: ${named(open.filter((one) => !earlier.includes(one)))}`,
	];
};

/** What stopped it, with which workspaces are upgraded and which are not. */
const stopped = async (world: World, error: unknown, {done, all}: Tally): Promise<unknown> => {
	if (!(error instanceof ProblemError)) return error;
	const open = all.filter(({name}) => !done.has(name));
	const {evidence = []} = toProblem(error);
	return error.with({
		evidence: [
			`workspaces upgraded and verified: ${named(all.filter(({name}) => done.has(name)))}`,
			...(await told(world, `workspaces upgraded or not: ${named(open)}`, async () => openLines(world, open))),
			...evidence,
		],
	});
};

/** The first one alone; then so many at once, none is begun after the first that failed. */
const apply = async (world: World): Promise<void> => {
	const all = inOrder(world);
	const tally: Tally = {done: new Set(), all};
	const [first, ...others] = all;
	tell(world, tally);
	try {
		if (first) await upgradeOne(world, tally, first);
		await inPool(others, world.answers.upgrade.atOnce, async (one) => upgradeOne(world, tally, one));
	} catch (error) {
		world.signal.throwIfAborted();
		throw await stopped(world, error, tally);
	}
};

/** Guide, "Upgrade workspace servers": one first, verified; then the others, each verified, until the first that fails. */
export const upgradeWorkspacesStep: Step = {
	id: 'workspaces',
	title: 'Workspaces',
	why: 'One workspace goes first and alone; what fails there stops before it fails for everybody.',
	area: 'cluster',
	inputs: (answers) => ({...workspacesInputs(answers), upgrade: answers.upgrade}),
	retry: {
		codes: settling,
		attempts: 5,
		pausesMs: [1000, 2000, 4000],
	},
	timeouts: releaseTimeouts,
	check,
	apply,
	ways: async (world) =>
		waysBack(
			world,
			inOrder(world).map((one) => workspaceOf(world.answers, one)),
		),
};
