import {createWriteStream} from 'node:fs';
import {finished} from 'node:stream/promises';
import type {Answers} from '../../answers/schema.ts';
import {harmlessJson} from '../../base/printable.ts';
import {type ProblemError, toProblem} from '../../base/problem.ts';
import type {Event, Listener} from '../../engine/events.ts';
import {createFold} from '../../engine/fold.ts';
import {type JournalStep, lastChangeOf} from '../../engine/journal/steps.ts';
import {type Journal, type JournalContext, journalOf} from '../../engine/journal.ts';
import {inOrder} from '../../engine/outcome.ts';
import type {RunState} from '../../engine/state.ts';
import {type GoOn, goOnCommand, repeatedWords} from '../../report/go-on.ts';
import type {Happened} from '../../report/happened.ts';
import type {ChangedBefore, RecordedBefore} from '../../report/run-papers.ts';
import {isWhole} from '../../report/summary.ts';
import type {Ports} from '../../steps/world.ts';
import type {Context} from '../base/context.ts';
import {changedSince, happenedBefore, metOf, recordsOf} from './journal/carried.ts';
import {clusterJournalMs, writeClusterJournal} from './journal/cluster-journal.ts';
import {createJournalWriter} from './journal/journal-writer.ts';
import {gatherHappened} from './reports/gathered.ts';
import {programFacts} from './reports/surroundings.ts';

/** The line of a log that holds the answers of its run, and where it was started; the last one counts. */
export const answersLine = 'answers';

/** Events after which the journal is worth writing. */
const journaled: ReadonlySet<Event['type']> = new Set([
	'run-started',
	'step-started',
	'step-finished',
	'step-acknowledged',
	'step-problem',
	'step-going-back',
	'stopping',
	'run-finished',
]);

export type RecorderOptions = {
	readonly context: Context;
	/** Absent for runs that change nothing. */
	readonly journalFile: string | undefined;
	readonly logFile: string;
	readonly earlier?: Journal | undefined;
	/** How the run is gone on with. */
	readonly goOn?: GoOn | undefined;
	/** The journal cannot be kept. */
	readonly onFailure: (error: ProblemError) => void;
	readonly openPorts: (answers: Answers) => Ports;
	/** False while another run may have the cluster's lock: the journal that it keeps there is not overwritten. */
	readonly mayWrite: () => boolean;
	readonly answers: Answers;
};

/** Keeps what a run leaves behind: its state, its log, its journal. */
export type Recorder = {
	readonly listener: Listener;
	/** The answers that count from now on; an operator may edit them in the middle of a run. */
	readonly setAnswers: (answers: Answers) => void;
	/** Writes what is outstanding. @throws what the log could not be written for */
	readonly close: () => Promise<void>;
	/** How the run stands, and the answers that counted last. */
	readonly end: () => {readonly state: RunState; readonly answers: Answers};
	/** What people did in its course, and what was confirmed and met before it. */
	readonly happened: () => readonly Happened[];
	/** Which earlier runs changed something last, by step. */
	readonly changedBefore: () => ChangedBefore;
	/** What earlier runs recorded in steps that they did not bring to their end. */
	readonly recordedBefore: readonly RecordedBefore[];
};

const operatorOf = ({userName, hostName}: Context): string => `${userName} on ${hostName}`;

/** What the journal says of a run that its events do not. */
const aboutRun = ({context, earlier}: RecorderOptions) => ({
	host: context.hostName,
	pid: context.pid,
	earlier,
	rehearsal: context.rehearsal === true,
	by: operatorOf(context),
});

/** What an earlier run did of a step, else what others did, which it found. */
const doneBefore = (step: JournalStep): ChangedBefore[string] => {
	const change = lastChangeOf(step);
	const {runId, finishedAt: at, ended} = step;
	if (change !== undefined || ended === undefined || ended === inOrder) return change;
	return runId === undefined || at === undefined ? undefined : {runId, at, ended};
};

const changedIn = (earlier: Journal | undefined): ChangedBefore =>
	Object.fromEntries((earlier?.steps ?? []).map((step) => [step.id, doneBefore(step)]));

/** The command that goes on with a run, and what to correct in it first. */
const goesOnWith = (
	{goOn, context: {redactor}}: RecorderOptions,
	state: RunState,
): Pick<JournalContext, 'resume' | 'correct'> => {
	if (!goOn) return {};
	const correct = repeatedWords(state, goOn);
	return {resume: redactor.redact(goOnCommand(state, goOn)), correct: correct && redactor.redact(correct)};
};

/** Puts a journal into the cluster; the journal on this host is the one that counts, the copy serves another host only. */
const copier =
	({context, openPorts, mayWrite}: RecorderOptions, logLine: (value: unknown) => void, answers: () => Answers) =>
	async (journal: Journal): Promise<void> => {
		if (!journal.steps.some(({id, outcome}) => id === 'namespaces' && outcome !== undefined)) return;
		const failed = (message: string): void => logLine({at: context.clock.now(), type: 'journal-copy-failed', message});
		if (!mayWrite()) {
			failed('The lock of the cluster may be held by another run.');
			return;
		}
		try {
			const {cluster} = openPorts(answers());
			const {namespace} = answers().controlPlane;
			await writeClusterJournal(cluster, namespace, journal, AbortSignal.timeout(clusterJournalMs));
		} catch (error) {
			failed(context.redactor.redact(toProblem(error).message));
		}
	};

/** Starts the log and, where there is one, the journal. Events must be redacted before they come here. */
export const createRecorder = (options: RecorderOptions): Recorder => {
	const {context, logFile, earlier} = options;
	const {clock, redactor} = context;
	const log = createWriteStream(logFile, {flags: 'wx', mode: 0o600});
	// Without a listener a full disk would end the program; the end of the run reports it.
	log.on('error', () => undefined);
	const logLine = (value: unknown): void => {
		if (!log.errored) log.write(`${harmlessJson(JSON.stringify(value))}\n`);
	};
	const fold = createFold();
	let {answers} = options;
	const program = redactor.redactDeep(programFacts(context));
	// For a report that is made later, maybe of a run that keeps no journal. Answers hold references in the place of secrets.
	const logAnswers = (): void =>
		logLine({at: clock.now(), type: answersLine, answers, program, rehearsal: context.rehearsal === true});
	logAnswers();
	const about = aboutRun(options);
	const confirmations = [...(earlier?.confirmations ?? [])];
	const begun = changedSince(earlier, answers, clock.now());
	const happened = gatherHappened(answers, {clock, before: happenedBefore(earlier), begun, operator: about.by});
	const writer =
		options.journalFile === undefined
			? undefined
			: createJournalWriter(options.journalFile, {
					onFailure: options.onFailure,
					copy: copier(options, logLine, () => answers),
				});
	const free = writer && context.beforeLeaving?.(writer.saved);
	return {
		listener: (event) => {
			fold.add(event);
			happened.listener(event);
			if (event.type === 'step-acknowledged') confirmations.push({step: event.step, at: event.at, by: about.by});
			logLine(event);
			if (!journaled.has(event.type)) return;
			const state = fold.state();
			// What a report tells ends with it.
			const isTold = state.outcome === 'done' && isWhole(state);
			const carried = isTold
				? {}
				: {
						met: metOf(earlier, happened.met(), {runId: state.runId, by: about.by}),
						records: recordsOf(earlier, state),
					};
			const more = {...carried, ...goesOnWith(options, state)};
			writer?.put(journalOf(state, {...about, now: event.at, answers, confirmations, ...more}));
		},
		setAnswers: (next) => {
			if (next !== answers) {
				answers = next;
				logAnswers();
			}
			happened.answersAre(next);
		},
		close: async () => {
			await writer?.flush();
			free?.();
			log.end();
			await finished(log);
		},
		end: () => ({state: fold.state(), answers}),
		happened: happened.all,
		changedBefore: () => changedIn(earlier),
		recordedBefore: earlier?.records ?? [],
	};
};
