import type {ProblemError} from '../../base/problem.ts';
import type {Circumstances} from '../../base/problem-table.ts';
import type {Access} from './access.ts';
import {answerPaths} from './answer-paths.ts';

/** A connection that failed, and the words for it. */
export type Failure = Access & {
	readonly error: unknown;
	/** What the server sent first, before any TLS. */
	readonly first: Buffer | undefined;
	/** Host and port. */
	readonly server: string;
	/** The words of the error on one line, without the password. */
	readonly words: string;
	readonly more: Circumstances;
};

/** Puts a failure into a problem. */
export type Raise = (failure: Failure) => ProblemError;

/** What is known of a failure, and which answers of its login may mend it. */
export const naming = ({more, login}: Failure, ...parts: Parameters<typeof answerPaths>[1]): Circumstances => ({
	...more,
	answers: answerPaths(login.from, parts),
});
