import type {BackupSummary} from '../../backup/types.ts';
import {toProblem} from '../../base/problem.ts';
import {scheduleStanding, scheduleWarnings} from '../schedule/standing.ts';
import {escrowFault, escrowKeys, readEscrow} from '../shared/marks/escrow.ts';
import type {World} from '../world.ts';

/** What lies in the folder here; that it cannot be read is told by `backupWarnings`. */
const backupsHere = async ({answers, backups, signal}: World): Promise<readonly BackupSummary[]> => {
	if (answers.backup.schedule.kind === 'none') return [];
	try {
		return await backups.list(signal);
	} catch {
		signal.throwIfAborted();
		return [];
	}
};

/** A schedule that was asked for is looked at: one that is late is as good as none. */
export const ofSchedule = async (world: World): Promise<readonly string[]> => {
	try {
		const here = await backupsHere(world);
		return scheduleWarnings(await scheduleStanding({...world, here}, world.clock.now()));
	} catch (error) {
		world.signal.throwIfAborted();
		return [`whether backups are scheduled could not be seen: ${toProblem(error).message}`];
	}
};

/** Whoever named who can read backups wants some, and is told where there is none. */
export const backupWarnings = async ({answers, backups, signal}: World): Promise<readonly string[]> => {
	const {recipients, passphrase} = answers.backup;
	if (recipients === undefined && passphrase === undefined) return [];
	try {
		const isThere = (await backups.list(signal)).some(({state}) => state === 'whole');
		return isThere ? [] : [`there is no backup yet in ${backups.folder}; the command "backup" makes one`];
	} catch (error) {
		signal.throwIfAborted();
		return [`whether there is a backup could not be seen: ${toProblem(error).message}`];
	}
};

/** Whether copies of the keys in use lie outside of the cluster, and what is to be said where backups are wanted and they do not. */
export const escrowStanding = async (
	world: World,
): Promise<{readonly isConfirmed: boolean; readonly warnings: readonly string[]}> => {
	const {recipients, passphrase} = world.answers.backup;
	const unsaid = recipients === undefined && passphrase === undefined;
	try {
		const fault = escrowFault(await readEscrow(world), await escrowKeys(world), world.clock.now());
		const words = `keys outside of the cluster: ${fault}; the command "backup escrow" writes and confirms them`;
		return {isConfirmed: fault === undefined, warnings: unsaid || fault === undefined ? [] : [words]};
	} catch (error) {
		world.signal.throwIfAborted();
		const words = `whether the keys lie outside of the cluster as well could not be seen: ${toProblem(error).message}`;
		return {isConfirmed: false, warnings: unsaid ? [] : [words]};
	}
};
