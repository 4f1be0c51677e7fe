import {oldest as oldestMysql} from '../../database/mysql/judge.ts';
import {oldestVersion as oldestPostgres} from '../../database/postgres/judge.ts';
import type {Said} from '../cover-note.ts';
import {caFile, type NeededServer} from './given.ts';

const versions = {
	postgresql: `PostgreSQL ${oldestPostgres} or newer`,
	mysql: `MySQL ${oldestMysql.MySQL} or newer (MariaDB ${oldestMysql.MariaDB} or newer is known to work)`,
} as const;

/** What the SQL makes, and what the server must not decide otherwise. */
const makes = {
	postgresql:
		'Databases in UTF8, from template0, with the locale of the server. Logins need a line in pg_hba.conf (hostssl, scram-sha-256) for each account.',
	mysql:
		"Databases in utf8mb4, with the collation that the server has for it. The accounts are 'NAME'@'%', as pods have no lasting addresses; a firewall may still let in their networks alone.",
} as const;

const tlsOf = (server: NeededServer): string => {
	if (server.tls === 'disable') return 'Logins come without TLS: the answers turn it off.';
	if (server.tls === 'require') return 'Logins come with TLS; the certificate of the server is not looked at.';
	return `Logins come with TLS, and look at the certificate of the server: it must hold the name ${server.host} in its subjectAltName, and be signed by the CA in ${caFile(server)}, which ${server.caPem ? 'lies in this folder' : 'the operator sends you'}. Send another CA back if yours is another.`;
};

/** What the client of the control plane does by itself: its chart has no key for TLS. */
const controlPlaneTls = {
	postgresql:
		'The control plane is another case: it takes TLS where the server offers it, and nothing makes it look at the certificate. hostssl in pg_hba.conf rules out clear text.',
	mysql:
		'The control plane is another case: nothing makes it ask for TLS, and what it sends may go in clear text. Keep the network between to yourselves.',
} as const;

const ofControlPlane = ({ofControlPlane, tls, engine}: NeededServer): readonly Said[] =>
	ofControlPlane && tls !== 'disable' ? [`- ${controlPlaneTls[engine]}`] : [];

/** Whoever opens connections to a server. */
const comersTo = ({namespaces, dumps, backups}: NeededServer): readonly string[] => [
	`the jump host and from the pods in ${namespaces.join(', ')}`,
	...(dumps === undefined
		? []
		: [
				`from pods in ${dumps.namespace} that dump and restore${dumps.isIfNeeded ? ', where the jump host has no programs for that (the operator knows)' : ''}`,
			]),
	...(backups === undefined ? [] : [`from those in ${backups} that make scheduled backups`]),
];

/** What a server must be, as the one who keeps it reads it: nobody else has the answers. */
export const demandsOf = (server: NeededServer): readonly Said[] => [
	`${server.host}:${server.port}:`,
	`- ${versions[server.engine]}.`,
	`- ${tlsOf(server)}`,
	...(server.showsCertificate
		? [
				'- Logins show a client certificate: the server must trust the CA that signed it, which the operator names to you.',
			]
		: []),
	...ofControlPlane(server),
	`- Reachable from ${comersTo(server).join('; ')}. Many clusters hide pods behind the addresses of their nodes: the cluster admin knows which ones you see.`,
	`- ${server.connections} connections at the same time for these accounts, while pods are rolled out; a few more for backups.`,
	`- ${makes[server.engine]}`,
	'- The tables are made at the first start, and grow with the runs that are recorded. Artifacts of pipelines lie elsewhere.',
];
