import type {ReadBackup} from '../../backup/types.ts';
import {counted, firstOf} from '../../base/text.ts';
import type {Change, Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {databaseRetry} from '../shared/database-servers.ts';
import {contentsOf, differencesFrom} from '../shared/databases/contents.ts';
import {type RestoreMark, writeRestoreMark} from '../shared/marks/restore-mark.ts';
import {serversStopped, stopServers} from '../shared/release/servers.ts';
import {longTimeouts, type Step, type World} from '../world.ts';
import {inputsOf} from './backup.ts';
import {restoreCommand} from './options.ts';
import {dueOf, prepare} from './servers.ts';
import type {Phase, Restoring, Source} from './source.ts';

/** Writes down how far one is. */
export const markPhase = async (
	world: World,
	{options}: Source,
	backup: string,
	{one: {release, name: component}, phase}: {readonly one: Restoring; readonly phase: RestoreMark['phase']},
): Promise<void> => {
	const {clock, runId: run} = world;
	const at = new Date(clock.now()).toISOString();
	await writeRestoreMark(world, release, {phase, component, backup, run, at, command: restoreCommand(options, backup)});
};

const differences = async (world: World, {component, part}: Restoring): Promise<readonly string[]> =>
	differencesFrom(await contentsOf(world, component), part.database);

/** True where the dump is restored and nothing has touched it since. */
const isRestored = async (world: World, one: Restoring & {readonly phase: Phase}): Promise<boolean> =>
	one.phase === 'restored' &&
	(await serversStopped(world, one.release)) &&
	(await differences(world, one)).length === 0;

const restoreOne = async (world: World, source: Source, read: ReadBackup, one: Restoring): Promise<void> => {
	const {dumps, report, signal} = world;
	const {id} = read.manifest;
	const {component, part, release} = one;
	const {tools, login} = await prepare(world, id, one);
	// A wrong key, or a file that cannot be opened, shows before anything is taken away.
	const from = await read.read(part, signal);
	await markPhase(world, source, id, {one, phase: 'restoring'});
	await stopServers(world, release);
	const label = `restore ${login.database}`;
	await dumps.restore(login, {
		tools,
		from,
		onBytes: (done) => report({kind: 'progress', label, done, total: part.plainBytes, unit: 'bytes'}),
		onLine: (text) => report({kind: 'line', level: 'warn', text, record: true}),
		signal,
	});
	const differing = await differences(world, one);
	if (differing.length > 0)
		throw stepProblems.error('restore-differs', {
			component: component.label,
			backup: id,
			differences: firstOf(differing, 3, '; '),
		});
	await markPhase(world, source, id, {one, phase: 'restored'});
	const text = `database ${login.database}: is again what it was in backup ${id}, ${counted(part.database.tables.length, 'table')}`;
	report({kind: 'line', level: 'info', text, record: true});
};

const check =
	(source: Source) =>
	async (world: World): Promise<Finding> => {
		const {read, due} = await dueOf(world, source);
		const changes: Change[] = [];
		for (const one of due) {
			if (await isRestored(world, one)) continue;
			const detail = `replaced by its dump in backup ${read.manifest.id}`;
			changes.push({action: 'update', target: `database ${one.part.database.name}`, detail});
		}
		if (changes.length > 0) return {status: 'todo', changes};
		return {status: 'ok', note: due.length === 0 ? 'restored before' : 'tables, rows and revision as in the dumps'};
	};

const apply =
	(source: Source) =>
	async (world: World): Promise<void> => {
		const {read, due} = await dueOf(world, source);
		for (const one of due) if (!(await isRestored(world, one))) await restoreOne(world, source, read, one);
	};

/** Each database becomes what its dump has: tables, rows and revision are compared. One that is restored is not restored again. */
export const databasesStep = (source: Source): Step => ({
	id: 'restore-databases',
	title: 'Databases restored',
	why: 'All that users have made is in the databases; each is compared with its dump before a server may start.',
	area: 'database',
	inputs: inputsOf(source),
	retry: databaseRetry,
	timeouts: longTimeouts,
	check: check(source),
	apply: apply(source),
});
