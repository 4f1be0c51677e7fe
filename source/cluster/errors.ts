import {type Problem, ProblemError} from '../base/problem.ts';

/** What was being done, for messages: `apply secret zenml-pro/zenml-tls`, and where. */
export type Deed = {readonly deed: string; readonly server: string};

/** The facts that the words of all refusals are made of. */
export type RefusalFacts = {readonly server: string; readonly deed: string; readonly answer: string};

/** What of an answer counts for code; people read the problem. */
type Refused = {
	/** HTTP status. */
	readonly status: number;
	/** Kubernetes' own word: `NotFound`, `AlreadyExists`; empty where there is none. */
	readonly reason: string;
	/** The server's sentence. */
	readonly said: string;
	/** Field managers that a server-side apply is in conflict with. */
	readonly managers: readonly string[];
	readonly facts: RefusalFacts;
	/** How long the server asked to wait before the next try, ms. */
	readonly retryAfterMs?: number | undefined;
};

/** A refusal of the API server; keeps status and reason so that callers can tell 404 and 409 apart. */
export class KubernetesError extends ProblemError {
	readonly status: number;
	readonly reason: string;
	readonly said: string;
	readonly managers: readonly string[];
	constructor(problem: Problem, {status, reason, said, managers, facts, retryAfterMs}: Refused) {
		super(problem, {facts, retryAfterMs});
		this.status = status;
		this.reason = reason;
		this.said = said;
		this.managers = managers;
	}
}

/** True for a refusal with one of these HTTP statuses. */
export const isStatus = (error: unknown, ...statuses: readonly number[]): error is KubernetesError =>
	error instanceof KubernetesError && statuses.includes(error.status);

/** True for the refusal of an object, or a kind, that is not there. */
export const isMissing = (error: unknown): boolean => isStatus(error, 404);
