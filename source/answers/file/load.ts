import {type Location, type Problem, ProblemsError} from '../../base/problem.ts';
import {isMap} from '../../base/text.ts';
import {checkAnswers} from '../check.ts';
import {allFields, nodeAt} from '../fields.ts';
import type {Issue} from '../issue.ts';
import {answersProblems} from '../problems.ts';
import {type PathBase, resolveDraftPaths, resolvePaths, resolveText} from '../resolve-paths.ts';
import type {Path} from '../rules/rules.ts';
import type {Answers} from '../schema.ts';
import {type Draft, formatPath, getAt, setAt, toPath} from '../tree.ts';
import {usablePart, withoutStandIns} from './complete.ts';
import {applyOverrides, type Overridden, type Override} from './overrides.ts';
import {type Source, valuesSource} from './source.ts';
import {readSource} from './yaml-source.ts';

export {applyOverrides, type Override, overrideOf, parseOverrides} from './overrides.ts';

/**
 * Where answers come from: the text of an answer file, or values that this program kept, such as those of a journal. `file` is its
 * name in messages; of a text they tell the line too.
 */
export type AnswersFrom =
	| {readonly kind?: 'text' | undefined; readonly text: string; readonly file: string}
	| {readonly kind: 'values'; readonly values: unknown; readonly file: string};

/** Answers and what goes with them. */
export type LoadInput = PathBase &
	AnswersFrom & {
		/** Answers from the command line, applied in order after the file. */
		readonly overrides?: readonly Override[] | undefined;
		/** Where relative paths in overrides start: the folder of the operator. By default `baseDirectory`. */
		readonly overrideDirectory?: string | undefined;
	};

/** What a file holds as far as it can be used. Paths in it are absolute, secrets in it are references. */
export type LoadedDraft = {
	readonly draft: Draft;
	/** Paths of the answers that are given, in the order of the file; dotted. */
	readonly given: readonly string[];
	/** What is wrong, without what is only missing. */
	readonly problems: readonly Problem[];
	/** Paths of required answers that are not given. */
	readonly missing: readonly string[];
};

/** The flag that gave an answer, or the map that holds it. */
const flagOf = (path: Path, sources: Overridden['sources']): string | undefined => {
	for (let length = path.length; length > 0; length -= 1) {
		const flag = sources.get(formatPath(path.slice(0, length)));
		if (flag !== undefined) return flag;
	}
	return undefined;
};

/** An issue at the place where the operator wrote it: in the file, or on the command line. */
const issueProblem = (issue: Issue, source: Source, sources: Overridden['sources']): Problem => {
	const answer = formatPath(issue.path);
	const flag = flagOf(issue.path, sources);
	if (flag !== undefined) return issue.problem(flag, {answers: [answer]});
	const part = issue.code === 'answers-unknown-key' ? 'key' : 'value';
	return issue.problem(answer, {answers: [answer], location: source.locate(issue.writtenAt ?? issue.path, part)});
};

/** Paths of the answers that are given, dotted, in the order in which they stand. */
export const givenPaths = (value: unknown, path: Path = []): readonly string[] => {
	const node = nodeAt(path);
	if (value === undefined || node === undefined) return [];
	if (node.kind === 'field') return [formatPath(path)];
	if (Array.isArray(value)) return value.flatMap((item, index) => givenPaths(item, [...path, index]));
	return isMap(value) ? Object.entries(value).flatMap(([key, entry]) => givenPaths(entry, [...path, key])) : [];
};

const sourceOf = (input: LoadInput): Source =>
	input.kind === 'values' ? valuesSource(input.values, input.file) : readSource(input.text, input.file);

/** Some of the answers: each that is missing or wrong is undefined, also where a complete answer is always there. */
export type AnswersSoFar = Answers;

type Read = {
	readonly draft: Draft;
	readonly answers?: Answers | undefined;
	readonly missing: readonly Problem[];
	readonly problems: readonly Problem[];
	readonly soFar?: AnswersSoFar | undefined;
	readonly locate: (answer: string) => Location | undefined;
};

/** Why nothing can be said about the answers themselves; undefined where something can. */
const unusable = ({value, problems, broken, locate}: Source): readonly Problem[] | undefined => {
	if (broken) return problems;
	if (isMap(value)) return undefined;
	const location = locate([], 'value');
	return [...problems, answersProblems.problem('answers-wrong-type', {case: 'no answers'}, {location})];
};

const read = (input: LoadInput): Read => {
	const {overrides = [], overrideDirectory = input.baseDirectory} = input;
	const source = sourceOf(input);
	const refusals = unusable(source);
	if (refusals) return {draft: {}, missing: [], problems: refusals, locate: () => undefined};
	const written = resolveDraftPaths(source.value as Draft, input);
	const {draft, problems, sources} = applyOverrides(written, overrides, {...input, baseDirectory: overrideDirectory});
	const {answers, issues, usable} = checkAnswers(draft);
	const unread = source.problems.filter(({code}) => code === 'answers-unknown-key');
	const refused = new Set([...problems, ...unread].flatMap((entry) => entry.answers ?? []));
	const told = (isTold: (issue: Issue) => boolean): readonly Problem[] =>
		issues
			.filter((issue) => isTold(issue) && !refused.has(formatPath(issue.path)))
			.map((issue) => issueProblem(issue, source, sources));
	return {
		draft,
		answers: issues.length === 0 ? answers : undefined,
		missing: told(({code}) => code === 'answers-missing'),
		problems: [...source.problems, ...told(({code}) => code !== 'answers-missing'), ...problems],
		soFar: withoutStandIns(usable) as AnswersSoFar,
		locate: (answer) => {
			const path = toPath(answer);
			return flagOf(path, sources) === undefined ? source.locate(path, 'value') : undefined;
		},
	};
};

/** Order of problems as they stand in the file; those of no line come last. */
export const byPlace = (a: Problem, b: Problem): number =>
	(a.location?.line ?? Number.MAX_SAFE_INTEGER) - (b.location?.line ?? Number.MAX_SAFE_INTEGER) ||
	(a.location?.column ?? 0) - (b.location?.column ?? 0);

/**
 * Complete answers from a file or kept values, and from the command line. `~` and relative paths come out absolute.
 * Throws `ProblemsError` with everything that is wrong, in the order of the file: `answers-syntax`, `answers-too-large`,
 * `answers-duplicate-key`, `answers-unknown-key`, `answers-wrong-type`, `answers-missing`, `answers-invalid-value`,
 * `answers-literal-secret`, `answers-conflict`, `answers-set-syntax`. A file that is no YAML is only judged as that. No
 * problem repeats a value of a secret answer.
 */
export const loadAnswers = (input: LoadInput): {readonly answers: Answers} => {
	const {answers, problems} = judgeAnswers(input);
	if (!answers) throw new ProblemsError(problems);
	return {answers};
};

/** Answers as far as they go, and everything that is wrong with how they are written. */
export type JudgedAnswers = {
	/** Complete answers; undefined where anything is wrong. */
	readonly answers?: Answers | undefined;
	/** Undefined where nothing can be said about the answers. Paths in it are absolute. */
	readonly soFar?: AnswersSoFar | undefined;
	/** In the order of the file. */
	readonly problems: readonly Problem[];
	/** Where an answer stands in the file; undefined where the command line gave it. */
	readonly locate: (answer: string) => Location | undefined;
};

/** The same as `loadAnswers` for whoever looks for further mistakes before all are told. Never throws. */
export const judgeAnswers = (input: LoadInput): JudgedAnswers => {
	const {answers, problems, missing, soFar, locate} = read(input);
	const all = [...problems, ...missing].sort(byPlace);
	return {
		answers: answers && all.length === 0 ? resolvePaths(answers, input) : undefined,
		soFar: soFar && resolvePaths(soFar, input),
		problems: all,
		locate,
	};
};

/**
 * A default that is a path starts where the paths of the file do. Left out of the draft it would be settled later, from the
 * folder of the operator, so it is written down where that is another one.
 */
const withDefaultPaths = (draft: Draft, input: LoadInput): Draft => {
	const {baseDirectory, overrideDirectory = baseDirectory} = input;
	if (overrideDirectory === baseDirectory) return draft;
	return allFields.reduce((filled, field) => {
		if (typeof field.default !== 'string' || getAt(draft, field.path) !== undefined) return filled;
		const resolved = resolveText(field, field.default, input);
		return resolved === field.default ? filled : setAt(filled, field.path, resolved);
	}, draft);
};

/**
 * What is given, complete or not, for a run that asks for the rest. Secrets written out and values of the
 * wrong shape are left out of the draft; wrong values stay, so that they can be mended. Never throws.
 */
export const loadDraft = (input: LoadInput): LoadedDraft => {
	const {draft: written, problems, missing} = read(input);
	const draft = (usablePart(written) ?? {}) as Draft;
	return {
		draft: withDefaultPaths(draft, input),
		given: givenPaths(draft),
		problems: [...problems].sort(byPlace),
		missing: missing.flatMap(({answers}) => answers ?? []),
	};
};
