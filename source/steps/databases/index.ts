import {databaseServerOf} from '../../answers/database-server.ts';
import {inPool} from '../../base/pool.ts';
import {type Problem, toProblem} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import type {Finding} from '../../engine/plan.ts';
import {adminLogin, portFor, requireDatabase, serverOf} from '../shared/database-logins.ts';
import {databaseRetry, mostConnections, type ServerGroup, serverGroups} from '../shared/database-servers.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {tooFewConnections} from './connections.ts';
import {awaitDba, isForTheDba} from './for-the-dba.ts';
import {lookFromPod} from './from-pod.ts';
import {lookAtDatabase, ofDba, type Seen} from './look.ts';

/** Without an administrator's login only the DBA can mend a role or database that is not there. */
const lookAtOne = async (world: World, component: Component): Promise<Seen> => {
	try {
		return await lookAtDatabase(world, component);
	} catch (error) {
		if (serverOf(world, component).admin || !isForTheDba(error)) throw error;
		return {changes: [], warnings: [], refused: {component, problem: toProblem(error)}};
	}
};

/** The databases on one server. */
const lookAtGroup = async (world: World, group: ServerGroup): Promise<readonly Seen[]> => {
	const seen = await inPool(group.components, mostConnections, async (component) => lookAtOne(world, component));
	const facts = seen.flatMap((one) => one.facts ?? []);
	return [...seen, {changes: [], warnings: tooFewConnections(group, facts)}];
};

/** Pods that look at the same time: each costs seconds, and asks for a twentieth of a core. */
const mostPods = 8;

/**
 * Pods may be kept from what this host reaches, and those of one namespace from what others reach; a server may not let in the same
 * account from where they are.
 */
const unreachableFromPod = async (world: World): Promise<Problem | undefined> => {
	const problems = await inPool(componentsOf(world.answers), mostPods, async (component) =>
		lookFromPod(world, component),
	);
	return problems.find((problem) => problem !== undefined);
};

/** `2 databases, PostgreSQL 15.18, MySQL 8.4.3`. */
const noteOf = (seen: readonly Seen[]): string => {
	const facts = seen.flatMap((one) => one.facts ?? []);
	const servers = new Set(facts.map(({product, version}) => `${product} ${version}`));
	return [counted(facts.length, 'database'), ...servers].join(', ');
};

const check = async (world: World): Promise<Finding> => {
	const groups = serverGroups(world);
	const seen = (await inPool(groups, groups.length, async (group) => lookAtGroup(world, group))).flat();
	const warnings = [...new Set(seen.flatMap((one) => one.warnings))];
	const [first, ...others] = seen.flatMap((one) => one.refused ?? []);
	const own = seen.flatMap((one) => one.changes);
	const asked = [first, ...others].flatMap((one) => (one ? ofDba(one.component) : []));
	const isOurs = own.some(({action}) => action !== 'wait');
	// What this tool can do is done before others are waited for; a look tells of both.
	if (first && !isOurs && world.pass !== 'look') return awaitDba(world, [first, ...others]);
	const changes = world.pass === 'look' ? [...own, ...asked] : own;
	if (changes.length > 0) return {status: 'todo', changes, warnings};
	const blocked = await unreachableFromPod(world);
	if (blocked) return {status: 'blocked', problem: blocked};
	return {status: 'ok', note: noteOf(seen), warnings};
};

const provision = async (world: World, component: Component): Promise<void> => {
	const {signal, report} = world;
	const server = serverOf(world, component);
	const admin = await adminLogin(world, server);
	if (!admin) return;
	const needed = await requireDatabase(world, component);
	await portFor(world, server).provision(admin, needed, {
		signal,
		onStatement: (shown) => report({kind: 'line', level: 'info', text: shown}),
	});
};

const apply = async (world: World): Promise<void> => {
	const groups = serverGroups(world);
	await inPool(groups, groups.length, async ({components}) => {
		await inPool(components, mostConnections, async (component) => provision(world, component));
	});
};

/** Guide step 5: a database and its own role for each component, or the SQL for the DBA. */
export const databasesStep: Step = {
	id: 'databases',
	title: 'Databases',
	why: 'Each server needs its own database and role; a wrong password shows here instead of in a crashing pod.',
	area: 'database',
	inputs: (answers) => ({
		tlsCa: answers.tls.ca,
		podChecks: answers.network.podChecks,
		components: componentsOf(answers).map(({id, path, answers: {database, replicas}}) => {
			const {name, username, password} = database;
			return {id, replicas, database: {name, username, password}, server: databaseServerOf(answers, path)};
		}),
	}),
	retry: databaseRetry,
	timeouts: shortTimeouts,
	check,
	apply,
};
