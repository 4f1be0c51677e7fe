import {type ChildProcess, spawn} from 'node:child_process';
import {randomInt} from 'node:crypto';
import {once} from 'node:events';
import {closeSync, openSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {isErrno} from '../../source/base/errno.ts';
import type {Owner} from './owner.ts';

/**
 * The server's keeper: it starts the server and, when file descriptor 3 closes, asks it to end (SIGTERM; SIGINT is PostgreSQL's fast shutdown). The
 * other end of 3 is in this process alone, so the server ends with it even if this process is killed with SIGKILL. The
 * server is the keeper's child and reaped only by `wait`, so its pid cannot have passed to another program. SIGTERM
 * goes first because a shell starts background programs with SIGINT ignored: until the server has its own handlers only
 * SIGTERM ends it.
 */
const keeper = `
"$@" 3<&- &
server=$!
( while read -r _ <&3; do :; done; kill -TERM "$server"; kill -INT "$server" ) &
watcher=$!
exec 3<&-
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`;

/** Listens for a moment; 0 takes any port. @throws Error of the operating system where it cannot be had */
const portLike = async (wanted: number): Promise<number> => {
	const server = createServer().listen(wanted, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
};

/**
 * Ports below those that Linux gives to connections and to listeners that name none (ip_local_port_range, ip(7)): what is free there
 * stays free until the server has started, whatever else this host connects to meanwhile.
 */
const [lowest, highest] = [15_000, 32_767];
const mostTries = 20;

/** A port of 127.0.0.1 that nobody listens on now. */
export const freePort = async (): Promise<number> => {
	for (let tries = 0; tries < mostTries; tries += 1) {
		try {
			return await portLike(randomInt(lowest, highest + 1));
		} catch (error) {
			if (!isErrno(error, 'EADDRINUSE', 'EACCES')) throw error;
		}
	}
	return portLike(0);
};

/** Starts a server under a keeper, as its owner. @param command program and arguments @param logFile file that all it says is appended to */
export const spawnKept = (
	command: readonly string[],
	logFile: string,
	owner: Owner,
	more: Readonly<Record<string, string>> = {},
): ChildProcess => {
	const log = openSync(logFile, 'a', 0o600);
	try {
		const child = spawn('/bin/sh', ['-c', keeper, 'sh', ...command], {
			// A session of its own: Ctrl-C in the terminal reaches this tool alone, which then stops things in order.
			detached: true,
			cwd: '/',
			env: {PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...more},
			stdio: ['pipe', log, log, 'pipe'],
			...(owner.change && {uid: owner.uid, gid: owner.gid}),
		});
		child.stdin?.on('error', () => undefined).end();
		// A keeper that is gone resets the pipe; that end is seen by the `exit` event already.
		(child.stdio[3] as NodeJS.EventEmitter | null | undefined)?.on('error', () => undefined);
		return child;
	} finally {
		closeSync(log);
	}
};

/** Lets the keeper end its server. */
export const release = (child: ChildProcess): void => {
	(child.stdio[3] as {destroy?: () => void} | undefined)?.destroy?.();
};
