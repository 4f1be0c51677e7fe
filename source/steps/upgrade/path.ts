import type {WorkspaceAnswers} from '../../answers/schema.ts';
import {inPool} from '../../base/pool.ts';
import type {Problem} from '../../base/problem.ts';
import type {Finding, PlanPage} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {combineProblems} from '../shared/combine-problems.ts';
import {releaseInputs} from '../shared/release/inputs.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {type Installed, isUpgraded, looksAtOnce, readInstalled, versionsInWords} from './installed.ts';
import {lookAtComponent} from './look/component.ts';
import {overview} from './look/overview.ts';
import {paperPages} from './look/papers.ts';
import {conflictProblem, pathRules} from './rules.ts';
import {type Upgraded, upgradedControlPlane, upgradedWorkspace} from './wanted.ts';

type Seen = {readonly installed: Installed; readonly upgraded: Upgraded};

const upgradedOf = async (world: World, {component}: Installed): Promise<Upgraded | undefined> => {
	if (component.path === 'controlPlane') return upgradedControlPlane(world, 'look');
	return upgradedWorkspace(world, component.answers as WorkspaceAnswers, 'look');
};

/** Releases whose values can be made: a secret that is lost is told by its own step. */
const seeAll = async (world: World, all: readonly Installed[]): Promise<readonly Seen[]> => {
	const found = await inPool(all, looksAtOnce, async (installed) => ({
		installed,
		upgraded: await upgradedOf(world, installed),
	}));
	return found.flatMap(({installed, upgraded}) => (upgraded ? [{installed, upgraded}] : []));
};

const pagesOf = async (
	world: World,
	all: readonly Installed[],
	seen: readonly Seen[],
): Promise<readonly PlanPage[]> => {
	const looks = await inPool(seen, looksAtOnce, async ({installed, upgraded}) =>
		lookAtComponent(world, installed, upgraded),
	);
	const restarts = looks.flatMap((look) => look.restarts);
	return [await overview(world, all, restarts), ...(await paperPages(world)), ...looks.map(({page}) => page)];
};

const blocked = (problems: readonly Problem[]): Finding | undefined => {
	const problem = combineProblems(problems, (several, more) =>
		stepProblems.problem('prerequisites-not-met', several, more),
	);
	return problem && {status: 'blocked', problem};
};

const noteOf = (all: readonly Installed[]): string =>
	all.every(isUpgraded)
		? `nothing to upgrade: ${[...new Set(all.map(({live}) => live?.chart ?? ''))].join(', ')} are installed`
		: all.map((one) => `${one.component.label}: ${versionsInWords(one)}`).join('; ');

const check = async (world: World): Promise<Finding> => {
	// A cluster that does not answer is told in its own words, and not in Helm's.
	await world.cluster.version(world.signal);
	const all = await readInstalled(world);
	const {problems, warnings} = pathRules(world, all);
	const unfit = blocked(problems);
	if (unfit) return unfit;
	// There is a namespace for it now, and what is read from here on must not be changed by another host.
	if (world.pass === 'apply') await world.holdLease(world.signal);
	const seen = await seeAll(world, all);
	const undecided = blocked(seen.flatMap(({upgraded: {wanted, open}}) => conflictProblem(wanted, open) ?? []));
	if (undecided) return undecided;
	const pages = world.pass === 'look' ? await pagesOf(world, all, seen) : [];
	return {status: 'ok', note: noteOf(all), warnings, pages};
};

/** What is installed, what was carried in, and whether one leads to the other; with everything to be read before it begins. */
export const upgradePathStep: Step = {
	id: 'upgrade-path',
	title: 'Upgrade path',
	why: 'Databases are migrated forward only, so the way is looked at before its first step.',
	area: 'prerequisites',
	inputs: (answers) => ({
		...releaseInputs(answers),
		controlPlane: answers.controlPlane,
		workspaces: answers.workspaces,
		upgrade: answers.upgrade,
	}),
	timeouts: shortTimeouts,
	check,
};
