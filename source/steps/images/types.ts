import type {ProblemCode} from '../../base/problem.ts';
import type {Image} from '../../oci/image.ts';

/** An image and where it goes. */
export type PushTarget = {
	readonly image: Image;
	readonly repository: string;
	/** As the cluster will name it: `host/repository:tag`. */
	readonly reference: string;
};

export type PushReport = {
	/** References of the images that are at the registry now. */
	readonly done: readonly string[];
	readonly failures: readonly PushFailure[];
	/** References that were left out because a cause of all was found. */
	readonly notTried: readonly string[];
	/** What the first failure threw. */
	readonly error?: unknown;
};

/** Why one image is not at the registry; it goes into the file of failures. */
export type PushFailure = {
	readonly image: string;
	readonly digest: string;
	/** The layer or configuration at which it ended, where it was one. */
	readonly blob?: string | undefined;
	readonly code: ProblemCode;
	readonly message: string;
	readonly cause: string;
	readonly fix: string;
};
