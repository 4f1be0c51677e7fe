import {once} from 'node:events';
import {access, readFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import writeFileAtomic from 'write-file-atomic';
import {ProblemError} from '../source/base/problem.ts';
import {type Authority, type AuthorityRecord, authorityFrom, createAuthority} from './authority/index.ts';
import type {FaultState} from './faults.ts';

const portNames = ['lock', 'kubernetes', 'registry', 'postgres', 'front', 'nameServer'] as const;
export type Ports = Readonly<Record<(typeof portNames)[number], number>>;

/** What a rehearsal keeps about itself; a file of mode 0600, since it holds passwords and the key of its CA. */
export type RehearsalRecord = {
	readonly schema: 1;
	readonly ports: Ports;
	readonly authority: AuthorityRecord;
	readonly registryPassword: string;
	readonly databasePassword: string;
	readonly records: Readonly<Record<string, string>>;
	readonly fault?: FaultState;
};

const lockWaitMs = 20_000;

/** True when there is something at the path. */
export const exists = (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);

/** The JSON in a file, or undefined when there is no such file. @throws ProblemError `rehearsal-state-unreadable`. */
export const readJson = async <T>(path: string): Promise<T | undefined> => {
	if (!(await exists(path))) return undefined;
	try {
		return JSON.parse(await readFile(path, 'utf8')) as T;
	} catch (error) {
		throw new ProblemError({
			code: 'rehearsal-state-unreadable',
			area: 'prerequisites',
			message: `The rehearsal's file ${path} cannot be read.`,
			cause: String(error),
			fix: 'Remove the folder of the rehearsal and start a new one.',
		});
	}
};

/** Replaces a file as a whole; mode 0600. */
export const writeSecretly = async (path: string, text: string): Promise<void> => {
	await writeFileAtomic(path, text, {mode: 0o600});
};

const listen = async (port: number): Promise<Server> => {
	const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
	await once(server, 'listening');
	return server;
};

const close = async (server: Server): Promise<void> => {
	server.close();
	await once(server, 'close');
};

/** Free ports, all different: every one is held until the last is known. */
export const choosePorts = async (): Promise<Ports> => {
	const servers = await Promise.all(portNames.map(() => listen(0)));
	const ports = servers.map((server) => (server.address() as {port: number}).port);
	await Promise.all(servers.map(close));
	return Object.fromEntries(portNames.map((name, index) => [name, ports[index] ?? 0])) as Ports;
};

/**
 * Holds a folder for this process by listening on its lock port; the kernel lets go when the process ends, however it
 * ends. An earlier process that is still stopping is waited for. Hands back the release.
 * @throws ProblemError `rehearsal-in-use` after 20 s.
 */
export const lockFolder = async (port: number, signal?: AbortSignal): Promise<() => Promise<void>> => {
	const end = Date.now() + lockWaitMs;
	for (;;) {
		try {
			const server = await listen(port);
			return () => close(server);
		} catch (error) {
			if ((error as {code?: string}).code !== 'EADDRINUSE') throw error;
			if (Date.now() > end)
				throw new ProblemError({
					code: 'rehearsal-in-use',
					area: 'prerequisites',
					message: `Port ${port} of the rehearsal is taken.`,
					cause: 'Another run uses the same rehearsal folder, or another program took the port.',
					fix: 'End the other run, or name another folder for this one.',
				});
			await sleep(100, undefined, signal ? {signal} : undefined);
		}
	}
};

/** The CA that was written down, or a new one. */
export const openAuthority = (record: AuthorityRecord | undefined): Promise<Authority> =>
	record ? authorityFrom(record) : createAuthority({name: 'Rehearsal Internal CA'});
