import type * as z from 'zod';
import {isMap} from '../base/text.ts';
import {conflictOf} from './conflict.ts';
import {type Node, nodeAt} from './fields.ts';
import {complete, normalize} from './file/complete.ts';
import {
	badVariableName,
	expectedAt,
	type Issue,
	invalidValue,
	literalSecret,
	missing,
	unknownKey,
	wrongType,
} from './issue.ts';
import type {Path, RuledAnswers} from './rules/rules.ts';
import {type Answers, answersSchema, crossFieldIssues} from './schema.ts';
import {proposal} from './suggest.ts';
import {type Draft, formatPath, lookUp} from './tree.ts';

/** What a value must do, for rules that do not say so in the schema. */
const fallback = (issue: z.core.$ZodRawIssue): string => {
	if (issue.code === 'too_small') return `be ${String(issue.minimum)} or more`;
	if (issue.code === 'too_big') return `be ${String(issue.maximum)} or less`;
	if (issue.code === 'invalid_value') {
		const {length} = issue.values;
		return `be ${length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
	}
	return 'be another value';
};

/** True where a value has the right type, so that only the value itself can be wrong. */
const fits = (value: unknown, path: Path, node: Node | undefined): boolean => {
	// The one choice that is a number is the version; its own message says what it must be.
	if (node?.kind === 'field' && node.choices.some((choice) => typeof choice === 'number')) return true;
	const expected = expectedAt(path, node);
	if (expected === 'a map') return isMap(value);
	if (expected === 'a list') return Array.isArray(value);
	if (expected === 'a whole number') return Number.isSafeInteger(value);
	return typeof value === (expected === 'text' ? 'string' : 'boolean');
};

const explain = (issue: z.core.$ZodIssue, root: unknown): readonly Issue[] => {
	const path = issue.path as Path;
	if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
	if (issue.code === 'invalid_key') return [badVariableName(path.slice(0, -1))];
	const node = nodeAt(path);
	const value = lookUp(root, path);
	if (value === undefined) return [missing(path)];
	if (node?.kind === 'field' && node.type === 'secret') return [literalSecret(path, value)];
	return [fits(value, path, node) ? invalidValue(path, value, issue.message) : wrongType(path, value)];
};

/** Rules between answers are the only issues with a custom code at a place that fits its own schema. */
const isBetweenAnswers = ({code, path}: z.core.$ZodIssue, root: unknown): boolean =>
	code === 'custom' && nodeAt(path as Path)?.schema.safeParse(lookUp(root, path as Path)).success !== false;

const isUnder = (path: Path, at: Path): boolean => at.every((key, index) => path[index] === key);

/** Where answers are missing or wrong. */
const badIn = (issues: readonly Issue[]): readonly Path[] =>
	issues.filter(({code}) => code !== 'answers-unknown-key').map(({path}) => path);

/** The answers with a text that no other answer has in the place of each that is missing or wrong. */
const standingIn = (root: unknown, issues: readonly Issue[]): RuledAnswers => {
	const bad = badIn(issues);
	return complete(root, (path) => !bad.some((at) => isUnder(path, at)));
};

/** Answers as they were judged: complete where there is no issue. */
export type Checked = {
	readonly answers?: Answers;
	readonly issues: readonly Issue[];
	/** The answers, defaults filled in, with a stand-in (file/complete.ts) in the place of each that is missing or wrong. */
	readonly usable: RuledAnswers;
};

/**
 * Checks answers as written, against the schema and against the rules between answers, whatever else is wrong.
 * Returns the complete answers where there is no issue. Never throws.
 */
export const checkAnswers = (written: unknown): Checked => {
	const root = normalize(written);
	const result = answersSchema.safeParse(root, {error: fallback});
	const ownIssues = (result.error?.issues ?? [])
		.filter((issue) => !isBetweenAnswers(issue, root))
		.flatMap((issue) => explain(issue, root));
	const usable = standingIn(root, ownIssues);
	// A broken rule between answers is told as far as the answers that it looks at are usable.
	const bad = badIn(ownIssues);
	// Whoever writes `usrname` has given the user name: that another answer needs it is mended with the key.
	const meant = new Set(ownIssues.flatMap(({meant: paths = []}) => paths.map(formatPath)));
	const isBad = (path: Path | undefined): boolean => path !== undefined && bad.some((at) => isUnder(path, at));
	const conflicts = crossFieldIssues(usable)
		.filter(({path, other}) => !isBad(path) && !isBad(other))
		.map((rule) =>
			conflictOf(
				rule,
				(path) => lookUp(root, path) !== undefined,
				(path) => proposal(root as Draft, path),
			),
		)
		.filter(({code, path}) => code !== 'answers-conflict' || !meant.has(formatPath(path)));
	const issues = [...ownIssues, ...conflicts];
	return result.success ? {answers: result.data, issues, usable} : {issues, usable};
};
