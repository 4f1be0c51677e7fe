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
import type {Path} from './rules/rules.ts';
import {type Answers, answersSchema, crossFieldIssues} from './schema.ts';
import {lookUp} from './tree.ts';

/** What a value must do, for rules that do not say so in the schema. */
const fallback = (issue: z.core.$ZodRawIssue): string => {
	if (issue.code === 'too_small') return `be ${String(issue.minimum)} or more`;
	if (issue.code === 'too_big') return `be ${String(issue.maximum)} or less`;
	if (issue.code === 'invalid_value') return `be ${issue.values.map(String).join(', ')}`;
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
	if (node?.kind === 'field' && node.type === 'secret') return [literalSecret(path)];
	return [fits(value, path, node) ? invalidValue(path, value, issue.message) : wrongType(path, value)];
};

/** Rules between answers are the only issues with a custom code at a place that fits its own schema. */
const isBetweenAnswers = ({code, path}: z.core.$ZodIssue, root: unknown): boolean =>
	code === 'custom' && nodeAt(path as Path)?.schema.safeParse(lookUp(root, path as Path)).success !== false;

const isUnder = (path: Path, at: Path): boolean => at.every((key, index) => path[index] === key);

/** The broken rules between answers, as far as the answers they look at are usable. */
const conflicts = (root: unknown, issues: readonly Issue[]): readonly Issue[] => {
	const bad = issues.filter(({code}) => code !== 'answers-unknown-key').map(({path}) => path);
	const answers = complete(root, (path) => !bad.some((at) => isUnder(path, at)));
	return crossFieldIssues(answers).map((rule) => conflictOf(rule, (path) => lookUp(root, path) !== undefined));
};

/**
 * Checks answers as written, against the schema and against the rules between answers, whatever else is wrong.
 * Returns the complete answers where there is no issue. Never throws.
 */
export const checkAnswers = (written: unknown): {readonly answers?: Answers; readonly issues: readonly Issue[]} => {
	const root = normalize(written);
	const result = answersSchema.safeParse(root, {error: fallback});
	const ownIssues = (result.error?.issues ?? [])
		.filter((issue) => !isBetweenAnswers(issue, root))
		.flatMap((issue) => explain(issue, root));
	const issues = [...ownIssues, ...conflicts(root, ownIssues)];
	return result.success ? {answers: result.data, issues} : {issues};
};
