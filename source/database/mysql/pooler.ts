import type {Greeting} from './connect.ts';

/** What may stand in between, by what only it says of itself, and which of its modes fits. */
const known: readonly (readonly [RegExp, string, string])[] = [
	[
		/proxysql/iu,
		'ProxySQL',
		'it fits where it sends all statements of these accounts to one writer (transaction_persistent on, no query rules that split reads)',
	],
	[
		/maxscale/iu,
		'MaxScale',
		'its router readconnroute with router_options=master fits; readwritesplit may read from a replica that is behind',
	],
	[
		/-router\b/iu,
		'MySQL Router',
		'its port for reading and writing fits without connection sharing; the port that only reads does not',
	],
];

/** Servers that imitate MySQL. */
const imitations: readonly (readonly [RegExp, string])[] = [
	[/tidb/iu, 'TiDB'],
	[/vitess/iu, 'Vitess'],
	[/singlestore|memsql/iu, 'SingleStore'],
	[/oceanbase/iu, 'OceanBase'],
];

/** What the server says of itself: greeting, version, version comment. */
type Said = {readonly greeting: Greeting; readonly version: string; readonly comment: string; readonly session: string};

/** What stands between this host and the server, and what is odd about the server, in plain words. */
export const between = ({
	greeting,
	version,
	comment,
	session,
}: Said): {readonly isPooled: boolean; readonly pooler?: string; readonly warnings: readonly string[]} => {
	const said = `${greeting.version} ${version} ${comment}`;
	const imitation = imitations.find(([sign]) => sign.test(said))?.[1];
	const odd = imitation
		? [`the server is ${imitation}, which imitates MySQL; the product is made for MySQL itself`]
		: [];
	const found = known.find(([sign]) => sign.test(said));
	if (found)
		return {isPooled: true, pooler: found[1], warnings: [`${found[1]} stands in between: ${found[2]}`, ...odd]};
	if (session === String(greeting.connectionId)) return {isPooled: false, warnings: odd};
	const words =
		'a connection pooler that does not name itself stands in between: it fits where it keeps one session of the server for one of the client';
	return {isPooled: true, warnings: [words, ...odd]};
};
