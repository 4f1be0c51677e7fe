import {bundleProblem, damaged} from '../../archive/problems.ts';
import {type Problem, ProblemError} from '../../base/problem.ts';
import type {HashJob, Mismatch} from './hash-job.ts';

/** A file of the bundle, or a part, that is not whole. */
export type Damage = {
	/** Relative to the bundle; of a split bundle the name of the part. */
	readonly file: string;
	readonly reason: 'missing' | 'size' | 'digest' | 'unreadable';
	/** What was found, one sentence. */
	readonly cause: string;
	readonly problem?: Problem;
};

/** Bytes with another digest. */
export const damageOfMismatch = ({range: {file, what, digest}, actual}: Mismatch): Damage => ({
	file,
	reason: 'digest',
	cause: `${what} is ${actual}, but ${digest} was expected: bytes were changed or lost on the way.`,
});

/** A file that could not be read to its end. */
export const damageOfProblem = ({slice, ranges}: HashJob, problem: Problem): Damage => ({
	file: ranges[0]?.file ?? slice.label,
	reason: 'unreadable',
	cause: problem.cause,
	problem,
});

/** One line per file, by name: a file with two faults is carried again once. */
export const perFile = (damages: readonly Damage[]): readonly Damage[] =>
	[...new Map(damages.map((one) => [one.file, one])).values()].sort((a, b) => (a.file < b.file ? -1 : 1));

/** How many file names a sentence bears. */
const mostNames = 20;

const codes: Readonly<Record<Damage['reason'], string>> = {
	missing: 'bundle-part-missing',
	size: 'bundle-part-size',
	digest: 'bundle-checksum-mismatch',
	unreadable: 'bundle-unreadable',
};

const wrong: Readonly<Record<Damage['reason'], string>> = {
	missing: 'is not there',
	size: 'has another size',
	digest: 'is not what it should be',
	unreadable: 'cannot be read to its end',
};

/** Every damage as one refusal, which names what to carry in again, and only that. */
export const damageProblem = (damages: readonly Damage[]): ProblemError => {
	const files = perFile(damages);
	const [first] = files;
	if (files.length === 1 && first) {
		if (first.problem) return new ProblemError(first.problem);
		if (first.reason === 'missing') {
			return bundleProblem({
				code: codes.missing,
				message: `${first.file} ${wrong.missing}.`,
				cause: first.cause,
				fix: `Carry ${first.file} in from the connected side, put it beside the others and start again.`,
				location: {file: first.file},
			});
		}
		return damaged(codes[first.reason], first.file, `${first.file} ${wrong[first.reason]}.`, first.cause);
	}
	const shown = files.slice(0, mostNames);
	const more = files.length > mostNames ? ` and ${files.length - mostNames} more` : '';
	return bundleProblem({
		code: 'bundle-checksum-mismatch',
		message: `${files.length} files are not what they should be: ${shown.map(({file}) => file).join(', ')}${more}.`,
		cause: 'They were changed, cut short or lost on the way; the others are whole.',
		fix: 'Carry these files in again from the connected side, and only these; then start again.',
		evidence: shown.map(({file, cause}) => `${file}: ${cause}`),
	});
};
