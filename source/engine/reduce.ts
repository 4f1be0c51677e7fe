import type {Detail, Event, LogLevel, LogLine, RunState, StepId, StepState} from './types.ts';

/** How many log lines stay in memory; older ones are in the log file only. */
export const logLimit = 5000;

/** Lines leave in blocks of this many, so that a long log is not moved for each new line. */
export const logBlock = 500;

/** The state before the first event. */
export const emptyRun: RunState = {
	runId: '',
	mode: 'install',
	version: '',
	startedAt: 0,
	steps: [],
	log: [],
	logDropped: 0,
};

const updateStep = (state: RunState, id: StepId, change: (step: StepState) => StepState): RunState => ({
	...state,
	current: id,
	steps: state.steps.map((step) => (step.id === id ? change(step) : step)),
});

const addLine = (state: RunState, line: LogLine): RunState => {
	const log = state.log.length >= logLimit + logBlock ? state.log.slice(-logLimit) : state.log;
	return {...state, log: [...log, line], logDropped: state.logDropped + state.log.length - log.length};
};

const say = (state: RunState, at: number, step: StepId | undefined, level: LogLevel, text: string): RunState =>
	addLine(state, {at, level, text, ...(step ? {step} : {})});

/** Everything that belongs to one attempt and ends with it. */
const settled = (step: StepState): StepState => {
	const {waiting: _waiting, retry: _retry, handover: _handover, problem: _problem, ...rest} = step;
	return {...rest, choices: []};
};

const addDetail = (state: RunState, id: StepId, at: number, detail: Detail): RunState => {
	switch (detail.kind) {
		case 'line':
			return say(state, at, id, detail.level, detail.text);
		case 'waiting':
			return updateStep(state, id, (step) => ({
				...step,
				waiting: {
					reason: detail.reason,
					since: step.waiting?.reason === detail.reason ? step.waiting.since : at,
					...(detail.timeoutMs === undefined ? {} : {timeoutMs: detail.timeoutMs}),
				},
			}));
		case 'item':
			return updateStep(state, id, (step) => {
				const item = {label: detail.label, state: detail.state, note: detail.note};
				const known = step.items.some(({label}) => label === detail.label);
				return {
					...step,
					items: known ? step.items.map((old) => (old.label === detail.label ? item : old)) : [...step.items, item],
				};
			});
		case 'progress':
			return updateStep(state, id, (step) => {
				const old = step.progress.find(({label}) => label === detail.label);
				const restarted = old === undefined || detail.done < old.done;
				const next = {
					label: detail.label,
					done: detail.done,
					...(detail.total === undefined ? {} : {total: detail.total}),
					unit: detail.unit,
					startedAt: restarted ? at : old.startedAt,
					startedDone: restarted ? detail.done : old.startedDone,
					updatedAt: at,
				};
				return {
					...step,
					progress: old ? step.progress.map((one) => (one === old ? next : one)) : [...step.progress, next],
				};
			});
	}
};

/** How a step ended, in the words of every output. */
export const outcomeWords = {
	already: 'nothing to do',
	applied: 'done',
	'not-needed': 'not asked for',
	skipped: 'skipped',
} as const;

/** Folds one event into the state of a run. Pure; shared by screen, plain text, state file and tests. */
export const reduce = (state: RunState, event: Event): RunState => {
	const {at} = event;
	switch (event.type) {
		case 'run-started':
			return {
				...emptyRun,
				log: state.log,
				logDropped: state.logDropped,
				runId: event.runId,
				mode: event.mode,
				version: event.version,
				startedAt: at,
				steps: event.steps.map((info) => ({
					...info,
					status: 'pending',
					attempt: 0,
					stale: false,
					changes: [],
					warnings: [],
					progress: [],
					items: [],
					acknowledged: false,
					choices: [],
				})),
			};
		case 'step-started':
			return say(
				updateStep(state, event.step, (step) => {
					const {finishedAt: _finishedAt, outcome: _outcome, note: _note, ...rest} = settled(step);
					return {
						...rest,
						status: 'checking',
						stale: event.stale,
						startedAt: at,
						attempt: 0,
						progress: [],
						items: [],
						changes: [],
						warnings: [],
					};
				}),
				at,
				event.step,
				'info',
				`started${event.stale ? ': its answers have changed since it was last done' : ''}`,
			);
		case 'step-checking':
			return updateStep(state, event.step, (step) => {
				if (event.phase === 'poll') return step;
				const {waiting: _waiting, retry: _retry, ...rest} = step;
				return {...rest, status: 'checking'};
			});
		case 'step-todo':
			return updateStep(state, event.step, (step) => ({...step, changes: event.changes}));
		case 'step-applying':
			return updateStep(state, event.step, (step) => ({...settled(step), status: 'applying', attempt: event.attempt}));
		case 'step-detail':
			return addDetail(state, event.step, at, event.detail);
		case 'step-waiting': {
			const first = state.steps.find(({id}) => id === event.step)?.handover === undefined;
			const next = updateStep(state, event.step, (step) => ({...step, status: 'waiting', handover: event.handover}));
			return first
				? say(next, at, event.step, 'info', `waiting for the ${event.handover.who}: ${event.handover.title}`)
				: next;
		}
		case 'step-retrying':
			return say(
				updateStep(state, event.step, (step) => ({
					...step,
					status: 'retrying',
					attempt: event.attempt,
					retry: {at, pauseMs: event.pauseMs, problem: event.problem},
				})),
				at,
				event.step,
				'warn',
				`${event.problem.message} Trying again in ${Math.ceil(event.pauseMs / 1000)} s.`,
			);
		case 'step-problem':
			return say(
				updateStep(state, event.step, (step) => ({
					...settled(step),
					status: 'problem',
					problem: event.problem,
					choices: event.choices,
				})),
				at,
				event.step,
				'error',
				event.problem.message,
			);
		case 'step-decided':
			return say(
				updateStep(state, event.step, (step) => ({...settled(step), status: 'pending'})),
				at,
				event.step,
				'info',
				`decided: ${event.decision}`,
			);
		case 'step-acknowledged':
			return updateStep(state, event.step, (step) => ({...step, acknowledged: true}));
		case 'step-warning':
			return say(
				updateStep(state, event.step, (step) => ({...step, warnings: [...step.warnings, event.text]})),
				at,
				event.step,
				'warn',
				event.text,
			);
		case 'step-finished':
			return say(
				updateStep(state, event.step, (step) => ({
					...settled(step),
					status: event.outcome === 'applied' || event.outcome === 'already' ? 'done' : 'skipped',
					outcome: event.outcome,
					note: event.note,
					fingerprint: event.fingerprint,
					stale: false,
					finishedAt: at,
				})),
				at,
				event.step,
				'info',
				[outcomeWords[event.outcome], event.note].filter((text) => text !== '').join(': '),
			);
		case 'stopping':
			return say(
				{...state, stopping: event.reason},
				at,
				undefined,
				'warn',
				`stopping at a safe point: ${event.reason}`,
			);
		case 'run-finished':
			return {
				...state,
				outcome: event.outcome,
				exitCode: event.exitCode,
				finishedAt: at,
				...(event.problem ? {problem: event.problem} : {}),
			};
	}
};
