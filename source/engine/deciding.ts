import {toldActor} from '../base/people/actor.ts';
import {type Problem, toProblem} from '../base/problem.ts';
import type {Decided} from './controls.ts';
import {inWorld, type StepContext} from './converge-step.ts';
import type {Decision} from './events.ts';
import type {BaseWorld, Way, WayInfo} from './plan.ts';
import {engineProblems} from './problems.ts';

/** A step that cannot go on, with what is offered for it. */
type Stuck<Answers, World extends BaseWorld<Answers>> = {
	readonly context: StepContext<Answers, World>;
	readonly problem: Problem;
	readonly ways: readonly Way<World>[];
};

/** How people decided about a problem; `end` where they quit or brought its step back, with the problem that ends the run. */
export type Settled<Answers> =
	| Exclude<Decided<Answers>, {readonly decision: 'way' | 'quit'}>
	| {readonly decision: 'end'; readonly problem: Problem};

const infoOf = <World>({run: _run, ...info}: Way<World>): WayInfo => info;

const tell = <Answers, World extends BaseWorld<Answers>>(
	{emit, step}: StepContext<Answers, World>,
	text: string,
): void => emit({type: 'step-detail', step: step.id, detail: {kind: 'line', level: 'warn', text}});

/** The ways at a problem. That they cannot be looked for is said, and hides neither the problem nor the other choices. */
const waysAt = async <Answers, World extends BaseWorld<Answers>>(
	context: StepContext<Answers, World>,
	problem: Problem,
): Promise<readonly Way<World>[]> => {
	const {step, signal} = context;
	const {ways} = step;
	if (!ways) return [];
	try {
		return await inWorld(context, 'check', async (world) => ways(world, problem));
	} catch (error) {
		signal.throwIfAborted();
		const {message, cause} = toProblem(error);
		tell(context, `No way back can be offered: ${message} ${cause}`);
		return [];
	}
};

/** With the commands by which those who are not asked can go the ways later. */
const withCommands = (problem: Problem, ways: readonly WayInfo[]): Problem => {
	const later = ways.flatMap(({command}) => command ?? []).filter((command) => !problem.nextSteps.includes(command));
	return later.length === 0 ? problem : {...problem, nextSteps: [...problem.nextSteps, ...later]};
};

/** Whoever had to mend it without these ways, and how. */
const otherwise = ({who, fix}: Problem): string =>
	who === 'operator' ? `Otherwise: ${fix}` : `Otherwise, ${toldActor(who)}: ${fix}`;

const firstMove = ([first, ...others]: readonly [WayInfo, ...WayInfo[]]): string => {
	if (others.length > 0)
		return `Go one of the ways back that are offered: ${[first, ...others].map(({label}) => label).join('; or ')}.`;
	const later = first.command === undefined ? '' : `; later, the command ${first.command}`;
	return `${first.label}: the way that is offered here${later}`;
};

/** Where a way mends the problem, it is what to do, and whoever reads of it can go it; what else would do comes after it. */
const withWays = (problem: Problem, ways: readonly WayInfo[]): Problem => {
	const told = withCommands(problem, ways);
	const [first, ...others] = ways.filter(({mends = []}) => mends.includes(problem.code));
	if (!first) return told;
	return {
		...told,
		who: 'operator',
		fix: firstMove([first, ...others]),
		nextSteps: [...told.nextSteps, otherwise(problem)],
	};
};

const ask = async <Answers, World extends BaseWorld<Answers>>({
	context,
	problem,
	ways,
}: Stuck<Answers, World>): Promise<Decided<Answers>> => {
	const {step, emit, controls, signal, hearFaults} = context;
	const infos = ways.map(infoOf);
	const choices: readonly Decision[] = [
		'retry',
		'edit',
		...(infos.length > 0 ? (['way'] as const) : []),
		...(step.skippable ? (['skip'] as const) : []),
		'quit',
	];
	emit({type: 'step-problem', step: step.id, problem, choices, ...(infos.length > 0 && {ways: infos})});
	// What a step that has ended leaves behind may still throw, and changes nothing of what is to be decided.
	const deaf = hearFaults?.(({message}) => tell(context, message));
	const decided = await controls.decide(step.id, problem, {choices, ways: infos}, signal).finally(() => deaf?.());
	if (decided.decision === 'quit') return decided;
	const way = decided.decision === 'way' ? {way: decided.way} : {};
	emit({type: 'step-decided', step: step.id, decision: decided.decision, ...way});
	return decided;
};

/** Goes a way; the problem that it fails with, or undefined once it was gone. @throws the signal's reason */
const go = async <Answers, World extends BaseWorld<Answers>>(
	context: StepContext<Answers, World>,
	way: Way<World>,
): Promise<Problem | undefined> => {
	const {step, emit, fingerprint, signal} = context;
	emit({type: 'step-going-back', step: step.id, way: infoOf(way)});
	try {
		await inWorld(context, 'way back', way.run);
	} catch (error) {
		signal.throwIfAborted();
		return toProblem(error);
	}
	emit({type: 'step-finished', step: step.id, outcome: 'brought-back', note: way.done, fingerprint});
	return undefined;
};

/** What ends the run once a step was brought back: the exit code stays that of the problem after which it was chosen. */
const endOf = (title: string, {done}: WayInfo, {message, area, who, evidence}: Problem): Problem =>
	engineProblems.problem(
		'brought-back',
		{step: title, done, problem: message},
		{area, who, ...(evidence && {evidence})},
	);

/**
 * Asks what is to be done about a problem until it is decided. A way that fails is itself a problem with the same choices; one
 * that was gone ends the run, as later steps stand on what this one did not become.
 */
export const settle = async <Answers, World extends BaseWorld<Answers>>(
	context: StepContext<Answers, World>,
	first: Problem,
): Promise<Settled<Answers>> => {
	let found = first;
	for (;;) {
		const ways = await waysAt(context, found);
		const problem = withWays(found, ways);
		const decided = await ask({context, problem, ways});
		if (decided.decision === 'quit') return {decision: 'end', problem};
		if (decided.decision !== 'way') return decided;
		const way = ways.find(({id}) => id === decided.way);
		if (!way) continue;
		const failed = await go(context, way);
		if (!failed) return {decision: 'end', problem: endOf(context.step.title, way, first)};
		found = failed;
	}
};
