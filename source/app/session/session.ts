import path from 'node:path';
import {serializeAnswers} from '../../answers/file/save.ts';
import {resolvePaths} from '../../answers/resolve-paths.ts';
import type {Answers} from '../../answers/schema.ts';
import {oddities} from '../../answers/secret/value.ts';
import type {Draft} from '../../answers/tree.ts';
import {saveBeside, saveFile} from '../../base/files.ts';
import {savePack} from '../../base/handover.ts';
import {printableText} from '../../base/printable.ts';
import {attended, type Controls} from '../../engine/controls.ts';
import type {Listener} from '../../engine/events.ts';
import type {Handover, Pass} from '../../engine/plan.ts';
import {type PlanView, planViewOf, refusedPlan} from '../../engine/plan-view.ts';
import type {RunState} from '../../engine/state.ts';
import {rehearsed} from '../../handover/rehearsed.ts';
import type {TopicId} from '../../handover/topics.ts';
import type {MadePapers} from '../../handover/written.ts';
import type {PlanEntry} from '../../plans/index.ts';
import {errorOnCluster} from '../../report/cluster-commands.ts';
import type {GoOn} from '../../report/go-on.ts';
import type {Happened} from '../../report/happened.ts';
import {paperText} from '../../report/paper.ts';
import {problemPaper} from '../../report/run-papers.ts';
import {type SummaryContext, summaryLines} from '../../report/summary.ts';
import type {Sighting} from '../../ui/state/session.ts';
import {createDraftKeeper, type DraftKeeper, draftFile} from '../answers/kept-draft.ts';
import type {Context} from '../base/context.ts';
import {type Called, calledAs, calledBy, calledDeep, errorAsCalled} from '../base/kept/own-commands.ts';
import {contextOf} from '../base/played-world.ts';
import {appProblems} from '../base/problems.ts';
import type {PapersOf} from '../run/papers.ts';
import {gatherHappened} from '../run/reports/gathered.ts';
import {saveProblemPaper} from '../run/reports/saved.ts';
import {knownCluster, surroundingsOf} from '../run/reports/surroundings.ts';
import {type RunReport, runPlan} from '../run/run.ts';

/** What a session is about, whoever sits at it. */
export type SessionOptions = Omit<GoOn, 'stepIds'> & {
	readonly stateDirectory: string;
	readonly plan: PlanEntry;
	/** Refuses answers that must not be worked with, by rejecting with a ProblemError or ProblemsError. */
	readonly judge?: ((answers: Answers) => Promise<void>) | undefined;
	readonly from?: string | undefined;
	readonly until?: string | undefined;
};

/** How a session's run is steered and heard. */
export type RunHow = {
	readonly pass: Pass;
	/** Made when the earlier run's confirmations are known. */
	readonly controls: (acknowledged: readonly string[]) => Controls<Answers>;
	readonly listeners: readonly Listener[];
	readonly signal: AbortSignal;
};

/**
 * One sitting at one plan: typed secrets, settled answers, a dry run, the run, and what is saved of it. The full screen, plain
 * lines and runs without anybody share it; they differ in who decides and who listens.
 */
export type Session = {
	/** Takes a typed secret; the answers only hold `prompt` at that path. */
	readonly keepSecret: (at: string, value: string) => void;
	/** What is worth a look in the secret that was typed for an answer; undefined where nothing is, or none was typed. */
	readonly oddityOf: (at: string) => string | undefined;
	/** Tries the login that an answer is a part of, with what was typed for it. Never rejects. */
	readonly testLogin: (draft: Draft, answer: string, signal: AbortSignal) => Promise<Sighting>;
	/** The answers that count from now on, with paths that start at the folder the operator is in. */
	readonly settle: (answers: Answers) => Answers;
	/** Keeps the answers so far for whoever starts next. */
	readonly unfinished: Pick<DraftKeeper, 'keep' | 'kept'>;
	/** The answers of the run, as last settled; undefined before it was started. */
	readonly answers: () => Answers | undefined;
	/** Looks without changing anything. A refusal before its first event is shown as a problem. @throws the signal's reason */
	readonly look: (answers: Answers, how: Pick<RunHow, 'listeners' | 'signal'>) => Promise<PlanView>;
	/** Goes through the plan. @throws ProblemError where it was refused before its first event */
	readonly run: (answers: Answers, how: RunHow) => Promise<RunReport>;
	/** The text that is printed at the end of a run, without secrets. `isTold`: its events were printed before it. */
	readonly summary: (report: RunReport, isTold?: boolean) => string;
	/** Each saves a file, or a folder of them, and resolves with its path. */
	readonly saveAnswers: (draft: Draft) => Promise<string>;
	readonly saveHandover: (handover: Handover) => Promise<string>;
	/** Makes papers for other teams from answers that need not be those of the run, and saves them. @throws the signal's reason, ProblemError */
	readonly makePapers: (answers: Answers, topics: readonly TopicId[], signal: AbortSignal) => Promise<MadePapers>;
	/** Keeps the text that was copied last: a terminal may not take it. */
	readonly saveCopy: (text: string) => Promise<string>;
	readonly saveReport: (state: RunState | undefined) => Promise<string>;
};

/** What a problem report is made from. */
type Reported = {
	readonly stateDirectory: string;
	readonly state: RunState | undefined;
	readonly answers: Answers | undefined;
	readonly happened: readonly Happened[];
};

/** Saves the problem report of a run, without secrets. Resolves with its path. @throws ProblemError `nothing-to-report` */
const saveProblem = async (context: Context, {stateDirectory, state, answers, happened}: Reported): Promise<string> => {
	if (!state || !answers) throw appProblems.error('nothing-to-report', {});
	const rehearsal = (await contextOf(context, answers)).rehearsal === true;
	const paper = problemPaper({
		state,
		answers,
		surroundings: await surroundingsOf(context, answers, knownCluster(context, answers)),
		happened,
		rehearsal,
	});
	const stamp = new Date(context.clock.now()).toISOString().replaceAll(/[:.]/gu, '-');
	const text = printableText(context.redactor.redact(paperText(paper).join('\n')));
	return saveProblemPaper(stateDirectory, {stamp, isRehearsal: rehearsal}, text);
};

/** How a run of this sitting is gone on with. */
export const goOnOf = ({plan: {stepIds}, resumeCommand, resumeFrom, resumeWhole, set}: SessionOptions): GoOn => ({
	...{resumeCommand, resumeFrom, resumeWhole, stepIds, set},
});

/** The summary of a run, without secrets. */
const summaryText = (
	context: Context,
	options: SessionOptions,
	{report, ...about}: {readonly report: RunReport} & Pick<SummaryContext, 'answers' | 'isTold'>,
): string => {
	const {redactor, called = calledBy(undefined)} = context;
	const {state, logFile, reportFile, leftovers} = report;
	const words = calledDeep(options.plan.words, called);
	const asCalled = calledAs(context);
	const told = {...about, ...goOnOf(options), words, asCalled, logFile, reportFile, leftovers};
	return printableText(redactor.redact(summaryLines(state, told).join('\n')));
};

const saveSections = async (
	{rehearsal}: Context,
	stateDirectory: string,
	{id, sections}: Pick<Handover, 'id' | 'sections'>,
): Promise<string> => {
	const own = path.join(stateDirectory, 'handover', id);
	return (await savePack(own, rehearsal === true ? rehearsed(sections) : sections)).folder;
};

/** Loaded when they are asked for: the first page waits for no client of cluster or database. */
const makeOwnPapers = async (
	site: PapersOf,
	topics: readonly TopicId[],
	saved: string | undefined,
): Promise<MadePapers> => {
	const [{gatherPapers, ownFolder, writePapers}, {toldOfPapers}] = await Promise.all([
		import('../run/papers.ts'),
		import('../run/papers-told.ts'),
	]);
	const written = await writePapers(await gatherPapers(site, topics), ownFolder(site.stateDirectory));
	return toldOfPapers(written, {...site, saved});
};

/** A refusal whose commands name the cluster in use, and are called as this one was. */
const refused = (error: unknown, {kubernetes}: Answers, called: Called): unknown =>
	errorAsCalled(errorOnCluster(error, kubernetes), called);

/** Takes typed secrets; they are in no output from then on. */
const takeSecrets = (
	redactor: Context['redactor'],
): Pick<Session, 'keepSecret' | 'oddityOf'> & {readonly prompted: ReadonlyMap<string, string>} => {
	const prompted = new Map<string, string>();
	return {
		prompted,
		keepSecret: (at, value) => {
			redactor.register(value);
			prompted.set(at, value);
		},
		oddityOf: (at) => oddities(prompted.get(at) ?? '', {answer: at, place: 'what was typed'})[0],
	};
};

/** Opens a session; nothing is read or changed before something is asked of it. */
export const createSession = (context: Context, options: SessionOptions): Session => {
	const {stateDirectory, plan, judge, from, until} = options;
	const {clock, redactor, workingDirectory, homeDirectory, called = calledBy(undefined)} = context;
	const {prompted, ...typed} = takeSecrets(redactor);
	let counted: Answers | undefined;
	let saved: string | undefined;
	const happened = gatherHappened(undefined, {clock, operator: `${context.userName} on ${context.hostName}`});
	const keeper = createDraftKeeper(context, draftFile(stateDirectory, plan.id));
	const common = {context, stateDirectory, plan, prompted, judge, goOn: goOnOf(options)};
	const absolute = (answers: Answers): Answers =>
		resolvePaths(answers, {baseDirectory: workingDirectory, homeDirectory});
	const settle = (answers: Answers): Answers => {
		const before = counted;
		counted = absolute(answers);
		if (before) happened.answersAre(counted);
		return counted;
	};
	return {
		...typed,
		testLogin: async (draft, answer, signal) =>
			(await import('./test-login.ts')).testLogin({context, stateDirectory, prompted}, draft, answer, signal),
		settle,
		unfinished: keeper,
		answers: () => counted,
		look: async (answers, {listeners, signal}) => {
			const controls = attended<Answers>;
			try {
				const {state} = await runPlan({
					...common,
					pass: 'look',
					answers: absolute(answers),
					controls,
					listeners,
					signal,
					from,
					until,
				});
				return planViewOf(state);
			} catch (error) {
				signal.throwIfAborted();
				return refusedPlan(refused(error, answers, called));
			}
		},
		run: async (answers, how) => {
			const report = await runPlan({
				...common,
				...how,
				listeners: [...how.listeners, happened.listener],
				answers: settle(answers),
				from,
				until,
			}).catch((error: unknown) => {
				throw refused(error, answers, called);
			});
			// From here on they are in the journal. Where they cannot be taken away the journal is the newer of the two.
			await keeper.forget().catch(() => undefined);
			return report;
		},
		summary: (report, isTold) => summaryText(context, options, {report, answers: counted, isTold}),
		saveAnswers: async (draft) => {
			saved = await saveBeside(path.join(workingDirectory, 'zenml-airgap-answers.yaml'), serializeAnswers(draft));
			return saved;
		},
		saveHandover: async (pack) =>
			saveSections(counted ? await contextOf(context, counted) : context, stateDirectory, pack),
		makePapers: async (answers, topics, signal) =>
			makeOwnPapers({context, stateDirectory, answers: absolute(answers), prompted, signal}, topics, saved),
		saveCopy: async (text) => saveFile(path.join(stateDirectory, 'copied.txt'), printableText(redactor.redact(text))),
		saveReport: async (state) =>
			saveProblem(context, {stateDirectory, state, answers: counted, happened: happened.all()}),
	};
};
