import type {ProblemError} from '../base/problem.ts';
import type {Circumstances} from '../base/problem-table.ts';
import {type Context, directionOf} from './refuse.ts';

/** Which registries do so, and why as far as is known. */
type Known = {readonly servers: string};

/** What statuses mean as an answer to one request. */
export type StatusRow<Meaning> = Known & {readonly statuses: readonly number[]; readonly means: Meaning};

/** The meaning of every status that has one; any other is a refusal. */
export type Meanings<Meaning> = {
	readonly statuses: readonly number[];
	/** @throws TypeError for a status that is not among them */
	readonly of: (status: number) => Meaning;
};

export const meanings = <const Meaning extends string>(rows: readonly StatusRow<Meaning>[]): Meanings<Meaning> => ({
	statuses: rows.flatMap(({statuses}) => statuses),
	of: (status) => {
		const row = rows.find(({statuses}) => statuses.includes(status));
		if (row) return row.means;
		throw new TypeError(`Nothing is known of status ${status}.`);
	},
});

/** What is known of a host by its name. */
export type HostRow = Known & {
	readonly is: RegExp;
	/** The host that serves the images, where it is another than in references. */
	readonly endpoint?: string;
	/** Under which `docker login` keeps its login, where that is not its name. */
	readonly loginKey?: string;
	/** How to get a login there. */
	readonly login: (host: string) => readonly string[];
	/** What else its 401 may mean. */
	readonly on401?: string;
	/** It belongs to a vendor, who gives the right to pull. */
	readonly ofVendor?: true;
};

/** A refusal that is to be told. */
export type Refused = {
	readonly context: Context;
	readonly host: HostRow;
	/** Was there a login that could be sent? */
	readonly hasLogin: boolean;
	/** Was it sent? */
	readonly sent: boolean;
	/** Was a token asked for? */
	readonly ofTokens: boolean;
	readonly status: number;
	/** By which it asks for a login, in lower case. */
	readonly schemes: readonly string[];
	/** Is the answer a page for people? */
	readonly isPage: boolean;
	/** Does it have the error codes of a registry? */
	readonly isCoded: boolean;
	/** Its own words in one line. */
	readonly words: string;
	/** Its own words, and how long it asks to wait. */
	readonly more: Circumstances;
};

/** A refusal that is known by status and words. `4xx`: every status from 400 to 499. */
export type RefusalRow = Known & {
	/** Where it means something else than elsewhere. */
	readonly only?: Only;
	readonly statuses: readonly (number | '4xx' | '5xx')[];
	/** Of the answer, in lines; any where it is absent. */
	readonly words?: RegExp;
	readonly told: (refused: Refused) => ProblemError;
};

const isStatus = (wanted: RefusalRow['statuses'][number], status: number): boolean =>
	wanted === status || wanted === `${Math.floor(status / 100)}xx`;

const isOurs = (scheme: string): boolean => scheme === 'basic' || scheme === 'bearer';

/** To whom, or where, a refusal means something else. */
const circumstances = {
	pull: ({context}: Refused) => directionOf(context) === 'pull',
	push: ({context}: Refused) => directionOf(context) === 'push',
	'no login': ({hasLogin}: Refused) => !hasLogin,
	/** There is a login, but it was not asked for in a way that could be answered. */
	'login not sent': ({hasLogin, sent}: Refused) => hasLogin && !sent,
	'no challenge': ({hasLogin, sent, schemes}: Refused) => hasLogin && !sent && schemes.length === 0,
	'other scheme': ({sent, schemes}: Refused) => !sent && schemes.length > 0 && !schemes.some(isOurs),
	/** At a host that the registry sent an upload or a download to. */
	elsewhere: ({context: {role}}: Refused) => role === 'uploads' || role === 'downloads',
	'of tokens': ({ofTokens}: Refused) => ofTokens,
	page: ({isPage}: Refused) => isPage,
} as const;

type Only = keyof typeof circumstances;

/** Is it this refusal? @param said the words of the answer, in lines */
export const isRefusal = ({only, statuses, words}: RefusalRow, refused: Refused, said: string): boolean =>
	(only === undefined || circumstances[only](refused)) &&
	statuses.some((wanted) => isStatus(wanted, refused.status)) &&
	(words?.test(said) ?? true);
