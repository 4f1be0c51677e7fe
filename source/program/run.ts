import {randomBytes} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {finished} from 'node:stream/promises';
import type {Answers} from '../answers/schema.ts';
import type {Controls} from '../engine/controls.ts';
import {converge} from '../engine/converge.ts';
import {acquireFileLock} from '../engine/lock.ts';
import {isAbort, ProblemError, toProblem} from '../engine/problem.ts';
import {emptyRun, reduce} from '../engine/reduce.ts';
import type {RunResult} from '../engine/run.ts';
import {type Journal, journalOf, readJournal} from '../engine/state-file.ts';
import type {Event, Listener, RunState, StepId} from '../engine/types.ts';
import {acceptanceReport} from '../report/acceptance.ts';
import {installSteps} from '../steps/index.ts';
import type {Context} from './context.ts';
import {createJournalWriter, readClusterJournal, writeClusterJournal} from './journal.ts';
import {type OpenPorts, openPorts} from './ports.ts';

export type RunRequest = {
	readonly context: Context;
	readonly stateDirectory: string;
	readonly mode: 'install' | 'plan' | 'verify';
	readonly answers: Answers;
	readonly prompted: ReadonlyMap<string, string>;
	/** Made when the earlier run's confirmations are known. */
	readonly controls: (acknowledged: readonly StepId[]) => Controls<Answers>;
	readonly listeners: readonly Listener[];
	/** Stops at a safe point. */
	readonly signal: AbortSignal;
	readonly from?: StepId;
	readonly until?: StepId;
};

/** A run that came to its end. Files are absolute paths. */
export type RunReport = RunResult & {readonly state: RunState; readonly logFile: string; readonly reportFile?: string};

/** Where the journal of an installation lies. */
export const journalFile = (stateDirectory: string): string => path.join(stateDirectory, 'state.json');

/** Longest wait for a journal that another host may have left in the cluster, ms. */
const clusterJournalMs = 5000;

/** Events after which the journal is worth writing. */
const journaled: ReadonlySet<Event['type']> = new Set([
	'run-started',
	'step-finished',
	'step-acknowledged',
	'step-problem',
	'run-finished',
]);

const earlierJournal = async (request: RunRequest, opened: OpenPorts): Promise<Journal | undefined> => {
	const local = await readJournal(journalFile(request.stateDirectory));
	if (local || request.mode === 'plan') return local;
	const signal = AbortSignal.any([request.signal, AbortSignal.timeout(clusterJournalMs)]);
	// A cluster that does not answer is told by the step "prerequisites", with its cause; here only a journal is wanted.
	const copy = await readClusterJournal(opened.ports.cluster, request.answers.controlPlane.namespace, signal).catch(
		() => undefined,
	);
	return copy as Journal | undefined;
};

const makeFolder = async (folder: string): Promise<void> => {
	await mkdir(folder, {recursive: true, mode: 0o700}).catch((error: NodeJS.ErrnoException) => {
		throw new ProblemError({
			code: 'state-unwritable',
			area: 'usage',
			message: `The folder ${folder} for state and logs cannot be made.`,
			cause: error.message,
			fix: 'Name another folder with --state-dir.',
			location: {file: folder},
		});
	});
};

/**
 * One run of the install list, with everything around it: lock, ports, journal, log, reports. Refusals before the first
 * event are thrown as ProblemError; after it every end is a result.
 */
export const runInstall = async (request: RunRequest): Promise<RunReport> => {
	const {context, stateDirectory, mode, answers} = request;
	const {clock, redactor} = context;
	const runId = randomBytes(4).toString('hex');
	const logFile = path.join(
		stateDirectory,
		'logs',
		`${new Date(clock.now()).toISOString().replaceAll(/[:.]/gu, '-')}-${runId}.jsonl`,
	);
	await makeFolder(path.dirname(logFile));
	const holder = {pid: context.pid, host: context.hostName, user: context.userName, runId, startedAt: clock.now()};
	const unlock =
		mode === 'install' ? await acquireFileLock(path.join(stateDirectory, 'lock'), holder) : async () => undefined;
	const stop = new AbortController();
	const signal = AbortSignal.any([request.signal, stop.signal]);
	const openings = new Map<Answers, Promise<OpenPorts>>();
	const open = async (wanted: Answers): Promise<OpenPorts> => {
		const known = openings.get(wanted);
		if (known) return known;
		const opening = openPorts(wanted, {
			context,
			stateDirectory,
			prompted: request.prompted,
			...(mode === 'install' ? {holder} : {}),
			onLeaseLost: (reason) => stop.abort(reason),
		});
		openings.set(wanted, opening);
		// A failed opening (a missing CA file) must be tried anew after it was mended.
		opening.catch(() => openings.delete(wanted));
		return opening;
	};
	try {
		const opened = await open(answers);
		const earlier = await earlierJournal(request, opened);
		const log = createWriteStream(logFile, {flags: 'a', mode: 0o600});
		// Without a listener a full disk would end the program; the journal, written in the same folder, reports it.
		log.on('error', () => undefined);
		const logLine = (value: unknown): void => {
			if (!log.errored) log.write(`${JSON.stringify(value)}\n`);
		};
		let state: RunState = emptyRun;
		let current = answers;
		const writer = createJournalWriter(journalFile(stateDirectory), {
			onFailure: (error) => stop.abort(error),
			copy: async (journal) => {
				if (!journal.steps.some(({id, outcome}) => id === 'namespaces' && outcome !== undefined)) return;
				const {ports} = await open(current);
				await writeClusterJournal(
					ports.cluster,
					current.controlPlane.namespace,
					journal,
					AbortSignal.timeout(clusterJournalMs),
				).catch((error: unknown) => {
					logLine({at: clock.now(), type: 'journal-copy-failed', message: redactor.redact(toProblem(error).message)});
				});
			},
		});
		const keep: Listener = (event) => {
			state = reduce(state, event);
			logLine(event);
			if (mode === 'install' && journaled.has(event.type)) {
				writer.put(
					journalOf(state, {
						host: context.hostName,
						pid: context.pid,
						now: event.at,
						answers: current,
						...(earlier ? {earlier} : {}),
					}),
				);
			}
		};
		const emit: Listener = (event) => {
			const clean = redactor.redactDeep(event);
			for (const listener of [keep, ...request.listeners]) listener(clean);
		};
		const result = await converge<Answers, Awaited<ReturnType<typeof makeWorld>>>({
			mode,
			runId,
			version: context.version,
			steps: installSteps,
			answers,
			makeWorld,
			controls: request.controls(earlier?.acknowledged ?? []),
			listeners: [emit],
			signal,
			clock,
			fingerprints: new Map(
				(earlier?.steps ?? []).flatMap(({id, fingerprint}) =>
					fingerprint === undefined ? [] : [[id, fingerprint] as const],
				),
			),
			...(request.from ? {from: request.from} : {}),
			...(request.until ? {until: request.until} : {}),
		});
		async function makeWorld(base: Parameters<Parameters<typeof converge<Answers, never>>[0]['makeWorld']>[0]) {
			current = base.answers;
			const {ports} = await open(base.answers);
			return {...ports, ...base};
		}
		await writer.flush();
		const reportFile = path.join(stateDirectory, 'reports', `acceptance-${runId}.txt`);
		const verified = state.steps.some(({id, status}) => id === 'verification' && status === 'done');
		if (verified) {
			await makeFolder(path.dirname(reportFile));
			await writeFile(reportFile, acceptanceReport(state, current).join('\n'), {mode: 0o600});
		}
		log.end();
		await finished(log).catch((error: unknown) => {
			if (!isAbort(error)) context.err(`The log ${logFile} is not complete: ${toProblem(error).message}\n`);
		});
		return {...result, state, logFile, ...(verified ? {reportFile} : {})};
	} finally {
		for (const opening of openings.values()) await opening.then(async ({close}) => close()).catch(() => undefined);
		await unlock();
	}
};
