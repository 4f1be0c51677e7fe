import {errnoOf} from '../../base/errno.ts';
import type {Access} from '../access.ts';
import {provisionBy} from '../converge.ts';
import type {DatabaseStatement, NeededDatabase} from '../types.ts';
import {withConnection} from './connect.ts';
import {missing} from './missing.ts';
import {scramVerifier} from './scram.ts';
import {passwordPlaceholder, quoteText} from './sql.ts';

// duplicate_object, duplicate_database, unique_violation (two CREATE at once): the other one made it, so look again.
const madeByOthers = new Set(['42710', '42P04', '23505']);

// Two sessions that change the same row of a catalog: the loser gets XX000 from this routine of PostgreSQL (heapam.c). The
// routine's name is never translated, the message is.
const lostRace = (error: unknown): boolean => {
	const code = errnoOf(error) ?? '';
	const {routine = ''} = (error ?? {}) as {readonly routine?: string};
	return madeByOthers.has(code) || (code === 'XX000' && routine.startsWith('simple_heap_'));
};

const run = async (admin: Access, {password}: NeededDatabase, {sql, database}: DatabaseStatement): Promise<void> => {
	// The verifier is computed for each statement, so the plain password never travels in SQL.
	const text = sql.replaceAll(passwordPlaceholder, () => quoteText(scramVerifier(password)));
	const login = {...admin.login, database: database ?? admin.login.database};
	try {
		await withConnection({...admin, login}, (query) => query(text));
	} catch (error) {
		if (!lostRace((error as Error).cause)) throw error;
	}
};

/** Makes what is missing, and looks again until nothing is. */
export const provision = provisionBy<Access>({missing, run});
