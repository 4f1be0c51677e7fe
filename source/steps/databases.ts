import {ProblemError, problem, toProblem} from '../base/problem.ts';
import type {DatabaseLogin, NeededDatabase} from '../database/types.ts';
import type {Change, Finding} from '../engine/plan.ts';
import {requireSecret, secretFor} from './shared/generated.ts';
import {type Component, componentsOf} from './shared/names.ts';
import {probeFromPod} from './shared/pod-probe.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

/** The server part of a login, with the CA read in. */
export const databaseServer = async (world: World): Promise<Pick<DatabaseLogin, 'host' | 'port' | 'tls' | 'ca'>> => {
	const {database, tls} = world.answers;
	const ca =
		database.tls === 'verify-full'
			? await world.host.readFile(database.ca ?? tls.ca, database.ca === undefined ? 'tls.ca' : 'database.ca')
			: undefined;
	return {host: database.host, port: database.port, tls: database.tls, ...(ca === undefined ? {} : {ca})};
};

/** The DBA's login, when the answers give one. */
export const adminLogin = async (world: World): Promise<DatabaseLogin | undefined> => {
	const {admin} = world.answers.database;
	if (!admin) return undefined;
	const password = await world.resolveSecret(admin.password, 'database.admin.password');
	return {
		...(await databaseServer(world)),
		username: admin.username,
		password,
		database: admin.database,
		from: 'database.admin',
	};
};

const generatedOf = ({id}: Component): string => `${id}.database.password`;
const answerOf = ({path}: Component): string => `${path}.database.password`;

const wishOf = async (world: World, component: Component): Promise<NeededDatabase | undefined> => {
	const {name, username, password: ref} = component.answers.database;
	const password = await secretFor(world, ref, generatedOf(component), answerOf(component));
	return password === undefined ? undefined : {database: name, username, password, from: `${component.path}.database`};
};

/** Connections that the servers may open at most: pool of 10 and its overflow, for each pod. */
const connectionsPerPod = 20;

const facts = async (
	world: World,
	component: Component,
	wish: NeededDatabase,
): Promise<{readonly note: string; readonly warnings: readonly string[]}> => {
	const {from, ...login} = {...(await databaseServer(world)), ...wish};
	const asked = {...login, ...(from === undefined ? {} : {from})};
	const found = await world.database.probe(asked, world.signal);
	const unfit = world.database.judge(found, asked);
	if (unfit) throw new ProblemError(unfit);
	world.report({
		kind: 'item',
		label: wish.database,
		state: 'ok',
		note: `PostgreSQL ${found.version}, ${found.encoding}, ${found.tls}, owner ${found.owner}, ${found.tables} tables`,
	});
	const needed = component.answers.replicas * connectionsPerPod;
	const free = found.maxConnections - found.usedConnections;
	return {
		note: `PostgreSQL ${found.version}`,
		warnings:
			free < needed
				? [
						`${component.label}: the server has ${free} connections free, ${component.answers.replicas} pods may open ${needed}; raise max_connections`,
					]
				: [],
	};
};

const forTheDba = (world: World, statements: readonly string[], cause: string) =>
	problem({
		code: 'database-needs-dba',
		area: 'database',
		who: 'database admin',
		message: 'The databases are not ready, and the answers hold no login that may create them.',
		cause,
		fix: 'Have the database admin set the passwords at the head of the SQL below and run it with psql, then try again.',
		nextSteps: ['or give the tool a login that may: database.admin.username and database.admin.password'],
		answers: ['database.admin.username', 'database.admin.password', ...componentsOf(world.answers).map(answerOf)],
		evidence: statements,
	});

const check = async (world: World): Promise<Finding> => {
	const {answers, database, signal} = world;
	const components = componentsOf(answers);
	const admin = await adminLogin(world);
	const changes: Change[] = [];
	const warnings: string[] = [];
	let version = '';
	for (const component of components) {
		const wish = await wishOf(world, component);
		if (!wish) {
			changes.push({
				action: 'create',
				target: `database ${component.answers.database.name}`,
				detail: `owner ${component.answers.database.username}`,
			});
			continue;
		}
		if (admin) {
			const statements = await database.missing(admin, wish, signal);
			changes.push(...statements.map(({target, shown}): Change => ({action: 'run', target, detail: shown})));
			if (statements.length > 0) continue;
		}
		try {
			const seen = await facts(world, component, wish);
			version = seen.note;
			warnings.push(...seen.warnings);
		} catch (error) {
			const found = toProblem(error);
			// Without an admin's login only the DBA can mend a role or database that is not there; anything else stays as it is.
			if (
				admin ||
				!['database-password', 'database-missing', 'database-privileges', 'database-role-without-login'].includes(
					found.code,
				)
			)
				throw error;
			return {
				status: 'blocked',
				problem: forTheDba(
					world,
					(await Promise.all(components.map(async (one) => wishOf(world, one)))).flatMap((one) =>
						one ? database.script(one) : [],
					),
					found.message,
				),
			};
		}
	}
	if (changes.length > 0) return {status: 'todo', changes, warnings};
	const blocked = await probeFromPod(world, {
		kind: 'tcp',
		args: {host: answers.database.host, port: answers.database.port},
		what: `the database server ${answers.database.host}:${answers.database.port}`,
		area: 'database',
		answers: ['database.host', 'database.port'],
	});
	if (blocked) return {status: 'blocked', problem: blocked};
	return {status: 'ok', note: `${components.length} databases, ${version}`, warnings};
};

const apply = async (world: World): Promise<void> => {
	const admin = await adminLogin(world);
	if (!admin) return;
	for (const component of componentsOf(world.answers)) {
		const {name, username, password: ref} = component.answers.database;
		const password = await requireSecret(world, ref, generatedOf(component), answerOf(component));
		await world.database.provision(
			admin,
			{database: name, username, password, from: `${component.path}.database`},
			{signal: world.signal, onStatement: (shown) => world.report({kind: 'line', level: 'info', text: shown})},
		);
	}
};

/** Guide step 5: a database and its own role for each component, or the SQL for the DBA. */
export const databasesStep: Step = {
	id: 'databases',
	title: 'Databases',
	why: 'Each server needs its own database and role; a wrong password shows here instead of in a crashing pod.',
	area: 'database',
	inputs: (answers) => ({
		database: answers.database,
		tlsCa: answers.tls.ca,
		podChecks: answers.network.podChecks,
		components: componentsOf(answers).map(({id, answers: {database}}) => ({id, database})),
	}),
	retry: {
		codes: ['database-unreachable', 'database-starting', 'database-time-out', 'database-too-many-connections'],
		attempts: 3,
		pausesMs: [1000, 3000],
	},
	timeouts: shortTimeouts,
	check,
	apply,
};
