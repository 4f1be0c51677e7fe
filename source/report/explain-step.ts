import {exitCodes} from '../base/problem.ts';
import {counted} from '../base/text.ts';
import type {Plan, Step} from '../steps/world.ts';
import {labelled} from './explain.ts';

/** A plan that has a step. */
export type PlanOfStep = {
	/** The plan's name. */
	readonly id: string;
	readonly plan: Plan;
};

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

const doesOf = ({apply, when, skippable}: Step): string =>
	[
		apply ? 'looks, changes what differs, looks again' : 'only looks',
		...(when ? ['only where the answers ask for it'] : []),
		...(skippable ? ['may be skipped'] : []),
	].join('; ');

const retriesOf = ({retry}: Step): readonly string[] =>
	retry
		? [`${retry.codes.join(', ')}: ${counted(retry.attempts, 'time')}, after ${retry.pausesMs.map(seconds).join(', ')}`]
		: [];

const placeIn = (id: string, {id: name, plan: {command, steps}}: PlanOfStep): string =>
	`${name}: step ${steps.findIndex((step) => step.id === id) + 1} of ${steps.length}; ${command}`;

const waitOf = ({timeouts: {checkMs, applyMs}, apply}: Step): string =>
	`${seconds(checkMs)} for a look${apply ? `, ${seconds(applyMs)} for the change` : ''}`;

/** One step of that name: plans may have different ones. */
const stepLines = (step: Step, plans: readonly PlanOfStep[]): readonly string[] => {
	const alone = plans.find(({id}) => id === 'install');
	return [
		...labelled('title', [step.title]),
		...labelled('why', [step.why]),
		...labelled('does', [doesOf(step)]),
		...labelled(
			'plans',
			plans.map((one) => placeIn(step.id, one)),
		),
		...labelled('retries', retriesOf(step)),
		...labelled('at most', [waitOf(step)]),
		...labelled('exit', [`${exitCodes[step.area]} (${step.area}) where its time is over`]),
		...labelled('alone', alone ? [`${alone.plan.command} --from ${step.id} --until ${step.id}`] : []),
	];
};

/**
 * A step explained: why it is there, what it does, in which plans, what it tries again, how long it may take, its exit code.
 * @returns undefined where no plan has such a step
 */
export const explainStep = (id: string, plans: readonly PlanOfStep[]): readonly string[] | undefined => {
	const kinds = new Map<string, {readonly step: Step; readonly plans: PlanOfStep[]}>();
	for (const one of plans) {
		const step = one.plan.steps.find((step) => step.id === id);
		if (!step) continue;
		const key = `${step.title}\n${step.why}\n${doesOf(step)}`;
		const known = kinds.get(key) ?? {step, plans: []};
		kinds.set(key, {...known, plans: [...known.plans, one]});
	}
	if (kinds.size === 0) return undefined;
	const parts = [...kinds.values()].map(({step, plans: own}) => stepLines(step, own));
	return [id, ...parts.flatMap((part, index) => [...(index > 0 ? [''] : []), ...part])];
};
