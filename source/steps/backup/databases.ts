import type {BackupDatabase, BackupPart, OpenBackup} from '../../backup/types.ts';
import {counted} from '../../base/text.ts';
import {formatBytes} from '../../base/units.ts';
import type {DumpTools} from '../../database/dump/types.ts';
import type {Change, Finding} from '../../engine/plan.ts';
import {databaseRetry} from '../shared/database-servers.ts';
import {longTimeouts, type Step, type World} from '../world.ts';
import {type Installed, installedOf, nameOf, workspacesFirst} from './installed.ts';
import {type Dumpable, dumpableOf} from './login.ts';
import {type BackupOptions, nothingToDo, standingOf} from './standing.ts';

const isOf =
	(component: Installed) =>
	({kind, name}: BackupPart): boolean =>
		kind === 'database' && name === nameOf(component);

const databaseOf = ({login, facts, contents}: Dumpable, tools: DumpTools): BackupDatabase => {
	const program = tools.engine === 'postgresql' ? 'pg_dump' : 'mysqldump';
	return {
		engine: tools.engine,
		product: facts.product,
		version: facts.version,
		name: login.database,
		...(contents.revision !== undefined && {revision: contents.revision}),
		tables: contents.tables.map(({name, rows}) => ({name, rows})),
		tool: `${program} ${tools.version}`,
	};
};

const dumpOne = async (world: World, backup: OpenBackup, component: Installed): Promise<void> => {
	const {dumps, signal, report} = world;
	const dumpable = await dumpableOf(world, component);
	const {login, tools} = dumpable;
	if (!tools) throw new Error('a dry run dumps nothing');
	const label = `database of the ${component.label}`;
	const ending = tools.engine === 'postgresql' ? 'dump' : 'sql';
	const head = {kind: 'database', name: nameOf(component), ending, database: databaseOf(dumpable, tools)} as const;
	const part = await backup.add(head, (into) =>
		dumps.dump(login, {
			tools,
			into,
			// How long the dump will be nobody knows before: PostgreSQL's is compressed.
			onBytes: (done) => report({kind: 'progress', label, done, unit: 'bytes'}),
			signal,
		}),
	);
	const text = `${part.file}: ${formatBytes(part.plainBytes)} dumped, ${formatBytes(part.bytes)} on the disk`;
	report({kind: 'line', level: 'info', text});
};

const check =
	(options: BackupOptions) =>
	async (world: World): Promise<Finding> => {
		const standing = await standingOf(world, options);
		const done = nothingToDo(standing);
		if (done || standing.kind !== 'to do') return done ?? {status: 'ok'};
		const parts = standing.pending?.parts ?? [];
		const installed = workspacesFirst(await installedOf(world));
		const missing = installed.filter((component) => !parts.some(isOf(component)));
		if (missing.length > 0) {
			const changes = missing.map(
				({label}): Change => ({action: 'create', target: `dump of the database of the ${label}`}),
			);
			return {status: 'todo', changes};
		}
		const bytes = parts.filter(({kind}) => kind === 'database').reduce((sum, one) => sum + one.bytes, 0);
		return {status: 'ok', note: `${counted(installed.length, 'dump')}, ${formatBytes(bytes)}`};
	};

const apply =
	(options: BackupOptions) =>
	async (world: World): Promise<void> => {
		const standing = await standingOf(world, options);
		if (standing.kind !== 'to do') return;
		const backup = await world.backups.begin(standing.purpose, world.runId, world.signal);
		for (const component of workspacesFirst(await installedOf(world))) {
			if (backup.has('database', nameOf(component))) continue;
			await dumpOne(world, backup, component);
		}
	};

/** Each dump is of one moment; workspaces come first, so that the control plane's knows everybody whom they name. */
export const databasesStep = (options: BackupOptions): Step => ({
	id: 'backup-databases',
	title: 'Backup: dumps',
	why: 'All that users have made is in the databases; servers go on while they are dumped.',
	area: 'database',
	inputs: ({backup, controlPlane, workspaces, database}) => ({backup, controlPlane, workspaces, database}),
	retry: databaseRetry,
	timeouts: longTimeouts,
	check: check(options),
	apply: apply(options),
});
