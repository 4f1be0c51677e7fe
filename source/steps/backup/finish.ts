import type {BackupSummary, OpenBackup} from '../../backup/types.ts';
import {counted} from '../../base/text.ts';
import {formatBytes} from '../../base/units.ts';
import type {Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {longTimeouts, type Step, type World} from '../world.ts';
import {componentOf, type Installed, installedOf, nameOf} from './installed.ts';
import {type BackupOptions, standingOf} from './standing.ts';

/** So many whole ones stay however old they are. */
const keepAtLeast = 3;

const noteOf = ({id, manifest, bytes, signed}: BackupSummary): string =>
	[
		`backup ${id}`,
		counted(manifest?.parts.length ?? 0, 'part'),
		formatBytes(bytes),
		signed ? 'signed' : 'not signed',
	].join(', ');

/** What was read back, as `RUN ID`: a manifest alone does not prove what lies beside it. */
type Proved = Set<string>;

const readBack = async ({backups, report, runId, signal}: World, id: string, proved: Proved): Promise<void> => {
	const label = `backup ${id}, read back`;
	await backups.open(id, signal, ({done, total}) => report({kind: 'progress', label, done, total, unit: 'bytes'}));
	proved.add(`${runId} ${id}`);
	report({kind: 'line', level: 'info', text: `backup ${id}: every file was read back and is as it was written`});
};

const check =
	(options: BackupOptions, proved: Proved) =>
	async (world: World): Promise<Finding> => {
		const standing = await standingOf(world, options);
		if (standing.kind === 'not wanted') return {status: 'ok', note: 'no backup is needed'};
		if (standing.kind === 'done') {
			const {id} = standing.backup;
			// Of a run that was killed after the manifest, or whose files came back otherwise, nothing is proved.
			if (world.pass !== 'look' && !proved.has(`${world.runId} ${id}`)) await readBack(world, id, proved);
			return {status: 'ok', note: noteOf(standing.backup)};
		}
		const {signingKey} = world.answers.backup;
		const what = signingKey === undefined ? 'manifest and checksums' : 'manifest, checksums and signature';
		return {
			status: 'todo',
			changes: [
				{action: 'create', target: `${what} in ${world.backups.folder}`},
				{action: 'check', target: 'every file of the backup, read back'},
			],
		};
	};

const prune = async ({backups, answers, report, signal}: World): Promise<void> => {
	for (const id of await backups.prune({keepDays: answers.backup.keepDays, keepAtLeast}, signal)) {
		report({kind: 'line', level: 'info', text: `backup ${id} removed: its time is over (backup.keepDays)`});
	}
};

/** A run that began with this step must not call half of a backup whole. @throws ProblemError `backup-incomplete` */
const requireWhole = (backup: OpenBackup, installed: readonly Installed[]): void => {
	const missing = [
		...(backup.has('inventory', 'inventory') ? [] : ['secrets and settings']),
		...installed.filter((one) => !backup.has('database', nameOf(one))).map(({label}) => `database of the ${label}`),
	];
	if (missing.length > 0) throw stepProblems.error('backup-incomplete', {missing: missing.join(', ')});
};

const apply =
	(options: BackupOptions, proved: Proved) =>
	async (world: World): Promise<void> => {
		const standing = await standingOf(world, options);
		if (standing.kind !== 'to do') return;
		const {backups, runId, signal} = world;
		const backup = await backups.begin(standing.purpose, runId, signal);
		const installed = await installedOf(world);
		requireWhole(backup, installed);
		const components = [];
		for (const one of installed) components.push(await componentOf(world, one));
		const {id} = await backup.finish(runId, components);
		await readBack(world, id, proved);
		await prune(world);
	};

/** A backup counts when its manifest says that it is whole, and its files have been read back. */
export const finishStep = (options: BackupOptions): Step => {
	const proved: Proved = new Set();
	return {
		id: 'backup-finish',
		title: 'Backup: proof',
		why: 'Checksums, and where a key is given a signature, show for years whether a file is what was written.',
		area: 'verification',
		inputs: ({backup}) => ({backup}),
		timeouts: longTimeouts,
		check: check(options, proved),
		apply: apply(options, proved),
	};
};
