import type {Problem} from '../../base/problem.ts';
import type {Finding} from '../../engine/plan.ts';
import {adminLogin, requireDatabase} from '../shared/database-logins.ts';
import {componentsOf} from '../shared/names.ts';
import {probeFromPod} from '../shared/pod-probe.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {isForTheDba, needsDba} from './for-the-dba.ts';
import {lookAtDatabase, type Seen} from './look.ts';

/** Each database in turn. Without an administrator's login only the DBA can mend a role or database that is not there. */
const lookAtAll = async (world: World): Promise<readonly Seen[]> => {
	const admin = await adminLogin(world);
	const seen: Seen[] = [];
	for (const component of componentsOf(world.answers)) {
		try {
			seen.push(await lookAtDatabase(world, component, admin));
		} catch (error) {
			if (admin || !isForTheDba(error)) throw error;
			throw await needsDba(world, error);
		}
	}
	return seen;
};

/** Pods may be kept from what this host reaches. */
const unreachableFromPod = async (world: World): Promise<Problem | undefined> => {
	const {host, port} = world.answers.database;
	const what = `the database server ${host}:${port}`;
	return probeFromPod(world, {kind: 'tcp', args: {host, port}, what, answers: ['database.host', 'database.port']});
};

const check = async (world: World): Promise<Finding> => {
	const seen = await lookAtAll(world);
	const changes = seen.flatMap((one) => one.changes);
	const warnings = seen.flatMap((one) => one.warnings);
	if (changes.length > 0) return {status: 'todo', changes, warnings};
	const blocked = await unreachableFromPod(world);
	if (blocked) return {status: 'blocked', problem: blocked};
	const version = seen.at(-1)?.version ?? '';
	return {status: 'ok', note: `${seen.length} databases, PostgreSQL ${version}`, warnings};
};

const apply = async (world: World): Promise<void> => {
	const {answers, database, signal, report} = world;
	const admin = await adminLogin(world);
	if (!admin) return;
	for (const component of componentsOf(answers)) {
		const needed = await requireDatabase(world, component);
		await database.provision(admin, needed, {
			signal,
			onStatement: (shown) => report({kind: 'line', level: 'info', text: shown}),
		});
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
