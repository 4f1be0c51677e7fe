import {type ProblemCode, ProblemError, ProblemsError} from '../../base/problem.ts';

/** Files that were lost or damaged on the way. Where one is, others may be: what lies whole in its place is not known before all are read. */
const damages: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
	'bundle-archive-damaged',
	'bundle-archive-incomplete',
	'bundle-archive-truncated',
	'bundle-chart-damaged',
	'bundle-chart-missing',
	'bundle-checksum-mismatch',
	'bundle-file-missing',
	'bundle-file-size',
	'bundle-image-missing',
	'bundle-part-missing',
	'bundle-part-size',
	'bundle-parts-damaged',
	'bundle-unreadable',
]);

/** True where a bundle could not be opened for what happened to its files on the way, and not for what it is. */
export const isDamage = (error: unknown): boolean => {
	if (error instanceof ProblemsError) return error.problems.some(({code}) => damages.has(code));
	return error instanceof ProblemError && damages.has(error.problem.code);
};
