import {counted} from '../../base/text.ts';
import {formatBytes} from '../../base/units.ts';
import type {Finding} from '../../engine/plan.ts';
import {databaseRetry} from '../shared/database-servers.ts';
import {refuseUnfinishedRestore} from '../shared/marks/restore-mark.ts';
import {componentsOf} from '../shared/names.ts';
import {refuseUnfinishedBack} from '../shared/release/back-mark.ts';
import type {ReleaseName} from '../shared/release/servers.ts';
import {longTimeouts, type Step, type World} from '../world.ts';
import {type Installed, installedOf} from './installed.ts';
import {type Dumpable, dumpableOf} from './login.ts';
import {type BackupOptions, nothingToDo, standingOf} from './standing.ts';

/** How long the Lease of another run is watched at most, ms. */
const longestWatchMs = 120_000;

const toolsText = (tools: Dumpable['tools']): string => {
	if (!tools) return 'client tools in the cluster, looked at when the backup is made';
	const program = tools.engine === 'postgresql' ? 'pg_dump' : 'mysqldump';
	return `${program} ${tools.version} ${tools.where === 'host' ? 'on this host' : 'in the cluster'}`;
};

const tell = ({report}: World, {label}: Installed, {facts, contents, tools}: Dumpable): void => {
	const rows = contents.tables.reduce((sum, {rows}) => sum + rows, 0);
	const size = `${counted(contents.tables.length, 'table')}, ${counted(rows, 'row')}, ${formatBytes(contents.bytes)}`;
	const note = `${facts.product} ${facts.version}: ${size}; ${toolsText(tools)}`;
	report({kind: 'item', label: `database of the ${label}`, state: 'ok', note});
};

/** What is odd and stops nothing. */
const warningsOf = ({answers}: World, installed: readonly Installed[]): readonly string[] => {
	const {encryption, recipients, passphrase} = answers.backup;
	const absent = componentsOf(answers).filter(({path}) => installed.every((one) => one.path !== path));
	return [
		...absent.map(({label}) => `${label} is not installed: it is not in the backup`),
		...(encryption === 'none'
			? ['the backup is not encrypted: whoever reads its folder has every password and key (backup.encryption)']
			: []),
		...(encryption === 'age' && recipients !== undefined && passphrase !== undefined
			? ['backup.passphrase is not used to encrypt: there are recipients']
			: []),
	];
};

/** A backup of data that is being replaced would look whole, and be the newest. @throws ProblemError `restore-unfinished`, `back-unfinished` */
const refuseHalves = async (world: World, release: ReleaseName): Promise<void> => {
	await refuseUnfinishedRestore(world, release);
	await refuseUnfinishedBack(world, release);
};

const check =
	(options: BackupOptions) =>
	async (world: World): Promise<Finding> => {
		const done = nothingToDo(await standingOf(world, options));
		if (done) return done;
		const {backups, signal} = world;
		// Who has named nobody to read the backup is told at once, and not when all databases are counted.
		await backups.ready(0, signal);
		const installed = await installedOf(world);
		for (const {release} of installed) await refuseHalves(world, release);
		let bytes = 0;
		let unseen = '';
		for (const component of installed) {
			const dumpable = await dumpableOf(world, component);
			tell(world, component, dumpable);
			bytes += dumpable.contents.bytes;
			if (!dumpable.tools) unseen = ', client tools not looked at yet';
		}
		await backups.ready(bytes, signal);
		world.report({kind: 'waiting', reason: 'the lock of this cluster', timeoutMs: longestWatchMs});
		await world.holdLease(signal);
		const note = `${counted(installed.length, 'database')}, about ${formatBytes(bytes)}${unseen}, to ${backups.folder}`;
		return {status: 'ok', note, warnings: warningsOf(world, installed)};
	};

/** Everything that a backup needs is looked at before a byte of it is written. */
export const readyStep = (options: BackupOptions): Step => ({
	id: 'backup-ready',
	title: 'Backup: ready',
	why: 'A backup that breaks off for want of room, a program or a key is none; that shows here.',
	area: 'prerequisites',
	inputs: ({backup, controlPlane, workspaces, database}) => ({backup, controlPlane, workspaces, database}),
	retry: databaseRetry,
	timeouts: longTimeouts,
	check: check(options),
});
