import type {BackupManifest} from '../../backup/types.ts';
import {backupSteps} from '../backup/index.ts';
import {nameOf} from '../backup/installed.ts';
import {type BackMark, readMark} from '../shared/release/back-mark.ts';
import type {Step, World} from '../world.ts';
import {type Installed, isUpgraded, readInstalled} from './installed.ts';

/** How old a dump may be of what nobody has touched yet, ms: what was written since would be lost on the way back. */
const oldestMs = 24 * 60 * 60_000;

/** What is about to be upgraded, and the way back that it came, for the look that has just asked for it. */
type Due = Installed & {readonly mark: BackMark | undefined};
const seen = new WeakMap<World, readonly Due[]>();

/** `before-upgrade:` and the digest of the bundle; none where nothing is about to change. */
const purposeOf = async (world: World): Promise<string | undefined> => {
	const due = (await readInstalled(world)).filter((one) => one.live !== undefined && !isUpgraded(one));
	const marks = due.map(async (one) => ({
		...one,
		mark: await readMark(world, {name: one.component.answers.release, namespace: one.component.answers.namespace}),
	}));
	seen.set(world, await Promise.all(marks));
	if (due.length === 0) return undefined;
	const {digest} = await world.bundle.open(world.signal);
	return `before-upgrade:${digest}`;
};

/**
 * Whether the backup has what it needs to have of a component: its dump, not older than a day. Once a try has touched the component, the
 * dump from before counts, however old: the database may be half migrated by now. One that came back is untouched again, and what its
 * users have written since is in no dump from before.
 */
const isFresh = (manifest: BackupManifest, {component, revisions, mark}: Due, now: number): boolean => {
	const name = nameOf(component);
	const was = manifest.components.find((one) => one.name === name);
	const dump = manifest.parts.find((part) => part.kind === 'database' && part.name === name);
	if (!was || !dump) return false;
	const newest = revisions.at(-1);
	const isRecent = now - Date.parse(dump.endedAt) < oldestMs;
	const isBack = mark?.phase === 'done' && mark.became === newest?.revision;
	if (newest && isBack) return isRecent && Date.parse(dump.startedAt) > Date.parse(newest.updated);
	return isRecent || (newest?.revision ?? 0) > was.revision;
};

/** Backups of an upgrade: one that was resumed takes none twice, whichever run finished it. */
const accepts = (manifest: BackupManifest, world: World): boolean =>
	manifest.finishedAt !== undefined &&
	seen.get(world)?.every((one) => isFresh(manifest, one, world.clock.now())) === true;

/** Guide, "Backup current state": before the first change, of all that cannot be had back. */
export const upgradeBackupSteps: readonly Step[] = backupSteps({purpose: purposeOf, accepts});
