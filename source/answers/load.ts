import {type Problem, ProblemsError, problem} from '../base/problem.ts';
import {isMap} from '../base/text.ts';
import {checkAnswers, type Issue} from './check.ts';
import {usablePart} from './complete.ts';
import {nodeAt} from './fields.ts';
import {applyOverrides, type Override} from './overrides.ts';
import {type PathBase, resolveDraftPaths, resolvePaths} from './resolve-paths.ts';
import type {Path} from './rules.ts';
import type {Answers} from './schema.ts';
import {type Draft, formatPath} from './tree.ts';
import {type Place, readSource, type Source} from './yaml-source.ts';

export {type Override, parseOverrides} from './overrides.ts';

/** The text of an answer file and what goes with it. */
export type LoadInput = PathBase & {
	readonly text: string;
	/** The name of the file, as it is shown in messages. */
	readonly file: string;
	/** `--set`, applied in order after the file. */
	readonly overrides?: readonly Override[];
	/** Where relative paths in overrides start: the folder of the operator. By default `baseDirectory`. */
	readonly overrideDirectory?: string;
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

const codes: Readonly<Record<Issue['kind'], string>> = {
	missing: 'answers-missing',
	'unknown-key': 'answers-unknown-key',
	'wrong-type': 'answers-wrong-type',
	'invalid-value': 'answers-invalid-value',
	'literal-secret': 'answers-literal-secret',
	conflict: 'answers-conflict',
};

/** The place of an answer, or of the nearest thing around it that is in the file. */
const nearestPlace = (source: Source, path: Path, part: 'key' | 'value'): Place => {
	const own = source.placeOf(path, part);
	if (own) return own;
	for (let length = path.length - 1; length >= 0; length--) {
		const around = source.placeOf(path.slice(0, length), 'key');
		if (around) return around;
	}
	return {line: 1, column: 1};
};

const issueProblem = (issue: Issue, file: string, source: Source, set: ReadonlySet<string>): Problem => {
	const answer = formatPath(issue.path);
	const text = {
		code: codes[issue.kind],
		area: 'usage',
		message: `${answer} ${issue.message}`,
		cause: issue.cause,
		fix: issue.fix,
		answers: [answer],
	} as const;
	if (set.has(answer)) return problem({...text, message: `--set ${text.message}`});
	const part = issue.kind === 'unknown-key' ? 'key' : 'value';
	return problem({...text, location: {file, ...nearestPlace(source, issue.writtenAt ?? issue.path, part)}});
};

const givenPaths = (value: unknown, path: Path = []): readonly string[] => {
	const node = nodeAt(path);
	if (value === undefined || node === undefined) return [];
	if (node.kind === 'field') return [formatPath(path)];
	if (Array.isArray(value)) return value.flatMap((item, index) => givenPaths(item, [...path, index]));
	return isMap(value) ? Object.entries(value).flatMap(([key, entry]) => givenPaths(entry, [...path, key])) : [];
};

type Read = {
	readonly draft: Draft;
	readonly answers?: Answers;
	readonly missing: readonly Problem[];
	readonly problems: readonly Problem[];
};

const read = (input: LoadInput): Read => {
	const {text, file, overrides = [], overrideDirectory = input.baseDirectory} = input;
	const source = readSource(text);
	const sourceProblems = source.issues.map(({place, path, ...rest}) =>
		problem({
			...rest,
			area: 'usage',
			location: {file, ...place},
			...(path && path.length > 0 ? {answers: [formatPath(path)]} : {}),
		}),
	);
	if (source.broken) return {draft: {}, missing: [], problems: sourceProblems};
	if (!isMap(source.value)) {
		const notAMap = problem({
			code: 'answers-wrong-type',
			area: 'usage',
			message: 'The answer file does not hold answers',
			cause: 'An answer file is a map of keys and values.',
			fix: 'Write "key: value" lines. The init command writes a file to start from.',
			location: {file, ...nearestPlace(source, [], 'value')},
		});
		return {draft: {}, missing: [], problems: [...sourceProblems, notAMap]};
	}
	const written = resolveDraftPaths(source.value as Draft, input);
	const {draft, problems, set} = applyOverrides(written, overrides, {...input, baseDirectory: overrideDirectory});
	const {answers, issues} = checkAnswers(draft);
	const refused = new Set(problems.flatMap((entry) => entry.answers ?? []));
	const told = (kind: (issue: Issue) => boolean): readonly Problem[] =>
		issues
			.filter((issue) => kind(issue) && !refused.has(formatPath(issue.path)))
			.map((issue) => issueProblem(issue, file, source, set));
	return {
		draft,
		...(answers && issues.length === 0 ? {answers} : {}),
		missing: told(({kind}) => kind === 'missing'),
		problems: [...sourceProblems, ...told(({kind}) => kind !== 'missing'), ...problems],
	};
};

const byPlace = (a: Problem, b: Problem): number =>
	(a.location?.line ?? Number.MAX_SAFE_INTEGER) - (b.location?.line ?? Number.MAX_SAFE_INTEGER) ||
	(a.location?.column ?? 0) - (b.location?.column ?? 0);

/**
 * Complete answers from the text of an answer file and from `--set`. `~` and relative paths come out absolute.
 * Throws `ProblemsError` with everything that is wrong, in the order of the file: `answers-syntax`, `answers-too-large`,
 * `answers-duplicate-key`, `answers-unknown-key`, `answers-wrong-type`, `answers-missing`, `answers-invalid-value`,
 * `answers-literal-secret`, `answers-conflict`, `answers-set-syntax`. A file that is no YAML is only judged as that. No
 * problem repeats a value of a secret answer.
 */
export const loadAnswers = (input: LoadInput): {readonly answers: Answers} => {
	const {answers, problems, missing} = read(input);
	const all = [...problems, ...missing].sort(byPlace);
	if (!answers || all.length > 0) throw new ProblemsError(all);
	return {answers: resolvePaths(answers, input)};
};

/**
 * What an answer file holds, complete or not, for a run that asks for the rest. Secrets written out and values of the
 * wrong shape are left out of the draft; wrong values stay, so that they can be mended. Never throws.
 */
export const loadDraft = (input: LoadInput): LoadedDraft => {
	const {draft: written, problems, missing} = read(input);
	const draft = (usablePart(written) ?? {}) as Draft;
	return {
		draft,
		given: givenPaths(draft),
		problems: [...problems].sort(byPlace),
		missing: missing.flatMap(({answers}) => answers ?? []),
	};
};
