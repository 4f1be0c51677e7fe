import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {constants, tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import type {Readable} from 'node:stream';
import {isErrno} from '../../source/base/errno.ts';
import {hostLines, type Names} from './own-names.ts';
import {makePodFolder, removePodFolder, writeOnce} from './pod-folder.ts';
import type {Programs} from './programs.ts';

/** What a command in a container has: its streams, which it does not end, and its place. */
export type ToolIo = {
	readonly stdin?: NodeJS.ReadableStream | undefined;
	readonly stdout: NodeJS.WritableStream;
	readonly stderr: NodeJS.WritableStream;
	readonly env: Readonly<Record<string, string>>;
	readonly signal: AbortSignal;
	/** The network of played pods: its name server alone is asked. */
	readonly network: Names;
	/** Stands for the root of the pod; kept from one command to the next. One of its own, taken away after it, unless told. */
	readonly folder?: string | undefined;
	/** Names that are looked up although neither command nor variables have them. */
	readonly names?: readonly string[] | undefined;
};

/** The databases of the rehearsal, which a file that comes by the input may name. */
const usualNames = ['postgres.rehearsal.internal', 'mysql.rehearsal.internal'] as const;

/** How long a command has to end itself once it is told to, ms. */
const graceMs = 2000;

const killGroup = ({pid}: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void => {
	try {
		if (pid !== undefined) process.kill(-pid, signal);
	} catch (error) {
		if (!isErrno(error, 'ESRCH')) throw error;
	}
};

/** Ends the process and all that it started when the signal comes. @returns what lets go of the signal */
const endWith = (child: ChildProcess, signal: AbortSignal): (() => void) => {
	let late: NodeJS.Timeout | undefined;
	const end = (): void => {
		killGroup(child, 'SIGTERM');
		late = setTimeout(() => killGroup(child, 'SIGKILL'), graceMs);
	};
	if (signal.aborted) end();
	else signal.addEventListener('abort', end, {once: true});
	return () => {
		clearTimeout(late);
		signal.removeEventListener('abort', end);
	};
};

const feed = (child: ChildProcess, stdin: NodeJS.ReadableStream | undefined): void => {
	// A program that has read enough closes its input; that is none of the sender's errors.
	child.stdin?.on('error', () => undefined);
	if (!stdin) child.stdin?.end();
	if (!stdin || !child.stdin) return;
	stdin.once('error', () => child.stdin?.destroy());
	stdin.pipe(child.stdin);
};

/** Hands on what a program writes. Once nobody takes it any more its pipe breaks, and the next word that it writes ends it. */
const pour = (from: Readable | null, into: NodeJS.WritableStream): void => {
	from?.pipe(into, {end: false});
	into.once('close', () => from?.destroy());
};

/** As a shell tells it: the exit code, or 128 and the number of the signal. */
const codeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
	code ?? 128 + (signal === null ? 0 : constants.signals[signal]);

const start = async (program: string, args: readonly string[], io: ToolIo, env: ToolIo['env']): Promise<number> => {
	const child = spawn(program, args, {
		cwd: env.TMPDIR,
		env: {...env},
		detached: true,
		// Not ignored: that would take /dev/null, which a chroot may lack.
		stdio: 'pipe',
	});
	const release = endWith(child, io.signal);
	pour(child.stdout, io.stdout);
	pour(child.stderr, io.stderr);
	feed(child, io.stdin);
	try {
		const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
		return codeOf(code, signal);
	} finally {
		release();
		io.stdin?.unpipe();
	}
};

/** Where this host may have programs that the image has elsewhere: the pod has nothing there. */
const withoutHost = (word: string, folder: string): string =>
	word.replaceAll(/(?<![\w.-])\/usr\/lib\/postgresql(?![\w.-])/gu, `${folder}/usr/lib/postgresql`);

/** A path that another pod of this image told: in a real one it would be the same. */
const inOwnPod = (word: string, folder: string): string => {
	const [before, ...rest] = word.split(`${dirname(folder)}/`);
	return [before, ...rest.map((part) => part.replace(/^[\da-f-]{36}(?=\/bin\/)/u, basename(folder)))].join(
		`${dirname(folder)}/`,
	);
};

/** The words of a container's runtime for a program that the image does not have. */
const notFound = (program: string): string => `exec: "${program}": executable file not found in $PATH: unknown\n`;

/**
 * Runs a command as a pod of the client tools image would: with the shell of this host, the real programs of the databases where there
 * are any, and with the names of the played network alone. Nothing of this process's environment reaches it.
 * @returns its exit code: 127 for a program that such an image does not have, 128 and the signal's number for one that was ended
 * @throws the reason of a signal that came before it was started
 */
export const runClientTool = async (
	programs: Programs,
	[program = '', ...args]: readonly string[],
	io: ToolIo,
): Promise<number> => {
	const folder = io.folder ?? (await mkdtemp(join(tmpdir(), 'zenml-airgap-pod-')));
	try {
		const {bin, tmp} = await makePodFolder(folder, programs);
		const texts = [...args, ...Object.values(io.env)];
		await writeOnce(join(folder, 'hosts'), await hostLines(texts, io.names ?? usualNames, io));
		const file = join(bin, basename(program));
		if (program === '' || !existsSync(file)) {
			io.stderr.write(notFound(program));
			return 127;
		}
		io.signal.throwIfAborted();
		const own = {PATH: bin, HOME: tmp, TMPDIR: tmp, LC_ALL: 'C.UTF-8'};
		const words = args.map((word) => inOwnPod(withoutHost(word, folder), folder));
		return await start(file, words, io, {...io.env, ...own});
	} finally {
		if (io.folder === undefined) await removePodFolder(folder);
	}
};
