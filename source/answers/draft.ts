import {parse} from 'yaml';
import {isMap} from '../base/text.ts';
import {checkAnswers} from './check.ts';
import {allFields, type Field, isDefault, nodeAt} from './fields.ts';
import {halfSentence, type Issue} from './issue.ts';
import {isSecretReference} from './parts.ts';
import {type PathBase, resolvePaths} from './resolve-paths.ts';
import type {Path} from './rules/rules.ts';
import type {Answers} from './schema.ts';
import {proposal} from './suggest.ts';
import {
	type Draft,
	type DraftValue,
	formatPath,
	getAt,
	type PathLike,
	removeAt,
	setAt as setValue,
	toPath,
} from './tree.ts';

export {defaultAt, proposal, suggest} from './suggest.ts';
export {type Draft, type DraftValue, getAt, type PathLike, removeAt} from './tree.ts';

const parseMap = (text: string, depth: number): DraftValue => {
	if (text.startsWith('{')) {
		try {
			return parse(text, {version: '1.2', schema: 'failsafe', logLevel: 'silent'}) as DraftValue;
		} catch {
			return text;
		}
	}
	let draft: Draft = {};
	for (const entry of text.split(',').map((part) => part.trim())) {
		const at = entry.indexOf('=');
		if (entry === '') continue;
		if (at < 1) return text;
		const key = entry.slice(0, at).trim();
		const dot = key.indexOf('.');
		const path = depth > 1 && dot > 0 ? [key.slice(0, dot), key.slice(dot + 1)] : [key];
		draft = setValue(draft, path, entry.slice(at + 1).trim());
	}
	return draft;
};

/** A number, or the `null` of an answer that somebody else may decide. */
const numberIn = ({nullable}: Field, text: string): DraftValue => {
	if (nullable && text === 'null') return null;
	return /^-?\d{1,15}$/u.test(text) ? Number(text) : text;
};

/** The value of a typed text for one answer; see `parseField`. */
export const parseText = (field: Field, typed: string): DraftValue | undefined => {
	const text = typed.trim();
	// An empty text is an answer where the default is something else and empty is allowed, as with registry.prefix.
	if (text === '') return field.type === 'text' && field.schema.safeParse('').success ? '' : undefined;
	switch (field.type) {
		case 'secret':
			return isSecretReference(text) ? text : 'prompt';
		case 'number':
			return numberIn(field, text);
		case 'yes-no':
			if (/^(y|yes|true)$/iu.test(text)) return true;
			return /^(n|no|false)$/iu.test(text) ? false : text;
		case 'choice':
			return field.choices.find((choice) => String(choice) === text) ?? text;
		case 'map':
			return parseMap(text, field.mapDepth);
		default:
			return text;
	}
};

/**
 * The value of a typed text. Empty text gives `undefined`: not answered, so the default counts. A text that cannot be
 * such a value comes back as it is, for `validateField` to refuse. For a secret the text itself never comes back: it is
 * either a reference or gives `prompt`, and the caller keeps the secret. Maps are typed as `key=value, key=value`, with
 * `outer.inner=value` for two levels, or as `{key: value}`. A yes or no for an optional group gives `{}` or `undefined`.
 */
export const parseField = (question: {readonly path: PathLike}, text: string): DraftValue | undefined => {
	const node = nodeAt(question.path);
	if (node?.kind === 'field') return parseText(node, text);
	if (node?.kind === 'group') return /^(y|yes|true)$/iu.test(text.trim()) ? {} : undefined;
	throw new TypeError(`${formatPath(question.path)} is not an answer`);
};

/**
 * A draft with another value at a path. `true` for an optional group adds it (what it holds stays), `false` removes it;
 * a text for a map is read as `parseField` does; `undefined` removes the answer. Anything else is kept for validation.
 */
export const setAt = (draft: Draft, path: PathLike, value: unknown): Draft => {
	const node = nodeAt(path);
	if (node?.kind === 'group' && node.optional && typeof value === 'boolean')
		return value ? setValue(draft, path, getAt(draft, path) ?? {}) : removeAt(draft, path);
	const isText = node?.kind === 'field' && node.type === 'map' && typeof value === 'string';
	return setValue(draft, path, (isText ? parseText(node, value) : value) as DraftValue | undefined);
};

/**
 * A draft with another value at a path, as `setAt`; but a default that was agreed to stays a default: it is not written down, so
 * that a later version may have a better one.
 */
export const setUnlessDefault = (draft: Draft, path: PathLike, value: unknown): Draft => {
	const node = nodeAt(path);
	const saysNothing = value === undefined || (node?.kind === 'field' && isDefault(node, value));
	return saysNothing && getAt(draft, path) === undefined ? draft : setAt(draft, path, value);
};

const showMap = (value: object): string => {
	const entries = Object.entries(value).flatMap(([key, entry]) =>
		isMap(entry) ? Object.entries(entry).map(([inner, leaf]) => [`${key}.${inner}`, leaf]) : [[key, entry]],
	);
	return entries.some(([, entry]) => /[,{}"]|^\s|\s$/u.test(String(entry)))
		? JSON.stringify(value)
		: entries.map(([key, entry]) => `${key}=${String(entry)}`).join(', ');
};

/** A value as the text that `parseField` reads back; empty for `undefined`. */
export const showField = (value: DraftValue | undefined): string => {
	if (value === undefined) return '';
	if (value === null) return 'null';
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	return typeof value === 'object' ? showMap(value) : String(value);
};

const touches = (issue: Issue, path: string): boolean =>
	formatPath(issue.path) === path || (nodeAt(path)?.kind === 'field' && formatPath(issue.path).startsWith(`${path}.`));

/** What is wrong with an answer, or with the key of a map that is the answer. */
const saidAt = ({path, problem}: Issue, at: string): string =>
	halfSentence(problem, formatPath(path).slice(at.length + 1));

/**
 * What is wrong with the answer at a path, as a half sentence such as `must be a port number`; `undefined` when nothing
 * is. Looks at the schema of the answer and at the rules between it and others, from either side.
 */
export const validateField = (draft: Draft, path: PathLike): string | undefined => {
	const at = formatPath(path);
	const {issues} = checkAnswers(draft);
	const own = issues.find((issue) => touches(issue, at));
	if (own) return saidAt(own, at);
	const theirs = issues.find(({other}) => other !== undefined && formatPath(other) === at);
	if (theirs?.mirrored === undefined) return undefined;
	// Two defaults that clash are the business of the later one alone.
	const isGiven = getAt(draft, theirs.path) !== undefined || getAt(draft, at) !== undefined;
	return isGiven ? halfSentence(theirs.mirrored) : undefined;
};

/** How a draft was judged. Issues are in the order of the schema; `fix` is the next move. */
export type Judgement =
	| {readonly ok: true; readonly answers: Answers}
	| {
			readonly ok: false;
			readonly issues: readonly {readonly path: string; readonly message: string; readonly fix: string}[];
	  };

/**
 * The complete answers of a draft, or everything that is wrong with it. With `base`, `~` and relative paths come out
 * resolved against it.
 */
export const validateDraft = (draft: Draft, base?: PathBase): Judgement => {
	const {answers, issues} = checkAnswers(draft);
	if (answers && issues.length === 0) return {ok: true, answers: base ? resolvePaths(answers, base) : answers};
	return {
		ok: false,
		issues: issues.map(({path, problem}) => ({
			path: formatPath(path),
			message: halfSentence(problem),
			fix: problem('').fix,
		})),
	};
};

/** Puts an item at the end of a list, with names that differ from those of the items before it. */
export const addItem = (draft: Draft, list: PathLike): Draft => {
	const index = itemCount(draft, list);
	const at = [...toPath(list), index];
	const added = setValue(draft, at, {});
	if (index === 0) return added;
	const own = allFields.filter(({path}) => formatPath(path).startsWith(`${formatPath(list)}.*.`));
	return own.reduce((next, field) => {
		const path: Path = [...at, ...field.path.slice(toPath(list).length + 1)];
		// Required names are asked for with the suggestion; those with a default would clash without a word.
		const value = 'default' in field ? proposal(next, path) : undefined;
		return value === undefined ? next : setValue(next, path, value);
	}, added);
};

/** Takes an item out of a list; the later ones move up. */
export const removeItem = (draft: Draft, list: PathLike, index: number): Draft =>
	removeAt(draft, [...toPath(list), index]);

/** The number of items in a list of the draft. */
export const itemCount = (draft: Draft, list: PathLike): number => {
	const items = getAt(draft, list);
	return Array.isArray(items) ? items.length : 0;
};
