import {ProblemError} from '../../base/problem.ts';
import {type Access, addressOf} from '../access.ts';
import {answerPaths, serverPaths, serverPlace} from '../answer-paths.ts';
import {poolerNamed} from '../pooler-name.ts';
import {databaseProblems} from '../problems.ts';
import type {DatabaseLogin, DatabaseStatement, PlannedDatabase} from '../types.ts';
import {encodingProblem} from './judge.ts';
import {poolerName} from './pooler.ts';
import {countForeignTables, type Login, look, type Named, type Situation, tryLogin} from './situation.ts';
import {statements} from './sql.ts';

/** What was found about one needed database, by the administrator and by the role itself. */
type Found = {readonly needed: Named; readonly situation: Situation; readonly login: Login};

/** True for a database that is there and belongs to somebody else. */
const isForeign = ({database}: Situation, {username}: Named): boolean =>
	database !== undefined && database.owner !== username;

/** Refuses a database that must not be touched. @throws ProblemError `database-encoding`, `database-in-use` */
const refuseUnfit = async (admin: Access, needed: Named, situation: Situation): Promise<void> => {
	const {database} = situation;
	if (database === undefined) return;
	const server = addressOf(admin.login);
	const encoding = encodingProblem(database.encoding, needed, server);
	if (encoding) throw new ProblemError(encoding);
	const tables = isForeign(situation, needed) ? await countForeignTables(admin, needed) : 0;
	if (tables === 0) return;
	throw databaseProblems.error(
		'database-in-use',
		{case: 'owner', database: needed.database, server, owner: database.owner, tables},
		{answers: answerPaths(needed.from, ['database'])},
	);
};

const forRole = ({needed, situation: {role}, login}: Found): readonly DatabaseStatement[] => {
	if (!role) return [statements.createRole(needed)];
	if (!role.mayLogIn || login.result === 'no login') return [statements.allowLogin(needed)];
	// An expired password is refused like a wrong one: the date is mended first, and the next look tells them apart.
	return login.result === 'wrong password' ? [statements.setPassword(needed)] : [];
};

const forDatabase = ({needed, situation, login}: Found): readonly DatabaseStatement[] => {
	const {database} = situation;
	const foreign = isForeign(situation, needed);
	const isClosedSchema = login.result === 'logged in' && !login.canCreate;
	return [
		...(database ? [] : [statements.createDatabase(needed, !situation.isUtf8)]),
		...(foreign ? [statements.own(needed)] : []),
		...(!database || database.isOpen ? [statements.closeToOthers(needed)] : []),
		...(isClosedSchema && !foreign ? [statements.openSchema(needed)] : []),
	];
};

/** The parts of one needed database that are not there yet. */
const unmade = ({role, database}: Situation, needed: Named): readonly string[] => [
	...(role ? [] : [`role ${needed.username}`]),
	...(database ? [] : [`database ${needed.database}`]),
];

/** Refuses to make roles and databases that a pooler in between would not let in. @throws ProblemError `database-pooler` */
const refusePooler = async (admin: Access, situation: Situation, needed: Named): Promise<void> => {
	const {login} = admin;
	const missing = unmade(situation, needed).join(', ');
	if (!situation.isPooled || missing === '') return;
	const facts = {case: 'to be made', product: 'PostgreSQL', server: addressOf(login), at: serverPlace(login)} as const;
	const pooler = poolerNamed(situation.pooler ?? (await poolerName(admin)));
	throw databaseProblems.error(
		'database-pooler',
		{...facts, missing, pooler},
		{answers: serverPaths(login, ['host', 'port'])},
	);
};

/** Refuses an administrator who may not create what is missing. @throws ProblemError `database-privileges` */
const refuseWeakAdmin = (login: DatabaseLogin, situation: Situation, missing: readonly string[]): void => {
	const {admin, role, database} = situation;
	const isStrong = (role || admin.mayCreateRoles) && (database || admin.mayCreateDatabases);
	if (isStrong) return;
	const at = serverPlace(login);
	const facts = {role: login.username, server: addressOf(login), at, missing: missing.join(', ')};
	const answers = [`${at}.admin.username`];
	throw databaseProblems.error('database-privileges', {case: 'administrator', ...facts}, {answers});
};

/** True where only a superuser or a member of the role may do what is due: hand a database over to it, or close it to others. */
const needsMembership = ({needed, situation}: Found): boolean => {
	const {database, admin, role} = situation;
	const handsOver = !database || database.isOpen || isForeign(situation, needed);
	return handsOver && !admin.isSuperuser && !role?.joined;
};

/**
 * Whether this administrator can make the database hold, as far as that is known without the password of its role.
 * @throws ProblemError as `missing`
 */
export const refuseAdmin = async (admin: Access, needed: Named): Promise<void> => {
	const situation = await look(admin, needed);
	await refusePooler(admin, situation, needed);
	await refuseUnfit(admin, needed, situation);
	refuseWeakAdmin(admin.login, situation, unmade(situation, needed));
};

/** How the role's own login goes. A password that is not made yet will be another one than the role has. */
const loginOf = async (admin: Access, {password, ...needed}: PlannedDatabase): Promise<Login> =>
	password === undefined
		? {result: 'wrong password'}
		: tryLogin({...admin, login: {...admin.login, from: undefined, ...needed, password}});

/**
 * The statements that make the needed database hold, in order; empty when the role logs in with the password and may create tables
 * in a UTF8 database that it owns and that others may not enter.
 * @throws ProblemError `database-encoding`, `database-in-use`, `database-pooler`, `database-privileges` and those of a connection.
 */
export const missing = async (admin: Access, needed: PlannedDatabase): Promise<readonly DatabaseStatement[]> => {
	const situation = await look(admin, needed);
	await refusePooler(admin, situation, needed);
	await refuseUnfit(admin, needed, situation);
	const login = situation.role ? await loginOf(admin, needed) : ({result: 'no login'} as const);
	const found: Found = {needed, situation, login};
	const role = forRole(found);
	const database = forDatabase(found);
	const due = [...role, ...database].map(({target}) => target);
	refuseWeakAdmin(admin.login, situation, due);
	if (role.length + database.length === 0 || !needsMembership(found)) return [...role, ...database];
	const join = statements.joinRole(needed, admin.login.username);
	// A role that is there is joined first; one that is made now, right after.
	return situation.role ? [join, ...role, ...database] : [...role, join, ...database];
};
