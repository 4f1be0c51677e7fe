import {copyFile, readFile} from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import {makeFolders} from '../base/folders.ts';
import {ProblemError} from '../base/problem.ts';
import {type RunState, stepIds} from './types.ts';

/** Version of the state file's layout; raised when an older tool could misread it. */
export const stateSchemaVersion = 1;

const outcomes = ['already', 'applied', 'not-needed', 'skipped'] as const;

const journalSchema = z.object({
	schema: z.literal(stateSchemaVersion),
	tool: z.string(),
	runId: z.string(),
	savedAt: z.number(),
	startedAt: z.number(),
	host: z.string(),
	pid: z.number(),
	outcome: z.enum(['done', 'failed', 'stopped']).optional(),
	/** Digest of the bundle that was installed. */
	bundle: z.string().optional(),
	steps: z.array(
		z.object({
			id: z.enum(stepIds),
			outcome: z.enum(outcomes).optional(),
			fingerprint: z.string().optional(),
			startedAt: z.number().optional(),
			finishedAt: z.number().optional(),
			note: z.string().optional(),
		}),
	),
	acknowledged: z.array(z.enum(stepIds)),
	/** The answers of the run, with references in the place of secrets. */
	answers: z.unknown().optional(),
});

/** What survives a run: a journal that may be lost, never the truth about the world. Holds no secret. */
export type Journal = z.infer<typeof journalSchema>;

/** The journal of a run, carrying over what an earlier one knew of steps that this one has not reached. */
export const journalOf = (
	state: RunState,
	more: {
		readonly host: string;
		readonly pid: number;
		readonly now: number;
		readonly answers: unknown;
		readonly bundle?: string;
		readonly earlier?: Journal;
	},
): Journal => {
	const {earlier} = more;
	const steps = stepIds.flatMap((id) => {
		const step = state.steps.find((one) => one.id === id);
		if (step?.outcome === undefined) return earlier?.steps.filter((one) => one.id === id) ?? [];
		const {outcome, fingerprint, startedAt, finishedAt, note} = step;
		return [{id, outcome, fingerprint, startedAt, finishedAt, note}];
	});
	const acknowledged = stepIds.filter(
		(id) =>
			(earlier?.acknowledged.includes(id) ?? false) || state.steps.some((step) => step.id === id && step.acknowledged),
	);
	return {
		schema: stateSchemaVersion,
		tool: state.version,
		runId: state.runId,
		savedAt: more.now,
		startedAt: state.startedAt,
		host: more.host,
		pid: more.pid,
		outcome: state.outcome,
		bundle: more.bundle ?? earlier?.bundle,
		steps,
		acknowledged,
		answers: more.answers,
	};
};

const unreadable = (file: string, cause: string, fix: string): ProblemError =>
	new ProblemError({
		code: 'state-unreadable',
		area: 'usage',
		message: `The state file ${file} cannot be used.`,
		cause,
		fix,
		location: {file},
	});

/**
 * A journal from parsed JSON. @param file where it came from, for messages.
 * @throws ProblemError `state-unreadable`, `state-newer`.
 */
export const parseJournal = (raw: unknown, file: string): Journal => {
	const version = z.object({schema: z.number(), tool: z.string().optional()}).safeParse(raw);
	if (version.success && version.data.schema > stateSchemaVersion) {
		throw new ProblemError({
			code: 'state-newer',
			area: 'usage',
			message: `The state file ${file} was written by a newer zenml-airgap (${version.data.tool ?? 'unknown version'}).`,
			cause: `It has layout ${version.data.schema}; this program knows ${stateSchemaVersion}.`,
			fix: 'Use the newer program, or name another folder with --state-dir.',
			location: {file},
		});
	}
	const parsed = journalSchema.safeParse(raw);
	if (!parsed.success) {
		const first = parsed.error.issues[0];
		throw unreadable(
			file,
			`${first?.path.join('.') ?? ''}: ${first?.message ?? 'not a journal'}.`,
			'Move it away and start again: the truth is in the cluster, the registry and the database.',
		);
	}
	return parsed.data;
};

/**
 * Reads the journal; undefined when there is none.
 * @throws ProblemError `state-unreadable` (damaged and no previous copy), `state-newer` (written by a newer tool).
 */
export const readJournal = async (file: string): Promise<Journal | undefined> => {
	const read = async (from: string): Promise<unknown> => {
		const text = await readFile(from, 'utf8').catch((error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return undefined;
			throw unreadable(
				from,
				`It cannot be read (${error.code ?? error.message}).`,
				'Mend its owner or mode, or name another folder with --state-dir.',
			);
		});
		return text === undefined ? undefined : JSON.parse(text);
	};
	let raw: unknown;
	try {
		raw = await read(file);
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		raw = await read(`${file}.previous`).catch((inner: unknown) => {
			if (inner instanceof SyntaxError) return undefined;
			throw inner;
		});
		if (raw === undefined) {
			throw unreadable(
				file,
				`It is not JSON: ${error.message}.`,
				'Move it away and start again: the tool finds out from the cluster, the registry and the database what is done.',
			);
		}
	}
	return raw === undefined ? undefined : parseJournal(raw, file);
};

/** Writes the journal: previous copy kept, then written beside it, fsynced and renamed, mode 0600 in a 0700 folder. */
export const writeJournal = async (file: string, journal: Journal): Promise<void> => {
	await makeFolders(path.dirname(file), 0o700);
	await copyFile(file, `${file}.previous`).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'ENOENT') throw error;
	});
	await writeFileAtomic(file, `${JSON.stringify(journal, undefined, '\t')}\n`, {mode: 0o600, fsync: true});
};
