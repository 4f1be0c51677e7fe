import {open} from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {answersSchema} from '../../answers/schema.ts';
import {errnoWords, isSystemError} from '../../base/errno.ts';
import {saveBeside} from '../../base/files.ts';
import {printableText} from '../../base/printable.ts';
import type {Event} from '../../engine/events.ts';
import {reduceAll} from '../../engine/fold.ts';
import {type Journal, readJournal} from '../../engine/journal.ts';
import {emptyRun, isEventType} from '../../engine/reduce.ts';
import type {RunState} from '../../engine/state.ts';
import {plans} from '../../plans/index.ts';
import type {Happened} from '../../report/happened.ts';
import {paperText} from '../../report/paper.ts';
import {type Facts, problemPaper} from '../../report/run-papers.ts';
import {stateDirectoryOf} from '../answers/inputs.ts';
import type {Context} from '../base/context.ts';
import {journalFile} from '../base/journal-file.ts';
import {noEarlierRun} from '../base/kept/no-earlier-run.ts';
import {logOf, runLogs} from '../base/kept/run-logs.ts';
import {appProblems} from '../base/problems.ts';
import {answersLine} from '../run/recorder.ts';
import {gatherHappened} from '../run/reports/gathered.ts';
import {surroundingsOf} from '../run/reports/surroundings.ts';

/** So much of the log of a run is read: its beginning names the steps, the rest is what happened. Bytes. */
const mostLogBytes = 32 * 1024 * 1024;

/** The newest journal of the state folder, where there is one. @throws ProblemError `state-unreadable` */
const newestJournal = async (stateDirectory: string): Promise<Journal | undefined> => {
	const journals = await Promise.all(
		Object.values(plans).map(async ({id}) => readJournal(journalFile(stateDirectory, id))),
	);
	return journals.flatMap((one) => one ?? []).sort((a, b) => b.savedAt - a.savedAt)[0];
};

/** The beginning of a file, as text. */
const beginningOf = async (file: string): Promise<string> => {
	const handle = await open(file);
	try {
		const {size} = await handle.stat();
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(Math.min(size, mostLogBytes)), 0, undefined, 0);
		return buffer.toString('utf8', 0, bytesRead);
	} finally {
		await handle.close();
	}
};

type LogLine = {
	readonly type: unknown;
	readonly answers?: unknown;
	readonly program?: unknown;
	readonly rehearsal?: unknown;
};

const factsSchema = z.array(z.tuple([z.string(), z.string()]));

/** A line of a log; undefined for one that is none, as the last of a killed run may be. */
const lineOf = (line: string): LogLine | undefined => {
	try {
		const value: unknown = JSON.parse(line);
		const isLine = typeof value === 'object' && value !== null && 'type' in value && 'at' in value;
		return isLine ? (value as LogLine) : undefined;
	} catch {
		return undefined;
	}
};

/** A run as it can be told later. */
type Told = {
	readonly state: RunState;
	readonly happened: readonly Happened[];
	/** Unchecked; undefined where neither log nor journal has them. */
	readonly answers: unknown;
	/** Of the program that went through it; undefined for a log of a version that did not tell. */
	readonly program: Facts | undefined;
	readonly rehearsal: boolean;
};

/** The run of a log. */
const toldOf = async (file: string | undefined, clock: Context['clock']): Promise<Told> => {
	const lines = (file === undefined ? '' : await beginningOf(file)).split('\n').flatMap((line) => lineOf(line) ?? []);
	// Events that only the log knows, such as that of a journal that could not be copied, are none of the engine's.
	const events = lines.filter(({type}) => isEventType(type)) as unknown as readonly Event[];
	const gatherer = gatherHappened(undefined, {clock});
	for (const event of events) gatherer.listener(event);
	const {answers, program, rehearsal} = lines.findLast(({type}) => type === answersLine) ?? {};
	return {
		state: reduceAll(emptyRun, events),
		happened: gatherer.all(),
		answers,
		program: factsSchema.safeParse(program).data,
		rehearsal: rehearsal === true,
	};
};

/** Is this what somebody wants a report of, though an earlier run changed something? A look that met nothing is not. */
const isWorthIt = ({state: {pass, steps}, answers}: Told): boolean =>
	answers !== undefined && (pass !== 'look' || steps.some(({problem}) => problem !== undefined));

/**
 * The last run of a state folder, whatever command it was: one that changes nothing keeps a log alone. The journal tells of the last run
 * that made something, which counts where a look since then has met no problem. @throws ProblemError `no-earlier-run`
 */
const lastRun = async (stateDirectory: string, clock: Context['clock']): Promise<Told> => {
	const folder = path.join(stateDirectory, 'logs');
	const [journal, logs] = await Promise.all([newestJournal(stateDirectory), runLogs(stateDirectory)]);
	const newest = await toldOf(logs[0], clock);
	if (isWorthIt(newest)) return newest;
	if (journal) {
		const {runId, answers, rehearsal} = journal;
		const told = await toldOf(logOf(logs, runId), clock);
		return {...told, answers, rehearsal: rehearsal === true};
	}
	if (newest.answers !== undefined) return newest;
	throw await noEarlierRun(stateDirectory, 'report', folder);
};

/**
 * The report of the last run of a state folder, made from its log and journal, which hold no secret. Asks no server. Gives what is to be
 * printed: the report, or where it was written. @throws ProblemError
 */
export const reportLater = async (
	context: Context,
	options: {readonly stateDir?: string; readonly out?: string},
): Promise<string> => {
	const stateDirectory = stateDirectoryOf(context, options);
	const {state, happened, answers: found, program, rehearsal} = await lastRun(stateDirectory, context.clock);
	const answers = answersSchema.safeParse(found);
	if (!answers.success) throw await noEarlierRun(stateDirectory, 'report');
	const paper = problemPaper({
		state,
		answers: answers.data,
		surroundings: await surroundingsOf(context, answers.data, undefined, program),
		happened,
		rehearsal,
	});
	const text = printableText(context.redactor.redact(paperText(paper).join('\n')));
	if (options.out === undefined) return text;
	const file = path.resolve(context.workingDirectory, options.out);
	const written = await saveBeside(file, text).catch((error: unknown) => {
		if (!isSystemError(error)) throw error;
		const given = {file, reason: errnoWords(error, 'write')};
		throw appProblems.error('report-unwritable', given, {location: {file}, error});
	});
	return `Report written to ${written}`;
};
