import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, openSync} from 'node:fs';
import {createServer} from 'node:net';
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

/** A port of 127.0.0.1 that nobody listens on now. */
export const freePort = async (): Promise<number> => {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as {port: number};
	server.close();
	await once(server, 'close');
	return port;
};

/** Starts a server under a keeper, as its owner. @param command program and arguments @param logFile file that all it says is appended to */
export const spawnKept = (command: readonly string[], logFile: string, owner: Owner): ChildProcess => {
	const log = openSync(logFile, 'a', 0o600);
	try {
		const child = spawn('/bin/sh', ['-c', keeper, 'sh', ...command], {
			// A session of its own: Ctrl-C in the terminal reaches this tool alone, which then stops things in order.
			detached: true,
			cwd: '/',
			env: {PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC'},
			stdio: ['ignore', log, log, 'pipe'],
			...(owner.change && {uid: owner.uid, gid: owner.gid}),
		});
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
