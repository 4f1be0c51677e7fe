import type {Finding, Handover} from '../../engine/plan.ts';
import {serverOf} from '../shared/database-logins.ts';
import {awaitPeople, pollEveryMs} from '../shared/handover.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {isUpgraded, readInstalled} from './installed.ts';

/** The command of the engine's own tools; whoever runs it gives the password where the tool asks for it. */
const dumpOf = (world: World, component: Component): string => {
	const {engine, host, port} = serverOf(world, component);
	const {name, username} = component.answers.database;
	return engine === 'mysql'
		? `mysqldump --single-transaction --routines -h ${host} -P ${port} -u ${username} -p ${name} > ${name}.sql`
		: `pg_dump --format=custom -h ${host} -p ${port} -U ${username} -W -f ${name}.dump ${name}`;
};

const releaseOf = ({answers: {release, namespace}}: Component): readonly string[] => [
	`helm -n ${namespace} get values ${release} -o yaml > ${release}-${namespace}.yaml`,
	`kubectl -n ${namespace} get secret -o yaml > secrets-${namespace}.yaml`,
];

const handoverOf = (world: World, components: readonly Component[]): Handover => ({
	id: 'backup',
	title: 'Backup before the upgrade',
	who: 'database admin',
	intro:
		'This version takes no backup by itself. The migrations of the new version cannot be taken back: without these dumps there is no way back.',
	sections: [
		{title: 'Databases', fileName: 'databases.txt', lines: components.map((one) => dumpOf(world, one))},
		{title: 'Values and secrets', fileName: 'releases.txt', lines: components.flatMap(releaseOf)},
	],
	awaited: [{label: 'databases, values and secrets are saved', ok: false, note: 'confirm it here'}],
	pollEveryMs,
	acknowledge: 'Databases, values and secrets of all components were saved just now, and the dumps can be read.',
});

const check = async (world: World): Promise<Finding> => {
	const due = (await readInstalled(world)).filter((one) => !isUpgraded(one)).map(({component}) => component);
	if (due.length === 0) return {status: 'ok', note: 'nothing is about to change'};
	if (world.acknowledged) return {status: 'ok', note: 'confirmed by the operator'};
	const changes = due.map(({label}) => ({action: 'wait', target: `backup of the ${label}`}) as const);
	if (world.pass === 'look') return {status: 'todo', changes};
	return awaitPeople(handoverOf(world, componentsOf(world.answers)), 'handover-backup');
};

/** Guide, "Backup current state", as a page: what must be saved before the first change, confirmed by whoever did. */
export const backupByHandStep: Step = {
	id: 'backup',
	title: 'Backup',
	why: 'Databases are migrated forward only: what was not saved before cannot be had back.',
	area: 'people',
	confirmsAnew: true,
	inputs: ({bundle, controlPlane, workspaces}) => ({
		bundle: bundle.path,
		databases: [controlPlane, ...workspaces].map(({database}) => database.name),
	}),
	timeouts: shortTimeouts,
	check,
};
