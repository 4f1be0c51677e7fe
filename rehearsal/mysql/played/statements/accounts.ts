import {hashOf} from '../catalogue.ts';
import {refusals} from '../errors.ts';
import {changeGrant, mayEverywhere} from '../rights.ts';
import {nameOf} from '../shape.ts';
import type {Result} from '../wire.ts';
import {accountOf, type Said, type Session, type Statement} from './types.ts';

const needCreateUser = (session: Session): void => {
	if (!mayEverywhere(accountOf(session), 'CREATE USER')) throw refusals.needs('CREATE USER');
};

const requirements: Readonly<Record<string, string>> = {none: '', ssl: 'ANY', x509: 'X509'};

/** `IDENTIFIED … REQUIRE … ACCOUNT …` of CREATE USER and ALTER USER: what is said of the account. */
const options =
	'(?: IDENTIFIED (?:WITH (?<plugin>[\\w`$]+) )?BY (?<password>\\$\\d+))?(?: REQUIRE (?<requires>NONE|SSL|X509))?(?: ACCOUNT (?<lock>LOCK|UNLOCK))?';

const optionsOf = ({part, values}: Said, statement: string) => {
	const plugin = nameOf(part('plugin').startsWith('$') ? values[Number(part('plugin').slice(1))] : part('plugin'));
	if (plugin !== '' && plugin !== 'caching_sha2_password') throw refusals.syntax(statement);
	const password = part('password');
	const requires = requirements[part('requires').toLowerCase()];
	return {
		...(password !== '' && {hash: hashOf(values[Number(password.slice(1))] ?? '')}),
		...(requires !== undefined && {requires}),
		...(part('lock') !== '' && {isLocked: /^LOCK$/iu.test(part('lock'))}),
	};
};

const createUser = (session: Session, said: Said): number => {
	needCreateUser(session);
	const [user = ''] = said.values;
	const {accounts} = session.catalogue;
	if (accounts[user]) {
		if (said.part('unless') !== '') return 0;
		throw refusals.accountFails('CREATE USER', user);
	}
	accounts[user] = {hash: hashOf(''), requires: '', isLocked: false, grants: [], ...optionsOf(said, 'CREATE USER')};
	return 0;
};

const alterUser = (session: Session, said: Said): number => {
	needCreateUser(session);
	const [user = ''] = said.values;
	const {accounts} = session.catalogue;
	const before = accounts[user];
	if (!before) throw refusals.accountFails('ALTER USER', user);
	accounts[user] = {...before, ...optionsOf(said, 'ALTER USER')};
	return 0;
};

const dropUser = (session: Session, {part, values}: Said): number => {
	needCreateUser(session);
	const [user = ''] = values;
	const {accounts} = session.catalogue;
	if (!accounts[user] && part('unless') === '') throw refusals.accountFails('DROP USER', user);
	delete accounts[user];
	return 0;
};

const all = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'REFERENCES', 'INDEX', 'ALTER'];

const privilegesIn = (list: string): readonly string[] =>
	/^ALL(?: PRIVILEGES)?$/iu.test(list) ? all : list.split(' , ').map((one) => one.toUpperCase());

/** GRANT and REVOKE on a database, by who may hand on. */
const changeRights =
	(isTaken: boolean) =>
	(session: Session, {part, values}: Said): number => {
		const [user = ''] = values;
		const on = nameOf(part('database'));
		const mayGrant = accountOf(session)?.grants.some((grant) => grant.on === '*' && grant.mayGrant);
		if (!mayGrant) throw refusals.noAccess(session.user, on);
		if (!session.catalogue.accounts[user]) throw refusals.noGrant(user);
		const named = privilegesIn(part('list'));
		changeGrant(session.catalogue, user, on, (before) =>
			isTaken ? before.filter((one) => !named.includes(one)) : [...before, ...named],
		);
		return 0;
	};

const columns = ['user', 'host', 'plugin', 'required', 'locked'];

/** The driver's look at accounts of a name in mysql.user. */
const readAccounts = (session: Session, {values}: Said): Result => {
	if (!mayEverywhere(accountOf(session), 'SELECT')) throw refusals.denied('SELECT', session.user, 'user');
	const [user = ''] = values;
	const account = session.catalogue.accounts[user];
	const row = account && [user, '%', 'caching_sha2_password', account.requires, account.isLocked ? 'Y' : 'N'];
	return {columns, rows: row ? [row] : []};
};

/** Whether there is an account of a name. */
const nameAccounts = (session: Session, said: Said): Result => ({
	columns: ['user'],
	rows: readAccounts(session, said).rows.map(([user = null]) => [user]),
});

/** Statements about accounts and what they may do. */
export const accountStatements: readonly Statement[] = [
	{
		pattern: new RegExp(`^CREATE USER(?<unless> IF NOT EXISTS)? \\$0 @ \\$1${options}$`, 'iu'),
		writes: true,
		run: createUser,
	},
	{pattern: new RegExp(`^ALTER USER \\$0 @ \\$1${options}$`, 'iu'), writes: true, run: alterUser},
	{pattern: /^DROP USER(?<unless> IF EXISTS)? \$0 @ \$1$/iu, writes: true, run: dropUser},
	{
		pattern: /^GRANT (?<list>[A-Z ,]+?) ON (?<database>`(?:[^`]|``)+`) \. \* TO \$0 @ \$1$/iu,
		writes: true,
		run: changeRights(false),
	},
	{
		pattern: /^REVOKE (?<list>[A-Z ,]+?) ON (?<database>`(?:[^`]|``)+`) \. \* FROM \$0 @ \$1$/iu,
		writes: true,
		run: changeRights(true),
	},
	{
		pattern:
			/^SELECT user AS user , host AS host , plugin AS plugin , ssl_type AS required , account_locked AS locked FROM mysql\.user WHERE user = \$0$/iu,
		run: readAccounts,
	},
	{pattern: /^SELECT user AS user FROM mysql\.user WHERE user = \$0$/iu, run: nameAccounts},
];
