import pg from 'pg';
import type {RunningPostgres} from './postgres/index.ts';
import type {Site} from './site.ts';

/** How often the administrator looks who is logged in, ms: a dump of a fresh site takes some hundred. */
const lookEveryMs = 15;

/** pg_dump says whose it is, not what it is: it is known by what it reads, which nothing else of a site does. */
const endSessions = `
	select pg_terminate_backend(pid) from pg_stat_activity
	where pid <> pg_backend_pid() and datname <> 'postgres' and query ~ 'tableoid|^LOCK TABLE |^COPY '`;

/** Ends the first session of pg_dump as an administrator would, over a login of its own; then the fault is over. */
export const endDumps = ({journal, fault, closers, options}: Site, postgres: RunningPostgres): void => {
	const admin = new pg.Client({
		host: postgres.host,
		port: postgres.port,
		user: postgres.adminUsername,
		password: journal.read().databasePassword,
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
			fault.clear();
			return;
		}
		setTimeout(() => void look().catch(tell), lookEveryMs).unref();
	};
	const tell = (error: unknown): void => {
		if (!isOver) options.log(`the fault cannot look at PostgreSQL: ${String(error)}`);
	};
	closers.add(async () => {
		isOver = true;
		await admin.end().catch(() => undefined);
	});
	void admin.connect().then(look).catch(tell);
};
