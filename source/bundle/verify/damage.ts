import {type Problem, ProblemError} from '../../base/problem.ts';
import {isDigest} from '../../oci/digest.ts';
import {ociProblems} from '../../oci/problems.ts';
import {several} from '../layout/text.ts';
import type {HashJob, Mismatch} from './hash-job.ts';

/** A file of the bundle, or a part, that is not whole. */
export type Damage = {
	/** Relative to the bundle; of a split bundle the name of the part. */
	readonly file: string;
	/** `contents`: its bytes are those that it was made of, but they contradict each other; it does not help to carry it again. */
	readonly reason: 'missing' | 'size' | 'digest' | 'unreadable' | 'contents';
	/** What was found, one sentence. */
	readonly cause: string;
	/** The refusal, where nothing else is damaged. */
	readonly problem: Problem;
};

/** A damage that is told by a problem. */
export const damageOf = (file: string, reason: Damage['reason'], problem: Problem): Damage => ({
	file,
	reason,
	cause: problem.cause,
	problem,
});

const caseOf = (what: HashJob['ranges'][number]['what'], digest: string) =>
	what === 'file' && !isDigest(digest) ? ('file by another sum' as const) : what;

/** Bytes with another digest. */
export const damageOfMismatch = ({range: {file, what, digest}, actual}: Mismatch): Damage =>
	damageOf(
		file,
		what === 'layer contents' ? 'contents' : 'digest',
		ociProblems.problem(
			'bundle-checksum-mismatch',
			{case: caseOf(what, digest), file, actual, digest},
			{location: {file}},
		),
	);

/** A file that could not be read to its end. */
export const damageOfProblem = ({slice, ranges}: HashJob, problem: Problem): Damage =>
	damageOf(ranges[0]?.file ?? slice.label, 'unreadable', problem);

/** One line per file, by name: a file with two faults is carried again once. */
export const perFile = (damages: readonly Damage[]): readonly Damage[] =>
	[...new Map(damages.map((one) => [one.file, one])).values()].sort((a, b) => (a.file < b.file ? -1 : 1));

/** How many file names a sentence bears. */
const mostNames = 20;

/** Every damage as one refusal, which names what to carry in again, and only that. */
export const damageProblem = (damages: readonly Damage[]): ProblemError => {
	const found = perFile(damages);
	const [first] = found;
	if (found.length === 1 && first) return new ProblemError(first.problem);
	const files = several(
		found.map(({file}) => file),
		mostNames,
	);
	return ociProblems.error(
		'bundle-checksum-mismatch',
		{case: 'several', count: found.length, files},
		{evidence: found.slice(0, mostNames).map(({file, cause}) => `${file}: ${cause}`)},
	);
};
