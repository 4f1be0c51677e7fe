import {urlOf} from '../../answers/addresses.ts';
import type {Answers} from '../../answers/schema.ts';
import {type Problem, toProblem} from '../../base/problem.ts';
import {type AttendedControls, attended} from '../../engine/controls.ts';
import type {Listener} from '../../engine/events.ts';
import type {PlanWords} from '../../engine/plan-words.ts';
import type {RunState} from '../../engine/state.ts';
import {type GoOn, goOnCommand, repeatedWords} from '../../report/go-on.ts';
import {type AsCalled, passwordTexts} from '../../report/login.ts';
import {isWhole, nextSteps, wayWords} from '../../report/summary.ts';
import type {Session as ScreenSession, SummaryView} from '../../ui/state/session.ts';
import {typedBefore} from '../answers/typed-before.ts';
import type {Context} from '../base/context.ts';
import {calledAs, calledDeep} from '../base/kept/own-commands.ts';
import type {RunReport} from '../run/run.ts';
import type {AttendedOptions} from '../session/attended.ts';
import {lookAround} from '../session/found.ts';
import {answerLooker} from '../session/look-at-answer.ts';
import {offerAnswer} from '../session/offers.ts';
import {createPodLooks} from '../session/pod-look.ts';
import {createSession, goOnOf, type Session} from '../session/session.ts';
import {createStore, type Store} from './store.ts';

/** Longest time the screen may take to go when the operator leaves at once, ms. */
const screenDownMs = 1000;

/** What became of the run behind the screens. */
export type Ended = {
	report?: RunReport;
	/** Settles with the run, however it ended. */
	run?: Promise<void>;
	/** It was refused before its first event. */
	refused?: Problem | undefined;
	/** The operator left while it was under way. */
	insisted?: boolean;
	/** The operator left while nothing was done but to wait for people, the operator or others. */
	waited?: boolean;
};

/** What the words of what is next are made with. */
export type NextTold = GoOn & {readonly words: PlanWords; readonly asCalled?: AsCalled};

/** What is next after a run, in the words that are shown and printed. */
export const nextOf = (run: RunState, answers: Answers | undefined, told: NextTold): readonly string[] => {
	const {words, asCalled} = told;
	if (run.outcome !== 'done') {
		const correct = repeatedWords(run, told);
		return [...wayWords(run), `Go on with:\n${goOnCommand(run, told)}`, ...(correct === undefined ? [] : [correct])];
	}
	if (!isWhole(run)) return told.resumeWhole === undefined ? [] : [`Go on with:\n${told.resumeWhole}`];
	if (!answers) return [];
	const next = nextSteps(run, words);
	if (!words.servers) return next;
	return [
		...(words.before === undefined ? [] : [words.before]),
		`Log in to the dashboard as ${answers.controlPlane.admin.username}.`,
		...passwordTexts(answers, asCalled),
		...next,
	];
};

const urlsOf = (answers: Answers): SummaryView['urls'] =>
	[
		{label: 'Dashboard', host: answers.controlPlane.host},
		...answers.workspaces.map(({name, host}) => ({label: `Workspace ${name}`, host})),
	].map(({label, host}) => ({label, url: urlOf(answers, host)}));

const summaryView = (run: RunState, session: Session, {report}: Ended, told: NextTold): SummaryView => {
	const answers = session.answers();
	return {
		urls: answers && told.words.servers && run.outcome === 'done' && isWhole(run) ? urlsOf(answers) : [],
		next: nextOf(run, answers, told),
		files: [report?.reportFile, report?.logFile].flatMap((file) => file ?? []),
	};
};

/** The words of the plan, with commands that are called as this one was. */
const wordsOf = ({called}: Context, {plan: {words}}: AttendedOptions): PlanWords =>
	called ? calledDeep(words, called) : words;

const nextTold = (context: Context, options: AttendedOptions): NextTold => ({
	...goOnOf(options),
	words: wordsOf(context, options),
	asCalled: calledAs(context),
});

/** Tells the screen which step a dry run looks at. */
const stepTeller =
	(plan: Store, tell: Parameters<ScreenSession['plan']>[2]): Listener =>
	(event) => {
		const {steps, facts, current} = plan.getState() ?? {};
		if (!steps || (event.type !== 'step-started' && event.type !== 'plan-fact')) return;
		const index = Math.max(
			0,
			steps.findIndex(({id}) => id === current),
		);
		tell({title: steps[index]?.title ?? '', index, count: steps.length, facts});
	};

/** What an earlier sitting left, for the first page. */
const unfinishedOf = ({unfinished, prefersLoaded = false}: AttendedOptions): ScreenSession['unfinished'] =>
	unfinished?.kept && {...unfinished.kept, untyped: typedBefore(unfinished.kept.draft), first: !prefersLoaded};

/** The answers to begin with. */
const beginningOf = (options: AttendedOptions): Pick<ScreenSession, 'draft' | 'given' | 'untyped' | 'unfinished'> => {
	const {draft, given} = options.loaded;
	return {draft, given, untyped: typedBefore(draft), unfinished: unfinishedOf(options)};
};

/** What is saved the same way whoever sits at it. */
const savesOf = ({saveAnswers, saveCopy, saveHandover, makePapers}: Session) => ({
	saveAnswers,
	saveCopy,
	saveHandover,
	makePapers,
});

const plannerOf =
	(context: Context, shared: Session, ended: Ended): ScreenSession['plan'] =>
	async (answers, signal, onProgress) => {
		// Whoever looks again after a refusal, and then leaves, leaves what was seen last.
		ended.refused = undefined;
		const plan = createStore();
		const listeners = [plan.listener, stepTeller(plan, onProgress)];
		return shared.look(answers, {listeners, signal: AbortSignal.any([signal, context.signal])});
	};

/** The session behind the screens, and what became of its run; works without a screen. */
export const createScreenSession = (
	context: Context,
	options: AttendedOptions,
): {readonly session: ScreenSession; readonly ended: Ended; readonly shared: Session} => {
	const {loaded} = options;
	const shared = createSession(context, options);
	const store = createStore();
	const stop = new AbortController();
	const ended: Ended = {};
	let controls: AttendedControls<Answers> | undefined;
	const start = async (answers: Answers): Promise<void> => {
		const running = shared
			.run(answers, {
				pass: 'apply',
				controls: (acknowledged) => {
					controls = attended(acknowledged);
					return controls;
				},
				listeners: [store.listener],
				signal: AbortSignal.any([stop.signal, context.signal]),
			})
			.then((report) => {
				ended.report = report;
			});
		ended.refused = undefined;
		ended.run = running.catch((error: unknown) => {
			ended.refused = toProblem(error);
		});
		await running;
	};
	const leaveNow = (): void => {
		ended.insisted = true;
		const {steps = [], current} = store.getState() ?? {};
		const status = steps.find(({id}) => id === current)?.status;
		ended.waited = status === 'waiting' || status === 'problem';
		// The screen is taken down first, so that a last word can be read; a terminal that hangs does not hold us.
		setTimeout(() => void context.leave(130), screenDownMs).unref();
	};
	const session: ScreenSession = {
		...savesOf(shared),
		version: context.version,
		rehearsal: options.rehearsal !== undefined,
		words: options.plan.words,
		now: context.clock.now,
		...beginningOf(options),
		keepDraft: shared.unfinished.keep,
		look: answerLooker(context, options, shared.oddityOf),
		testLogin: shared.testLogin,
		offer: async (draft, path, base, signal) => offerAnswer(context, draft, {path, base}, signal),
		found: async () => lookAround(context, loaded.draft, options),
		keepSecret: shared.keepSecret,
		plan: plannerOf(context, shared, ended),
		start,
		run: store,
		decide: (decided) =>
			controls?.answer(
				decided.decision === 'edit' ? {decision: 'edit', answers: shared.settle(decided.answers)} : decided,
			),
		acknowledge: (step) => controls?.acknowledge(step),
		checkNow: () => controls?.nudge(),
		stop: (when) => {
			stop.abort(new Error(when === 'safe' ? 'the operator asked for it' : 'the operator insisted'));
			if (when === 'now') leaveNow();
		},
		explain: async (name) => {
			const {explained} = await import('../explain/explain.ts');
			return (await explained(name, calledAs(context))).flatMap((part, index) => [...(index > 0 ? [''] : []), ...part]);
		},
		saveReport: async () => shared.saveReport(store.getState()),
		podLook: createPodLooks(context, shared.answers),
		summary: (run) => summaryView(run, shared, ended, nextTold(context, options)),
	};
	return {session, ended, shared};
};
