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
	/** How long the statement took, ms; 0 where it was none that failed. */
	readonly waitedMs: number;
	/** What is to answer there. */
	readonly product: 'PostgreSQL' | 'MySQL';
	/** Host and port. */
	readonly server: string;
	/** The words of the error on one line, without the password. */
	readonly words: string;
	readonly more: Circumstances;
};

/** How long statements take, for what is said of one that failed. */
export type Stopwatch = {
	readonly run: <Result>(statement: () => Promise<Result>) => Promise<Result>;
	/** How long the newest statement took that failed, ms; 0 where none did. */
	readonly failedMs: () => number;
};

export const createStopwatch = (): Stopwatch => {
	let failedMs = 0;
	return {
		run: async (statement) => {
			const began = performance.now();
			try {
				return await statement();
			} catch (error) {
				failedMs = performance.now() - began;
				throw error;
			}
		},
		failedMs: () => failedMs,
	};
};

/** How long the statement took that failed, seconds. */
export const secondsWaited = ({waitedMs}: Failure): number => Math.round(waitedMs / 1000);

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

/** What is known of a connection beside its error: what the server sent before any TLS, and how long a statement took, ms. */
export type Known = Access & {readonly first?: Buffer | undefined; readonly waitedMs?: number};

/** What is said of an error: its words without the password, and its code. */
export const failureOf = (
	error: unknown,
	product: Failure['product'],
	{login, limits, signal, first, waitedMs = 0}: Known,
): Failure & {readonly code: string | undefined} => {
	const said = error instanceof Error ? error.message : String(error);
	const words = cutTo(oneLine(withoutPassword(said, login)), longest);
	const told = errnoOf(error);
	const code = told === undefined ? undefined : cutTo(oneLine(told), longestCode);
	const evidence = [code === undefined || words.includes(code) ? words : `${code}: ${words}`];
	const server = addressOf(login);
	return {login, limits, signal, product, error, first, waitedMs, words, code, server, more: {evidence, error}};
};
