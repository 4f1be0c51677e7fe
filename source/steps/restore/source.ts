import {text as textOf} from 'node:stream/consumers';
import type {BackupDatabase, BackupManifest, BackupPart, PartKind, ReadBackup} from '../../backup/types.ts';
import {nameOf} from '../backup/installed.ts';
import {stepProblems} from '../problems.ts';
import {tellOpening} from '../shared/databases/opening.ts';
import {type RestoreMark, readRestoreMark} from '../shared/marks/restore-mark.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import type {ReleaseName} from '../shared/release/servers.ts';
import type {World} from '../world.ts';
import {type RestoreOptions, restoreWith, scopeNamed} from './options.ts';

/** A component whose database is restored, with its dump. */
export type Restoring = {
	readonly component: Component;
	/** Its name in the backup. */
	readonly name: string;
	readonly release: ReleaseName;
	readonly part: BackupPart & {readonly database: BackupDatabase};
};

/** How far one is: `not begun` also where another backup was restored before, or this one and it is to be done again. */
export type Phase = RestoreMark['phase'] | 'not begun';

/** A restore of one command: what it was asked for, and the backup, opened once in a run. */
export type Source = {
	readonly options: RestoreOptions;
	/** The backup with every sum compared, and its signature. @throws what BackupPort.open throws; `restore-no-backup` */
	readonly open: (world: World) => Promise<ReadBackup>;
};

const half: ReadonlySet<Phase> = new Set(['restoring', 'restored']);

/** The backup of a restore that was begun and on which no server may run yet: a newer one may have been made meanwhile. */
const begunWith = async (world: World): Promise<string | undefined> => {
	for (const {answers} of componentsOf(world.answers)) {
		const mark = await readRestoreMark(world, {name: answers.release, namespace: answers.namespace});
		if (mark && half.has(mark.phase)) return mark.backup;
	}
	return undefined;
};

/** The id that was named, that of a restore which is gone on with, or that of the newest whole backup. @throws ProblemError `restore-no-backup` */
const idOf = async (world: World, {backup}: RestoreOptions): Promise<string> => {
	if (backup !== undefined) return backup;
	const {backups, report, signal} = world;
	const begun = await begunWith(world);
	if (begun !== undefined) {
		report({kind: 'line', level: 'info', text: `the restore of backup ${begun} was begun, and is gone on with`});
		return begun;
	}
	const newest = (await backups.list(signal)).find(({state}) => state === 'whole');
	if (newest) return newest.id;
	throw stepProblems.error('restore-no-backup', {folder: backups.folder});
};

/** Gigabytes are compared with their sums once in a run; what is read later is compared again while it is read. */
export const createSource = (options: RestoreOptions): Source => {
	const opened = new Map<string, ReadBackup>();
	return {
		options,
		open: async (world) => {
			const {backups, runId, signal} = world;
			const known = opened.get(runId);
			if (known) return known;
			const id = await idOf(world, options);
			const read = await backups.open(id, signal, tellOpening(world, id));
			opened.set(runId, read);
			return read;
		},
	};
};

const hasDatabase = (part: BackupPart | undefined): part is Restoring['part'] => part?.database !== undefined;

/** The part of that kind and name. */
export const partOf = ({parts}: BackupManifest, kind: PartKind, name: string): BackupPart | undefined =>
	parts.find((one) => one.kind === kind && one.name === name);

/** Names of the components whose databases a backup has. */
export const namesIn = ({parts}: BackupManifest): readonly string[] =>
	parts.filter(({kind}) => kind === 'database').map(({name}) => name);

/** More ways on than one reads. */
const mostCommands = 3;

/** Components of the answers that are asked for. @throws ProblemError `restore-component` */
const asked = ({answers}: World, options: RestoreOptions, backup: string): readonly Component[] => {
	const {only} = options;
	const all = componentsOf(answers);
	if (only.kind === 'whole') return all;
	const possible = only.kind === 'workspace' ? all.filter(({path}) => path !== 'controlPlane') : all;
	const found = possible.find((one) => nameOf(one) === only.name);
	if (found) return [found];
	const kind = only.kind === 'workspace' ? 'workspace' : 'component';
	const names = possible.map(nameOf);
	throw stepProblems.error(
		'restore-component',
		{kind, flag: only.kind, name: only.name, known: names.join(', ')},
		{nextSteps: names.slice(0, mostCommands).map((name) => restoreWith(options, backup, {only: {...only, name}}))},
	);
};

const ofOne = (component: Component, manifest: BackupManifest): Restoring | undefined => {
	const name = nameOf(component);
	const part = partOf(manifest, 'database', name);
	const {release, namespace} = component.answers;
	return hasDatabase(part) ? {component, name, release: {name: release, namespace}, part} : undefined;
};

/**
 * What is restored, control plane first. Of the whole, those that the backup lacks are left out: `refuseMisfits` says so.
 * @throws ProblemError `restore-component`, `restore-part-missing`
 */
export const restoringOf = (world: World, options: RestoreOptions, manifest: BackupManifest): readonly Restoring[] => {
	const found = asked(world, options, manifest.id).flatMap((one) => ofOne(one, manifest) ?? []);
	if (found.length > 0) return found;
	const what = `the database of ${options.only.kind === 'whole' ? 'any component of these answers' : options.only.name}`;
	const names = namesIn(manifest);
	const facts = {case: 'component', backup: manifest.id, what, known: names.join(', ') || 'none'} as const;
	const there = componentsOf(world.answers)
		.map(nameOf)
		.filter((name) => names.includes(name));
	throw stepProblems.error('restore-part-missing', facts, {
		nextSteps: there
			.slice(0, mostCommands)
			.map((name) => restoreWith(options, manifest.id, {only: scopeNamed(options, name)})),
	});
};

/** How far the restore of this backup is at one component, and its mark. */
export const phaseOf = async (
	world: World,
	{options}: Source,
	backup: string,
	release: ReleaseName,
): Promise<{readonly phase: Phase; readonly mark?: RestoreMark}> => {
	const mark = await readRestoreMark(world, release);
	if (!mark || mark.backup !== backup) return {phase: 'not begun'};
	if (mark.phase === 'done' && options.flags.again && mark.run !== world.runId) return {phase: 'not begun'};
	return {phase: mark.phase, mark};
};

/** A small part as text. @throws what ReadBackup.read throws */
export const textOfPart = async ({signal}: World, {read}: ReadBackup, part: BackupPart): Promise<string> =>
	textOf(await read(part, signal));
