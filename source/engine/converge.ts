import {bounded} from '../base/bounded.ts';
import {exitCodes, isSameTrouble, type Problem, ProblemError, partsOf, toProblem} from '../base/problem.ts';
import {convergeStep, type StepContext} from './converge-step.ts';
import {settle} from './deciding.ts';
import type {Event, StepInfo} from './events.ts';
import {fingerprintOf} from './fingerprint.ts';
import type {BaseWorld, Change, PlanFact, Step} from './plan.ts';
import {engineProblems} from './problems.ts';
import type {NewEvent, RunOptions, RunResult} from './run.ts';

const wordsOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/** A run that is ended by a problem (its Lease is lost, its journal cannot be written) ends with that one's exit code. */
const stoppedProblem = (reason: unknown): Problem =>
	reason instanceof ProblemError
		? reason.problem
		: engineProblems.problem('stopped', {what: 'The run', reason: wordsOf(reason)});

/** The steps of a run between `from` and `until`, both included. */
export const selectSteps = <S extends {readonly id: string}>(
	steps: readonly S[],
	from?: string,
	until?: string,
): readonly S[] => {
	const first = from === undefined ? 0 : steps.findIndex(({id}) => id === from);
	const last = until === undefined ? steps.length - 1 : steps.findIndex(({id}) => id === until);
	return steps.filter((_step, index) => index >= first && index <= last);
};

/** Where a run is: the answers that count from here on, and the step that is next. */
type Position<Answers> = {readonly answers: Answers; readonly index: number};

/** What all parts of one run share. */
type Run<Answers, World extends BaseWorld<Answers>> = {
	readonly options: RunOptions<Answers, World>;
	readonly steps: readonly Step<Answers, World>[];
	readonly emit: (event: NewEvent) => void;
	/** Fingerprints with which steps were done, in this run and before. */
	readonly done: Map<string, string>;
	/** Warnings so far, each with the step that told it. */
	readonly warnings: Map<string, string>;
	/** Changes that were found so far, where nothing is applied. */
	readonly planned: Change[];
};

const contextOf = <Answers, World extends BaseWorld<Answers>>(
	{options, emit, warnings, planned}: Run<Answers, World>,
	step: Step<Answers, World>,
	answers: Answers,
): StepContext<Answers, World> => {
	const fingerprint = fingerprintOf(step.inputs(answers));
	return {...options, answers, step, fingerprint, emit, warnings, planned};
};

/** The step at this position to its end, or the problem that it cannot get over. @throws the signal's reason */
const problemOf = async <Answers, World extends BaseWorld<Answers>>(
	run: Run<Answers, World>,
	step: Step<Answers, World>,
	answers: Answers,
	isKnown?: (problem: Problem) => boolean,
): Promise<Problem | undefined> => {
	const {options, emit, done} = run;
	const context = {...contextOf(run, step, answers), isKnown};
	const {fingerprint} = context;
	const before = done.get(step.id);
	emit({type: 'step-started', step: step.id, stale: before !== undefined && before !== fingerprint});
	try {
		await convergeStep(context);
		done.set(step.id, fingerprint);
		return undefined;
	} catch (error) {
		options.signal.throwIfAborted();
		return toProblem(error);
	}
};

/** Looks at every step and goes on after problems. Returns the first of them. */
const survey = async <Answers, World extends BaseWorld<Answers>>(
	run: Run<Answers, World>,
): Promise<Problem | undefined> => {
	const found: Problem[] = [];
	let first: Problem | undefined;
	for (const step of run.steps) {
		run.options.signal.throwIfAborted();
		const isKnown = (one: Problem): boolean =>
			partsOf(one).every((part) => found.some((before) => isSameTrouble(before, part)));
		const problem = await problemOf(run, step, run.options.answers, isKnown);
		if (!problem) continue;
		// What stopped an earlier step stops this one too; told again at each step it would hide the rest.
		if (isKnown(problem)) {
			const text = `cannot be looked at before this is mended: ${problem.message}`;
			run.emit({type: 'step-warning', step: step.id, text});
		} else run.emit({type: 'step-problem', step: step.id, problem, choices: []});
		first ??= problem;
		found.push(...partsOf(problem));
	}
	return first;
};

/** How long the facts of a plan are looked for, ms. */
const factsMs = 20_000;

/** Tells what is worth knowing of where the plan goes, beside the look at its steps. @throws the signal's reason */
const tellFacts = async <Answers, World extends BaseWorld<Answers>>({
	options,
	emit,
}: Run<Answers, World>): Promise<void> => {
	const {plan, pass, runId, answers, signal, clock, makeWorld, facts: known = []} = options;
	const tell = (fact: PlanFact): void => emit({type: 'plan-fact', fact});
	known.forEach(tell);
	const find = async (inner: AbortSignal): Promise<void> => {
		const base = {answers, pass, runId, signal: inner, report: () => undefined, acknowledged: false};
		await plan.facts?.(await makeWorld(base), tell);
	};
	const how = {
		ms: factsMs,
		signal,
		clock,
		area: 'cluster',
		what: 'What is worth knowing',
		reason: () => plan.id,
	} as const;
	await bounded(find, how).catch((error: unknown) => {
		signal.throwIfAborted();
		emit({type: 'run-warning', text: `Not all of where this plan goes is known: ${toProblem(error).message}`});
	});
	emit({type: 'plan-facts-known'});
};

const lookAround = async <Answers, World extends BaseWorld<Answers>>(
	run: Run<Answers, World>,
): Promise<Problem | undefined> => {
	if (run.options.pass !== 'look') return survey(run);
	const [problem] = await Promise.all([survey(run), tellFacts(run)]);
	return problem;
};

/** Edited answers lead back to the first step that they change. */
const afterEdit = <Answers, World extends BaseWorld<Answers>>(
	steps: readonly Step<Answers, World>[],
	{answers, index}: Position<Answers>,
	edited: Answers,
): Position<Answers> => {
	const changed = steps.findIndex(({inputs}) => fingerprintOf(inputs(answers)) !== fingerprintOf(inputs(edited)));
	return {answers: edited, index: changed < 0 ? index : Math.min(index, changed)};
};

const leaveOut = <Answers, World extends BaseWorld<Answers>>(
	{emit}: Run<Answers, World>,
	step: Step<Answers, World>,
	answers: Answers,
): void =>
	emit({
		type: 'step-finished',
		step: step.id,
		outcome: 'skipped',
		note: 'left out by the operator',
		fingerprint: fingerprintOf(step.inputs(answers)),
	});

/** Applies step after step; a problem is decided by the operator. Returns the problem at which they quit or that ends the run. */
const carryOut = async <Answers, World extends BaseWorld<Answers>>(
	run: Run<Answers, World>,
): Promise<Problem | undefined> => {
	const {options, steps} = run;
	const {signal} = options;
	let at: Position<Answers> = {answers: options.answers, index: 0};
	for (let step = steps[0]; step; step = steps[at.index]) {
		signal.throwIfAborted();
		const problem = await problemOf(run, step, at.answers);
		if (!problem) {
			at = {...at, index: at.index + 1};
			continue;
		}
		const decided = await settle(contextOf(run, step, at.answers), problem);
		if (decided.decision === 'end') return decided.problem;
		if (decided.decision === 'edit') at = afterEdit(steps, at, decided.answers);
		if (decided.decision === 'skip') {
			leaveOut(run, step, at.answers);
			at = {...at, index: at.index + 1};
		}
	}
	return undefined;
};

const resultOf = (problem: Problem | undefined): RunResult => {
	if (!problem) return {outcome: 'done', exitCode: 0};
	return {outcome: problem.area === 'stopped' ? 'stopped' : 'failed', exitCode: exitCodes[problem.area], problem};
};

/** What goes to every listener, with its time. Nothing comes after `run-finished`: checks that were given up may still report. */
const emitter = ({
	clock,
	listeners,
}: Pick<RunOptions<never, never>, 'clock' | 'listeners'>): ((event: NewEvent) => void) => {
	let isOver = false;
	return (event) => {
		if (isOver) return;
		isOver = event.type === 'run-finished';
		const stamped = {...event, at: clock.now()} as Event;
		for (const listener of listeners) listener(stamped);
	};
};

const lastOf = ({durations}: Pick<RunOptions<never, never>, 'durations'>, id: string): Pick<StepInfo, 'lastMs'> => {
	const lastMs = durations?.get(id);
	return lastMs === undefined ? {} : {lastMs};
};

/**
 * Goes through a plan until the world fits the answers. The pass `apply` applies, `look` only looks and goes on after every
 * problem, `verify` looks and fails on the first difference found after looking at everything.
 * Never throws: every end is a result and a `run-finished` event. The given signal stops it at a safe point.
 */
export const converge = async <Answers, World extends BaseWorld<Answers>>(
	options: RunOptions<Answers, World>,
): Promise<RunResult> => {
	const {plan, pass, runId, version, signal} = options;
	const steps = selectSteps(plan.steps, options.from, options.until);
	const run: Run<Answers, World> = {
		...{options, steps, emit: emitter(options), done: new Map(options.fingerprints)},
		...{warnings: new Map(), planned: []},
	};
	run.emit({
		type: 'run-started',
		runId,
		plan: plan.id,
		title: plan.title,
		pass,
		version,
		steps: steps.map(({id, title, why, skippable = false, proves = false, apply}) => ({
			...{id, title, why, skippable, proves},
			...(apply === undefined && ({onlyLooks: true} as const)),
			...lastOf(options, id),
		})),
		planSteps: plan.steps.length,
	});
	const onStop = (): void => run.emit({type: 'stopping', reason: wordsOf(signal.reason)});
	signal.addEventListener('abort', onStop, {once: true});
	const problem = await (pass === 'apply' ? carryOut(run) : lookAround(run)).catch((error: unknown) =>
		signal.aborted ? stoppedProblem(signal.reason) : toProblem(error),
	);
	signal.removeEventListener('abort', onStop);
	const result = resultOf(problem);
	run.emit({type: 'run-finished', ...result});
	return result;
};
