import {ProblemError} from '../base/problem.ts';
import {type Limits, withConnection} from './connect.ts';
import {missing} from './missing.ts';
import {scramVerifier} from './scram.ts';
import {passwordPlaceholder, quoteText} from './sql.ts';
import type {DatabaseLogin, DatabaseStatement, DatabaseWish} from './types.ts';

// A second round is due when an expired role was mended and its password turns out wrong too, or when another
// administrator made the same thing at the same moment; more rounds than this mean that the statements have no effect.
const rounds = 4;

// duplicate_object, duplicate_database, unique_violation (two CREATE at once): the other one made it, so look again.
const madeByOthers = new Set(['42710', '42P04', '23505']);

// Two sessions that change the same row of a catalog: the loser gets XX000 from this routine of PostgreSQL (heapam.c). The
// routine's name is never translated, the message is.
const lostRace = (error: {readonly code?: string; readonly routine?: string}): boolean =>
	madeByOthers.has(error.code ?? '') || (error.code === 'XX000' && error.routine?.startsWith('simple_heap_') === true);

const run = async (
	admin: DatabaseLogin,
	wish: DatabaseWish,
	{sql, database}: DatabaseStatement,
	limits: Limits,
	signal: AbortSignal,
): Promise<void> => {
	// The verifier is computed for each statement, so the plain password never travels in SQL.
	const text = sql.replaceAll(passwordPlaceholder, () => quoteText(scramVerifier(wish.password)));
	try {
		await withConnection({...admin, database: database ?? admin.database}, limits, signal, (query) => query(text));
	} catch (error) {
		if (!lostRace((error as Error).cause ?? {})) throw error;
	}
};

/** Makes the wish hold, statement by statement, and looks again until nothing is missing. @throws ProblemError. */
export const provision = async (
	admin: DatabaseLogin,
	wish: DatabaseWish,
	limits: Limits,
	options: {readonly signal: AbortSignal; readonly onStatement: (shown: string) => void},
): Promise<void> => {
	let due: readonly DatabaseStatement[] = [];
	for (let round = 0; round < rounds; round++) {
		due = await missing(admin, wish, limits, options.signal);
		if (due.length === 0) return;
		for (const statement of due) {
			options.onStatement(statement.shown);
			await run(admin, wish, statement, limits, options.signal);
		}
	}
	due = await missing(admin, wish, limits, options.signal);
	if (due.length === 0) return;
	throw new ProblemError({
		code: 'database-not-converging',
		area: 'database',
		who: 'database admin',
		message: `Database ${wish.database} on ${admin.host}:${admin.port} does not come to be as it should.`,
		cause: 'The server took the statements without an error, yet the same ones are due again.',
		fix: 'Ask the database admin what changes roles or passwords on this server, e.g. LDAP or a policy.',
		evidence: due.map(({shown}) => shown),
	});
};
