import path from 'node:path';
import * as z from 'zod';
import {errnoWords} from '../base/errno.ts';
import {unfinished, writeWhole} from '../base/files.ts';
import {type FileFault, readOwnFile} from '../base/own/file.ts';
import {makeOwnFolder} from '../base/own/make.ts';
import type {ProblemError} from '../base/problem.ts';
import {formatBytes} from '../base/units.ts';
import {stepSchema, stepsOf, time, words} from './journal/steps.ts';
import {unfinishedWay} from './outcome.ts';
import {engineProblems} from './problems.ts';
import type {RunState} from './state.ts';

/** Version of the journal's layout; raised when an older tool could misread it. */
export const journalSchemaVersion = 3;

/** Answers have some four levels; walks over a hundred thousand would end the program. */
const mostLevels = 64;

const isShallow = (value: unknown, left = mostLevels): boolean =>
	value === null ||
	typeof value !== 'object' ||
	(left > 0 && Object.values(value).every((one) => isShallow(one, left - 1)));

/** What a run met and did not get past, with the id and the title of its step. */
const problemSchema = z.object({
	step: words.optional(),
	title: words.optional(),
	code: words,
	message: words,
});

/** A way out of a problem that was agreed to, begun, and is not at its end: `Bring back revision 3 …`. */
const waySchema = z.object({label: words, command: words.optional()});

/** A problem of a step, what was decided at it, or what was waited for, in a sentence; `step` is its title. */
const metSchema = z.object({
	runId: words,
	at: time,
	until: time.optional(),
	step: words,
	text: words,
	by: words.optional(),
});

/** What a run recorded in a step, by its id, that it did not bring to its end. */
const recordSchema = z.object({runId: words, step: words, lines: z.array(words)});

const journalSchema = z.object({
	schema: z.literal(journalSchemaVersion),
	/** The plan that was gone through: `install`. */
	plan: words,
	tool: words,
	runId: words,
	savedAt: time,
	startedAt: time,
	host: words,
	pid: z.int().positive(),
	outcome: z.enum(['done', 'failed', 'stopped']).optional(),
	/** It was told to stop; where no outcome follows, it did not come to its safe point. Absent in journals of earlier versions. */
	stopping: z.boolean().optional(),
	/** The step that it was at; absent once it is done. */
	current: words.optional(),
	problem: problemSchema.optional(),
	unfinishedWay: waySchema.optional(),
	/** The command that goes on with it, as its operator would type it. */
	resume: words.optional(),
	/** What is to be corrected in that command first, in words. */
	correct: words.optional(),
	/** Digest of the bundle that was worked with, `sha256:` and hex. */
	bundle: words.optional(),
	steps: z.array(stepSchema),
	acknowledged: z.array(words),
	/** Who confirmed what, and when; absent in journals of versions that kept the steps alone. */
	confirmations: z.array(z.object({step: words, at: time, by: words})).optional(),
	/** What this run and those before it met, until one came to the end of the plan and told it; absent where there is nothing. */
	met: z.array(metSchema).optional(),
	/** The same of what they recorded in steps that had no end yet. */
	records: z.array(recordSchema).optional(),
	/** True for a run in a played world. */
	rehearsal: z.boolean().optional(),
	/** The answers of the run, with references in the place of secrets. */
	answers: z
		.unknown()
		.refine((value) => isShallow(value), `more than ${mostLevels} levels`)
		.optional(),
});

/** What survives a run: a journal that may be lost, never the truth about the world. Holds no secret. */
export type Journal = z.infer<typeof journalSchema>;

/** Layout 1 knew one plan only, and had a place for the bundle's digest that nobody filled. */
const fromLayout1 = (raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
	...raw,
	schema: 2,
	plan: 'install',
});

/** Layout 2 knew no step that was brought back. */
const fromLayout2: typeof fromLayout1 = (raw) => ({...raw, schema: 3});

/** How a journal of each older layout becomes one of the next. */
const migrations: Readonly<Record<number, typeof fromLayout1>> = {1: fromLayout1, 2: fromLayout2};

const migrated = (raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
	const migrate = migrations[Number(raw.schema)];
	return migrate ? migrated(migrate(raw)) : raw;
};

/** What the journal is told beside the state of the run. `now` in ms since the epoch. */
export type JournalContext = {
	readonly host: string;
	readonly pid: number;
	readonly now: number;
	readonly answers: unknown;
	readonly earlier?: Journal | undefined;
	/** All that are known, those of earlier runs too. */
	readonly confirmations?: Journal['confirmations'];
	/** The same of what was met. */
	readonly met?: Journal['met'];
	readonly records?: Journal['records'];
	readonly rehearsal?: boolean;
	/** Who goes through this run. */
	readonly by?: string | undefined;
	readonly resume?: string | undefined;
	readonly correct?: string | undefined;
};

/** Whether what a journal knows of a step is of its own run, and was not carried over. */
export const isOfItsRun = (
	{runId, startedAt}: Pick<Journal, 'runId' | 'startedAt'>,
	step: Journal['steps'][number],
): boolean => (step.runId === undefined ? (step.startedAt ?? startedAt) >= startedAt : step.runId === runId);

/** Where a run is that is not done: its step, the problem that holds it, a way that was begun and has not ended. */
const standingOf = (state: RunState): Pick<Journal, 'current' | 'problem' | 'unfinishedWay'> => {
	if (state.outcome === 'done') return {};
	const failed = state.steps.find(({status}) => status === 'problem');
	const problem = failed?.problem ?? (state.outcome === 'failed' ? state.problem : undefined);
	const step = state.steps.find(({id, outcome}) => id === state.current && outcome === undefined);
	const way = unfinishedWay(state);
	const at = failed ?? step;
	return {
		...(step && {current: step.id}),
		...(problem && {problem: {step: at?.id, title: at?.title, code: problem.code, message: problem.message}}),
		...(way && {unfinishedWay: {label: way.label, command: way.command}}),
	};
};

/** The journal of a run, carrying over what an earlier one of the same plan knew of steps that this one has not reached. */
export const journalOf = (
	state: RunState,
	{host, pid, now, answers, earlier, confirmations, met, records, rehearsal, resume, correct, by}: JournalContext,
): Journal => ({
	schema: journalSchemaVersion,
	plan: state.plan,
	tool: state.version,
	runId: state.runId,
	savedAt: now,
	startedAt: state.startedAt,
	host,
	pid,
	outcome: state.outcome,
	...(state.stopping !== undefined && {stopping: true}),
	...standingOf(state),
	...(resume !== undefined && {resume}),
	...(correct !== undefined && {correct}),
	bundle: state.steps.find(({keep}) => keep?.bundle !== undefined)?.keep?.bundle ?? earlier?.bundle,
	steps: stepsOf(state, earlier?.steps ?? [], by),
	acknowledged: [
		...new Set([
			...(earlier?.acknowledged ?? []),
			...state.steps.filter((step) => step.acknowledged).map(({id}) => id),
		]),
	],
	...(confirmations && confirmations.length > 0 && {confirmations}),
	...(met && met.length > 0 && {met}),
	...(records && records.length > 0 && {records}),
	...(rehearsal === true && {rehearsal}),
	answers,
});

const headSchema = z.looseObject({schema: z.number(), tool: z.string().optional()});

/**
 * A journal from parsed JSON; one of an older layout is migrated. @param file where it came from, for messages.
 * @throws ProblemError `state-unreadable`, `state-newer`.
 */
export const parseJournal = (raw: unknown, file: string): Journal => {
	const head = headSchema.safeParse(raw);
	if (head.success && head.data.schema > journalSchemaVersion) {
		const {schema, tool = 'unknown version'} = head.data;
		throw engineProblems.error(
			'state-newer',
			{file, tool, theirs: schema, ours: journalSchemaVersion},
			{location: {file}},
		);
	}
	const parsed = journalSchema.safeParse(head.success ? migrated(head.data) : raw);
	if (parsed.success) return parsed.data;
	const [first] = parsed.error.issues;
	const reason = [first?.path.join('.') ?? '', first?.message ?? ''].filter((part) => part !== '').join(': ');
	throw engineProblems.error('state-unreadable', {case: 'no journal', file, reason}, {location: {file}});
};

/** The longest journal, in bytes. Its copy in the cluster lies in a Secret, which holds 1 MiB. */
const mostBytes = 4 * 1024 * 1024;

const notOurs = (file: string, fault: FileFault): ProblemError => {
	const more = {location: {file}};
	switch (fault.kind) {
		case 'no file':
			return engineProblems.error('state-not-ours', {case: 'no file', file, is: fault.is}, more);
		case 'owner':
			return engineProblems.error('state-not-ours', {case: 'owner', file, owner: fault.owner}, more);
		case 'too large': {
			const sizes = {size: formatBytes(fault.bytes), most: formatBytes(mostBytes)};
			return engineProblems.error('state-not-ours', {case: 'too large', file, ...sizes}, more);
		}
	}
};

/** The text of a journal; undefined where there is none. @throws ProblemError `state-unreadable`, `state-not-ours` */
const readText = async (file: string): Promise<string | undefined> => {
	const found = await readOwnFile(file, mostBytes).catch((error: unknown) => {
		const given = {case: 'refused', file, reason: errnoWords(error, 'read')} as const;
		throw engineProblems.error('state-unreadable', given, {location: {file}, error});
	});
	if (found?.fault) throw notOurs(file, found.fault);
	return found?.text;
};

/** The text of a journal as JSON; undefined where there is none. @throws SyntaxError, ProblemError `state-unreadable`, `state-not-ours` */
const readJson = async (file: string): Promise<unknown> => {
	const text = await readText(file);
	return text === undefined ? undefined : JSON.parse(text);
};

/** The previous copy; undefined where there is none, or it is damaged as well. */
const readPrevious = async (file: string): Promise<unknown> => {
	try {
		return await readJson(`${file}.previous`);
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
};

const readEither = async (file: string): Promise<unknown> => {
	try {
		return await readJson(file);
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		const previous = await readPrevious(file);
		if (previous !== undefined) return previous;
		const given = {case: 'damaged', file, reason: error.message} as const;
		throw engineProblems.error('state-unreadable', given, {location: {file}, error});
	}
};

/**
 * Reads the journal; undefined when there is none.
 * @throws ProblemError `state-unreadable` (damaged and no previous copy), `state-newer` (written by a newer tool), `state-not-ours`
 * (a link, a pipe or a file of somebody else has its name).
 */
export const readJournal = async (file: string): Promise<Journal | undefined> => {
	const raw = await readEither(file);
	return raw === undefined ? undefined : parseJournal(raw, file);
};

/**
 * Writes the journal: previous copy kept, then written beside it, fsynced and renamed, mode 0600 in a 0700 folder. A link in the
 * place of one of them is not followed.
 * @throws ProblemError `state-not-ours` where something else has its name, `state-unreadable`, `folder-not-ours`; the error of the file system
 */
export const writeJournal = async (file: string, journal: Journal): Promise<void> => {
	await makeOwnFolder(path.dirname(file));
	const before = await readText(file);
	const previous = `${file}.previous`;
	// Whoever writes holds the lock of the folder, so a name that is always the same does: what a killed run left is written over.
	if (before !== undefined) await writeWhole(previous, before, {sync: false, temporary: unfinished(previous)});
	await writeWhole(file, `${JSON.stringify(journal, undefined, '\t')}\n`, {temporary: unfinished(file)});
};
