import {type ProblemCode, ProblemError, toProblem} from '../../base/problem.ts';
import type {PushFailure, PushReport, PushTarget} from './types.ts';

const blobOf = (error: unknown): string | undefined => {
	const blob = error instanceof ProblemError ? error.facts.blob : undefined;
	return blob === undefined ? undefined : String(blob);
};

/** What was thrown while one image was pushed. */
export const failureOf = ({image, reference}: PushTarget, error: unknown): PushFailure => {
	const {code, message, cause, fix} = toProblem(error);
	return {image: reference, digest: image.manifest.digest, blob: blobOf(error), code, message, cause, fix};
};

/** Causes that would meet every other image as well: the same refusal twenty times helps nobody, and may lock an account. */
const common: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
	'registry-unauthorized',
	'registry-login-in-clear',
	'registry-proxy',
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

/** Would every other image fail for the same cause? */
export const meetsAll = ({code}: PushFailure): boolean => common.has(code);

const countOf = ({done, failures, notTried}: PushReport): number => done.length + failures.length + notTried.length;

/** Name of the file of failures in the state folder. */
export const failuresFile = 'images-failed.json';

/** The file of failures. */
export const failuresText = (report: PushReport, time: Date): string => {
	const {done, failures, notTried} = report;
	const told = {time: time.toISOString(), done: done.length, of: countOf(report), failures, notTried};
	return `${JSON.stringify(told, undefined, '\t')}\n`;
};

/** What a push that is not whole throws: the first failure, with how many there were. @param file where all of them are */
export const partialPush = (report: PushReport, file: string): unknown => {
	const {done, failures, error} = report;
	if (!(error instanceof ProblemError)) return error;
	const others = failures.slice(1).map(({image, code}) => `${image}: ${code}`);
	const evidence = [
		...(error.problem.evidence ?? []),
		`${done.length} of ${countOf(report)} images are at the registry; all failures: ${file}`,
		...others.slice(0, 10),
	];
	return error.with({evidence});
};
