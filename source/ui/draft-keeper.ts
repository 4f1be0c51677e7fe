import type {HalfTyped} from '../answers/form/form.ts';
import {errnoWords} from '../base/errno.ts';
import {ProblemError} from '../base/problem.ts';
import {halfTypedIn, isSameTyped} from './state/asking/half-typed.ts';
import type {Session} from './state/session.ts';
import type {UiEvent, UiState} from './state/types.ts';

/** Most saving fails for reasons of the disk, which are told in one row. */
export const whyNotSaved = (error: unknown): string =>
	error instanceof ProblemError ? `${error.problem.message} ${error.problem.fix}` : errnoWords(error, 'write');

/** How old what is typed and not entered may be on the disk, ms. */
const typedMs = 700;

/** Keeps every answer on the disk until a run has them, and what is typed soon after. What the disk says is told once. */
export const createDraftKeeper = (
	session: Pick<Session, 'keepDraft'>,
	getState: () => UiState,
	tell: (event: UiEvent) => void,
) => {
	let timer: NodeJS.Timeout | undefined;
	let told: HalfTyped | undefined;
	const keep = (): void => {
		clearTimeout(timer);
		timer = undefined;
		const state = getState();
		if (state.started) return;
		told = halfTypedIn(state);
		session.keepDraft(state.draft, told).catch((error: unknown) => {
			tell({type: 'save-failed', what: 'Answers so far', why: whyNotSaved(error)});
		});
	};
	return {
		watch: (before: UiState): void => {
			const state = getState();
			if (state.started) return;
			if (state.draft !== before.draft) keep();
			else if (!isSameTyped(halfTypedIn(state), told)) timer ??= setTimeout(keep, typedMs).unref();
		},
		/** Keeps what waits for its time. */
		end: (): void => {
			if (timer !== undefined) keep();
		},
	};
};
