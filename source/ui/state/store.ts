import {toProblem} from '../../base/problem.ts';
import {form} from '../form.ts';
import type {AppResult, Session} from '../session.ts';
import {pageOf} from './page.ts';
import {firstState, reduce} from './reduce.ts';
import type {Effect, Env, UiEvent, UiState} from './types.ts';

/** State of the screens outside React: keys are folded at once, so that two keys in one tick do not see old state. */
export type UiStore = {
	readonly getState: () => UiState;
	readonly subscribe: (listener: () => void) => () => void;
	/** Sizes are those of the window in cells. */
	readonly dispatch: (event: UiEvent, columns: number, rows: number) => void;
	/** Begins to look around. Call once. */
	readonly open: () => void;
	/** Ends what is under way for the screens alone: the plan and the subscription to the run. */
	readonly close: () => void;
};

/** A store over a session. `exit` is called once with the result; saving and planning go on in the background. */
export const createUiStore = (session: Session, exit: (result: AppResult) => void): UiStore => {
	let state = firstState(session);
	let size = {columns: 80, rows: 24};
	let planning: AbortController | undefined;
	const listeners = new Set<() => void>();

	const fold = (event: UiEvent): void => {
		const env: Env = {form, ...size, run: session.run.getState(), now: session.now()};
		const next = reduce(state, event, env);
		if (next.state !== state) {
			state = next.state;
			for (const listener of listeners) listener();
		}
		for (const effect of next.effects) perform(effect);
	};

	const plan = (effect: Extract<Effect, {readonly type: 'plan'}>): void => {
		planning?.abort();
		const own = new AbortController();
		planning = own;
		const tell = (event: UiEvent): void => {
			if (!own.signal.aborted) fold(event);
		};
		session
			.plan(effect.answers, own.signal, (step) => tell({type: 'plan-progress', ...step}))
			.then((view) => tell({type: 'plan-ready', view}))
			.catch((error: unknown) => tell({type: 'plan-failed', problem: toProblem(error)}));
	};

	const save = (what: string, saving: Promise<string>): void => {
		saving
			.then((path) => fold({type: 'saved', what, path}))
			.catch((error: unknown) => fold({type: 'save-failed', problem: toProblem(error)}));
	};

	const perform = (effect: Effect): void => {
		switch (effect.type) {
			case 'keep-secret':
				session.keepSecret(effect.path, effect.value);
				break;
			case 'plan':
				plan(effect);
				break;
			case 'cancel-plan':
				planning?.abort();
				break;
			case 'start':
				session
					.start(effect.answers)
					.catch((error: unknown) => fold({type: 'start-refused', problem: toProblem(error)}));
				break;
			case 'decide':
				session.decide(effect.decided);
				break;
			case 'acknowledge':
				session.acknowledge(effect.step);
				break;
			case 'check-now':
				session.checkNow();
				break;
			case 'stop':
				session.stop(effect.when);
				break;
			case 'save-answers':
				save('Answers', session.saveAnswers(effect.draft));
				break;
			case 'save-report':
				save('Report', session.saveReport());
				break;
			case 'save-handover':
				save('Pack', session.saveHandover(effect.handover));
				break;
			case 'exit':
				exit(effect.result);
				break;
		}
	};

	let ended = false;
	// Each poll of a hand-over brings a new value: that is when its things were last looked at.
	const unsubscribe = session.run.subscribe(() => {
		const run = session.run.getState();
		if (run?.outcome !== undefined && !ended) {
			ended = true;
			fold({type: 'run-ended', summary: session.summary(run)});
		}
		const page = pageOf(run);
		if (page.kind === 'handover' && page.handover !== state.run.checked?.handover)
			fold({type: 'handover-seen', handover: page.handover});
	});

	return {
		getState: () => state,
		subscribe: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		dispatch: (event, columns, rows) => {
			size = {columns, rows};
			fold(event);
		},
		open: () => {
			session
				.found()
				.then((found) => fold({type: 'found', found}))
				.catch((error: unknown) => fold({type: 'find-failed', problem: toProblem(error)}));
		},
		close: () => {
			planning?.abort();
			unsubscribe();
		},
	};
};
