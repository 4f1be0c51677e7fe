import {type ProblemCode, ProblemError, toProblem} from '../../base/problem.ts';
import {retrying} from '../../base/retry.ts';
import {formatChanges} from '../../engine/changes.ts';
import type {Way} from '../../engine/plan.ts';
import {engineProblems} from '../../engine/problems.ts';
import {nameOf} from '../backup/installed.ts';
import type {Component} from '../shared/names.ts';
import {backCommand} from '../shared/release/back-mark.ts';
import type {Step, World} from '../world.ts';
import {backSteps} from './index.ts';
import {warningOf} from './losses.ts';
import {findWayBack, type WayBack} from './source.ts';

/** Look, make, look again. @throws what it refuses */
const carryOnce = async (world: World, {title, area, check, apply}: Step): Promise<void> => {
	const before = await check(world);
	if (before.status === 'blocked') throw new ProblemError(before.problem);
	if (before.status !== 'todo') return;
	world.report({kind: 'line', level: 'info', text: `${title}: ${formatChanges(before.changes)}`});
	await apply?.(world);
	const after = await check(world);
	if (after.status === 'blocked') throw new ProblemError(after.problem);
	if (after.status !== 'todo') return;
	const facts = {step: title, changes: formatChanges(after.changes)};
	throw engineProblems.error('did-not-converge', facts, {area});
};

/** A step within a way, tried again as its policy says. @throws what it refuses */
const carry = async (world: World, step: Step): Promise<void> => {
	const {clock, report, signal} = world;
	await retrying(async () => carryOnce(world, step), {
		ruleOf: (error) => (step.retry?.codes.includes(toProblem(error).code) ? step.retry : undefined),
		clock,
		signal,
		onRetry: (error) => {
			report({kind: 'line', level: 'warn', text: toProblem(error).message});
			return undefined;
		},
	});
};

/** What a failed migration leaves behind: no server starts on such a database, old or new. */
const damagedData: readonly ProblemCode[] = ['server-migration-torn', 'server-database-newer'];

const asOffered = async (world: World, way: WayBack): Promise<Way<World>> => {
	const {component, name, revision, chart} = way;
	return {
		id: name === 'controlPlane' ? 'back' : `back-${name}`,
		label: `Bring back revision ${revision} of the ${component.label} and its dump`,
		warning: await warningOf(world, way),
		done: `the ${component.label} was brought back to revision ${revision} (${chart}) and its dump`,
		command: backCommand(name),
		mends: damagedData,
		run: async (own) => {
			for (const step of backSteps(name)) await carry(own, step);
		},
	};
};

/** A failed upgrade of this one, or one whose way back was begun; what runs may still be what somebody wants to go back from. */
const isUnwell = ({live, phase}: WayBack): boolean => live?.status !== 'deployed' || phase !== 'not begun';

/**
 * The paired ways back of these components, to be offered at the problem of a step that upgrades them; the same steps as those of the
 * plan `back`. Where releases of some of them failed, only those are offered.
 * @throws ProblemError `back-nothing` where none of them has anything to go back to or from
 */
export const waysBack = async (world: World, components: readonly Component[]): Promise<readonly Way<World>[]> => {
	const looked = await Promise.allSettled(components.map(async (one) => findWayBack(world, nameOf(one))));
	const found = looked.flatMap((one) => (one.status === 'fulfilled' && one.value.phase !== 'done' ? [one.value] : []));
	const refused = looked.find((one) => one.status === 'rejected');
	if (found.length === 0 && refused) throw refused.reason;
	const unwell = found.filter(isUnwell);
	return Promise.all((unwell.length > 0 ? unwell : found).map(async (way) => asOffered(world, way)));
};
