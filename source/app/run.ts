import {randomBytes} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {Answers} from '../answers/schema.ts';
import {acquireFileLock} from '../base/lock.ts';
import type {Controls} from '../engine/controls.ts';
import {converge} from '../engine/converge.ts';
import {type Journal, readJournal} from '../engine/journal.ts';
import type {RunResult} from '../engine/run.ts';
import type {Listener, RunState, StepId} from '../engine/types.ts';
import {acceptanceReport} from '../report/acceptance.ts';
import type {Ports, World} from '../steps/world.ts';
import type {Context} from './context.ts';
import {makeFolder} from './folder.ts';
import {readClusterJournal} from './journal.ts';
import {journalFile} from './journal-file.ts';
import {clusterJournalMs, createRecorder} from './recorder.ts';

export type RunRequest = {
	readonly context: Context;
	readonly stateDirectory: string;
	readonly mode: 'install' | 'plan' | 'verify';
	readonly answers: Answers;
	readonly prompted: ReadonlyMap<string, string>;
	/** Refuses answers, also edited ones, before any port is opened for them; throws a ProblemError. */
	readonly judge?: (answers: Answers) => void;
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

const earlierJournal = async (request: RunRequest, ports: Ports): Promise<Journal | undefined> => {
	const local = await readJournal(journalFile(request.stateDirectory));
	if (local || request.mode === 'plan') return local;
	const signal = AbortSignal.any([request.signal, AbortSignal.timeout(clusterJournalMs)]);
	// A cluster that does not answer is told by the step "prerequisites", with its cause; here only a journal is wanted.
	const copy = await readClusterJournal(ports.cluster, request.answers.controlPlane.namespace, signal).catch(
		() => undefined,
	);
	return copy;
};

/**
 * One run of the install list, with everything around it: lock, ports, journal, log, reports. Refusals before the first
 * event are thrown as ProblemError; after it every end is a result.
 */
export const runInstall = async (request: RunRequest): Promise<RunReport> => {
	const {context, stateDirectory, mode, answers} = request;
	request.judge?.(answers);
	const {clock} = context;
	// The steps and their ports are most of the program; the first screen need not wait for them.
	const [{installSteps}, {createPortsSlot}] = await Promise.all([import('../plans/install.ts'), import('./ports.ts')]);
	const runId = randomBytes(4).toString('hex');
	const stamp = new Date(clock.now()).toISOString().replaceAll(/[:.]/gu, '-');
	const logFile = path.join(stateDirectory, 'logs', `${stamp}-${runId}.jsonl`);
	await makeFolder(path.dirname(logFile));
	const holder = {pid: context.pid, host: context.hostName, user: context.userName, runId, startedAt: clock.now()};
	const unlock =
		mode === 'install' ? await acquireFileLock(path.join(stateDirectory, 'lock'), holder) : async () => undefined;
	const stop = new AbortController();
	const signal = AbortSignal.any([request.signal, stop.signal]);
	const slot = createPortsSlot({
		context,
		stateDirectory,
		prompted: request.prompted,
		...(mode === 'install' ? {holder} : {}),
		onLeaseLost: (reason) => stop.abort(reason),
	});
	try {
		const earlier = await earlierJournal(request, await slot.open(answers));
		const recorder = createRecorder({
			context,
			journalFile: mode === 'install' ? journalFile(stateDirectory) : undefined,
			logFile,
			...(earlier ? {earlier} : {}),
			onFailure: (error) => stop.abort(error),
			openPorts: slot.open,
			answers,
		});
		const result = await converge<Answers, World>({
			mode,
			runId,
			version: context.version,
			steps: installSteps,
			answers,
			makeWorld: async (base) => {
				request.judge?.(base.answers);
				recorder.setAnswers(base.answers);
				return {...(await slot.open(base.answers)), ...base};
			},
			controls: request.controls(earlier?.acknowledged ?? []),
			listeners: [
				(event) => {
					const clean = context.redactor.redactDeep(event);
					for (const listener of [recorder.listener, ...request.listeners]) listener(clean);
				},
			],
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
		const {state, answers: last} = await recorder.close();
		if (!state.steps.some(({id, status}) => id === 'verification' && status === 'done'))
			return {...result, state, logFile};
		const reportFile = path.join(stateDirectory, 'reports', `acceptance-${runId}.txt`);
		await makeFolder(path.dirname(reportFile));
		await writeFile(reportFile, acceptanceReport(state, last).join('\n'), {mode: 0o600});
		return {...result, state, logFile, reportFile};
	} finally {
		await slot.close();
		await unlock();
	}
};
