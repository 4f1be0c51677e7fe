import {open, readdir} from 'node:fs/promises';
import path from 'node:path';
import {answersSchema} from '../../answers/schema.ts';
import {saveBeside} from '../../base/files.ts';
import {printableText} from '../../base/printable.ts';
import type {Event} from '../../engine/events.ts';
import {reduceAll} from '../../engine/fold.ts';
import {type Journal, readJournal} from '../../engine/journal.ts';
import {emptyRun} from '../../engine/reduce.ts';
import type {RunState} from '../../engine/state.ts';
import {plans} from '../../plans/index.ts';
import type {Happened} from '../../report/happened.ts';
import {paperText} from '../../report/paper.ts';
import {problemPaper} from '../../report/run-papers.ts';
import {stateDirectoryOf} from '../answers/inputs.ts';
import type {Context} from '../base/context.ts';
import {journalFile} from '../base/journal-file.ts';
import {appProblems} from '../base/problems.ts';
import {gatherHappened} from '../run/reports/gathered.ts';
import {surroundingsOf} from '../run/reports/surroundings.ts';

/** So much of the log of a run is read: its beginning names the steps, the rest is what happened. Bytes. */
const mostLogBytes = 32 * 1024 * 1024;

/** The newest journal of the state folder. @throws ProblemError `no-earlier-run`, `state-unreadable` */
const newestJournal = async (stateDirectory: string): Promise<Journal> => {
	const journals = await Promise.all(
		Object.values(plans).map(async ({id}) => readJournal(journalFile(stateDirectory, id))),
	);
	const [newest] = journals.flatMap((one) => one ?? []).sort((a, b) => b.savedAt - a.savedAt);
	if (!newest) throw appProblems.error('no-earlier-run', {file: journalFile(stateDirectory, 'install')});
	return newest;
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

/** An event of a line; undefined for one that is none, as the last of a killed run may be. */
const eventOf = (line: string): Event | undefined => {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null && 'type' in value && 'at' in value
			? (value as Event)
			: undefined;
	} catch {
		return undefined;
	}
};

/** Events that only the log knows, such as that of a journal that could not be copied, are none of the engine's. */
const known: ReadonlySet<string> = new Set(
	'run-started step-started step-checking step-todo step-pages step-applying step-detail step-waiting step-retrying step-problem step-decided step-going-back step-acknowledged step-warning step-finished run-warning stopping run-finished'.split(
		' ',
	),
);

/** The run of a journal as its log tells it; without a log, only what the journal has. */
const toldOf = async (
	stateDirectory: string,
	{journal: {runId}, clock}: {readonly journal: Journal; readonly clock: Context['clock']},
): Promise<{readonly state: RunState; readonly happened: readonly Happened[]}> => {
	const folder = path.join(stateDirectory, 'logs');
	const name = (await readdir(folder).catch(() => [])).find((one) => one.endsWith(`-${runId}.jsonl`));
	const text = name === undefined ? '' : await beginningOf(path.join(folder, name));
	const events = text
		.split('\n')
		.flatMap((line) => eventOf(line) ?? [])
		.filter(({type}) => known.has(type));
	const state = reduceAll(emptyRun, events);
	const gatherer = gatherHappened(undefined, {clock});
	for (const event of events) gatherer.listener(event);
	return {state, happened: gatherer.all()};
};

/**
 * The report of the last run of a state folder, made from its journal and log, which hold no secret. Asks no server. Gives what is to be
 * printed: the report, or where it was written. @throws ProblemError
 */
export const reportLater = async (
	context: Context,
	options: {readonly stateDir?: string; readonly out?: string},
): Promise<string> => {
	const stateDirectory = stateDirectoryOf(context, options);
	const journal = await newestJournal(stateDirectory);
	const {state, happened} = await toldOf(stateDirectory, {journal, clock: context.clock});
	const answers = answersSchema.safeParse(journal.answers);
	if (!answers.success) throw appProblems.error('no-earlier-run', {file: journalFile(stateDirectory, journal.plan)});
	const paper = problemPaper({
		state,
		answers: answers.data,
		surroundings: await surroundingsOf(context, answers.data, undefined),
		happened,
		rehearsal: journal.rehearsal === true,
	});
	const text = printableText(context.redactor.redact(paperText(paper).join('\n')));
	if (options.out === undefined) return text;
	return `Report written to ${await saveBeside(path.resolve(context.workingDirectory, options.out), text)}`;
};
