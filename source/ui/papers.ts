import {toProblem} from '../base/problem.ts';
import type {Session} from './state/session.ts';
import type {Effect, UiEvent} from './state/types.ts';

/** Makes papers in the background; other papers, or a step back, end what is under way. */
export const createPaperMaker = (session: Pick<Session, 'makePapers'>, tell: (event: UiEvent) => void) => {
	let under: AbortController | undefined;
	const cancel = (): void => under?.abort();
	const make = ({answers, topics}: Extract<Effect, {readonly type: 'make-papers'}>): void => {
		cancel();
		const own = new AbortController();
		under = own;
		const tellOwn = (event: UiEvent): void => {
			if (!own.signal.aborted) tell(event);
		};
		session
			.makePapers(answers, topics, own.signal)
			.then((made) => tellOwn({type: 'papers-made', topics, ...made}))
			.catch((error: unknown) => tellOwn({type: 'papers-failed', topics, problem: toProblem(error)}));
	};
	return {make, cancel};
};
