import path from 'node:path';
import {acquireFileLock, liveHolder, type Unlock} from '../../base/lock/lock.ts';
import {printable} from '../../base/printable.ts';
import {ProblemError} from '../../base/problem.ts';
import {formatMoment} from '../../base/units.ts';
import type {Context} from '../base/context.ts';
import {rehearsalRunProblems} from '../base/rehearsal-problems.ts';

/** The lock of the rehearsals in a state folder. */
export const rehearsalLock = (stateDirectory: string): string => path.join(stateDirectory, 'rehearsal.lock');

/**
 * Takes the world of a state folder for this process: two rehearsals in one would share ports and files.
 * @throws ProblemError `rehearsal-locked`, and those of any lock
 */
export const lockWorld = async (context: Context, stateDirectory: string): Promise<Unlock> => {
	const {pid, hostName, userName, clock} = context;
	const file = rehearsalLock(stateDirectory);
	const me = {pid, host: hostName, user: userName, runId: 'rehearsal', startedAt: clock.now()};
	try {
		return await acquireFileLock(file, me);
	} catch (error) {
		const isHeld = error instanceof ProblemError && error.problem.code === 'install-locked';
		const holder = isHeld ? await liveHolder(file, hostName) : undefined;
		if (!holder) throw error;
		throw rehearsalRunProblems.error(
			'rehearsal-locked',
			{
				folder: stateDirectory,
				file,
				pid: holder.pid,
				user: printable(holder.user),
				host: printable(holder.host),
				since: formatMoment(holder.startedAt),
			},
			{error},
		);
	}
};
