import {toProblem} from '../base/problem.ts';
import {envOf} from './content/extent.ts';
import {createDraftKeeper, whyNotSaved} from './draft-keeper.ts';
import {createPaperMaker} from './papers.ts';
import {createPodWatch} from './pod-watch.ts';
import {pageOf} from './state/page.ts';
import {isSamePod} from './state/pod-log.ts';
import {firstState, reduce} from './state/reduce.ts';

import type {AppResult, Offered, Session, Sighting} from './state/session.ts';
import type {Effect, Notice, UiEvent, UiState} from './state/types.ts';

/** The size of a window in cells. */
export type Size = {readonly columns: number; readonly rows: number};

/** What the screens can ask of the terminal beside drawing. */
export type UiTerminal = {
	/** Hands a text to the clipboard of the terminal; false where it is too large for that. */
	readonly copy: (text: string) => boolean;
};

/** State of the screens outside React: keys are folded at once, so that two keys in one tick do not see old state. */
export type UiStore = {
	readonly getState: () => UiState;
	readonly subscribe: (listener: () => void) => () => void;
	readonly dispatch: (event: UiEvent, size: Size) => void;
	/** Begins to look around. Call once. */
	readonly open: () => void;
	/** Ends what is under way for the screens alone: the plan and the subscription to the run. */
	readonly close: () => void;
};

type Of<Type extends Effect['type']> = Extract<Effect, {readonly type: Type}>;

/** What the session is asked to do, by effect. */
type Performers = {readonly [Type in Effect['type']]: (effect: Of<Type>) => void};

/** Looks at what would be done; a look that another one follows, or that is given up, tells nothing any more. */
const createPlanner = (session: Session, tell: (event: UiEvent) => void) => {
	let looking: AbortController | undefined;
	const cancel = (): void => looking?.abort();
	const plan = ({answers}: Of<'plan'>): void => {
		cancel();
		const own = new AbortController();
		looking = own;
		const tellOwn = (event: UiEvent): void => {
			if (!own.signal.aborted) tell(event);
		};
		session
			.plan(answers, own.signal, (step) => tellOwn({type: 'plan-progress', ...step}))
			.then((view) => tellOwn({type: 'plan-ready', view}))
			.catch((error: unknown) => tellOwn({type: 'plan-failed', problem: toProblem(error)}));
	};
	return {plan, cancel};
};

/** Looks at answers and tries logins in the background; another look at the same answer ends the one before. */
const createLooker = (session: Session, tell: (event: UiEvent) => void) => {
	const under = new Map<string, AbortController>();
	const begin = <Seen>(
		what: string,
		work: (signal: AbortSignal) => Promise<Seen>,
		told: (seen: Seen | Sighting) => UiEvent,
	): void => {
		under.get(what)?.abort();
		const own = new AbortController();
		under.set(what, own);
		work(own.signal)
			.catch((error: unknown): Sighting => ({ok: false, text: toProblem(error).message}))
			.then((seen) => (own.signal.aborted ? undefined : tell(told(seen))));
	};
	const look = ({draft, path}: Of<'look'>): void => {
		const work = (signal: AbortSignal) => session.look(draft, path, signal);
		begin(`look ${path}`, work, (seen) => ({type: 'looked', path, draft, seen}));
	};
	const testLogin = ({draft, path}: Of<'test-login'>): void => {
		const work = (signal: AbortSignal) => session.testLogin(draft, path, signal);
		begin(`login ${path}`, work, (seen) => ({type: 'tested', path, draft, seen}));
	};
	const cancel = (): void => {
		for (const one of under.values()) one.abort();
	};
	return {look, testLogin, cancel};
};

/** How long a notice is told, ms; a path is copied by hand where the terminal does not copy. */
const noticeMs = ({path}: Notice): number => (path === undefined ? 6000 : 20_000);

/** Ends each notice after its time, where no key did. */
const createNoticeClock = (tell: (event: UiEvent) => void) => {
	let timer: NodeJS.Timeout | undefined;
	let told: Notice | undefined;
	const watch = (notice: Notice | undefined): void => {
		if (notice === told) return;
		told = notice;
		clearTimeout(timer);
		if (notice) timer = setTimeout(() => tell({type: 'notice-over', notice}), noticeMs(notice)).unref();
	};
	return {watch, end: () => clearTimeout(timer)};
};

/** Looks for what can be offered; another question, or another folder, ends the look before. */
const createOfferer = (session: Session, tell: (event: UiEvent) => void) => {
	let under: AbortController | undefined;
	const cancel = (): void => under?.abort();
	const offer = ({draft, path, base}: Of<'offer'>): void => {
		cancel();
		const own = new AbortController();
		under = own;
		const told = ({all, why}: Offered): void => {
			if (!own.signal.aborted) tell({type: 'offered', path, base, all, why});
		};
		session
			.offer(draft, path, base, own.signal)
			.then(told, (error: unknown) => told({all: [], why: toProblem(error).message}));
	};
	return {offer, cancel};
};

/** The report is written after the last event: only now is it known where it lies. */
const tellSummary = (session: Session, tell: (event: UiEvent) => void): void => {
	const run = session.run.getState();
	if (run?.outcome !== undefined) tell({type: 'summary-known', summary: session.summary(run)});
};

const performersOf = (
	session: Session,
	{
		planner,
		looker,
		offerer,
		podWatch,
		papers,
	}: {
		readonly planner: ReturnType<typeof createPlanner>;
		readonly looker: ReturnType<typeof createLooker>;
		readonly offerer: ReturnType<typeof createOfferer>;
		readonly podWatch: ReturnType<typeof createPodWatch>;
		readonly papers: ReturnType<typeof createPaperMaker>;
	},
	tell: (event: UiEvent) => void,
	{exit, terminal}: {readonly exit: (result: AppResult) => void; readonly terminal: UiTerminal},
): Performers => {
	const save = (what: string, saving: Promise<string>): void => {
		saving
			.then((path) => tell({type: 'saved', what, path}))
			.catch((error: unknown) => tell({type: 'save-failed', what, why: whyNotSaved(error)}));
	};
	return {
		'keep-secret': ({path, value}) => session.keepSecret(path, value),
		look: looker.look,
		'test-login': looker.testLogin,
		offer: offerer.offer,
		plan: planner.plan,
		'cancel-plan': planner.cancel,
		start: ({answers}) => {
			session
				.start(answers)
				.then(() => tellSummary(session, tell))
				.catch((error: unknown) => tell({type: 'start-refused', problem: toProblem(error)}));
		},
		decide: ({decided}) => session.decide(decided),
		acknowledge: ({step}) => session.acknowledge(step),
		'check-now': () => session.checkNow(),
		stop: ({when}) => session.stop(when),
		'save-answers': ({draft}) => save('Answers', session.saveAnswers(draft)),
		explain: ({name, parts}) => {
			Promise.all(parts.map((part) => session.explain(part)))
				.then((all) => all.flatMap((lines, index) => [...(index > 0 ? [''] : []), ...lines]))
				.then((lines) => tell({type: 'explained', name, lines}))
				.catch((error: unknown) => tell({type: 'explain-failed', why: toProblem(error).message}));
		},
		'watch-pod': podWatch.watch,
		'make-papers': papers.make,
		'cancel-papers': papers.cancel,
		copy: ({text}) => {
			const sent = terminal.copy(text);
			session
				.saveCopy(text)
				.then((path) => tell({type: 'copied', sent, path}))
				// Where nothing can be saved the notice names no file.
				.catch(() => tell({type: 'copied', sent}));
		},
		'save-report': () => save('Report', session.saveReport()),
		'save-handover': ({handover}) => save(`Files for the ${handover.who}`, session.saveHandover(handover)),
		exit: ({result}) => exit(result),
	};
};

/** Tells that a run has changed and what it comes to: its end, and each look at what a hand-over waits for, which brings a new value. */
const watchRun = (session: Session, getState: () => UiState, tell: (event: UiEvent) => void): (() => void) => {
	let ended = false;
	return session.run.subscribe(() => {
		const run = session.run.getState();
		if (run?.outcome !== undefined && !ended) {
			ended = true;
			tell({type: 'run-ended', summary: session.summary(run)});
		} else tell({type: 'run-changed'});
		const page = pageOf(run);
		if (page?.kind === 'handover' && page.handover !== getState().run.checked?.handover)
			tell({type: 'handover-seen', handover: page.handover});
	});
};

/** A store over a session. `exit` is called once with the result; saving and planning go on in the background. */
export const createUiStore = (session: Session, exit: (result: AppResult) => void, terminal: UiTerminal): UiStore => {
	let state = firstState(session);
	let size: Size = {columns: 80, rows: 24};
	let isLeft = false;
	const listeners = new Set<() => void>();
	const perform = (effect: Effect): void => (performers[effect.type] as (effect: Effect) => void)(effect);
	const fold = (event: UiEvent): void => {
		// Keys go on to come until the terminal is given back; nobody sees any more what they would do.
		if (isLeft) return;
		const next = reduce(state, event, envOf({...size, run: session.run.getState(), now: session.now()}));
		if (next.state !== state) {
			const before = state;
			state = next.state;
			drafts.watch(before);
			notices.watch(state.notice);
			for (const listener of listeners) listener();
		}
		next.effects.forEach(perform);
	};
	const notices = createNoticeClock(fold);
	const planner = createPlanner(session, fold);
	const drafts = createDraftKeeper(session, () => state, fold);
	const looker = createLooker(session, fold);
	const offerer = createOfferer(session, fold);
	const podWatch = createPodWatch(
		session,
		(pod) => state.podLog !== undefined && isSamePod(state.podLog.pod, pod),
		fold,
	);
	const papers = createPaperMaker(session, fold);
	const leave = (result: AppResult): void => {
		isLeft = true;
		exit(result);
	};
	const performers = performersOf(session, {planner, looker, offerer, podWatch, papers}, fold, {exit: leave, terminal});
	const unsubscribe = watchRun(session, () => state, fold);
	return {
		getState: () => state,
		subscribe: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		dispatch: (event, window) => {
			size = window;
			fold(event);
		},
		open: () => {
			session
				.found()
				.then((found) => fold({type: 'found', found}))
				.catch((error: unknown) => fold({type: 'find-failed', problem: toProblem(error)}));
		},
		close: () => {
			planner.cancel();
			looker.cancel();
			podWatch.cancel();
			papers.cancel();
			notices.end();
			drafts.end();
			offerer.cancel();
			unsubscribe();
		},
	};
};
