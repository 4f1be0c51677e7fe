import type {HandoverSection} from '../../base/handover.ts';
import {neededPrivileges} from '../../database/mysql/sql.ts';
import {coverNote, type Said} from '../cover-note.ts';
import type {Asking, Pack} from '../pack.ts';
import {demandsOf} from './demands.ts';
import {caFile, clientFiles, type NeededServer, passwordFile, sqlFile} from './given.ts';
import {checkMysql, mysqlFile, runMysql, setPassword, undoMysql} from './mysql.ts';
import {checkPsql, psqlFile, runPsql, undoPsql} from './postgres.ts';

const title = 'Databases and their accounts';
const who = 'database admin';

/** What differs by engine. */
const engines = {
	postgresql: {file: psqlFile, run: runPsql, check: checkPsql, undo: undoPsql, product: 'PostgreSQL'},
	mysql: {file: mysqlFile, run: runMysql, check: checkMysql, undo: undoMysql, product: 'MySQL'},
} as const;

const addressOf = ({host, port}: NeededServer): string => `${host}:${port}`;

const tableOf = (servers: readonly NeededServer[]): Said => ({
	exact: servers.flatMap((server) => [
		`${addressOf(server)} (${engines[server.engine].product})`,
		...server.accounts.map(({label, database, username}) => `  ${label}: database ${database}, account ${username}`),
	]),
});

const passwordFiles = (servers: readonly NeededServer[], isWritten: boolean): readonly string[] =>
	servers.flatMap(({engine, accounts}) =>
		accounts
			.filter(({password}) => (password !== undefined) === isWritten)
			.map(({username}) => passwordFile(engine, username)),
	);

/** Where the passwords are: with these papers as far as they were written, else with the operator. */
const passwordsBeside = (servers: readonly NeededServer[]): readonly Said[] => {
	const [written, others] = [passwordFiles(servers, true), passwordFiles(servers, false)];
	const place = 'beside the SQL, one file each, readable by you alone';
	const get = `Get ${written.length === 0 ? 'the' : 'the other'} passwords from the operator: by your vault or by hand, never by mail. Put them ${place}. They are:`;
	return [
		...(written.length === 0
			? []
			: [
					`1. Passwords lie ${place}; or they come from the operator on a way of their own, by your vault or by hand, and belong there. If they came by mail, tell the operator, who makes others:`,
					{exact: written},
				]),
		...(others.length === 0 ? [] : [`${written.length === 0 ? '1. ' : '   '}${get}`, {exact: others}]),
	];
};

/** The CAs that lie beside the SQL: each with every name that it has there. */
const casToSend = (servers: readonly NeededServer[]): string => {
	const names = new Map<string, string[]>();
	for (const server of servers)
		if (server.tls === 'verify-full' && !server.caPem) {
			const place = `${server.ca.file} (${server.ca.answer})`;
			names.set(place, [...(names.get(place) ?? []), caFile(server)]);
		}
	return [...names].map(([ca, files]) => ` Send with them a copy of ${ca} as ${files.join(' and ')}.`).join('');
};

/** What the operator does with the papers, and where the passwords are; without them. */
const introOf = (servers: readonly NeededServer[]): string => {
	const accounts = servers.flatMap((server) => server.accounts);
	const sources = accounts.map(({username, source}) => `${username}: ${source}`).join('; ');
	return (
		`Send these files to the database admin, and by vault or by hand, ${accounts.length === 1 ? 'the password of its account' : `the passwords of its ${accounts.length} accounts`}.${casToSend(servers)} This writes the passwords, and the files of all accounts:\n` +
		'zenml-airgap handover database --with-passwords\n' +
		`Where an account is there already, with another password than the answers have: stop, correct the answers, go on. Where the passwords are: ${sources}.`
	);
};

const runs = (servers: readonly NeededServer[]): readonly Said[] =>
	servers.map((server) => ({exact: engines[server.engine].run(server)}));

/** Does the installer have a login for each, and makes all of it itself? */
const isOurs = (servers: readonly NeededServer[]): boolean => servers.every(({admin}) => admin !== undefined);

/** What a login must be allowed that makes accounts and databases. */
const rightsOfAdmin = {
	postgresql: 'CREATEROLE and CREATEDB',
	mysql: `CREATE USER, SELECT on the database mysql, and on these databases WITH GRANT OPTION: ${neededPrivileges.join(', ')}`,
} as const;

/** Where the answers hold a login for each of these servers, the tool does it itself; else they are those for which there is none. */
const purposes = (servers: readonly NeededServer[], {settled}: Asking): readonly Said[] =>
	isOurs(servers)
		? servers.map(
				(server) =>
					`On ${addressOf(server)} the operator has the login ${server.admin}, and the installer makes accounts and databases by it: this is for you to read and to agree to. It comes from the jump host, and must be allowed ${rightsOfAdmin[server.engine]}. If it was not you who gave it, say so to the operator.`,
			)
		: [
				settled === undefined
					? 'The installer has no login that may do this, and waits until it was done.'
					: `The installer has no login that may do this, and found it done on ${settled}: this is for your records, and for servers that take the place of these.`,
			];

/** Nobody needs to run what the installer does itself. */
const byYou = (servers: readonly NeededServer[]): readonly Said[] =>
	isOurs(servers)
		? ['Nothing has to be run: the installer does it. If you would rather do it yourself, before it:']
		: [];

/** Who gets the papers weeks ahead must not look for passwords that are not made yet. Beside these papers, or in a run, they are made. */
const notYetMade = (servers: readonly NeededServer[], {isUnderWay, settled}: Asking): readonly Said[] => {
	if (isUnderWay || settled !== undefined) return [];
	const generated = servers.flatMap(({accounts}) =>
		accounts.filter(({isGenerated, password}) => isGenerated && password === undefined),
	);
	return generated.length === 0
		? []
		: [
				`   The installer makes ${generated.length === 1 ? 'that of' : 'those of'} ${generated.map(({username}) => username).join(', ')} itself when the operator begins, or weeks before, where the operator installs as far as the step "secrets": before that there is none to get. What the servers must be can be prepared now.`,
			];
};

const whatOf = (servers: readonly NeededServer[], asking: Asking): readonly Said[] => [
	'Needed:',
	tableOf(servers),
	...byYou(servers),
	...passwordsBeside(servers),
	...notYetMade(servers, asking),
	'2. Run each file in this folder, as an administrator of the server:',
	...runs(servers),
	'3. Check as below, then delete the password files. Nothing else is to be sent back: the installer looks again by itself.',
	'What each server must be and let in:',
	...servers.flatMap(demandsOf),
];

const cover = (servers: readonly NeededServer[], asking: Asking): HandoverSection =>
	coverNote(
		{
			title,
			who,
			why: [
				'Each server of ZenML Pro keeps its data in a database of its own, and logs in with an account of its own.',
				...purposes(servers, asking),
			],
			what: whatOf(servers, asking),
			check: [
				...(servers.some(({showsCertificate}) => showsCertificate)
					? [
							`${clientFiles.certificate} and ${clientFiles.key} are a client certificate that the server takes, and its key readable by you alone: one of yours, or those of the operator.`,
						]
					: []),
				`In this folder, as the servers will log in; each asks for the password${servers.some(({engine}) => engine === 'mysql') ? " (in the files for MySQL it stands as hexadecimal digits between X' and ')" : ''}:`,
				...servers.map((server) => ({exact: engines[server.engine].check(server)})),
			],
			undo: [
				'Before anything was stored there. This deletes the data of ZenML Pro:',
				...servers.map((server) => ({exact: [`-- on ${addressOf(server)}`, ...engines[server.engine].undo(server)]})),
			],
		},
		asking,
	);

const caSections = (server: NeededServer): readonly HandoverSection[] =>
	server.caPem === undefined
		? []
		: [{title: `CA of ${addressOf(server)}`, fileName: caFile(server), lines: server.caPem}];

const passwordSections = ({engine, accounts}: NeededServer): readonly HandoverSection[] =>
	accounts.flatMap(({username, password}) =>
		password === undefined
			? []
			: {
					title: `Password of ${username}`,
					fileName: passwordFile(engine, username),
					kind: 'secret' as const,
					lines: [engine === 'mysql' ? setPassword(username, password) : password],
				},
	);

/** The papers with which the database admin makes databases and accounts; one file of SQL for each server. */
export const databasePack = (servers: readonly NeededServer[], asking: Asking): Pack => ({
	id: 'database',
	title,
	who,
	intro: introOf(servers),
	sections: [
		cover(servers, asking),
		...servers.map((server) => ({
			title: `SQL for ${addressOf(server)}`,
			fileName: sqlFile(server),
			lines: engines[server.engine].file(server),
		})),
		...servers.flatMap(caSections),
		...servers.flatMap(passwordSections),
	],
});
