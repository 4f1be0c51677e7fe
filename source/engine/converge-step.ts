import {bounded} from '../base/bounded.ts';
import {type Problem, ProblemError, toProblem} from '../base/problem.ts';
import {retrying} from '../base/retry.ts';
import {formatDuration} from '../base/units.ts';
import {differences, formatChanges} from './changes.ts';
import type {BaseWorld, Change, Detail, Finding, Kept, Step} from './plan.ts';
import {engineProblems} from './problems.ts';
import type {NewEvent, RunOptions} from './run.ts';

/** One step of a run, and what it is worked on with. */
export type StepContext<Answers, World extends BaseWorld<Answers>> = RunOptions<Answers, World> & {
	readonly step: Step<Answers, World>;
	readonly fingerprint: string;
	readonly emit: (event: NewEvent) => void;
	/** Warnings of this run so far, each with the step that told it. */
	readonly warnings: Map<string, string>;
	/** Changes that were found so far in this run, where nothing is applied. */
	readonly planned: Change[];
	/** Has an earlier step met this, so that waiting for it to pass was tried? */
	readonly isKnown?: ((problem: Problem) => boolean) | undefined;
};

/** What a step did last, for the message of a bound that passes. */
const doingOf = (detail: Detail): string | undefined => {
	switch (detail.kind) {
		case 'waiting':
			return detail.reason;
		case 'line':
			return detail.text;
		case 'progress':
			return detail.label;
		default:
			return undefined;
	}
};

/**
 * Runs work of a step with a signal that also ends it when an error comes up that nothing caught: whoever threw it will most likely
 * never answer, and the step is the place where people can decide how to go on.
 */
const withFaults = async <T>(
	{signal, hearFaults}: Pick<RunOptions<never, never>, 'signal' | 'hearFaults'>,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
	const fault = new AbortController();
	const end = hearFaults?.((problem) => fault.abort(new ProblemError(problem)));
	try {
		return await work(AbortSignal.any([signal, fault.signal]));
	} finally {
		end?.();
	}
};

const plainly = async <T>(work: () => Promise<T>): Promise<T> => work();

/** Looks at, or works on, the world of one step under a bound. */
export const inWorld = async <Answers, World extends BaseWorld<Answers>, T>(
	context: StepContext<Answers, World>,
	deed: 'check' | 'apply' | 'way back',
	run: (world: World) => Promise<T>,
): Promise<T> => {
	const {step, emit, answers, pass, runId, controls, clock, planned, changing = plainly} = context;
	let last = step.title;
	const report = (detail: Detail): void => {
		last = doingOf(detail) ?? last;
		emit({type: 'step-detail', step: step.id, detail});
	};
	const acknowledged = controls.acknowledged(step.id);
	const work = async (inner: AbortSignal): Promise<T> => {
		const base = {answers, pass, runId, signal: inner, report, acknowledged};
		const world = await context.makeWorld(pass === 'apply' ? base : {...base, planned: [...planned]});
		return deed === 'check' ? run(world) : changing(async () => run(world));
	};
	return withFaults(context, async (signal) =>
		bounded(work, {
			ms: deed === 'check' ? step.timeouts.checkMs : step.timeouts.applyMs,
			signal,
			clock,
			area: step.area,
			what: `${step.title} (${deed})`,
			reason: () => last,
		}),
	);
};

type Waiting = Extract<Finding, {status: 'waiting'}>;
type Settled = Exclude<Finding, Waiting>;

const lateness = (limitMs: number): string => {
	if (limitMs === 0) return 'yet';
	const minutes = Math.max(1, Math.round(limitMs / 60_000));
	return `within ${minutes} minute${minutes === 1 ? '' : 's'}`;
};

/** Sleeps until it is time to look again, or somebody asks for it. */
const pauseBeforeLook = async <Answers, World extends BaseWorld<Answers>>(
	{controls, clock, signal}: StepContext<Answers, World>,
	pauseMs: number,
): Promise<void> => {
	const woken = new AbortController();
	const either = AbortSignal.any([signal, woken.signal]);
	await Promise.race([clock.sleep(pauseMs, either), controls.nudged(either)]).finally(() => woken.abort());
	signal.throwIfAborted();
};

/** A hand-over that nobody may wait for, or not any longer. @throws the problem that the step makes of it */
const endWaiting = <Answers, World extends BaseWorld<Answers>>(
	{pass, controls, clock}: StepContext<Answers, World>,
	{late}: Waiting,
	startedAt: number,
): void => {
	if (pass !== 'apply') throw new ProblemError(late(lateness(0)));
	const {handoverLimitMs: limit} = controls;
	if (limit !== undefined && clock.now() - startedAt >= limit) throw new ProblemError(late(lateness(limit)));
};

/** What was done of a step so far, through all its tries. */
type Progress = {applied: boolean};

/** A step is looked at before and after its work, and two steps may look at the same: a warning that was told is not told again. */
const tellWarnings = (
	{emit, warnings}: Pick<StepContext<never, never>, 'emit' | 'warnings'>,
	step: string,
	finding: Settled,
): void => {
	if (finding.status === 'blocked') return;
	for (const text of finding.warnings ?? []) {
		if (!warnings.has(text)) emit({type: 'step-warning', step, text});
		warnings.set(text, warnings.get(text) ?? step);
	}
};

/** What a step told in an earlier try is forgotten with it, to be told anew. */
const forgetWarnings = (warnings: Map<string, string>, step: string): void => {
	for (const [text, owner] of warnings) if (owner === step) warnings.delete(text);
};

/** While people are waited for, for hours perhaps, looks that fail are made again for so long, ms: a server that starts anew is no reason to end. */
const blindMs = 300_000;

/** What a hand-over waits for, when it was seen last, and since when looks at it fail; ms since the epoch. */
type Blind = {
	readonly handover: Waiting['handover'];
	readonly startedAt: number;
	readonly seenAt: number;
	readonly since: number | undefined;
};

/** A look at what is waited for has failed: tells it the first time, and pauses. Returns since when they fail. @throws the error, after a while */
const lookLater = async <Answers, World extends BaseWorld<Answers>>(
	context: StepContext<Answers, World>,
	error: unknown,
	{handover, startedAt, seenAt, since}: Blind,
): Promise<number> => {
	const {step, emit, controls, clock, signal} = context;
	signal.throwIfAborted();
	const {area, message} = toProblem(error);
	const [now, limit = Number.POSITIVE_INFINITY] = [clock.now(), controls.handoverLimitMs];
	if (area === 'bug' || now - startedAt >= limit || now - (since ?? now) >= blindMs) throw error;
	const text = `It could not be looked at, and is again every ${formatDuration(handover.pollEveryMs)}: ${message}`;
	if (since === undefined) {
		emit({type: 'step-detail', step: step.id, detail: {kind: 'line', level: 'warn', text}});
		emit({type: 'step-waiting', step: step.id, handover: {...handover, unseen: {since: seenAt, why: message}}});
	}
	await pauseBeforeLook(context, handover.pollEveryMs);
	return since ?? now;
};

/** Checks, and as long as only other people can act, shows what they should do and looks again. */
const checkUntilSettled = async <Answers, World extends BaseWorld<Answers>>(
	context: StepContext<Answers, World>,
	phase: 'before' | 'after',
): Promise<Settled> => {
	const {step, emit, controls, clock} = context;
	const startedAt = clock.now();
	let confirmed = false;
	let last: Waiting | undefined;
	let blindSince: number | undefined;
	let seenAt = startedAt;
	for (let round: 'before' | 'after' | 'poll' = phase; ; round = 'poll') {
		emit({type: 'step-checking', step: step.id, phase: round});
		const known = controls.acknowledged(step.id);
		const finding = await inWorld(context, 'check', step.check).catch(async (error: unknown) => {
			if (!last) throw error;
			blindSince = await lookLater(context, error, {handover: last.handover, startedAt, seenAt, since: blindSince});
			return undefined;
		});
		if (!finding) continue;
		blindSince = undefined;
		if (finding.status !== 'waiting') {
			tellWarnings(context, step.id, finding);
			return finding;
		}
		last = finding;
		seenAt = clock.now();
		emit({type: 'step-waiting', step: step.id, handover: finding.handover});
		endWaiting(context, finding, startedAt);
		// A confirmation given while the world was looked at counts at once.
		if (known || !controls.acknowledged(step.id)) await pauseBeforeLook(context, finding.handover.pollEveryMs);
		if (!confirmed && controls.acknowledged(step.id)) {
			confirmed = true;
			emit({type: 'step-acknowledged', step: step.id});
		}
	}
};

const drift = <Answers, World extends BaseWorld<Answers>>(
	{step, plan, pass}: StepContext<Answers, World>,
	changes: readonly Change[],
): ProblemError =>
	engineProblems.error(
		'drift',
		{step: step.title, changes: differences(changes).join('; '), command: plan.command},
		{area: pass === 'verify' ? 'verification' : step.area},
	);

/** Check; when something is to do, apply and check again. */
const convergeOnce = async <Answers, World extends BaseWorld<Answers>>(
	context: StepContext<Answers, World>,
	attempt: number,
	progress: Progress,
): Promise<void> => {
	const {step, emit, pass, fingerprint} = context;
	const finished = (outcome: 'already' | 'applied', note = '', keep?: Kept): void =>
		emit({type: 'step-finished', step: step.id, outcome, note, fingerprint, ...(keep && {keep})});
	const before = await checkUntilSettled(context, 'before');
	if (before.status === 'blocked') throw new ProblemError(before.problem);
	if (before.pages && before.pages.length > 0) emit({type: 'step-pages', step: step.id, pages: before.pages});
	if (before.status === 'ok') {
		finished(progress.applied ? 'applied' : 'already', before.note, before.keep);
		return;
	}
	emit({type: 'step-todo', step: step.id, changes: before.changes});
	if (pass !== 'apply') context.planned.push(...before.changes);
	if (pass === 'look') return;
	if (pass === 'verify' || !step.apply) {
		throw drift(context, before.changes);
	}
	emit({type: 'step-applying', step: step.id, attempt});
	progress.applied = true;
	await inWorld(context, 'apply', step.apply);
	const after = await checkUntilSettled(context, 'after');
	if (after.status === 'blocked') throw new ProblemError(after.problem);
	if (after.status === 'todo') {
		const left = {step: step.title, changes: formatChanges(after.changes)};
		throw engineProblems.error('did-not-converge', left, {area: step.area});
	}
	finished('applied', after.note, after.keep);
};

/**
 * One step to its end, tried again as its retry policy says: a check that meets a passing trouble is repeated like an
 * apply, and every try begins with a look, so nothing is done twice. Throws a ProblemError where it cannot go on. In the
 * passes `look` and `verify` nothing is applied; `verify` takes a difference for a problem.
 */
export const convergeStep = async <Answers, World extends BaseWorld<Answers>>(
	context: StepContext<Answers, World>,
): Promise<void> => {
	const {step, emit, answers, clock, signal, fingerprint} = context;
	if (step.when && !step.when(answers)) {
		emit({type: 'step-finished', step: step.id, outcome: 'not-needed', note: '', fingerprint});
		return;
	}
	const progress: Progress = {applied: false};
	forgetWarnings(context.warnings, step.id);
	const {retry} = step;
	await retrying((attempt) => convergeOnce(context, attempt, progress), {
		ruleOf: (error) => {
			const problem = toProblem(error);
			return retry?.codes.includes(problem.code) && !context.isKnown?.(problem) ? retry : undefined;
		},
		clock,
		signal,
		onRetry: (error, attempt, pauseMs) => {
			emit({type: 'step-retrying', step: step.id, problem: toProblem(error), attempt, pauseMs});
			return undefined;
		},
	});
};
