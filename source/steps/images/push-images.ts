import {ProblemError, toProblem} from '../../base/problem.ts';
import type {Image} from '../../oci/image.ts';
import type {Asked, PushProgress, RegistryPort} from '../../registry/types.ts';

/** An image and where it goes. */
export type PushTarget = {
	readonly image: Image;
	readonly repository: string;
	/** As the cluster will name it: `host/repository:tag`. */
	readonly reference: string;
};

export type PushResult = Awaited<ReturnType<RegistryPort['push']>>;

/** Why one image is not at the registry; it goes into the file of failures. */
export type PushFailure = {
	readonly image: string;
	readonly digest: string;
	/** The layer or configuration at which it ended, where it was one. */
	readonly blob?: string;
	readonly code: string;
	readonly message: string;
	readonly cause: string;
	readonly fix: string;
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

/** Causes that would meet every other image as well: the same refusal twenty times helps nobody, and may lock an account. */
const common = new Set([
	'registry-unauthorized',
	'registry-untrusted',
	'registry-certificate',
	'registry-client-certificate',
	'registry-not-tls',
	'registry-wants-tls',
	'registry-not-a-registry',
	'registry-unreachable',
	'registry-quota',
	'registry-read-only',
	'registry-redirects',
]);

/**
 * Images under way at once. More than any port has connections, so that layers of one go while manifests of another do; few enough that
 * memory does not grow with the number of images.
 */
const mostImages = 16;

/** Repositories asked for one blob before it is sent: each costs a request. */
const mostAsked = 3;

/** The repository of an image below the prefix of the inventory that a differential bundle counts on, where that is of this registry. */
const baseRepository = ({image, repository, reference}: PushTarget, base: string): string | undefined => {
	const host = reference.slice(0, -`/${repository}:${image.tag}`.length);
	if (base === host) return image.name;
	return base.startsWith(`${host}/`) ? `${base.slice(host.length + 1)}/${image.name}` : undefined;
};

/**
 * Where a blob may be already: repositories of images that have it too, and what was left out also below the prefix of the
 * inventory for which it was.
 */
const placesOf = (
	targets: readonly PushTarget[],
	base: string | undefined,
): ((digest: string) => readonly string[]) => {
	const places = new Map<string, string[]>();
	const ofBase = new Map<string, string[]>();
	const add = (to: Map<string, string[]>, digest: string, repository: string) =>
		to.set(digest, [...(to.get(digest) ?? []), repository]);
	for (const target of targets) {
		const before = base === undefined ? undefined : baseRepository(target, base);
		for (const {digest, omitted} of target.image.blobs) {
			add(places, digest, target.repository);
			if (omitted && before !== undefined) add(ofBase, digest, before);
		}
	}
	return (digest) => [places, ofBase].flatMap((some) => [...new Set(some.get(digest))].slice(0, mostAsked));
};

const failureOf = ({image, reference}: PushTarget, error: unknown): PushFailure => {
	const {code, message, cause, fix, evidence = []} = toProblem(error);
	const blob = evidence.find((line) => line.startsWith('blob sha256:'))?.slice('blob '.length);
	return {image: reference, digest: image.manifest.digest, ...(blob ? {blob} : {}), code, message, cause, fix};
};

/**
 * Pushes images side by side: the port bounds its connections and sends a layer that images share only once. An image that fails
 * does not stop the others, save for a cause that all would meet.
 * @throws the signal's reason when it is aborted; failures of images are in the report
 */
export const pushImages = async (
	registry: RegistryPort,
	targets: readonly PushTarget[],
	options: {
		readonly signal: AbortSignal;
		/** What a differential bundle builds on: the digest of a bundle, or host and prefix of an inventory. */
		readonly base?: string;
		readonly onProgress: (target: PushTarget, progress: Parameters<PushProgress>[0]) => void;
		readonly onImage: (target: PushTarget, result: PushResult | PushFailure) => void;
	},
): Promise<PushReport> => {
	const stop = new AbortController();
	const signal = AbortSignal.any([options.signal, stop.signal]);
	const mountFrom = placesOf(targets, options.base);
	const asked: Asked = new Map();
	const done: string[] = [];
	const failures: PushFailure[] = [];
	const notTried: string[] = [];
	let first: {readonly error: unknown} | undefined;
	const push = async (target: PushTarget): Promise<void> => {
		const {image, repository, reference} = target;
		try {
			signal.throwIfAborted();
			const result = await registry.push(image, {
				repository,
				tag: image.tag,
				signal,
				mountFrom,
				asked,
				...(options.base === undefined ? {} : {base: options.base}),
				onProgress: (progress) => options.onProgress(target, progress),
			});
			done.push(reference);
			options.onImage(target, result);
		} catch (error) {
			if (stop.signal.aborted || options.signal.aborted) return void notTried.push(reference);
			const failure = failureOf(target, error);
			first ??= {error};
			failures.push(failure);
			options.onImage(target, failure);
			if (common.has(failure.code)) stop.abort(error);
		}
	};
	const queue = targets[Symbol.iterator]();
	const work = async (): Promise<void> => {
		for (const target of {[Symbol.iterator]: () => queue}) await push(target);
	};
	await Promise.all(Array.from({length: mostImages}, work));
	options.signal.throwIfAborted();
	return {done, failures, notTried, ...(first ? {error: first.error} : {})};
};

/** Name of the file of failures in the state folder. */
export const failuresFile = 'images-failed.json';

/** The file of failures. */
export const failuresText = ({done, failures, notTried}: PushReport, time: Date): string =>
	`${JSON.stringify(
		{
			time: time.toISOString(),
			done: done.length,
			of: done.length + failures.length + notTried.length,
			failures,
			notTried,
		},
		undefined,
		'\t',
	)}\n`;

/** What a push that is not whole throws: the first failure, with how many there were. @param file where all of them are */
export const partialPush = ({done, failures, notTried, error}: PushReport, file: string): unknown => {
	if (!(error instanceof ProblemError)) return error;
	const total = done.length + failures.length + notTried.length;
	const others = failures.slice(1).map(({image, code}) => `${image}: ${code}`);
	return new ProblemError(
		{
			...error.problem,
			evidence: [
				...(error.problem.evidence ?? []),
				`${done.length} of ${total} images are at the registry; all failures: ${file}`,
				...others.slice(0, 10),
			],
		},
		{cause: error},
	);
};
