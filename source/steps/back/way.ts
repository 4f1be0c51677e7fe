import {ProblemError, toProblem} from '../../base/problem.ts';
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
import {findWayBack} from './source.ts';

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

/**
 * The paired way back of a component, to be offered at the problem of its upgrade; the same steps as those of the plan `back`.
 * @throws ProblemError `back-nothing` where there is nothing to go back to or from
 */
export const wayBack = async (world: World, component: Component): Promise<Way<World>> => {
	const name = nameOf(component);
	const way = await findWayBack(world, name);
	const {revision, chart} = way;
	return {
		id: name === 'controlPlane' ? 'back' : `back-${name}`,
		label: `Bring back revision ${revision} of the ${component.label} and its dump`,
		warning: await warningOf(world, way),
		done: `the ${component.label} was brought back to revision ${revision} (${chart}) and its dump`,
		command: backCommand(name),
		run: async (own) => {
			for (const step of backSteps(name)) await carry(own, step);
		},
	};
};
