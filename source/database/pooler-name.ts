/** Products that stand between a client and a server, by words of which no server has any. */
const known: readonly (readonly [RegExp, string])[] = [
	[/\bodyssey\b/iu, 'Odyssey'],
	[/\bpgpool\b/iu, 'Pgpool-II'],
	[
		/pgbouncer|statement pooling mode|server login (?:has been failing|failed)|client_login_timeout|query_wait_timeout|no such pool/iu,
		'PgBouncer',
	],
	[/proxysql|reaching hostgroup|locked to hostgroup/iu, 'ProxySQL'],
	[/maxscale|authentication with backend failed/iu, 'MaxScale'],
	[/mysql router|can't connect to remote mysql server for client/iu, 'MySQL Router'],
];

/** The product that speaks so; undefined where its words do not tell. */
export const poolerIn = (words: string): string | undefined => known.find(([sign]) => sign.test(words))?.[1];

/** `PgBouncer, a connection pooler`. */
export const poolerNamed = (name: string | undefined): string =>
	name === undefined ? 'a connection pooler' : `${name}, a connection pooler`;
