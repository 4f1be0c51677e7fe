import {toProblem} from '../../base/problem.ts';
import type {World} from '../world.ts';

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
