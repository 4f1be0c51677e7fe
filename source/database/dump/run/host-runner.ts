import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {constants} from 'node:fs';
import {access, readdir, realpath} from 'node:fs/promises';
import path from 'node:path';
import {Transform, type Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {notStarted} from '../failure.ts';
import {lastLines} from './last-lines.ts';
import {withPrivateFiles} from './private-folder.ts';
import type {Ended, Order, Runner} from './runner.ts';

/** How long a program gets after SIGTERM before it is killed, ms: it only has to leave its server. */
const graceMs = 5000;

/** Where distributions keep clients of PostgreSQL beside the search path: Debian and its kin, and the vendor's packages for RHEL. */
const furtherFolders: readonly (readonly [folder: string, below: RegExp, bin: string])[] = [
	['/usr/lib/postgresql', /^\d+$/u, 'bin'],
	['/usr', /^pgsql-\d+$/u, 'bin'],
];

const namesIn = async (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

const foldersToSearch = async (searchPath: string): Promise<readonly string[]> => {
	const folders = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
	for (const [folder, below, bin] of furtherFolders)
		for (const name of await namesIn(folder)) if (below.test(name)) folders.push(path.join(folder, name, bin));
	return [...new Set(folders)];
};

/** A program that may be run; undefined where it is none, or only Debian's script that leads to one that is found anyway. */
const runnable = async (file: string): Promise<string | undefined> => {
	try {
		await access(file, constants.X_OK);
		return path.basename(await realpath(file)) === 'pg_wrapper' ? undefined : file;
	} catch {
		return undefined;
	}
};

/** Variables of the operator's own logins, which would steer the programs past the answers. */
const steering = /^(?:PG|MYSQL|MARIADB|LIBMYSQL)/u;

/** What the programs see of the environment; their home is an empty folder, so that no file of the operator steers them either. */
const environmentFor = (
	inherited: Readonly<Record<string, string | undefined>>,
	own: Readonly<Record<string, string>>,
	home: string,
): NodeJS.ProcessEnv => ({
	...Object.fromEntries(Object.entries(inherited).filter(([name]) => !steering.test(name))),
	LC_ALL: 'C',
	HOME: home,
	...own,
});

/** Ends a child whose bytes stand still, or that is not wanted any more. */
const watch = (child: ChildProcess, {silenceMs, signal}: Order) => {
	let killer: NodeJS.Timeout | undefined;
	let wasSilent = false;
	const stop = (): void => {
		child.kill('SIGTERM');
		killer ??= setTimeout(() => child.kill('SIGKILL'), graceMs);
	};
	const silence = setTimeout(() => {
		wasSilent = true;
		stop();
	}, silenceMs);
	signal.addEventListener('abort', stop, {once: true});
	child.once('exit', () => {
		clearTimeout(killer);
		clearTimeout(silence);
		signal.removeEventListener('abort', stop);
	});
	return {stop, onMove: (): void => void silence.refresh(), wasSilent: () => wasSilent};
};

type OnMove = (bytes: number) => void;

/** Hands bytes on, and tells that some have passed. */
const passing = (onMove: OnMove): Transform =>
	new Transform({
		transform: (chunk: Buffer, _encoding, done) => {
			onMove(chunk.length);
			done(null, chunk);
		},
	});

/** Writes into a stream that goes on afterwards. @throws its error */
const pour = async (
	from: NodeJS.ReadableStream,
	onMove: OnMove,
	into: NodeJS.WritableStream,
	signal: AbortSignal,
): Promise<void> => {
	await pipeline(from, passing(onMove), into as Writable, {end: false, signal});
};

/**
 * Feeds the child until one of both ends. A child that ends before its input is told by its end; an error of the input itself is thrown.
 * @param exited settles when the child has ended: an input that says nothing more is not waited for
 */
const feed = async (
	stdin: NodeJS.ReadableStream,
	onMove: OnMove,
	child: ChildProcess,
	exited: Promise<unknown>,
): Promise<void> => {
	const into = child.stdin as Writable;
	let isClosed = false;
	let failed: unknown;
	const close = (): void => {
		isClosed = true;
	};
	into.once('error', close).once('close', close);
	stdin.once('error', (error: unknown) => {
		// Once the child is gone its input is destroyed, which is no error of the input.
		if (!isClosed) failed ??= error;
	});
	await Promise.race([pipeline(stdin, passing(onMove), into).catch(() => undefined), exited]);
	if (failed !== undefined) throw failed;
};

/** Adds up what has passed. */
const counter = (onMove: OnMove, onBytes: OnMove = () => undefined): OnMove => {
	let total = 0;
	return (bytes) => {
		total += bytes;
		onMove(bytes);
		onBytes(total);
	};
};

const runIn = async (own: string, order: Order, inherited: NodeJS.ProcessEnv): Promise<Ended> => {
	const {program, args, environment, stdin, stdout, signal} = order;
	const env = environmentFor(inherited, environment?.(own) ?? {}, own);
	const child = spawn(program, args(own), {
		env,
		cwd: own,
		stdio: 'pipe',
	});
	// What is not wanted is not ignored: that would take /dev/null, which a chroot may lack.
	if (!stdin) child.stdin.on('error', () => undefined).end();
	if (!stdout) child.stdout.resume();
	const exited = once(child, 'close') as Promise<[number | null]>;
	exited.catch(() => undefined);
	await once(child, 'spawn').catch((error: unknown) => {
		throw notStarted(program, error);
	});
	const {stop, onMove, wasSilent} = watch(child, order);
	const said = lastLines(child.stderr as NodeJS.ReadableStream);
	const count = counter(onMove, order.onBytes);
	const streams = [
		...(stdin ? [feed(stdin, count, child, exited)] : []),
		...(stdout && child.stdout ? [pour(child.stdout, stdin ? onMove : count, stdout, signal)] : []),
	];
	try {
		await Promise.all(streams);
	} catch (error) {
		stop();
		await exited;
		signal.throwIfAborted();
		throw error;
	}
	const [code] = await exited;
	signal.throwIfAborted();
	return {exitCode: code ?? undefined, stderr: said(), wasSilent: wasSilent()};
};

/**
 * The programs of this host. @param options.folder for files that hold logins while a program runs; made when it is needed
 * @param options.environment of the children, without secrets
 */
export const createHostRunner = ({
	folder,
	environment,
}: {
	readonly folder: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
}): Runner => ({
	where: 'host',
	search: async (names) => {
		const folders = await foldersToSearch(environment.PATH ?? '');
		const files = folders.flatMap((one) => names.map((name) => path.join(one, name)));
		const found = await Promise.all(files.map(runnable));
		return found.filter((file) => file !== undefined);
	},
	run: async (order) => {
		order.signal.throwIfAborted();
		const {files} = order;
		// A look leaves no trace: without files there is no folder.
		if (!files) return runIn('/', order, environment);
		return withPrivateFiles(folder, files, (own) => runIn(own, order, environment));
	},
});
