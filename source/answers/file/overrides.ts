import {parseDocument} from 'yaml';
import type {Problem} from '../../base/problem.ts';
import {nearest} from '../../base/text.ts';
import {parseText} from '../draft.ts';
import {allFields, type Field, nodeAt} from '../fields.ts';
import {isSecretReference} from '../parts.ts';
import {answersProblems} from '../problems.ts';
import {type PathBase, resolveText} from '../resolve-paths.ts';
import type {Path} from '../rules/rules.ts';
import {mistypedReference} from '../secret/mistyped.ts';
import {type Draft, type DraftValue, formatPath, getAt, removeAt, setAt, shownKey, toPath} from '../tree.ts';

/** One answer from the command line. */
export type Override = {
	/** Dotted path of the answer. */
	readonly path: string;
	/** What it is set to, as it stands in an answer file; `null` takes the answer away, so that its default counts, save where it is an answer. */
	readonly value: DraftValue;
	/** How the operator gave it, for messages: `--set registry.host`, `--to`. */
	readonly source: string;
};

/** An answer that a flag of its own gives, taken as it is: `overrideOf('registry.host', 'r:5000', '--registry')`. */
export const overrideOf = (path: string, value: DraftValue, source: string): Override => ({path, value, source});

/** The name of an argument as it may be shown: never what stands behind the first sign that no path has. */
const shown = (path: string): string =>
	path
		.split('.')
		.slice(0, 8)
		.map((key) => (/^\d{1,9}$/u.test(key) ? key : shownKey(key)))
		.join('.');

/** The path into the values: the keys of a map may have dots themselves. */
const pathIn = (field: Field, path: Path): Path => {
	const outer = path.slice(0, field.path.length + Math.max(0, field.mapDepth - 1));
	const key = path.slice(outer.length).join('.');
	return key === '' ? outer : [...outer, key];
};

/** A text without the quotes of YAML around it; undefined where it has none. */
const unquoted = (text: string): string | undefined => {
	if (!/^(".*"|'.*')$/su.test(text)) return undefined;
	const document = parseDocument(text, {prettyErrors: false, logLevel: 'silent'});
	return document.errors.length === 0 ? String(document.toJS()) : text;
};

/** The answer at a path of the command line; undefined for a path that leads to none. */
const fieldAt = (path: Path): Field | undefined => {
	const node = nodeAt(path);
	return node?.kind === 'field' && !path.includes('*') ? node : undefined;
};

/** The value that a text of `--set` stands for. Texts stay as they are, others are read as YAML does; quotes make a text. */
const valueIn = (path: Path, text: string): DraftValue => {
	const field = fieldAt(path);
	if (text === 'null') return null;
	// A secret that was written out must not be read as anything else before it is refused.
	if (!field || field.type === 'secret') return text;
	const quoted = unquoted(text);
	if (quoted !== undefined) return quoted;
	const isInMap = pathIn(field, path).length > field.path.length;
	return isInMap ? text : (parseText(field, text) ?? null);
};

/**
 * Reads the `path=value` arguments of `--set`. Returns the overrides and a problem `answers-set-syntax` for each argument that is
 * not so written; the problem names the argument by its position, since what stands there may be a secret.
 */
export const parseOverrides = (
	args: readonly string[],
): {readonly overrides: readonly Override[]; readonly problems: readonly Problem[]} => {
	const overrides: Override[] = [];
	const problems: Problem[] = [];
	for (const [index, argument] of args.entries()) {
		const [name = '', ...rest] = argument.split('=');
		const path = name.trim();
		if (name === '' || rest.length === 0)
			problems.push(answersProblems.problem('answers-set-syntax', {case: 'no path', number: index + 1}));
		else overrides.push(overrideOf(path, valueIn(toPath(path), rest.join('=')), `--set ${shown(path)}`));
	}
	return {overrides, problems};
};

const unknown = ({path, source}: Override): Problem => {
	const group = nodeAt(path);
	const inside = group && allFields.find((field) => formatPath(field.path).startsWith(`${formatPath(group.path)}.`));
	if (inside) {
		const inner = formatPath(inside.path).replaceAll('*', '0');
		return answersProblems.problem('answers-unknown-key', {case: 'group, set', answer: source, inner});
	}
	const near = nearest(
		path.replaceAll(/\.\d+(?=\.|$)/gu, '.*'),
		allFields.map((field) => field.path.join('.')),
	)?.replaceAll('*', '0');
	return near === undefined
		? answersProblems.problem('answers-unknown-key', {case: 'far, set', answer: source})
		: answersProblems.problem('answers-unknown-key', {case: 'near, set', answer: source, nearest: near});
};

/** True where a path names an item of a list that has none before it. */
const leavesHole = (draft: Draft, path: Path): boolean =>
	path.some((key, index) => {
		if (typeof key !== 'number') return false;
		const list = getAt(draft, path.slice(0, index));
		return key > (Array.isArray(list) ? list.length : 0);
	});

/** Why an override of this answer is refused whatever the schema says. */
const refusal = (draft: Draft, field: Field, {path, value, source}: Override): Problem | undefined => {
	if (leavesHole(draft, toPath(path)))
		return answersProblems.problem('answers-set-syntax', {case: 'hole', answer: source});
	if (field.type !== 'secret' || value === null || isSecretReference(String(value))) return undefined;
	const which = mistypedReference(String(value)) ?? 'typed';
	return answersProblems.problem('answers-literal-secret', {case: which, answer: source}, {answers: [shown(path)]});
};

/** A draft with one answer set; paths within it are made absolute. */
const setOne = (
	draft: Draft,
	target: Path,
	field: Field,
	{value, base}: {readonly value: DraftValue; readonly base: PathBase},
) => {
	if (value === null && !field.nullable) return removeAt(draft, target);
	const isWhole = typeof value === 'string' && target.length === field.path.length;
	return setAt(draft, target, isWhole ? resolveText(field, value, base) : value);
};

/** How overrides changed a draft. */
export type Overridden = {
	readonly draft: Draft;
	readonly problems: readonly Problem[];
	/** How each answer was given, or taken away, that the command line decides; by its path. */
	readonly sources: ReadonlyMap<string, string>;
};

/**
 * Sets answers from the command line, in order. Paths are resolved against `base`. Problems: `answers-unknown-key`,
 * `answers-literal-secret` (arguments are visible to every user of the host), `answers-set-syntax` (a hole in a list).
 */
export const applyOverrides = (start: Draft, overrides: readonly Override[], base: PathBase): Overridden => {
	let draft = start;
	const problems: Problem[] = [];
	const sources = new Map<string, string>();
	for (const override of overrides) {
		const path = toPath(override.path);
		const field = fieldAt(path);
		const refused = field ? refusal(draft, field, override) : unknown(override);
		if (refused || !field) {
			if (refused) problems.push(refused);
			continue;
		}
		const target = pathIn(field, path);
		draft = setOne(draft, target, field, {value: override.value, base});
		sources.set(formatPath(target), override.source);
	}
	return {draft, problems, sources};
};
