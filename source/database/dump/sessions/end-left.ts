import {setTimeout as pause} from 'node:timers/promises';
import {cutTo, oneLine} from '../../../base/text.ts';
import {formatDuration} from '../../../base/units.ts';
import {addressOf} from '../../access.ts';
import type {DatabaseLogin} from '../../types.ts';
import {dumpProblems} from '../problems.ts';

/** Another session that a server shows on the login's database. */
export type Session = {
	/** As the server's own command that ends it takes it. */
	readonly id: string;
	readonly user: string;
	readonly host: string;
	/** How old it is, or how long it has been doing what it does, seconds; undefined where the server does not say. */
	readonly seconds: number | undefined;
	/** Of the login's own role: while the servers are stopped it was left by something that was killed. */
	readonly isOwn: boolean;
	/** Known to hold locks on tables; false also where the server does not say. */
	readonly holdsLocks: boolean;
};

/** What an engine shows and does. */
export type Sessions = {
	readonly list: () => Promise<readonly Session[]>;
	/** Tells one to end, without waiting for it; one that is gone, or must not be ended, is no error. */
	readonly end: (id: string) => Promise<void>;
	/** The statement that ends one, for the database admin. */
	readonly endSql: (id: string) => string;
};

/** How work on the sessions of a database is told and bounded. */
export type EndOptions = {
	readonly signal: AbortSignal;
	/** Hears of each session that is ended. */
	readonly onLine?: ((text: string) => void) | undefined;
	/** How long they may take to go, ms. */
	readonly waitMs?: number;
};

/** How often is looked, ms, and how long sessions are waited for that were told to end, or that hold a lock for a moment. */
const [pollMs, usualWaitMs] = [200, 15_000];

/** The longest name of a user or host that is shown, letters, and how many sessions are. */
const [longest, mostSessions] = [100, 10];

const cleaned = (text: string): string => cutTo(oneLine(text), longest);

const factsOf = ({id, user, host, seconds}: Session) => ({
	id: cleaned(id),
	user: cleaned(user),
	host: cleaned(host),
	age: seconds === undefined ? 'for an unknown time' : `for ${formatDuration(seconds * 1000)}`,
});

/** A session on one line: number, user, host and for how long. */
export const sessionText = (session: Session): string => {
	const {id, user, host, age} = factsOf(session);
	return `session ${id} of ${user} from ${host}, there ${age}`;
};

export const sessionTexts = (sessions: readonly Session[]): readonly string[] =>
	sessions.slice(0, mostSessions).map(sessionText);

/**
 * Ends what killed programs of the login's own role left on its database, and waits until nobody is known to hold a lock there. Called
 * while the servers are stopped, before anything is changed.
 * @throws ProblemError `restore-blocked` with the session that does not go; the signal's reason
 */
export const endLeft = async (
	login: DatabaseLogin,
	{list, end, endSql}: Sessions,
	{signal, onLine, waitMs = usualWaitMs}: EndOptions,
): Promise<void> => {
	let there = await list();
	const left = there.filter(({isOwn}) => isOwn);
	for (const one of left) {
		await end(one.id);
		onLine?.(`database ${login.database}: ended what a killed program left there, ${sessionText(one)}`);
	}
	const leftIds = new Set(left.map(({id}) => id));
	const limit = Date.now() + waitMs;
	for (;;) {
		// What a pooler opens anew for the same role is idle and stands in nobody's way.
		const due = there.filter(({id, holdsLocks}) => leftIds.has(id) || holdsLocks);
		const [first] = due;
		if (first === undefined) return;
		if (Date.now() >= limit)
			throw dumpProblems.error(
				'restore-blocked',
				{
					case: leftIds.has(first.id) ? 'does not end' : 'of another',
					database: login.database,
					server: addressOf(login),
					...factsOf(first),
				},
				{evidence: sessionTexts(due), nextSteps: [endSql(first.id)]},
			);
		await pause(pollMs, undefined, {signal});
		there = await list();
	}
};
