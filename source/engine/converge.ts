import {createHash} from 'node:crypto';
import {exitCodes, type Problem, ProblemError, problem, toProblem} from '../base/problem.ts';
import {convergeStep, type StepContext} from './converge-step.ts';
import type {NewEvent, RunOptions, RunResult} from './run.ts';
import type {BaseWorld, Decision, Event, StepId} from './types.ts';

const sorted = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(sorted);
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, inner]) => inner !== undefined)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, inner]) => [key, sorted(inner)]),
	);
};

/** SHA-256, in hex, of any JSON value; the order of keys does not matter. */
export const fingerprintOf = (value: unknown): string =>
	createHash('sha256')
		.update(JSON.stringify(sorted(value)) ?? '')
		.digest('hex');

/** A run that is ended by a problem (its Lease is lost, its journal cannot be written) ends with that one's exit code. */
const stoppedProblem = (reason: unknown): Problem =>
	reason instanceof ProblemError
		? reason.problem
		: problem({
				code: 'stopped',
				area: 'stopped',
				message: 'The run was stopped before its end.',
				cause: reason instanceof Error ? reason.message : String(reason),
				fix: 'Start the same command again: it re-checks the world and goes on.',
			});

/** The steps of a run between `from` and `until`, both included. */
export const selectSteps = <S extends {readonly id: StepId}>(
	steps: readonly S[],
	from?: StepId,
	until?: StepId,
): readonly S[] => {
	const first = from === undefined ? 0 : steps.findIndex(({id}) => id === from);
	const last = until === undefined ? steps.length - 1 : steps.findIndex(({id}) => id === until);
	return steps.filter((_step, index) => index >= first && index <= last);
};

/**
 * Runs a list of steps until the world fits the answers. `install` applies, `plan` only looks and goes on after every
 * problem, `verify` looks and fails on the first difference found after looking at everything.
 * Never throws: every end is a result and a `run-finished` event. The given signal stops it at a safe point.
 */
export const converge = async <Answers, World extends BaseWorld<Answers>>(
	options: RunOptions<Answers, World>,
): Promise<RunResult> => {
	const {mode, clock, listeners, signal, controls} = options;
	const emit = (event: NewEvent): void => {
		const stamped = {...event, at: clock.now()} as Event;
		for (const listener of listeners) listener(stamped);
	};
	const steps = selectSteps(options.steps, options.from, options.until);
	emit({
		type: 'run-started',
		runId: options.runId,
		mode,
		version: options.version,
		steps: steps.map(({id, title, why, skippable}) => ({id, title, why, skippable: skippable ?? false})),
	});
	const finish = (result: RunResult): RunResult => {
		emit({type: 'run-finished', ...result});
		return result;
	};
	const onStop = (): void =>
		emit({type: 'stopping', reason: signal.reason instanceof Error ? signal.reason.message : String(signal.reason)});
	signal.addEventListener('abort', onStop, {once: true});

	let {answers} = options;
	const done = new Map(options.fingerprints);
	let firstProblem: Problem | undefined;
	const walls = new Set<string>();
	try {
		for (let index = 0; index < steps.length; ) {
			const step = steps[index];
			if (!step) break;
			signal.throwIfAborted();
			const fingerprint = fingerprintOf(step.inputs(answers));
			const context: StepContext<Answers, World> = {...options, answers, step, fingerprint, emit};
			const before = done.get(step.id);
			emit({type: 'step-started', step: step.id, stale: before !== undefined && before !== fingerprint});
			try {
				await convergeStep(context);
				done.set(step.id, fingerprint);
				index += 1;
			} catch (error) {
				signal.throwIfAborted();
				const found = toProblem(error);
				if (mode !== 'install') {
					const wall = `${found.code} ${found.message}`;
					// What stopped an earlier step stops this one too; told again at each step it would hide the rest.
					if (walls.has(wall))
						emit({
							type: 'step-warning',
							step: step.id,
							text: `cannot be looked at before this is mended: ${found.message}`,
						});
					else emit({type: 'step-problem', step: step.id, problem: found, choices: []});
					walls.add(wall);
					firstProblem ??= found;
					index += 1;
					continue;
				}
				const choices: readonly Decision[] = ['retry', 'edit', ...(step.skippable ? (['skip'] as const) : []), 'quit'];
				emit({type: 'step-problem', step: step.id, problem: found, choices});
				const decided = await controls.decide(step.id, found, choices, signal);
				if (decided.decision === 'quit')
					return finish({outcome: 'failed', exitCode: exitCodes[found.area], problem: found});
				emit({type: 'step-decided', step: step.id, decision: decided.decision});
				if (decided.decision === 'skip') {
					emit({
						type: 'step-finished',
						step: step.id,
						outcome: 'skipped',
						note: 'left out by the operator',
						fingerprint,
					});
					index += 1;
				}
				if (decided.decision === 'edit') {
					const changed = steps.findIndex(
						({inputs}) => fingerprintOf(inputs(answers)) !== fingerprintOf(inputs(decided.answers)),
					);
					answers = decided.answers;
					index = changed < 0 ? index : Math.min(index, changed);
				}
			}
		}
	} catch (error) {
		const found = signal.aborted ? stoppedProblem(signal.reason) : toProblem(error);
		return finish({
			outcome: found.area === 'stopped' ? 'stopped' : 'failed',
			exitCode: exitCodes[found.area],
			problem: found,
		});
	} finally {
		signal.removeEventListener('abort', onStop);
	}
	if (firstProblem) return finish({outcome: 'failed', exitCode: exitCodes[firstProblem.area], problem: firstProblem});
	return finish({outcome: 'done', exitCode: 0});
};
