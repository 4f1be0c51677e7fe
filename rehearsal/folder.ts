import {once} from 'node:events';
import {createServer, type Server} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {isErrno} from '../source/base/errno.ts';
import {rehearsalProblems} from './problems.ts';

const portNames = ['lock', 'kubernetes', 'registry', 'postgres', 'mysql', 'front', 'nameServer'] as const;
export type Ports = Readonly<Record<(typeof portNames)[number], number>>;

/** How long an earlier process may take to stop, ms. */
const defaultWaitMs = 20_000;
const pollMs = 100;

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

/** Listens on the lock port; undefined when somebody else does. */
const tryLock = async (port: number): Promise<Server | undefined> => {
	try {
		return await listen(port);
	} catch (error) {
		if (isErrno(error, 'EADDRINUSE')) return undefined;
		throw error;
	}
};

/**
 * Holds a folder for this process by listening on its lock port; the kernel lets go when the process ends, however it
 * ends. An earlier process that is still stopping is waited for. Hands back the release.
 * @throws ProblemError `rehearsal-in-use` after `waitMs`, 20 s unless told.
 */
export const lockFolder = async (
	port: number,
	signal?: AbortSignal,
	waitMs = defaultWaitMs,
): Promise<() => Promise<void>> => {
	const end = Date.now() + waitMs;
	for (;;) {
		const server = await tryLock(port);
		if (server) return () => close(server);
		if (Date.now() > end) throw rehearsalProblems.error('rehearsal-in-use', {port});
		await sleep(pollMs, undefined, signal ? {signal} : undefined);
	}
};
