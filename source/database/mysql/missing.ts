import {type ProblemError, ProblemError as Raised} from '../../base/problem.ts';
import {addressOf} from '../access.ts';
import {answerPaths, serverPaths, serverPlace} from '../answer-paths.ts';
import {poolerNamed} from '../pooler-name.ts';
import {databaseProblems} from '../problems.ts';
import type {DatabaseLogin, DatabaseStatement, NeededDatabase, PlannedDatabase} from '../types.ts';
import type {MysqlAccess} from './connect.ts';
import {lackingOn, otherDatabases, servesDatabase} from './grants.ts';
import {encodingProblem} from './judge.ts';
import {isForeignMethod, methodOf} from './login-methods.ts';
import {type KeptAccount, type Login, look, type Named, type Situation, tryLogin} from './situation.ts';
import {anyHost, grantSql, quoteAccount, requireSql, statements} from './sql.ts';

/** What an account must ask for: what is said of it, or what the answers log in with. */
const requiredOf = (
	needed: Named,
	{tls, clientCertificate}: DatabaseLogin,
): NonNullable<NeededDatabase['requires']> => {
	if (needed.requires !== undefined) return needed.requires;
	if (tls === 'disable') return 'nothing';
	return clientCertificate === undefined ? 'TLS' : 'certificate';
};

/** Refuses a database that must not be touched. @throws ProblemError `database-encoding`, `database-in-use` */
const refuseUnfitDatabase = (login: DatabaseLogin, needed: Named, {database, accounts, isMariadb}: Situation): void => {
	if (database === undefined || database.tables === 0) return;
	const server = addressOf(login);
	const answers = answerPaths(needed.from, ['database']);
	const isOurs = accounts.some(({grants}) => servesDatabase(grants, needed.database));
	if (!isOurs) {
		const sql = `${grantSql(needed.database, {username: needed.username, host: anyHost})};`;
		const facts = {case: 'tables', database: needed.database, server, account: needed.username} as const;
		throw databaseProblems.error('database-in-use', {...facts, tables: database.tables}, {answers, nextSteps: [sql]});
	}
	const unfit = encodingProblem({...database, isMariadb}, needed, server);
	if (unfit) throw new Raised(unfit);
};

/** Refuses to make what a proxy in between would not let in. @throws ProblemError `database-pooler` */
const refusePooler = (login: DatabaseLogin, {accounts, database, isPooled, pooler}: Situation, needed: Named): void => {
	const missing = [
		...(accounts.length > 0 ? [] : [`account ${needed.username}`]),
		...(database ? [] : [`database ${needed.database}`]),
	];
	if (!isPooled || missing.length === 0) return;
	const facts = {
		case: 'to be made',
		product: 'MySQL',
		server: addressOf(login),
		at: serverPlace(login),
		pooler: poolerNamed(pooler),
	} as const;
	const answers = serverPaths(login, ['host', 'port']);
	throw databaseProblems.error('database-pooler', {...facts, missing: missing.join(', ')}, {answers});
};

/** Refuses an administrator who may not make what is missing. @throws ProblemError `database-privileges` */
const refuseWeakAdmin = (login: DatabaseLogin, {adminLacks}: Situation, missing: readonly string[]): void => {
	if (adminLacks.length === 0 || missing.length === 0) return;
	const at = serverPlace(login);
	const shared = {case: 'weak account', account: login.username, server: addressOf(login), at} as const;
	const facts = {...shared, missing: missing.join(', '), privileges: adminLacks.join(', ')};
	throw databaseProblems.error('database-privileges', facts, {answers: [`${at}.admin.username`]});
};

/** What keeps an account's login out that is no password: a certificate that the answers lack, or another method. */
const otherBarrier = (login: DatabaseLogin, needed: Named, account: KeptAccount): ProblemError | undefined => {
	const server = addressOf(login);
	const facts = {server, account: needed.username};
	const answers = answerPaths(needed.from, ['username']);
	const {plugin} = account;
	if (isForeignMethod(plugin))
		return databaseProblems.error(
			'database-login-method',
			{case: 'MySQL', ...facts, plugin, method: methodOf(plugin)},
			{answers},
		);
	const wantsMore = account.required === 'SPECIFIED' || account.required === 'X509';
	if (!wantsMore) return undefined;
	const requirement = account.required === 'X509' ? 'REQUIRE X509' : 'REQUIRE SUBJECT, ISSUER or CIPHER';
	const at = serverPlace(login);
	const named = serverPaths(login, ['clientCertificate', 'clientKey']);
	const sql = `ALTER USER ${quoteAccount(account)} ${requireSql({requires: 'TLS'})};`;
	if (login.clientCertificate === undefined)
		return databaseProblems.error(
			'database-client-certificate',
			{case: 'MySQL', ...facts, requirement, at, sql},
			{answers: named},
		);
	return account.required === 'SPECIFIED'
		? databaseProblems.error(
				'database-client-certificate',
				{case: 'MySQL refused', ...facts, requirement, at},
				{answers: named},
			)
		: undefined;
};

/** A new password is for an account that nobody else logs in with. @throws ProblemError `database-in-use` */
const refuseShared = (login: DatabaseLogin, needed: Named, account: KeptAccount): void => {
	const others = otherDatabases(account.grants, needed.database);
	if (others.length === 0) return;
	const facts = {
		case: 'account',
		server: addressOf(login),
		account: needed.username,
		others: others.join(', '),
	} as const;
	throw databaseProblems.error('database-in-use', facts, {answers: answerPaths(needed.from, ['username', 'password'])});
};

/** The account that a login from the cluster is for: the one that the server found, else the one for every host. */
const accountFor = ({accounts}: Situation, login: Login | undefined): KeptAccount | undefined => {
	const found = login?.result === 'logged in' ? login.account.host : anyHost;
	return accounts.find(({host}) => host === found) ?? accounts.find(({host}) => host === anyHost);
};

const forAccount = (
	admin: DatabaseLogin,
	needed: Named,
	situation: Situation,
	login: Login | undefined,
): readonly DatabaseStatement[] => {
	const account = accountFor(situation, login);
	const {isMariadb} = situation;
	const requires = requiredOf(needed, admin);
	if (!account) {
		const made = {username: needed.username, host: anyHost};
		const create = statements.createAccount({...needed, requires}, isMariadb);
		return [create, statements.grant(needed.database, made)];
	}
	const barrier = login?.result === 'logged in' ? undefined : otherBarrier(admin, needed, account);
	if (barrier) throw barrier;
	if (login?.result === 'wrong password') refuseShared(admin, needed, account);
	return [
		...(account.isLocked || login?.result === 'locked' ? [statements.unlock(account)] : []),
		...(login?.result === 'wrong password' ? [statements.setPassword(account, isMariadb)] : []),
		...(account.required === '' && requires !== 'nothing' ? [statements.require(account, {requires})] : []),
		...(lackingOn(account.grants, needed.database, isMariadb).length > 0
			? [statements.grant(needed.database, account)]
			: []),
	];
};

const forDatabase = ({database: name}: Named, {database, isMariadb}: Situation): readonly DatabaseStatement[] => {
	if (!database) return [statements.createDatabase(name, isMariadb)];
	return database.encoding === 'utf8mb4' ? [] : [statements.setCharacterSet(name, isMariadb)];
};

/** Refuses what no statement mends. @returns how the server stands */
const lookFit = async (admin: MysqlAccess, needed: Named): Promise<Situation> => {
	const situation = await look(admin, needed);
	refusePooler(admin.login, situation, needed);
	refuseUnfitDatabase(admin.login, needed, situation);
	return situation;
};

/**
 * Whether this administrator can make the database hold, as far as that is known without the password of its account.
 * @throws ProblemError as `missing`
 */
export const refuseAdmin = async (admin: MysqlAccess, needed: Named): Promise<void> => {
	const situation = await lookFit(admin, needed);
	const {accounts, database} = situation;
	const missing = [
		...(accounts.length > 0 ? [] : [`account ${needed.username}`]),
		...(database ? [] : [`database ${needed.database}`]),
	];
	refuseWeakAdmin(admin.login, situation, missing);
};

/** How the account's own login goes. A password that is not made yet will be another one than the account has. */
const loginOf = async (admin: MysqlAccess, {password, ...needed}: PlannedDatabase): Promise<Login> =>
	password === undefined
		? {result: 'wrong password'}
		: tryLogin({...admin, login: {...admin.login, from: undefined, ...needed, password}});

/**
 * The statements that make the needed database hold, in order; empty when the account logs in with the password, only with what the
 * answers log in with, and may do what is needed in a utf8mb4 database.
 * @throws ProblemError `database-encoding`, `database-in-use`, `database-pooler`, `database-privileges`, `database-login-method`,
 * `database-client-certificate` and those of a connection.
 */
export const missing = async (admin: MysqlAccess, needed: PlannedDatabase): Promise<readonly DatabaseStatement[]> => {
	const situation = await lookFit(admin, needed);
	const {login: asAdmin} = admin;
	const login = situation.accounts.length > 0 ? await loginOf(admin, needed) : undefined;
	// The database comes first: privileges on what is not there would be refused by nobody, and be seen by nobody.
	const due = [...forDatabase(needed, situation), ...forAccount(asAdmin, needed, situation, login)];
	refuseWeakAdmin(
		asAdmin,
		situation,
		due.map(({target}) => target),
	);
	return due;
};
