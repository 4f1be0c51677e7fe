import {toProblem} from '../../base/problem.ts';
import {scheduleStanding, scheduleWarnings} from '../schedule/standing.ts';
import type {World} from '../world.ts';

/** A schedule that was asked for is looked at: one that is late is as good as none. */
export const ofSchedule = async (world: World): Promise<readonly string[]> => {
	try {
		return scheduleWarnings(await scheduleStanding(world, world.clock.now()));
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
		return isThere ? [] : [`there is no backup yet in ${backups.folder}; make one: zenml-airgap backup`];
	} catch (error) {
		signal.throwIfAborted();
		return [`whether there is a backup could not be seen: ${toProblem(error).message}`];
	}
};
