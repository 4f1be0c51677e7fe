import {bounded} from '../../base/bounded.ts';
import {isSameTrouble, type Problem, ProblemError, ProblemsError, partsOf, toProblem} from '../../base/problem.ts';
import type {KubeObject, Selection} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import {shortTimeouts, type World} from '../world.ts';
import {type Asked, areaOf, nameOf} from './asked.ts';

/** What a check saw where it refuses nothing. */
export type Seen = {
	/** A few words for its row. */
	readonly note: string;
	readonly warnings?: readonly string[];
	/** True where nothing is refused, yet its row must not say that all is well. */
	readonly bad?: boolean;
};

/** One thing that is looked at, with a row of its own. */
export type Check = {
	readonly label: string;
	/** Whom it waits for; named where it does not end. */
	readonly asks: Asked;
	/** @throws ProblemError or ProblemsError what it refuses. */
	readonly run: (world: World) => Promise<Seen>;
};

/** What checks that ran side by side came to. */
export type Outcome = {
	readonly problems: readonly Problem[];
	readonly warnings: readonly string[];
	/** Checks that refuse nothing, yet do not say that all is well. */
	readonly unwell: readonly Check[];
	/** Who answered a check, whatever it came to. */
	readonly answered: readonly Asked[];
};

/** A check that hangs ends, with the time that it gets to end itself, before its step would: what the others found is told beside it. */
const checkMs = shortTimeouts.checkMs - 40_000;

/** @throws ProblemError `check-unanswered` where it has not ended in time */
const withinBound = async (world: World, {label, asks, run}: Check): Promise<Seen> => {
	const {signal, clock} = world;
	const area = areaOf[asks];
	const bound = {ms: checkMs, signal, clock, area, what: label, reason: () => label};
	try {
		return await bounded((inner) => run({...world, signal: inner}), bound);
	} catch (error) {
		if (!(error instanceof ProblemError) || error.problem.code !== 'time-out') throw error;
		const facts = {label, seconds: checkMs / 1000, name: nameOf(world, asks)};
		throw stepProblems.error('check-unanswered', facts, {area, error});
	}
};

/** What is wrong, of an error that a check may end with. */
export const problemsOf = (error: unknown): readonly Problem[] =>
	error instanceof ProblemsError ? error.problems : [toProblem(error)];

/** Troubles that rows have told, and in which. */
type Told = {readonly label: string; readonly problem: Problem}[];

/** What a row says: the first of its problems that no other row has told, or where to read them. */
const rowOf = (label: string, problems: readonly Problem[], told: Told): string => {
	const rowOfSame = (one: Problem): string | undefined => told.find(({problem}) => isSameTrouble(problem, one))?.label;
	const fresh = problems.find((one) => rowOfSame(one) === undefined);
	const [first] = problems;
	const same = first && rowOfSame(first);
	told.push(...problems.map((problem) => ({label, problem})));
	return fresh || !same ? (fresh?.message ?? '') : `not looked at: the same as at ${same}`;
};

/** @param first the check that asks the same first: a trouble that both meet is told there */
const runOne = async (world: World, one: Check, told: Told, first: Promise<Outcome> | undefined): Promise<Outcome> => {
	const {label} = one;
	const tell = (state: 'pending' | 'ok' | 'bad', note: string): void =>
		world.report({kind: 'item', label, state, note});
	tell('pending', '');
	try {
		const {note, warnings = [], bad = false} = await withinBound(world, one);
		tell(bad ? 'bad' : 'ok', note);
		return {problems: [], warnings, unwell: bad ? [one] : [], answered: [one.asks]};
	} catch (error) {
		world.signal.throwIfAborted();
		const problems = problemsOf(error);
		await first?.catch(() => undefined);
		tell('bad', rowOf(label, problems.flatMap(partsOf), told));
		return {problems, warnings: [], unwell: [], answered: []};
	}
};

/**
 * Runs checks side by side, each with its row, so that all that is wrong is found at once.
 * @throws the signal's reason when it is aborted.
 */
export const runChecks = async (world: World, checks: readonly Check[]): Promise<Outcome> => {
	const told: Told = [];
	const firsts = new Map<Asked, Promise<Outcome>>();
	const begin = (check: Check): Promise<Outcome> => {
		const first = firsts.get(check.asks);
		const outcome = runOne(world, check, told, first);
		if (!first) firsts.set(check.asks, outcome);
		return outcome;
	};
	const outcomes = await Promise.all(checks.map(begin));
	return {
		problems: outcomes.flatMap(({problems}) => problems),
		warnings: [...new Set(outcomes.flatMap(({warnings}) => warnings))],
		unwell: outcomes.flatMap(({unwell}) => unwell),
		answered: outcomes.flatMap(({answered}) => answered),
	};
};

/**
 * Objects of the whole cluster, which an admin of namespaces may not list; undefined where that is so, and their check cannot be made.
 * @throws every other refusal
 */
export const listIfAllowed = async (
	{cluster, signal}: World,
	of: Pick<Selection, 'apiVersion' | 'kind' | 'labelSelector'>,
): Promise<readonly KubeObject[] | undefined> => {
	try {
		return await cluster.list(of, signal);
	} catch (error) {
		if (error instanceof ProblemError && error.problem.code === 'kubernetes-forbidden') return undefined;
		throw error;
	}
};

/** @throws ProblemsError where there are any. */
export const refuse = (problems: readonly Problem[]): void => {
	if (problems.length > 0) throw new ProblemsError(problems);
};
