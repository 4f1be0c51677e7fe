import {randomBytes} from 'node:crypto';
import path from 'node:path';
import {setFlagsFromString} from 'node:v8';
import type {Answers} from '../../answers/schema.ts';
import {errnoWords} from '../../base/errno.ts';
import {acquireFileLock, type Taker, type Unlock} from '../../base/lock/lock.ts';
import {type Problem, ProblemError} from '../../base/problem.ts';
import type {Controls} from '../../engine/controls.ts';
import {converge} from '../../engine/converge.ts';
import type {Listener} from '../../engine/events.ts';
import {type Journal, readJournal} from '../../engine/journal.ts';
import {isProved} from '../../engine/outcome.ts';
import type {Pass} from '../../engine/plan.ts';
import type {RunResult} from '../../engine/run.ts';
import type {RunState} from '../../engine/state.ts';
import type {PlanEntry} from '../../plans/index.ts';
import type {GoOn} from '../../report/go-on.ts';
import {acceptancePaper, verificationPaper} from '../../report/run-papers.ts';
import type {Plan, Ports, World} from '../../steps/world.ts';
import {readAsked} from '../base/asked.ts';
import type {Context} from '../base/context.ts';
import {journalFile} from '../base/journal-file.ts';
import {calledAs} from '../base/kept/own-commands.ts';
import {runLock} from '../base/kept/under-way.ts';
import {unfinishedHere} from '../base/kept/unfinished.ts';
import {contextInWorld, requireDumps} from '../base/played-world.ts';
import {makeFolder} from './folder.ts';
import {clusterJournalMs, readClusterJournal} from './journal/cluster-journal.ts';
import {factsBefore} from './last-run.ts';
import {holdEarly, skipsLeaseStep} from './lease.ts';
import {createRecorder, type Recorder} from './recorder.ts';
import {savePaper} from './reports/saved.ts';
import {releaseFacts, surroundingsOf} from './reports/surroundings.ts';

/** One way through one plan, and who steers and hears it. */
export type RunRequest = {
	readonly context: Context;
	readonly stateDirectory: string;
	readonly plan: PlanEntry;
	readonly pass: Pass;
	readonly answers: Answers;
	/** Secrets typed at a screen, by answer path. */
	readonly prompted: ReadonlyMap<string, string>;
	/** Refuses answers, also edited ones, before any port is opened for them; throws a ProblemError. */
	readonly judge?: ((answers: Answers) => Promise<void>) | undefined;
	/** Made when the earlier run's confirmations are known. */
	readonly controls: (acknowledged: readonly string[]) => Controls<Answers>;
	readonly listeners: readonly Listener[];
	/** Stops at a safe point. */
	readonly signal: AbortSignal;
	readonly from?: string | undefined;
	readonly until?: string | undefined;
	/** How it is gone on with, for whoever asks how it stands. */
	readonly goOn?: GoOn | undefined;
};

/** A run that came to its end. Files are absolute paths. */
export type RunReport = RunResult & {
	readonly state: RunState;
	readonly logFile: string;
	readonly reportFile?: string | undefined;
	/** What could not be tidied up after it, in words: it changes nothing of how the run ended. */
	readonly leftovers: readonly string[];
};

/** The confirmations of an earlier run that count for this one. */
const confirmationsOf = ({steps}: Plan, earlier: Journal | undefined): readonly string[] => {
	const anew = steps.filter(({confirmsAnew}) => confirmsAnew === true && earlier?.outcome === 'done');
	return (earlier?.acknowledged ?? []).filter((step) => !anew.some(({id}) => id === step));
};

/** What one run is called: in its log's name, its lock, its Lease. */
type Identity = {readonly runId: string; readonly holder: Taker; readonly logFile: string};

const identify = ({context, stateDirectory}: RunRequest): Identity => {
	const runId = randomBytes(4).toString('hex');
	const startedAt = context.clock.now();
	const stamp = new Date(startedAt).toISOString().replaceAll(/[:.]/gu, '-');
	return {
		runId,
		holder: {pid: context.pid, host: context.hostName, user: context.userName, runId, startedAt},
		logFile: path.join(stateDirectory, 'logs', `${stamp}-${runId}.jsonl`),
	};
};

const earlierJournal = async (request: RunRequest, plan: Plan, ports: Ports): Promise<Journal | undefined> => {
	const local = await readJournal(journalFile(request.stateDirectory, plan.id));
	if (local || request.pass === 'look') return local;
	const signal = AbortSignal.any([request.signal, AbortSignal.timeout(clusterJournalMs)]);
	// A cluster that does not answer is told by the step that needs it, with its cause; here only a journal is wanted.
	const copy = await readClusterJournal(ports.cluster, request.answers.controlPlane.namespace, signal).catch(
		() => undefined,
	);
	return copy?.plan === plan.id ? copy : undefined;
};

const fingerprintsOf = (journal: Journal | undefined): ReadonlyMap<string, string> =>
	new Map(
		(journal?.steps ?? []).flatMap(({id, fingerprint}) =>
			fingerprint === undefined ? [] : [[id, fingerprint] as const],
		),
	);

/** How long steps took in an earlier run. Its journal was written by somebody else's clock as well: what cannot be is left out. */
const durationsOf = (journal: Journal | undefined): ReadonlyMap<string, number> =>
	new Map(
		(journal?.steps ?? []).flatMap(({id, startedAt, finishedAt}) => {
			const ms = startedAt === undefined || finishedAt === undefined ? -1 : finishedAt - startedAt;
			return ms < 0 ? [] : [[id, ms] as const];
		}),
	);

/** The acceptance report of a run that proved what it made, the verification report of each that verified; without secrets. */
const saveReport = async (
	{context, stateDirectory}: RunRequest,
	{end, happened, changedBefore, recordedBefore}: Recorder,
	{cluster, helm}: Ports,
): Promise<string> => {
	const {state, answers} = end();
	const inWords = context.redactor.redactDeep({
		state,
		answers,
		surroundings: await surroundingsOf(context, answers, cluster),
		releases: await releaseFacts(answers, helm),
		happened: happened(),
		changedBefore: changedBefore(),
		recordedBefore,
		rehearsal: context.rehearsal === true,
	});
	const called = calledAs(context);
	const told = {...inWords, asCalled: (command: string) => context.redactor.redact(called(command))};
	const isVerification = state.pass === 'verify';
	const kind = isVerification ? 'verification' : 'acceptance';
	return savePaper(
		stateDirectory,
		{kind, name: state.runId, isRehearsal: context.rehearsal === true},
		isVerification ? verificationPaper(told) : acceptancePaper(told),
	);
};

/** A plan that was verified is reported whatever was found; one that was applied once it is proved. A dry run is no acceptance. */
const isReported = (state: RunState): boolean =>
	state.pass === 'verify' ? state.outcome !== 'stopped' : state.pass === 'apply' && isProved(state);

/** Does what comes after a run. What fails of it is told, and neither how the run ended nor the rest of it changes. */
type Tidy = <Result>(what: string, work: () => Result | Promise<Result>) => Promise<Result | undefined>;

const tidier =
	(leftovers: string[]): Tidy =>
	async (what, work) => {
		try {
			return await work();
		} catch (error) {
			leftovers.push(`${what}: ${reasonOf(error)}`);
			return undefined;
		}
	};

const reasonOf = (error: unknown): string => {
	if (!(error instanceof ProblemError)) return errnoWords(error, 'write');
	const {message, cause, fix} = error.problem;
	return `${message} ${cause} ${fix}`;
};

/** What a run works with besides its request. `stop` ends it with a problem of its surroundings. */
type Surroundings = {
	readonly plan: Plan;
	readonly identity: Identity;
	readonly stop: AbortController;
	readonly tidy: Tidy;
};

/** The run itself, while its lock is held. */
const runLocked = async (
	request: RunRequest,
	{plan, identity, stop, tidy}: Surroundings,
): Promise<Omit<RunReport, 'leftovers'>> => {
	// V8 lets a heap grow to three times what is in use where the machine has the room: 350 MB for an upgrade, which others may need.
	setFlagsFromString('--optimize-for-size');
	const {context, stateDirectory, pass, answers} = request;
	const [{createPortsSlot}, {createAnnouncer}] = await Promise.all([import('./ports.ts'), import('./announce.ts')]);
	const slot = createPortsSlot({
		context,
		stateDirectory,
		prompted: request.prompted,
		holder: pass === 'apply' ? identity.holder : undefined,
		onLeaseLost: (reason) => stop.abort(reason),
		tidy,
	});
	try {
		const earlier = await earlierJournal(request, plan, slot.open(answers));
		const unfinished = await unfinishedHere(stateDirectory, plan.id);
		const recorder = createRecorder({
			context,
			journalFile: pass === 'apply' ? journalFile(stateDirectory, plan.id) : undefined,
			logFile: identity.logFile,
			earlier,
			goOn: request.goOn,
			onFailure: (error) => stop.abort(error),
			openPorts: (wanted) => slot.open(wanted),
			mayWrite: slot.lock.isSure,
			answers,
		});
		const announcer = createAnnouncer({
			...{context, pass, recorder, listeners: request.listeners, logFile: identity.logFile},
			openPorts: (wanted) => slot.open(wanted),
		});
		const result = await converge<Answers, World>({
			plan,
			pass,
			runId: identity.runId,
			version: context.version,
			answers,
			makeWorld: async (base) => {
				await request.judge?.(base.answers);
				recorder.setAnswers(base.answers);
				const ports = slot.open(base.answers, base.report);
				if (skipsLeaseStep(request) || slot.lock.wasHeld()) await holdEarly(ports, base.signal);
				return {...ports, ...base};
			},
			changing: slot.lock.changing,
			controls: request.controls(confirmationsOf(plan, earlier)),
			listeners: [announcer.listener],
			signal: AbortSignal.any([request.signal, stop.signal]),
			clock: context.clock,
			hearFaults: context.hearFaults,
			facts: factsBefore(request, {plan, earlier, unfinished}),
			fingerprints: fingerprintsOf(earlier),
			durations: durationsOf(earlier),
			from: request.from,
			until: request.until,
		});
		await announcer.end();
		await tidy(`The log ${identity.logFile} is not complete`, recorder.close);
		const {state, answers: last} = recorder.end();
		const reportFile = isReported(state)
			? await tidy(`The ${pass === 'verify' ? 'verification' : 'acceptance'} report was not written`, () =>
					saveReport(request, recorder, slot.open(last)),
				)
			: undefined;
		return {...result, state, logFile: identity.logFile, reportFile};
	} finally {
		await slot.close();
	}
};

const noLock: Unlock = async () => undefined;

/** The run with its lock, which is given back however it ends. */
const runWithLock = async (request: RunRequest, stop: AbortController): Promise<RunReport> => {
	const {context, stateDirectory, pass} = request;
	await request.judge?.(request.answers);
	const plan = await request.plan.load();
	const identity = identify(request);
	for (const folder of [stateDirectory, path.dirname(identity.logFile)]) await makeFolder(folder);
	// A step that hands over would find it broken after changes were made.
	readAsked(stateDirectory);
	const onLost = (problem: Problem): void => stop.abort(new ProblemError(problem));
	const unlock =
		pass === 'apply'
			? await acquireFileLock(runLock(stateDirectory), identity.holder, {signal: request.signal, onLost})
			: noLock;
	const leftovers: string[] = [];
	const give = async (): Promise<void> => {
		const left = await unlock();
		if (left !== undefined) leftovers.push(left);
	};
	try {
		const report = await runLocked(request, {plan, identity, stop, tidy: tidier(leftovers)});
		await give();
		return {...report, leftovers: leftovers.map(context.redactor.redact)};
	} catch (error) {
		await give();
		// Nobody gets a report: what was refused is told with what is left.
		for (const text of leftovers) context.err(`${context.redactor.redact(text)}\n`);
		throw error;
	}
};

/** One run of a plan, with all around it: lock, ports, journal, log, reports. @throws ProblemError before its first event; after it every end is a result. */
export const runPlan = async (given: RunRequest): Promise<RunReport> => {
	const context = await contextInWorld(given.context, given.answers, given.stateDirectory);
	await requireDumps(context, given);
	const request = {...given, context};
	const stop = new AbortController();
	// Steps hear of faults themselves; between two of them, and around all, a fault stops the run at a safe point.
	const end = context.hearFaults?.((problem) => stop.abort(new ProblemError(problem)));
	try {
		return await runWithLock(request, stop);
	} finally {
		end?.();
	}
};
