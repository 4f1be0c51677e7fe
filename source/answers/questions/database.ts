import {usualOf} from '../database-server.ts';
import {defaultAt} from '../suggest.ts';
import {type Draft, getAt} from '../tree.ts';
import {advanced, type Question, question} from './types.ts';

type When = NonNullable<Question['when']>;

/** Is the group given that ends so, in the path of the answer? `server` in `workspaces.0.database.server.host`. */
const isIn =
	(group: string): When =>
	(draft, path) => {
		const keys = path.split('.');
		return getAt(draft, keys.slice(0, keys.indexOf(group) + 1)) !== undefined;
	};

const beside = (draft: Draft, path: string, key: string): unknown => getAt(draft, path.replace(/[^.]+$/u, key));

/** What a server of the chosen engine takes where nothing is said. */
const byEngine =
	(key: keyof ReturnType<typeof usualOf>): NonNullable<Question['fallback']> =>
	(draft, path) => {
		const engine = path.replace(/(?:admin\.)?[^.]+$/u, 'engine');
		return String(usualOf(getAt(draft, engine) ?? defaultAt(engine))[key]);
	};

/** Both conditions hold; none is one that always does. */
const both =
	(one: When | undefined, other: When): When =>
	(draft, path) =>
		one?.(draft, path) !== false && other(draft, path);

/** Also asked where it is given: what is of no use must be seen to be taken out. */
const isEncrypted: When = (draft, path) => beside(draft, path, 'tls') !== 'disable' || getAt(draft, path) !== undefined;

const showsItself: When = (draft, path) =>
	beside(draft, path, 'clientCertificate') !== undefined || beside(draft, path, 'clientKey') !== undefined;

const adminQuestions = (at: string, when: When | undefined): readonly Question[] => [
	question(
		`${at}.admin`,
		'Create databases here',
		'With an admin login this tool creates roles and databases. Without, it shows the SQL and waits for the database admin.',
		when && {when},
	),
	question(`${at}.admin.username`, 'Database admin login', 'It may create roles and databases.', {
		when: isIn('admin'),
		fallback: byEngine('username'),
	}),
	question(`${at}.admin.password`, 'Database admin password', 'Used while databases are created, never stored.', {
		when: isIn('admin'),
	}),
	advanced(`${at}.admin.database`, 'Admin database', 'The database to log in to.', {
		when: isIn('admin'),
		fallback: byEngine('database'),
	}),
];

/** The questions about one database server. @param when they apply; always where absent */
const questionsAbout = (at: string, when?: When): readonly Question[] => {
	const asked = when && {when};
	return [
		question(`${at}.engine`, 'Engine', 'Workspaces take MySQL only; the control plane takes PostgreSQL too.', asked),
		question(`${at}.host`, 'Database server', 'Pods connect to it under this name.', asked),
		question(`${at}.port`, 'Port', 'Left empty, it is 3306 for MySQL and 5432 for PostgreSQL.', {
			...asked,
			fallback: byEngine('port'),
		}),
		question(
			`${at}.tls`,
			'Encryption',
			'verify-full checks the certificate of the server, require only encrypts.',
			asked,
		),
		question(
			`${at}.ca`,
			'CA certificate',
			'The server certificate is checked against it. Left empty, it is that of all host names.',
			{when: both(when, isEncrypted)},
		),
		advanced(
			`${at}.clientCertificate`,
			'Client certificate',
			'For a database server that asks who is calling. The servers of ZenML show it too.',
			{when: both(when, isEncrypted)},
		),
		advanced(`${at}.clientKey`, 'Key of that certificate', 'It must have no passphrase.', {
			when: both(when, showsItself),
		}),
		...adminQuestions(at, when),
	];
};

/** Does a component name no server of its own? The first workspace is asked for before it is there. */
const isShared = (draft: Draft): boolean => {
	const workspaces = getAt(draft, 'workspaces');
	const count = Math.max(1, Array.isArray(workspaces) ? workspaces.length : 0);
	const places = ['controlPlane', ...Array.from({length: count}, (_, index) => `workspaces.${index}`)];
	return places.some((at) => getAt(draft, `${at}.database.server`) === undefined);
};

/** Also asked where it is given: what nobody uses must be seen to be taken out. */
const isSharedOrGiven: When = (draft, path) => isShared(draft) || getAt(draft, path) !== undefined;

/** The questions about the server of every component that names none of its own. */
export const sharedServerQuestions: readonly Question[] = questionsAbout('database', isSharedOrGiven);

/** The questions about a server of its own. @param at `controlPlane` or `workspaces.*` */
export const ownServerQuestions = (at: string, ask: typeof question): readonly Question[] => [
	ask(
		`${at}.database.server`,
		'Database server of its own',
		'For a database on another server than the others, such as PostgreSQL for the control plane. No takes the shared one, asked for after the workspaces.',
	),
	...questionsAbout(`${at}.database.server`, isIn('server')),
];
