import {fork} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Problem, ProblemError, toProblem} from '../source/base/problem.ts';
import {type Rehearsal, type RehearsalOptions, startRehearsal} from './world.ts';

/** What the parent sends, and what the child sends. Plain JSON. */
type HostOptions = Omit<RehearsalOptions, 'log' | 'signal'>;
type ToChild = {readonly type: 'start'; readonly options: HostOptions} | {readonly type: 'stop'};
type FromChild =
	| {
			readonly type: 'started';
			readonly rehearsal: Omit<Rehearsal, 'stop' | 'describe'>;
			readonly lines: readonly string[];
	  }
	| {readonly type: 'failed'; readonly problem: Problem}
	| {readonly type: 'line'; readonly text: string};

/** How long a child may take to save and end itself before it is killed, in ms. */
const stopMs = 30_000;

/**
 * The child's side: starts a rehearsal when the parent says so and ends, saving everything, when told, when the channel
 * to the parent closes (however the parent ended), or on SIGTERM or SIGHUP. SIGINT is the parent's business: a terminal
 * sends it to both. Takes the process it runs in as a parameter, so that only the entry file names it.
 */
export const runHost = (host: NodeJS.Process): void => {
	const stopping = new AbortController();
	let rehearsal: Promise<Rehearsal> | undefined;
	const send = (message: FromChild): void => {
		// A parent that is gone hears nothing; its end is seen by the `disconnect` event.
		if (host.connected) host.send?.(message, undefined, undefined, () => undefined);
	};
	const leave = (): void => {
		if (stopping.signal.aborted) return;
		stopping.abort();
		Promise.resolve(rehearsal)
			.then((running) => running?.stop())
			.then(
				() => host.exit(0),
				() => host.exit(1),
			);
	};
	const begin = (options: HostOptions): void => {
		const log = (text: string): void => {
			mkdirSync(options.directory, {recursive: true, mode: 0o711});
			appendFileSync(join(options.directory, 'rehearsal.log'), `${new Date().toISOString()} ${text}\n`, {mode: 0o600});
			send({type: 'line', text});
		};
		rehearsal = startRehearsal({...options, log, signal: stopping.signal});
		rehearsal.then(
			({describe, stop: _stop, ...plain}) => send({type: 'started', rehearsal: plain, lines: describe()}),
			(error: unknown) => {
				send({type: 'failed', problem: toProblem(error)});
				leave();
			},
		);
	};
	host.on('message', (message: ToChild) => {
		if (message.type === 'start') begin(message.options);
		else leave();
	});
	host.on('disconnect', leave);
	host.on('SIGTERM', leave);
	host.on('SIGHUP', leave);
	host.on('SIGINT', () => undefined);
};

/**
 * The parent's side: runs a rehearsal in a child process. The child does not outlive this process, even if it is
 * killed.
 * @param options.entry file that calls `runHost`, as source or bundled. @param options.execArgv flags of node for it,
 * such as `['--import', 'tsx']` for source. A child that ends by itself later is told to `log`, with its last words.
 * @throws ProblemError: what `startRehearsal` throws in the child; `rehearsal-host-ended` when the child ends by
 * itself.
 */
export const spawnRehearsal = async (
	options: RehearsalOptions & {readonly entry: string; readonly execArgv?: readonly string[]},
): Promise<Rehearsal & {readonly pid: number}> => {
	const {entry, execArgv = [], log, signal, ...rest} = options;
	signal?.throwIfAborted();
	const child = fork(entry, [], {
		execArgv: [...execArgv],
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
		serialization: 'json',
	});
	let errors = '';
	child.stderr?.on('data', (chunk: Buffer) => {
		errors = `${errors}${chunk.toString('utf8')}`.slice(-4000);
	});
	const ended = once(child, 'exit');
	const tell = (message: ToChild): void => {
		if (child.connected) child.send(message, () => undefined);
	};
	let stopping = false;
	const stop = async (): Promise<void> => {
		stopping = true;
		tell({type: 'stop'});
		const waiting = new AbortController();
		const late = sleep(stopMs, 'late', {signal: waiting.signal}).catch(() => undefined);
		if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL');
		waiting.abort();
		await ended;
	};
	const started = new Promise<Extract<FromChild, {type: 'started'}>>((done, reject) => {
		child.on('message', (message: FromChild) => {
			if (message.type === 'line') log(message.text);
			else if (message.type === 'started') done(message);
			else reject(new ProblemError(message.problem));
		});
		child.once('error', reject);
		ended.then(
			() =>
				reject(
					new ProblemError({
						code: 'rehearsal-host-ended',
						area: 'prerequisites',
						message: 'The process of the rehearsal ended by itself.',
						cause: `It ended with ${child.exitCode ?? child.signalCode}.`,
						fix: 'Look at rehearsal.log in its folder, then start it again.',
						evidence: errors.trim().split('\n').slice(-10),
					}),
				),
			reject,
		);
		signal?.addEventListener('abort', () => reject(signal.reason), {once: true});
	});
	try {
		tell({type: 'start', options: rest});
		const {rehearsal, lines} = await started;
		// Later calls fail as if the machines were gone; the log is where the reason stands.
		void ended.then(() => {
			if (!stopping)
				log(`the process of the rehearsal ended with ${child.exitCode ?? child.signalCode}: ${errors.trim()}`);
		});
		return {...rehearsal, describe: () => lines, stop, pid: child.pid ?? 0};
	} catch (error) {
		await stop();
		throw error;
	}
};
