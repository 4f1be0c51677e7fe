import {bounded} from '../base/bounded.ts';
import {type ProblemArea, ProblemError, toProblem} from '../base/problem.ts';
import type {NewEvent, RunOptions} from './run.ts';
import type {BaseWorld, Detail, Finding, Handover, Step, StepId} from './types.ts';

export type StepContext<Answers, World extends BaseWorld<Answers>> = RunOptions<Answers, World> & {
	readonly step: Step<Answers, World>;
	readonly fingerprint: string;
	readonly emit: (event: NewEvent) => void;
};

/** The area a step's time-outs and leftovers are reported under, hence their exit code. */
const areas: Readonly<Record<StepId, ProblemArea>> = {
	bundle: 'bundle',
	prerequisites: 'prerequisites',
	images: 'registry',
	namespaces: 'cluster',
	secrets: 'cluster',
	databases: 'database',
	'control-plane': 'cluster',
	onboarding: 'verification',
	workspaces: 'cluster',
	dns: 'people',
	ca: 'people',
	'workload-manager': 'cluster',
	verification: 'verification',
};

const describeChanges = (finding: Finding): string =>
	finding.status === 'todo'
		? finding.changes
				.map(({action, target, detail}) => `${action} ${target}${detail === undefined ? '' : ` (${detail})`}`)
				.join(', ')
		: '';

/** Looks at, or works on, the world of one step under a bound. */
const inWorld = async <Answers, World extends BaseWorld<Answers>, T>(
	context: StepContext<Answers, World>,
	work: 'check' | 'apply',
	run: (world: World) => Promise<T>,
): Promise<T> => {
	const {step, emit, answers, controls, clock, signal} = context;
	let last = step.title;
	const report = (detail: Detail): void => {
		if (detail.kind === 'waiting') last = detail.reason;
		if (detail.kind === 'line' || detail.kind === 'progress')
			last = detail.kind === 'line' ? detail.text : detail.label;
		emit({type: 'step-detail', step: step.id, detail});
	};
	return bounded(
		async (inner) =>
			run(
				await context.makeWorld({
					answers,
					mode: context.mode,
					signal: inner,
					report,
					acknowledged: controls.acknowledged(step.id),
				}),
			),
		{
			ms: work === 'check' ? step.timeouts.checkMs : step.timeouts.applyMs,
			signal,
			clock,
			area: areas[step.id],
			what: `${step.title} (${work})`,
			reason: () => last,
		},
	);
};

const minutes = (ms: number): string => {
	const count = Math.max(1, Math.round(ms / 60_000));
	return `${count} minute${count === 1 ? '' : 's'}`;
};

const handoverExpired = (handover: Handover, limitMs: number): ProblemError =>
	new ProblemError({
		code: `handover-${handover.id}`,
		area: 'people',
		who: handover.who,
		message: `${handover.title}: not done ${limitMs === 0 ? 'yet' : `within ${minutes(limitMs)}`}.`,
		cause: handover.awaited
			.filter(({ok}) => !ok)
			.map(({label, note}) => `${label}: ${note}`)
			.join('; '),
		fix: `Give the text of this hand-over to the ${handover.who}, then start the same command again.`,
		nextSteps: handover.sections.map(({title, fileName}) => `${title} (${fileName})`),
		evidence: handover.sections[0]?.lines.slice(0, 12) ?? [],
	});

/** Checks, and as long as only other people can act, shows what they should do and looks again. */
const checkUntilSettled = async <Answers, World extends BaseWorld<Answers>>(
	context: StepContext<Answers, World>,
	phase: 'before' | 'after',
): Promise<Exclude<Finding, {status: 'waiting'}>> => {
	const {step, emit, controls, clock, signal, mode} = context;
	const started = clock.now();
	let confirmed = false;
	for (let round: 'before' | 'after' | 'poll' = phase; ; round = 'poll') {
		emit({type: 'step-checking', step: step.id, phase: round});
		const known = controls.acknowledged(step.id);
		const finding = await inWorld(context, 'check', step.check);
		if (finding.status !== 'waiting') {
			for (const text of 'warnings' in finding ? (finding.warnings ?? []) : [])
				emit({type: 'step-warning', step: step.id, text});
			return finding;
		}
		emit({type: 'step-waiting', step: step.id, handover: finding.handover});
		if (mode !== 'install') throw handoverExpired(finding.handover, 0);
		const limit = controls.handoverLimitMs;
		if (limit !== undefined && clock.now() - started >= limit) throw handoverExpired(finding.handover, limit);
		// A confirmation given while the world was looked at counts at once.
		if (known || !controls.acknowledged(step.id)) {
			const woken = new AbortController();
			const either = AbortSignal.any([signal, woken.signal]);
			await Promise.race([clock.sleep(finding.handover.pollEveryMs, either), controls.nudged(either)]).finally(() =>
				woken.abort(),
			);
			signal.throwIfAborted();
		}
		if (!confirmed && controls.acknowledged(step.id)) {
			confirmed = true;
			emit({type: 'step-acknowledged', step: step.id});
		}
	}
};

/** Check; when something is to do, apply and check again. */
const convergeOnce = async <Answers, World extends BaseWorld<Answers>>(
	context: StepContext<Answers, World>,
	attempt: number,
	progress: {applied: boolean},
): Promise<void> => {
	const {step, emit, mode, fingerprint} = context;
	const finished = (outcome: 'already' | 'applied', note = ''): void =>
		emit({type: 'step-finished', step: step.id, outcome, note, fingerprint});
	const before = await checkUntilSettled(context, 'before');
	if (before.status === 'blocked') throw new ProblemError(before.problem);
	if (before.status === 'ok') {
		finished(progress.applied ? 'applied' : 'already', before.note);
		return;
	}
	emit({type: 'step-todo', step: step.id, changes: before.changes});
	if (mode === 'plan') return;
	const {apply} = step;
	if (mode === 'verify' || !apply) {
		throw new ProblemError({
			code: 'drift',
			area: mode === 'verify' ? 'verification' : areas[step.id],
			message: `${step.title}: the world differs from the answers.`,
			cause: describeChanges(before),
			fix: 'Run "zenml-airgap install" with the same answers: it changes only what differs.',
		});
	}
	emit({type: 'step-applying', step: step.id, attempt});
	progress.applied = true;
	await inWorld(context, 'apply', apply);
	const after = await checkUntilSettled(context, 'after');
	if (after.status === 'blocked') throw new ProblemError(after.problem);
	if (after.status === 'todo') {
		throw new ProblemError({
			code: 'did-not-converge',
			area: areas[step.id],
			message: `${step.title}: was applied, but the world still differs.`,
			cause: describeChanges(after),
			fix: 'Try again. If it stays, something else changes these things back: find out who, e.g. a GitOps controller or an operator.',
		});
	}
	finished('applied', after.note);
};

/**
 * One step to its end, tried again as its retry policy says: a check that meets a passing trouble is repeated like an
 * apply, and every try begins with a look, so nothing is done twice. Throws a ProblemError where it cannot go on. In
 * `plan` and `verify` nothing is applied; `verify` takes a difference for a problem.
 */
export const convergeStep = async <Answers, World extends BaseWorld<Answers>>(
	context: StepContext<Answers, World>,
): Promise<void> => {
	const {step, emit, answers, clock, signal, fingerprint} = context;
	if (step.when && !step.when(answers)) {
		emit({type: 'step-finished', step: step.id, outcome: 'not-needed', note: '', fingerprint});
		return;
	}
	const progress = {applied: false};
	for (let attempt = 1; ; attempt += 1) {
		try {
			await convergeOnce(context, attempt, progress);
			return;
		} catch (error) {
			signal.throwIfAborted();
			const problem = toProblem(error);
			const {retry} = step;
			if (!retry?.codes.includes(problem.code) || attempt >= retry.attempts) throw error;
			const pauseMs = retry.pausesMs[Math.min(attempt, retry.pausesMs.length) - 1] ?? 1000;
			emit({type: 'step-retrying', step: step.id, problem, attempt, pauseMs});
			await clock.sleep(pauseMs, signal);
		}
	}
};
