import {ProblemError} from '../../base/problem.ts';
import type {DatabaseFacts, DatabaseLogin, NeededDatabase} from '../../database/types.ts';
import type {Change} from '../../engine/plan.ts';
import {componentDatabase, databaseServer} from '../shared/database-logins.ts';
import type {Component} from '../shared/names.ts';
import type {World} from '../world.ts';

/** Connections that the servers may open at most: pool of 10 and its overflow, for each pod. */
const connectionsPerPod = 20;

/** How the database of one component is; `version` of its server once the component's own login works. */
export type Seen = {
	readonly changes: readonly Change[];
	readonly warnings: readonly string[];
	readonly version?: string | undefined;
};

const toCome = ({answers: {database}}: Component): Change => ({
	action: 'create',
	target: `database ${database.name}`,
	detail: `owner ${database.username}`,
});

/** What the administrator would have to do; nothing where there is none to ask. */
const toProvision = async (
	{database, signal}: World,
	admin: DatabaseLogin | undefined,
	needed: NeededDatabase,
): Promise<readonly Change[]> => {
	if (!admin) return [];
	const statements = await database.missing(admin, needed, signal);
	return statements.map(({target, shown}) => ({action: 'run', target, detail: shown}));
};

/** Logs in as the server will. @throws ProblemError where it is refused, or where the database does not do */
const logIn = async (world: World, needed: NeededDatabase): Promise<DatabaseFacts> => {
	const login = {...(await databaseServer(world)), ...needed};
	const facts = await world.database.probe(login, world.signal);
	const unfit = world.database.judge(facts, login);
	if (unfit) throw new ProblemError(unfit);
	return facts;
};

const tooFewConnections = (component: Component, facts: DatabaseFacts): readonly string[] => {
	const {replicas} = component.answers;
	const most = replicas * connectionsPerPod;
	const free = facts.maxConnections - facts.usedConnections;
	if (free >= most) return [];
	return [
		`${component.label}: the server has ${free} connections free, ${replicas} pods may open ${most}; raise max_connections`,
	];
};

const tellFacts = ({report}: World, label: string, facts: DatabaseFacts): void => {
	const {version, encoding, tls, owner, tables} = facts;
	const note = `PostgreSQL ${version}, ${encoding}, ${tls}, owner ${owner}, ${tables} tables`;
	report({kind: 'item', label, state: 'ok', note});
};

/**
 * Looks at the database of one component: what is to come, or how the component's own login finds it.
 * @throws ProblemError what the server refuses
 */
export const lookAtDatabase = async (
	world: World,
	component: Component,
	admin: DatabaseLogin | undefined,
): Promise<Seen> => {
	const needed = await componentDatabase(world, component);
	if (!needed) return {changes: [toCome(component)], warnings: []};
	const changes = await toProvision(world, admin, needed);
	if (changes.length > 0) return {changes, warnings: []};
	const facts = await logIn(world, needed);
	tellFacts(world, needed.database, facts);
	return {changes: [], warnings: tooFewConnections(component, facts), version: facts.version};
};
