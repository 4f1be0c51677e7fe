import type {BackupManifest, BackupSummary} from '../../backup/types.ts';
import type {Finding} from '../../engine/plan.ts';
import type {World} from '../world.ts';

/** What a plan wants of its backup. */
export type BackupOptions = {
	/** Why it is made, as its manifest says; undefined where none is wanted, which every step then says. */
	readonly purpose: (world: World) => Promise<string | undefined>;
	/** Whether a whole backup of that purpose will do. By default one that this run has finished. */
	readonly accepts?: ((manifest: BackupManifest, world: World) => boolean) | undefined;
};

/** How far the backup of a plan is. */
export type Standing =
	| {readonly kind: 'not wanted'}
	| {readonly kind: 'done'; readonly backup: BackupSummary}
	| {readonly kind: 'to do'; readonly purpose: string; readonly pending: BackupManifest | undefined};

const ofThisRun = ({run}: BackupManifest, {runId}: World): boolean => run === runId;

/** Looks how far the backup is. It leaves no trace. */
export const standingOf = async (
	world: World,
	{purpose: purposeOf, accepts = ofThisRun}: BackupOptions,
): Promise<Standing> => {
	const {backups, signal} = world;
	const purpose = await purposeOf(world);
	if (purpose === undefined) return {kind: 'not wanted'};
	const backup = (await backups.list(signal)).find(
		({state, manifest}) => state === 'whole' && manifest?.purpose === purpose && accepts(manifest, world),
	);
	if (backup) return {kind: 'done', backup};
	return {kind: 'to do', purpose, pending: await backups.pending(purpose, signal)};
};

/** What a step says that has nothing to do; undefined where there is something. */
export const nothingToDo = (standing: Standing): Finding | undefined => {
	if (standing.kind === 'not wanted') return {status: 'ok', note: 'no backup is needed'};
	return standing.kind === 'done' ? {status: 'ok', note: `in backup ${standing.backup.id}`} : undefined;
};
