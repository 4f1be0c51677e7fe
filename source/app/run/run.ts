import {randomBytes} from 'node:crypto';
import path from 'node:path';
import type {Answers} from '../../answers/schema.ts';
import {saveFile} from '../../base/files.ts';
import {acquireFileLock, type Holder} from '../../base/lock.ts';
import {printableText} from '../../base/printable.ts';
import type {Controls} from '../../engine/controls.ts';
import {converge} from '../../engine/converge.ts';
import type {Event, Listener} from '../../engine/events.ts';
import {type Journal, readJournal} from '../../engine/journal.ts';
import {isProved} from '../../engine/outcome.ts';
import type {Pass} from '../../engine/plan.ts';
import type {RunResult} from '../../engine/run.ts';
import type {RunState} from '../../engine/state.ts';
import type {PlanEntry} from '../../plans/index.ts';
import {acceptanceReport} from '../../report/acceptance.ts';
import type {Plan, Ports, World} from '../../steps/world.ts';
import type {Context} from '../base/context.ts';
import {journalFile} from '../base/journal-file.ts';
import {clusterJournalMs, readClusterJournal} from './cluster-journal.ts';
import {makeFolder} from './folder.ts';
import {createRecorder, type Recorder} from './recorder.ts';

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
	readonly judge?: ((answers: Answers) => void) | undefined;
	/** Made when the earlier run's confirmations are known. */
	readonly controls: (acknowledged: readonly string[]) => Controls<Answers>;
	readonly listeners: readonly Listener[];
	/** Stops at a safe point. */
	readonly signal: AbortSignal;
	readonly from?: string | undefined;
	readonly until?: string | undefined;
};

/** A run that came to its end. Files are absolute paths. */
export type RunReport = RunResult & {
	readonly state: RunState;
	readonly logFile: string;
	readonly reportFile?: string | undefined;
};

/** What one run is called: in its log's name, its lock, its Lease. */
type Identity = {readonly runId: string; readonly holder: Omit<Holder, 'birth'>; readonly logFile: string};

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

/** Every listener gets every event without its secrets. */
const toAll =
	({context, listeners}: RunRequest, recorder: Recorder): Listener =>
	(event: Event) => {
		const clean = context.redactor.redactDeep(event);
		for (const listener of [recorder.listener, ...listeners]) listener(clean);
	};

const saveReport = async ({stateDirectory}: RunRequest, state: RunState, answers: Answers): Promise<string> =>
	saveFile(
		path.join(stateDirectory, 'reports', `acceptance-${state.runId}.txt`),
		printableText(acceptanceReport(state, answers).join('\n')),
	);

/** The run itself, while its lock is held. `stop` ends it with a problem of its surroundings. */
const runLocked = async (request: RunRequest, plan: Plan, identity: Identity): Promise<RunReport> => {
	const {context, stateDirectory, pass, answers} = request;
	const {createPortsSlot} = await import('./ports.ts');
	const stop = new AbortController();
	const slot = createPortsSlot({
		context,
		stateDirectory,
		prompted: request.prompted,
		holder: pass === 'apply' ? identity.holder : undefined,
		onLeaseLost: (reason) => stop.abort(reason),
	});
	try {
		const earlier = await earlierJournal(request, plan, slot.open(answers));
		const recorder = createRecorder({
			context,
			journalFile: pass === 'apply' ? journalFile(stateDirectory, plan.id) : undefined,
			logFile: identity.logFile,
			earlier,
			onFailure: (error) => stop.abort(error),
			openPorts: (wanted) => slot.open(wanted),
			answers,
		});
		const result = await converge<Answers, World>({
			plan,
			pass,
			runId: identity.runId,
			version: context.version,
			answers,
			makeWorld: (base) => {
				request.judge?.(base.answers);
				recorder.setAnswers(base.answers);
				return {...slot.open(base.answers, base.report), ...base};
			},
			controls: request.controls(earlier?.acknowledged ?? []),
			listeners: [toAll(request, recorder)],
			signal: AbortSignal.any([request.signal, stop.signal]),
			clock: context.clock,
			fingerprints: fingerprintsOf(earlier),
			from: request.from,
			until: request.until,
		});
		const {state, answers: last} = await recorder.close();
		const reportFile = isProved(state) ? await saveReport(request, state, last) : undefined;
		return {...result, state, logFile: identity.logFile, reportFile};
	} finally {
		await slot.close();
	}
};

/**
 * One run of a plan, with everything around it: lock, ports, journal, log, reports. Refusals before the first event are thrown as
 * ProblemError; after it every end is a result.
 */
export const runPlan = async (request: RunRequest): Promise<RunReport> => {
	request.judge?.(request.answers);
	const plan = await request.plan.load();
	const identity = identify(request);
	for (const folder of [request.stateDirectory, path.dirname(identity.logFile)]) await makeFolder(folder);
	const lockFile = path.join(request.stateDirectory, 'lock');
	const unlock = request.pass === 'apply' ? await acquireFileLock(lockFile, identity.holder) : async () => undefined;
	try {
		return await runLocked(request, plan, identity);
	} finally {
		await unlock();
	}
};
