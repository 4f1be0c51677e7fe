import type {ComponentPath} from '../component-path.ts';
import {addressOf, type DatabaseServer, databaseServerOf} from '../database-server.ts';
import {toPath} from '../tree.ts';
import {
	type CrossFieldIssue,
	componentsOf,
	duplicates,
	type Entry,
	type Path,
	type Rule,
	type RuledAnswers,
} from './rule.ts';

/** A database that is asked for: where its component stands, and on which server it is to be. */
type Asked = {
	readonly at: Path;
	readonly name: string;
	readonly username: string;
	readonly server: DatabaseServer;
};

const asked = (answers: RuledAnswers): readonly Asked[] =>
	componentsOf(answers).map(({at, component: {database}}) => ({
		at,
		...database,
		server: databaseServerOf(answers, at.join('.') as ComponentPath),
	}));

/** Every server that a component uses, the one of all once. */
const serversIn = (answers: RuledAnswers): readonly DatabaseServer[] => [
	...new Map(asked(answers).map(({server}) => [server.from, server])).values(),
];

/** Where the components that name no server of their own could name one. */
const placesWithout = (answers: RuledAnswers): readonly Path[] =>
	componentsOf(answers)
		.filter(({component}) => component.database.server === undefined)
		.map(({at}) => [...at, 'database', 'server']);

/** Who names no server of its own needs the one of all. */
export const sharedServerIsNamed: Rule = (answers) => {
	const places = placesWithout(answers);
	const [other] = places;
	return other === undefined || answers.database.host !== undefined
		? []
		: [{kind: 'server needed', path: ['database', 'host'], other, places}];
};

/** Two components may have databases and roles of the same name, on servers of their own. */
export const databasesDiffer: Rule = (answers) => {
	const all = asked(answers);
	const entries = (key: 'name' | 'username'): readonly Entry[] =>
		all.map((one) => ({value: one[key], path: [...one.at, 'database', key], within: addressOf(one.server)}));
	return [...duplicates('database', entries('name')), ...duplicates('database role', entries('username'))];
};

/** MySQL refuses longer user names (MySQL reference manual, 8.2.1 "Account User Names and Passwords"). */
const longestOnMysql = 32;

export const rolesFitEngine: Rule = (answers) =>
	asked(answers)
		.filter(
			({username, server: {engine}}) => engine === 'mysql' && isWritten(username) && username.length > longestOnMysql,
		)
		.map(({at, server}) => ({
			kind: 'too long for MySQL',
			path: [...at, 'database', 'username'],
			other: [...toPath(server.from), 'engine'],
		}));

/** What stands in for a name that is missing begins with a NUL (file/complete.ts). */
const isWritten = (name: string): boolean => !name.startsWith('\0');

/** Certificate and key of a client are of no use alone. */
const pairs = [
	['clientCertificate', 'clientKey'],
	['clientKey', 'clientCertificate'],
] as const;

export const clientPairsAreWhole: Rule = (answers) =>
	serversIn(answers).flatMap((server) =>
		pairs
			.filter(([given, needed]) => server[given] !== undefined && server[needed] === undefined)
			.map(([given, needed]): CrossFieldIssue => {
				const at = toPath(server.from);
				return {kind: 'needed', path: [...at, needed], other: [...at, given]};
			}),
	);

/** Files that are looked at only while TLS is made; the key goes with its certificate. */
const filesOfTls = ['ca', 'clientCertificate'] as const;

/** What goes over the line in clear text proves nobody and is checked against nothing. */
export const filesOfTlsAreUsed: Rule = (answers) =>
	serversIn(answers)
		.filter(({tls}) => tls === 'disable')
		.flatMap((server) =>
			filesOfTls
				.filter((key) => server[key] !== undefined)
				.map((key): CrossFieldIssue => {
					const at = toPath(server.from);
					return {kind: 'no use without TLS', path: [...at, key], other: [...at, 'tls']};
				}),
		);

/** An administrator exists before this tool comes: its password cannot be made. */
export const adminsAreKnown: Rule = (answers) =>
	serversIn(answers)
		.filter(({admin}) => admin?.password === 'generate')
		.map(({from}) => ({kind: 'cannot be made', path: [...toPath(from), 'admin', 'password']}));
