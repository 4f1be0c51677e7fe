import pg from 'pg';
import type {RunningPostgres} from './postgres.ts';

/** How often the administrator looks who is logged in, ms: a dump of a fresh site takes some hundred. */
const lookEveryMs = 15;

/** pg_dump says whose it is, not what it is: it is known by what it reads, which nothing else of a site does. */
const endSessions = `
	select pg_terminate_backend(pid) from pg_stat_activity
	where pid <> pg_backend_pid() and datname <> 'postgres' and query ~ 'tableoid|^LOCK TABLE |^COPY '`;

/** What an administrator who ends a dump is given. */
export type EndDumps = {
	readonly password: string;
	/** Told once, when a session was ended. */
	readonly onEnded: () => void;
	readonly log: (line: string) => void;
};

/** Ends the first session of pg_dump as an administrator would, over a login of its own. @returns what ends the watch */
export const endDumps = (postgres: RunningPostgres, {password, onEnded, log}: EndDumps): (() => Promise<void>) => {
	const admin = new pg.Client({
		host: postgres.host,
		port: postgres.port,
		user: postgres.adminUsername,
		password,
		database: 'postgres',
		ssl: postgres.caPem === undefined ? false : {ca: postgres.caPem},
	});
	// The server is gone: there is nothing left to look at.
	admin.on('error', () => undefined);
	let isOver = false;
	const look = async (): Promise<void> => {
		const {rowCount} = await admin.query(endSessions);
		if (isOver) return;
		if ((rowCount ?? 0) > 0) {
			onEnded();
			return;
		}
		setTimeout(() => void look().catch(tell), lookEveryMs).unref();
	};
	const tell = (error: unknown): void => {
		if (!isOver) log(`the fault cannot look at PostgreSQL: ${String(error)}`);
	};
	void admin.connect().then(look).catch(tell);
	return async () => {
		isOver = true;
		await admin.end().catch(() => undefined);
	};
};
