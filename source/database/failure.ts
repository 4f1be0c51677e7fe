import {errnoOf} from '../base/errno.ts';
import type {ProblemError} from '../base/problem.ts';
import type {Circumstances} from '../base/problem-table.ts';
import {createRedactor, mask} from '../base/redact.ts';
import {cutTo, oneLine} from '../base/text.ts';
import {type Access, addressOf} from './access.ts';
import {answerPaths, serverPaths} from './answer-paths.ts';
import type {DatabaseLogin} from './types.ts';

/** A connection that failed, and the words for it. */
export type Failure = Access & {
	readonly error: unknown;
	/** What the server sent first, before any TLS. */
	readonly first: Buffer | undefined;
	/** What is to answer there. */
	readonly product: 'PostgreSQL' | 'MySQL';
	/** Host and port. */
	readonly server: string;
	/** The words of the error on one line, without the password. */
	readonly words: string;
	readonly more: Circumstances;
};

/** Runs a statement; its error tells how long it took. */
export const timed = async <Result>(run: () => Promise<Result>): Promise<Result> => {
	const began = performance.now();
	try {
		return await run();
	} catch (error) {
		if (error instanceof Error) Object.assign(error, {waitedMs: performance.now() - began});
		throw error;
	}
};

/** How long the statement took that failed, seconds. */
export const secondsWaited = ({error}: Failure): number => {
	const {waitedMs = 0} = error as {readonly waitedMs?: number};
	return Math.round(waitedMs / 1000);
};

/** Puts a failure into a problem. */
export type Raise = (failure: Failure) => ProblemError;

/** What is known of a failure, and which answers of its login may mend it. */
export const naming = ({more, login}: Failure, ...parts: Parameters<typeof answerPaths>[1]): Circumstances => ({
	...more,
	answers: answerPaths(login.from, parts),
});

/** The same for what the answers say of the server itself. */
export const namingServer = ({more, login}: Failure, ...parts: Parameters<typeof serverPaths>[1]): Circumstances => ({
	...more,
	answers: serverPaths(login, parts),
});

/** Words of somebody else without the password of the login. */
export const withoutPassword = (words: string, {password}: DatabaseLogin): string => {
	const {register, redact} = createRedactor();
	register(password);
	return redact(words).replaceAll(mask, '********');
};

/** The longest words of a server, and the longest code, that are shown, letters. */
const [longest, longestCode] = [400, 60];

/** What is said of an error: its words without the password, and its code. */
export const failureOf = (
	error: unknown,
	product: Failure['product'],
	{login, limits, signal, first}: Access & {readonly first?: Buffer | undefined},
): Failure & {readonly code: string | undefined} => {
	const said = error instanceof Error ? error.message : String(error);
	const words = cutTo(oneLine(withoutPassword(said, login)), longest);
	const told = errnoOf(error);
	const code = told === undefined ? undefined : cutTo(oneLine(told), longestCode);
	const evidence = [code === undefined || words.includes(code) ? words : `${code}: ${words}`];
	return {login, limits, signal, product, error, first, words, code, server: addressOf(login), more: {evidence, error}};
};
