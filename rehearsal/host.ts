import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {ProblemError} from '../source/base/problem.ts';
import {nodeWith, processOf, type Start} from '../source/base/self/parts.ts';
import {type FromChild, type HostOptions, logFile, type Started, type ToChild} from './host-messages.ts';
import {rehearsalProblems} from './problems.ts';
import type {Rehearsal, RehearsalOptions} from './types.ts';

/** How long a child may take to save and end itself before it is killed, ms. */
const stopMs = 30_000;

/** Letters of the child's last words that are kept. */
const wordsKept = 4000;

/** The process of a rehearsal. */
type Host = {
	readonly child: ChildProcess;
	readonly ended: Promise<unknown>;
	/** Where it writes what it does. */
	readonly log: string;
	/** The last that it wrote to its standard error. */
	readonly words: () => string;
	readonly tell: (message: ToChild) => void;
};

const part = {name: 'rehearsal-host', source: new URL('./host-main.ts', import.meta.url)} as const;

const startHost = ({program, words: given}: Start, directory: string): Host => {
	const child = spawn(program, given, {
		// Not ignored: that would take /dev/null, which a chroot may lack.
		stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
		serialization: 'json',
	});
	child.stdin?.end();
	child.stdout?.resume();
	let words = '';
	child.stderr?.on('data', (chunk: Buffer) => {
		words = `${words}${chunk.toString('utf8')}`.slice(-wordsKept);
	});
	return {
		child,
		ended: once(child, 'exit'),
		log: join(directory, logFile),
		words: () => words.trim(),
		tell: (message) => {
			if (child.connected) child.send(message, () => undefined);
		},
	};
};

/** With what a process ended: its exit code, or the signal that ended it. */
const endOf = ({exitCode, signalCode}: ChildProcess): string | number => exitCode ?? signalCode ?? 'nothing';

const hostEnded = ({child, words, log}: Host): ProblemError => {
	const evidence = words() === '' ? [] : words().split('\n').slice(-10);
	return rehearsalProblems.error('rehearsal-host-ended', {how: endOf(child), log}, {evidence});
};

/** Tells the child to stop, and ends it when it does not. */
const stopHost = async ({child, ended, tell}: Host): Promise<void> => {
	tell({type: 'stop'});
	const waiting = new AbortController();
	const late = sleep(stopMs, 'late', {signal: waiting.signal}).catch(() => undefined);
	if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL');
	waiting.abort();
	await ended;
};

/** What the child says once its site is up; rejects when it cannot start it, ends, or the signal does. */
const untilStarted = (host: Host, log: (line: string) => void, signal: AbortSignal | undefined): Promise<Started> =>
	new Promise((done, reject) => {
		host.child.on('message', (message: FromChild) => {
			if (message.type === 'line') log(message.text);
			else if (message.type === 'started') done(message);
			else if (message.type === 'failed') reject(new ProblemError(message.problem));
		});
		host.child.once('error', reject);
		host.ended.then(() => reject(hostEnded(host)), reject);
		signal?.addEventListener('abort', () => reject(signal.reason), {once: true});
	});

/** Hands orders to the child, and finds the answer to each by its number. */
const switcher = (host: Host): Rehearsal['switchFault'] => {
	const waiting = new Map<number, (message: FromChild) => void>();
	let last = 0;
	host.child.on('message', (message: FromChild) => {
		if (message.type === 'switched' || message.type === 'not-switched') waiting.get(message.id)?.(message);
	});
	return async (order) => {
		last += 1;
		const id = last;
		const answered = new Promise<FromChild>((done) => waiting.set(id, done));
		host.tell({type: 'fault', id, order});
		const answer = await Promise.race([answered, host.ended.then(() => undefined)]);
		waiting.delete(id);
		if (answer?.type === 'switched') return answer.lines;
		throw answer?.type === 'not-switched' ? new ProblemError(answer.problem) : hostEnded(host);
	};
};

/** A site in a child process, which may end by itself. */
export type SpawnedRehearsal = Rehearsal & {
	readonly pid: number;
	/** Settles when the process is gone, however it ended; with the problem to tell where nobody told it to. */
	readonly ended: Promise<ProblemError>;
};

export type SpawnOptions = RehearsalOptions & {
	/** A file that calls `runHost`; that of this program where nothing is said. */
	readonly entry?: string | undefined;
	/** Flags of node for it, such as `['--import', 'tsx']` for source. */
	readonly execArgv?: readonly string[] | undefined;
};

/**
 * The parent's side: runs a rehearsal in a child process. The child does not outlive this process, even if it is
 * killed. A child that ends by itself later is told to `log`, with its last words.
 * @throws ProblemError: what `startRehearsal` throws in the child; `rehearsal-host-ended` when the child ends by
 * itself.
 */
export const spawnRehearsal = async (options: SpawnOptions): Promise<SpawnedRehearsal> => {
	const {entry, execArgv = [], log, signal, ...rest} = options;
	signal?.throwIfAborted();
	const host = startHost(entry === undefined ? processOf(part, execArgv) : nodeWith(entry, execArgv), rest.directory);
	let stopping = false;
	const stop = (): Promise<void> => {
		stopping = true;
		return stopHost(host);
	};
	try {
		const started = untilStarted(host, log, signal);
		host.tell({type: 'start', options: rest satisfies HostOptions});
		const {rehearsal, lines} = await started;
		// Later calls fail as if the machines were gone; the log is where the reason stands.
		void host.ended.then(() => {
			if (!stopping) log(`the process of the rehearsal ended with ${endOf(host.child)}: ${host.words()}`);
		});
		return {
			...rehearsal,
			describe: () => lines,
			switchFault: switcher(host),
			stop,
			pid: host.child.pid ?? 0,
			ended: host.ended.then(() => hostEnded(host)),
		};
	} catch (error) {
		await stop();
		throw error;
	}
};
