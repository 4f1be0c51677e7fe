import path from 'node:path';
import {type Holder, liveHolder} from '../../../base/lock/lock.ts';
import {formatMoment} from '../../../base/units.ts';

/** The lock of the runs in a state folder. */
export const runLock = (stateDirectory: string): string => path.join(stateDirectory, 'lock');

/**
 * Who goes through a plan in this state folder right now; undefined where nobody does. A process of another host cannot be looked up from
 * here: its lock counts. @throws ProblemError `state-unwritable` for a lock that cannot be read
 */
export const runUnderWay = async (stateDirectory: string, hostName: string): Promise<Holder | undefined> =>
	liveHolder(runLock(stateDirectory), hostName);

/** `process 4711 of ada on jump-1, since 2026-11-29 02:30 UTC`. */
export const holderWords = ({pid, user, host, startedAt}: Holder): string =>
	`process ${pid} of ${user} on ${host}, since ${formatMoment(startedAt)}`;
