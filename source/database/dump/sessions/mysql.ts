import * as z from 'zod';
import {isErrno} from '../../../base/errno.ts';
import type {Query} from '../../mysql/connect.ts';
import {oneRow} from '../../rows.ts';
import type {DatabaseLogin} from '../../types.ts';
import type {Session, Sessions} from './end-left.ts';

const rowSchema = z.object({
	Id: z.string().regex(/^\d{1,20}$/u),
	User: z.string(),
	Host: z.string().nullable(),
	db: z.string().nullable(),
	Time: z.string().nullable(),
});

/** The server's own threads have no number of seconds that is any use, and some a negative one. */
const secondsOf = (time: string | null): number | undefined => {
	const seconds = Number(time ?? Number.NaN);
	return seconds >= 0 ? seconds : undefined;
};

const sessionsIn = (rows: readonly unknown[], own: string, {database, username}: DatabaseLogin): readonly Session[] =>
	rows
		.map((row) => oneRow(rowSchema, [row]))
		.filter(({Id, db}) => Id !== own && db === database)
		.map(({Id, User, Host, Time}) => ({
			id: Id,
			user: User,
			host: Host ?? 'an unknown host',
			seconds: secondsOf(Time),
			isOwn: User === username,
			holdsLocks: false,
		}));

/**
 * Sessions of MySQL and MariaDB. Without the privilege PROCESS a login is shown those of its own account alone, and may end them. Who
 * holds a lock on a table is told to administrators only: there it is the wait for it that shows.
 */
export const mysqlSessions = (query: Query, login: DatabaseLogin): Sessions => ({
	list: async () => {
		const {id} = oneRow(z.object({id: z.string()}), await query('SELECT CONNECTION_ID() AS id'));
		return sessionsIn(await query('SHOW PROCESSLIST'), id, login);
	},
	end: async (id) => {
		try {
			await query(`KILL ${id}`);
		} catch (error) {
			if (!isErrno(error, 'ER_NO_SUCH_THREAD', 'ER_KILL_DENIED_ERROR')) throw error;
		}
	},
	endSql: (id) => `KILL ${id};`,
});
