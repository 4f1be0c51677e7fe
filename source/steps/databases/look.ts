import {addressOf} from '../../answers/database-server.ts';
import {printable} from '../../base/printable.ts';
import {ProblemError} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import type {DatabaseFacts, NeededDatabase, PlannedDatabase} from '../../database/types.ts';
import type {Change} from '../../engine/plan.ts';
import {
	adminLogin,
	componentDatabase,
	neededDatabase,
	portFor,
	serverLogin,
	serverOf,
} from '../shared/database-logins.ts';
import type {Component} from '../shared/names.ts';
import type {World} from '../world.ts';
import type {Refused} from './for-the-dba.ts';

/** How the database of one component is; `facts` once the component's own login works. */
export type Seen = {
	readonly changes: readonly Change[];
	readonly warnings: readonly string[];
	readonly facts?: DatabaseFacts | undefined;
	/** Its login was refused, and nobody but the database admin can mend that. */
	readonly refused?: Refused | undefined;
};

/** What the administrator would have to do; nothing where there is none to ask. */
const toProvision = async (world: World, component: Component, needed: PlannedDatabase): Promise<readonly Change[]> => {
	const server = serverOf(world, component);
	const admin = await adminLogin(world, server);
	if (!admin) return [];
	const statements = await portFor(world, server).missing(admin, needed, world.signal);
	return statements.map(({action, target, shown, database}) => {
		const place = database === undefined ? [] : [`-- in database ${database}`];
		const opens = [{title: 'SQL', lines: [`-- on ${addressOf(server)}`, ...place, `${shown};`].map(printable)}];
		return {action, target, detail: shown, opens};
	});
};

/** A database that nobody but the database admin makes, who runs the SQL. */
export const ofDba = ({answers: {database}}: Component): Change => ({
	action: 'wait',
	target: `database ${database.name}`,
	detail: 'the database admin runs its SQL, which the command "handover database" writes',
	who: 'database admin',
});

/** What is to come once the password is made: each statement, where an administrator can be asked for them. */
const toCome = async (world: World, component: Component): Promise<readonly Change[]> =>
	serverOf(world, component).admin
		? toProvision(world, component, neededDatabase(world, component))
		: [ofDba(component)];

/** Logs in as the server will. @throws ProblemError where it is refused, or where the database does not do */
const logIn = async (world: World, component: Component, needed: NeededDatabase): Promise<DatabaseFacts> => {
	const server = serverOf(world, component);
	const port = portFor(world, server);
	const login = {...(await serverLogin(world, server)), ...needed};
	const facts = await port.probe(login, world.signal);
	const unfit = port.judge(facts, login);
	if (unfit) throw new ProblemError(unfit);
	return facts;
};

const tellFacts = ({report}: World, label: string, facts: DatabaseFacts): void => {
	const {product, version, encoding, tls, owner, tables} = facts;
	const note = `${product} ${version}, ${encoding}, ${tls}, owner ${owner}, ${counted(tables, 'table')}`;
	report({kind: 'item', label, state: 'ok', note});
};

/**
 * Looks at the database of one component: what is to come, or how the component's own login finds it.
 * @throws ProblemError what the server refuses
 */
export const lookAtDatabase = async (world: World, component: Component): Promise<Seen> => {
	const needed = await componentDatabase(world, component);
	if (!needed) return {changes: await toCome(world, component), warnings: []};
	const changes = await toProvision(world, component, needed);
	if (changes.length > 0) return {changes, warnings: []};
	const facts = await logIn(world, component, needed);
	tellFacts(world, needed.database, facts);
	return {changes: [], warnings: facts.warnings, facts};
};
