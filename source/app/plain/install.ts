import {firstScope, missingPaths, type Scope} from '../../answers/form/asking.ts';
import type {Form, HalfTyped} from '../../answers/form/form.ts';
import {labelAt} from '../../answers/form/label.ts';
import type {Answers} from '../../answers/schema.ts';
import {errnoWords} from '../../base/errno.ts';
import {asciiMarks} from '../../base/printable.ts';
import {isAbort} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import {formatMoment} from '../../base/units.ts';
import type {Listener} from '../../engine/events.ts';
import {type PlanView, placeOf, untoldLoss} from '../../engine/plan-view.ts';
import type {PlanWords} from '../../engine/plan-words.ts';
import {emptyRun, reduce} from '../../engine/reduce.ts';
import {topicsOfPlan} from '../../handover/concerned.ts';
import {plainReport} from '../../report/plain.ts';
import {type KeptDraft, keptWords} from '../answers/kept-draft.ts';
import {typedBefore} from '../answers/typed-before.ts';
import type {Context, GlobalOptions} from '../base/context.ts';
import {calledAs} from '../base/kept/own-commands.ts';
import {isInputEnded} from '../base/plain-problems.ts';
import {inRows} from '../base/wrap.ts';
import type {AttendedOptions} from '../session/attended.ts';
import {lookAround} from '../session/found.ts';
import {answerLooker} from '../session/look-at-answer.ts';
import {offerAnswer} from '../session/offers.ts';
import {createSession, type Session} from '../session/session.ts';
import {askAnswers, askTopic, type Complete, type Keeper, plainHelp} from './ask.ts';
import {attendPlainly} from './attend.ts';
import {plainEntries} from './entries.ts';
import {createPlainLines, type PlainLines} from './lines.ts';
import {createLooks} from './looks.ts';
import {foundLines, planDetails, planLines, reviewLines} from './pages.ts';
import {askPapers, type PaperMaker} from './papers.ts';
import {askWord, askWordOrBack, PlainLeft} from './words.ts';

/** What all parts of one conversation share. */
type Talk = {
	readonly context: Context;
	readonly options: AttendedOptions;
	readonly session: Session;
	readonly lines: PlainLines;
	readonly signal: AbortSignal;
};

/** A plan that takes something away asks once more, and what is not known cannot be agreed to. */
const consents = async (lines: PlainLines, {consent}: PlanWords, plan: PlanView): Promise<boolean> => {
	if (consent === undefined) return true;
	const untold = untoldLoss(plan);
	if (untold === undefined) return (await askWord(lines, consent, ['yes', 'no'])) === 'yes';
	lines.say(
		`What is lost is not known: ${untold.message}`,
		`What to do: ${untold.fix}`,
		'After "change" the plan is looked at again.',
	);
	return false;
};

/** Where the answers were saved, or why not: a folder that nobody can write to ends no conversation. */
const saved = async ({session, context: {workingDirectory}}: Talk, {draft}: Form): Promise<string> => {
	try {
		return `Saved: ${await session.saveAnswers(draft)}`;
	} catch (error) {
		return `Not saved in ${workingDirectory}: ${errnoWords(error, 'write')} Start from a folder that you may write to.`;
	}
};

/** What is asked before the start, with the cluster that it is on. */
const startQuestion = ({start}: PlanWords, plan: PlanView): string => {
	const place = placeOf(plan);
	return `${start}${place === undefined ? '' : ` on ${place}`}?`;
};

/** Makes papers of the answers as they are when they are asked for. */
const makerOf = ({session, signal}: Talk, answers: () => Answers): PaperMaker => ({
	make: async (topics) => session.makePapers(answers(), topics, signal),
	signal,
});

/** Does what a word at the review asks for, where that decides nothing. */
const beside = async (word: string, talk: Talk, {form, answers}: Complete, plan: PlanView): Promise<void> => {
	const {lines} = talk;
	const papers = makerOf(talk, () => answers);
	if (word === 'details') lines.say(...planDetails(plan));
	if (word === 'save') lines.say(await saved(talk, form));
	if (word === 'papers') await askPapers(lines, topicsOfPlan(plan), papers);
};

/** Review and dry run of complete answers, and whether to start: `yes`, `back`, or what is to be changed. @throws PlainLeft */
const review = async (talk: Talk, complete: Complete): Promise<'yes' | 'back' | {readonly change: Scope}> => {
	const {form, answers} = complete;
	const {session, lines, signal, options} = talk;
	const {plan: entry} = options;
	lines.say('', 'Answers', ...reviewLines(form), '', 'Looking at what will be done. Nothing is changed.');
	const plan = await session.look(answers, {listeners: [], signal});
	lines.say('', ...planLines(plan), '');
	const question = startQuestion(entry.words, plan);
	const offered = planDetails(plan).length > 0 ? (['details'] as const) : [];
	for (;;) {
		const word = await askWordOrBack(lines, question, ['yes', 'no', ...offered, 'change', 'save', 'papers']);
		if (word === 'yes' && (await consents(lines, entry.words, plan))) return 'yes';
		if (word === 'no') throw new PlainLeft();
		if (word === 'back') return word;
		if (word === 'change') return {change: await askTopic(lines)};
		await beside(word, talk, complete, plan);
	}
};

/** The questions from the one on at which something was typed and not entered, else from the first that has no valid answer. */
const restOf = (form: Form, halfTyped: HalfTyped | undefined): Scope => {
	const [missing] = missingPaths(form);
	const first = halfTyped?.path ?? missing;
	const all = plainEntries(form, {kind: 'all'});
	const from = all.findIndex(({id}) => id === first);
	const rest = from < 0 ? [] : all.slice(from).flatMap((one) => (one.kind === 'question' ? [one.path] : []));
	return {kind: 'missing', paths: [...new Set([...missingPaths(form), ...rest])]};
};

/** How much an earlier sitting has left; of one that entered nothing, what was typed. */
const keptInWords = ({count, halfTyped}: KeptDraft): string =>
	count === 0 && halfTyped ? 'what was typed' : `the ${counted(count, 'answer')}`;

/** The answers to begin with: those that an earlier sitting left, where they are wanted, or those that are given. @throws PlainLeft */
const beginning = async ({
	lines,
	options: {loaded, unfinished, prefersLoaded = false},
}: Talk): Promise<{readonly form: Form; readonly scope: Scope}> => {
	const kept = unfinished?.kept;
	const word =
		kept === undefined
			? 'no'
			: await askWord(
					lines,
					`Go on with ${keptInWords(kept)} of ${formatMoment(kept.at)}?`,
					['yes', 'no', 'quit'],
					prefersLoaded ? 'no' : 'yes',
				);
	if (word === 'quit') throw new PlainLeft();
	const halfTyped = word === 'yes' ? kept?.halfTyped : undefined;
	if (halfTyped) lines.say(`Typed and not entered, at ${labelAt(halfTyped.path)}: ${halfTyped.text}`);
	const {draft, given} = word === 'yes' && kept ? {draft: kept.draft, given: []} : loaded;
	const form = {draft, untyped: typedBefore(draft)};
	return {form, scope: word === 'yes' ? restOf(form, halfTyped) : firstScope(form, given)};
};

/** Tells in lines what a problem or an answer is. */
const explainer =
	(context: Context): Keeper['explain'] =>
	async (name) =>
		(await (await import('../explain/explain.ts')).explained(name, calledAs(context))).flat();

/** Keeps the answers so far on the disk, and says once where it cannot. */
const draftKeeper =
	({session, lines, options: {stateDirectory}}: Talk) =>
	({draft}: Form): void => {
		session.unfinished.keep(draft).catch((error: unknown) => {
			lines.say(`  Your answers are not kept in ${stateDirectory} meanwhile: ${errnoWords(error, 'write')}`);
		});
	};

/** Who takes the answers: of the questions before the start, and of those at a problem. */
const keeperOf = ({context, session, options, signal}: Talk): Keeper => {
	const look = answerLooker(context, options, session.oddityOf);
	return {
		secret: session.keepSecret,
		explain: explainer(context),
		testLogin: async (draft, path) => session.testLogin(draft, path, signal),
		offer: async (draft, path) => offerAnswer(context, draft, {path, base: ''}, signal),
		looks: createLooks(async (draft, path) => look(draft, path, signal)),
	};
};

/** The last question of a scope, asked again; where that had none, those of a topic to be chosen. @throws PlainLeft */
const lastOf = async (lines: PlainLines, form: Form, scope: Scope): Promise<Scope> => {
	const last = plainEntries(form, scope).findLast(({kind}) => kind === 'question');
	return last?.kind === 'question' ? {kind: 'missing', paths: [last.path]} : askTopic(lines);
};

/** Questions, review and dry run, until it is to be started. @throws PlainLeft */
const prepare = async (talk: Talk): Promise<Complete> => {
	const {context, options, lines} = talk;
	const keeper: Keeper = {...keeperOf(talk), form: draftKeeper(talk)};
	const found = await lookAround(context, options.loaded.draft, options);
	lines.say(...foundLines(found, options.plan.words), '', plainHelp);
	let {form, scope} = await beginning(talk);
	for (;;) {
		const complete = await askAnswers(lines, form, scope, keeper);
		const decided = await review(talk, complete);
		if (decided === 'yes') return complete;
		({form} = complete);
		scope = decided === 'back' ? await lastOf(talk.lines, form, scope) : decided.change;
	}
};

/** A bell, where the terminal has one that is wanted. */
const ring = ({signals, stdout}: Context): void => {
	if (signals.bell && stdout.isTTY) stdout.write('\u0007');
};

/** The run, steered by words. Returns the exit code. */
const run = async (talk: Talk, from: Complete, level: GlobalOptions['logLevel']) => {
	const {context, options, session, lines, signal} = talk;
	let {form, answers} = from;
	let desk: Listener | undefined;
	let state = emptyRun;
	const follow: Listener = (event) => {
		state = reduce(state, event);
		desk?.(event);
	};
	const report = await session.run(from.answers, {
		pass: 'apply',
		controls: (acknowledged) => {
			const attendance = attendPlainly({
				lines,
				acknowledged,
				form: () => form,
				edited: (complete) => {
					({form, answers} = complete);
					return session.settle(complete.answers);
				},
				keeper: keeperOf(talk),
				ring: () => ring(context),
				saveHandover: session.saveHandover,
				saveReport: async () => session.saveReport(state),
				papers: makerOf(talk, () => answers),
				reminders: options.reminders,
			});
			desk = attendance.listener;
			return attendance.controls;
		},
		listeners: [plainReport(inRows(context.out, context.stdout), {level}), follow],
		signal,
	});
	lines.say('', ...session.summary(report, true).split('\n'));
	ring(context);
	return report.exitCode;
};

/** How somebody left before anything was started; rethrows what is no leaving. */
const leftBefore = async (error: unknown, {lines, options, signal, session}: Talk): Promise<number> => {
	const isStopped = isInputEnded(error) || isAbort(error) || signal.aborted;
	if (!(error instanceof PlainLeft) && !isStopped) throw error;
	const kept = keptWords(await session.unfinished.kept());
	lines.say('', `Nothing was changed. Start again with: ${options.resumeCommand}`, ...kept);
	return error instanceof PlainLeft ? 0 : 130;
};

/** A plan in lines, for somebody at a terminal without a full screen. Returns the exit code. */
export const runPlain = async (
	given: Context,
	{logLevel}: GlobalOptions,
	options: AttendedOptions,
): Promise<number> => {
	const context: Context = {...given, screen: false};
	const {redactor} = context;
	const stop = new AbortController();
	let isStarted = false;
	const raw = createPlainLines({
		input: context.stdin,
		output: context.stdout,
		onInterrupt: () => {
			if (stop.signal.aborted) void context.leave(130);
			stop.abort(new Error('the operator asked for it'));
			closeEarly();
		},
	});
	const closeEarly = (): void => {
		if (!isStarted) raw.close();
	};
	context.signal.addEventListener('abort', closeEarly, {once: true});
	const shown = (line: string): string => (context.ascii ? asciiMarks(redactor.redact(line)) : redactor.redact(line));
	const lines: PlainLines = {...raw, say: (...all) => raw.say(...all.map(shown))};
	const signal = AbortSignal.any([stop.signal, context.signal]);
	const talk: Talk = {context, options, session: createSession(context, options), lines, signal};
	try {
		const complete = await prepare(talk);
		isStarted = true;
		return await run(talk, complete, logLevel);
	} catch (error) {
		if (isStarted) throw error;
		return await leftBefore(error, talk);
	} finally {
		context.signal.removeEventListener('abort', closeEarly);
		raw.close();
	}
};
