import type {ReadBackup} from '../../backup/types.ts';
import type {DumpTools} from '../../database/dump/types.ts';
import type {DatabaseLogin} from '../../database/types.ts';
import type {Finding} from '../../engine/plan.ts';
import {databaseRetry} from '../shared/database-servers.ts';
import {databaseOf} from '../shared/databases/contents.ts';
import {serversStopped, stopServers} from '../shared/release/servers.ts';
import {labelOf} from '../shared/release/wanted.ts';
import {longTimeouts, type Step, type World} from '../world.ts';
import {inputsOf} from './backup.ts';
import {refuseUnfitServer} from './fit.ts';
import {type Phase, phaseOf, type Restoring, restoringOf, type Source} from './source.ts';

/** What the restore of one database needs, all of it tried. */
export type Prepared = {readonly tools: DumpTools; readonly login: DatabaseLogin};

/** Logs in, looks whether the server takes the dump, and finds the tools. @throws what lets it not be restored */
export const prepare = async (world: World, backup: string, restoring: Restoring): Promise<Prepared> => {
	const {dumps, signal} = world;
	const {port, login} = await databaseOf(world, restoring.component);
	const facts = await port.probe(login, signal);
	refuseUnfitServer(backup, restoring, facts);
	return {login, tools: await dumps.tools(login, facts, signal)};
};

/** Those whose data is still to be restored. */
export type Due = {readonly read: ReadBackup; readonly due: readonly (Restoring & {readonly phase: Phase})[]};

const restoredBefore: ReadonlySet<Phase> = new Set(['opened', 'done']);

/** What is not through yet, with how far it is. */
export const dueOf = async (world: World, source: Source): Promise<Due> => {
	const read = await source.open(world);
	const all = restoringOf(world, source.options, read.manifest);
	const phases = await Promise.all(all.map(async ({release}) => phaseOf(world, source, read.manifest.id, release)));
	const due = all.flatMap((one, index) => {
		const phase = phases[index]?.phase ?? 'not begun';
		return restoredBefore.has(phase) ? [] : [{...one, phase}];
	});
	return {read, due};
};

const check =
	(source: Source) =>
	async (world: World): Promise<Finding> => {
		const {read, due} = await dueOf(world, source);
		if (due.length === 0) return {status: 'ok', note: 'the data is restored: those that run stay'};
		// A dry run over an empty server has no database to log in to yet.
		if (world.pass !== 'look') for (const one of due) await prepare(world, read.manifest.id, one);
		const running = [];
		for (const one of due) if (!(await serversStopped(world, one.release))) running.push(one);
		if (running.length === 0) return {status: 'ok', note: 'none runs'};
		return {
			status: 'todo',
			changes: running.map(({release}) => ({
				action: 'update',
				target: labelOf(release),
				detail: 'its servers are stopped',
			})),
		};
	};

const apply =
	(source: Source) =>
	async (world: World): Promise<void> => {
		const {due} = await dueOf(world, source);
		// Workspaces first: they write to the control plane's database through it.
		for (const {release} of due.toReversed()) await stopServers(world, release);
	};

/** Nobody may write while data is replaced. Tools, logins and servers of databases are tried before the first server is stopped. */
export const serversStep = (source: Source): Step => ({
	id: 'restore-servers',
	title: 'Servers stopped',
	why: 'Nobody may write while a dump is restored. Before that, login, server and tools of each database are tried.',
	area: 'cluster',
	inputs: inputsOf(source),
	retry: databaseRetry,
	timeouts: longTimeouts,
	check: check(source),
	apply: apply(source),
});
