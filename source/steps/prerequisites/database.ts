import {addressOf, type DatabaseServer} from '../../answers/database-server.ts';
import {generateSecret} from '../../answers/secrets.ts';
import {inPool} from '../../base/pool.ts';
import {ProblemError} from '../../base/problem.ts';
import {engineProblems} from '../../charts/index.ts';
import {poolerNamed} from '../../database/pooler-name.ts';
import type {DatabaseFacts} from '../../database/types.ts';
import {tooFewConnections} from '../databases/connections.ts';
import {isForTheDba} from '../databases/for-the-dba.ts';
import {type Check, problemsOf, refuse, type Seen} from '../shared/checks.ts';
import {adminLogin, neededDatabase, portFor, serverLogin, serverOf} from '../shared/database-logins.ts';
import {mostConnections, type ServerGroup, serverGroups} from '../shared/database-servers.ts';
import {asOneReading, secretFor} from '../shared/generated.ts';
import type {Component} from '../shared/names.ts';
import {databasePassword} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';

/** With the administrator's login, where there is one: the server, and whether that login can make all that is needed. */
export const seenByAdmin = async (
	world: World,
	server: DatabaseServer,
	components: readonly Component[],
): Promise<DatabaseFacts | undefined> => {
	const {signal} = world;
	const admin = await adminLogin(world, server);
	if (!admin) return undefined;
	const port = portFor(world, server);
	const facts = await port.probe(admin, signal);
	await inPool(components, mostConnections, async (one) =>
		port.refuseAdmin(admin, [neededDatabase(world, one)], signal),
	);
	return facts;
};

/** How the login of a component finds the server. @throws ProblemError where it is refused, or does not do and nobody may mend that */
export const seenByRole = async (world: World, component: Component, password: string): Promise<DatabaseFacts> => {
	const server = serverOf(world, component);
	const login = {...(await serverLogin(world, server)), ...neededDatabase(world, component), password};
	const port = portFor(world, server);
	const facts = await port.probe(login, world.signal);
	// An administrator of the answers may mend what does not do.
	const unfit = server.admin ? undefined : port.judge(facts, login);
	if (unfit) throw new ProblemError(unfit);
	return facts;
};

/** The same; undefined where the database admin, or a later step, still makes the login. */
const tryLogin = async (world: World, component: Component, password: string): Promise<DatabaseFacts | undefined> => {
	try {
		return await seenByRole(world, component, password);
	} catch (error) {
		if (isForTheDba(error)) return undefined;
		throw error;
	}
};

/** The logins of the components, as far as they have passwords. */
const seenByComponents = async (
	world: World,
	components: readonly Component[],
): Promise<readonly (DatabaseFacts | undefined)[]> => {
	const reader = asOneReading(world);
	const needed = await Promise.all(
		components.map(async (component) => ({component, password: await secretFor(reader, databasePassword(component))})),
	);
	const known = needed.flatMap(({component, password}) => (password === undefined ? [] : [{component, password}]));
	return inPool(known, mostConnections, async ({component, password}) => tryLogin(world, component, password));
};

/**
 * Before any login is made: one with a made-up password tells of an address, a port or a certificate that is wrong. That it is
 * refused tells that a server is there.
 */
const knock = async (world: World, [first]: readonly Component[]): Promise<void> => {
	if (first) await tryLogin(world, first, generateSecret());
};

/** What all logins on one server found. Two places in the answers may lead to it, each with an administrator of its own. */
const lookAtGroup = async (world: World, {components}: ServerGroup): Promise<readonly DatabaseFacts[]> => {
	const servers = new Map(components.map((component) => [serverOf(world, component).from, serverOf(world, component)]));
	const facts: (DatabaseFacts | undefined)[] = [];
	for (const server of servers.values()) {
		const own = components.filter((component) => serverOf(world, component).from === server.from);
		facts.push(await seenByAdmin(world, server, own));
	}
	const isKnown = facts.some((one) => one !== undefined);
	const tried = await seenByComponents(world, components);
	if (!isKnown && tried.length === 0) await knock(world, components);
	return [...facts, ...tried].filter((one) => one !== undefined);
};

/** What a login found, for its row. */
export const factsInWords = (facts: DatabaseFacts): string => {
	const {product, version, encoding, usedConnections, maxConnections, tls, wantsPrimaryKeys} = facts;
	const keys = wantsPrimaryKeys ? ', sql_require_primary_key' : '';
	return `${product} ${version}, ${encoding}${keys}, ${usedConnections} of ${maxConnections} connections, ${tls}`;
};

const poolerWarning = (facts: readonly DatabaseFacts[], address: string): readonly string[] =>
	facts.some(({isPooled}) => isPooled)
		? [
				`${address} is ${poolerNamed(facts.find(({pooler}) => pooler !== undefined)?.pooler)}: it must let in every role and database of the answers, and the connections that were counted are those behind it`,
			]
		: [];

const seenAt = async (world: World, group: ServerGroup): Promise<Seen> => {
	const address = addressOf(group.server);
	const facts = await lookAtGroup(world, group);
	const [first] = facts;
	if (!first) return {note: `${address}, logins are checked later: none is made yet`};
	const odd = new Set(facts.flatMap(({warnings}) => warnings));
	return {
		note: factsInWords(first),
		warnings: [
			...poolerWarning(facts, address),
			...[...odd].map((text) => `${address}: ${text}`),
			...tooFewConnections(group, facts),
		],
	};
};

/**
 * Every database server fits its components, answers, takes the logins of the answers as far as they are there, lets things be made, and
 * has connections enough: what only the database admin can mend must be known before anything changes.
 */
export const database: Check = {
	label: 'Database server',
	asks: 'database',
	run: async (world) => {
		const {answers, bundle, signal} = world;
		const unfit = engineProblems(answers, await bundle.open(signal));
		const groups = serverGroups(world);
		const outcomes = await Promise.allSettled(groups.map(async (group) => seenAt(world, group)));
		signal.throwIfAborted();
		const seen = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
		const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? problemsOf(one.reason) : []));
		refuse([...unfit, ...refused]);
		return {note: seen.map(({note}) => note).join('; '), warnings: seen.flatMap(({warnings = []}) => warnings)};
	},
};
