import {counted} from '../../base/text.ts';
import {refuseUnfinishedRestore} from '../shared/marks/restore-mark.ts';
import {serversStopped} from '../shared/release/servers.ts';
import {labelOf} from '../shared/release/wanted.ts';
import {longTimeouts, releaseTimeouts, type Step} from '../world.ts';
import {warningOf} from './losses.ts';
import {findWayBack, type WayBack} from './source.ts';
import {inputsOf, verificationStep} from './verification.ts';
import {isRestored, restore, rollBack, rollbackBegan, stop} from './work.ts';

const whatOf = ({backup, revision, chart}: WayBack): string =>
	`revision ${revision} (${chart}) and the dump of backup ${backup}`;

/** What comes back and what is lost by it; it changes nothing. */
const sourceStep = (name: string): Step => ({
	id: 'source',
	title: 'What comes back',
	why: 'A release comes back with the dump of its time, or not at all; what was written since is lost.',
	area: 'database',
	inputs: inputsOf(name),
	timeouts: releaseTimeouts,
	check: async (world) => {
		// Whoever installs or upgrades meanwhile would start what is to be stopped.
		if (world.pass === 'apply') await world.holdLease(world.signal);
		const way = await findWayBack(world, name);
		if (way.phase === 'done') return {status: 'ok', note: `${whatOf(way)}: came back before`};
		await refuseUnfinishedRestore(world, way.release);
		const warnings = rollbackBegan(way) ? [] : await warningOf(world, way);
		const pages = warnings.length > 0 ? [{title: 'What is lost', lines: warnings}] : [];
		return {status: 'ok', note: whatOf(way), warnings, pages};
	},
});

const serversStep = (name: string): Step => ({
	id: 'servers',
	title: 'Servers stopped',
	why: 'Nobody may write while the dump is restored. Before that, backup, tools and login are tried.',
	area: 'cluster',
	inputs: inputsOf(name),
	// Every file of the backup is compared with its sum before the first server is stopped.
	timeouts: longTimeouts,
	check: async (world) => {
		const way = await findWayBack(world, name);
		if (rollbackBegan(way)) return {status: 'ok', note: 'those that run are those that come back'};
		if (await serversStopped(world, way.release)) return {status: 'ok', note: 'none runs'};
		return {
			status: 'todo',
			changes: [{action: 'update', target: labelOf(way.release), detail: 'its servers are stopped'}],
		};
	},
	apply: async (world) => stop(world, await findWayBack(world, name)),
});

const databaseStep = (name: string): Step => ({
	id: 'database',
	title: 'Database restored',
	why: 'Databases are migrated forward only: an older server needs the data of its own time.',
	area: 'database',
	inputs: inputsOf(name),
	timeouts: longTimeouts,
	check: async (world) => {
		const way = await findWayBack(world, name);
		const {database} = way.part;
		if (await isRestored(world, way))
			return {status: 'ok', note: `${counted(database.tables.length, 'table')} as in the dump`};
		const detail = `replaced by its dump in backup ${way.backup}`;
		return {status: 'todo', changes: [{action: 'update', target: `database ${database.name}`, detail}]};
	},
	apply: async (world) => restore(world, await findWayBack(world, name)),
});

const releaseStep = (name: string): Step => ({
	id: 'release',
	title: 'Release rolled back',
	why: 'The servers of that time, with the values of that time; no migration runs for it.',
	area: 'cluster',
	inputs: inputsOf(name),
	timeouts: releaseTimeouts,
	check: async (world) => {
		const way = await findWayBack(world, name);
		if (way.phase === 'done') return {status: 'ok', note: `revision ${way.live?.revision ?? ''} is deployed`};
		const detail = `back to revision ${way.revision}, ${way.chart}`;
		return {status: 'todo', changes: [{action: 'update', target: labelOf(way.release), detail}]};
	},
	apply: async (world) => rollBack(world, await findWayBack(world, name)),
});

/**
 * The paired way back of a component, as steps. In their order nothing can be had by halves: servers stay stopped until the database
 * is restored and the release is rolled back, and a kill in between is gone on with, or refused by every install and upgrade.
 * @param name `controlPlane`, or the name of a workspace
 */
export const backSteps = (name: string): readonly Step[] => [
	sourceStep(name),
	serversStep(name),
	databaseStep(name),
	releaseStep(name),
	verificationStep(name),
];
