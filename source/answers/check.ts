import type * as z from 'zod';
import {isMap} from '../base/text.ts';
import {complete, normalize} from './complete.ts';
import {candidates, nearest} from './did-you-mean.ts';
import {type Node, nodeAt} from './fields.ts';
import type {CrossFieldIssue, Path} from './rules.ts';
import {type Answers, answersSchema, crossFieldIssues} from './schema.ts';
import {formatPath, lookUp, shownKey} from './tree.ts';

/** What is wrong with one answer. Texts never hold a value of the operator, except names that clash. */
export type Issue = {
	readonly path: Path;
	readonly kind: 'missing' | 'unknown-key' | 'wrong-type' | 'invalid-value' | 'literal-secret' | 'conflict';
	/** What is wrong, without the path: `must be a port number`. */
	readonly message: string;
	readonly cause: string;
	readonly fix: string;
	/** The other answer of a conflict. */
	readonly other?: Path;
	/** Where it is written, where `path` does not say; may hold more than may be shown. */
	readonly writtenAt?: Path;
};

/** How a node is written; `depth` counts the keys below the path of a map. */
const wanted = (node: Node | undefined, depth: number): string => {
	if (node === undefined || node.kind === 'group') return 'a map';
	if (node.kind === 'list') return 'a list';
	if (depth < node.mapDepth) return 'a map';
	if (node.type === 'number') return 'a whole number';
	return node.type === 'yes-no' ? 'true or false' : 'text';
};

const typeOf = (value: unknown): string => {
	if (value === null) return 'empty';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'a map';
	return {string: 'text', number: 'a number', boolean: 'true or false'}[typeof value as string] ?? typeof value;
};

const exampleOf = (node: Node | undefined): string => {
	if (node?.kind !== 'field') return '';
	const example = node.examples[0] ?? node.default;
	return example === undefined || typeof example === 'object' ? '' : ` For example: ${String(example)}`;
};

const missing = (path: Path, node: Node | undefined): Omit<Issue, 'path'> => ({
	kind: 'missing',
	message: 'is missing',
	cause: `${node?.description ?? 'This answer'}: there is no default for it.`,
	fix: node?.kind === 'list' ? `Add an item to ${formatPath(path)}.` : `Add ${formatPath(path)}.${exampleOf(node)}`,
});

const secretText = 'must be a reference to a secret, not the secret itself';
const literalSecret: Omit<Issue, 'path'> = {
	kind: 'literal-secret',
	message: secretText,
	cause: 'Answers are saved, shown and handed on, so they only say where a secret is.',
	fix: 'Write env:NAME, file:PATH, k8s:namespace/name/key, generate or prompt. If a real secret was written here, change it: it may have been copied.',
};

const wrongType = (path: Path, node: Node | undefined, value: unknown): Omit<Issue, 'path'> => {
	const expected = wanted(node, path.length - (node?.path.length ?? 0));
	const found = typeOf(value);
	const fix = (): string => {
		if (expected === 'a list') return 'Begin each item on its own line with "- ".';
		if (expected === 'a map') return 'Write its keys below it, indented, each as "key: value".';
		if (expected !== 'text') return `Write ${expected}, without quotes.${exampleOf(node)}`;
		if (found === 'a map' || found === 'a list') return `Write one text.${exampleOf(node)}`;
		// Only a quantity is repeated: any other value may be something that must not be shown.
		const shown = node?.kind === 'field' && node.quantities && typeof value === 'number' ? String(value) : '…';
		return `Put it in quotes: ${path.at(-1)}: "${shown}"`;
	};
	return {
		kind: 'wrong-type',
		message: `must be ${expected}, not ${found}`,
		cause: `${node?.description ?? 'This answer'}. It is written as ${expected}.`,
		fix: fix(),
	};
};

const invalidValue = (node: Node | undefined, value: unknown, message: string): Omit<Issue, 'path'> => {
	const choices = node?.kind === 'field' ? node.choices : [];
	const near = typeof value === 'string' ? nearest(value, choices.map(String)) : undefined;
	return {
		kind: 'invalid-value',
		message,
		cause: `${node?.description ?? 'This answer'}. The value given does not fit.`,
		fix:
			choices.length > 0
				? `Write ${choices.join(', ').replace(/, ([^,]*)$/u, ' or $1')}.${near === undefined ? '' : ` Did you mean ${near}?`}`
				: node?.kind === 'list'
					? `Add an item to ${node.path.join('.')}.`
					: `Change it.${exampleOf(node)}`,
	};
};

const unknownKey = (at: Path, key: string): Issue => {
	const node = nodeAt(at);
	const likely = candidates(shownKey(key), at, node?.kind === 'group' ? node : undefined);
	const keys = node?.kind === 'group' ? node.children.map(([name]) => name) : [];
	const place = at.length === 0 ? 'the answers' : formatPath(at);
	const swallowed = shownKey(key) !== key;
	return {
		path: [...at, shownKey(key)],
		writtenAt: [...at, key],
		kind: 'unknown-key',
		message: `is not an answer${likely.length > 0 ? `; did you mean ${likely.join(' or ')}?` : ''}`,
		cause: `The keys of ${place} are ${keys.join(', ')}.`,
		fix: swallowed
			? 'Write "key: value" with a space after the colon.'
			: likely.length > 0
				? `Write ${likely[0]}.`
				: 'Take it out.',
	};
};

/** Messages for rules that have none of their own in the schema. */
const fallback = (issue: z.core.$ZodRawIssue): string => {
	if (issue.code === 'too_small') return `must be ${String(issue.minimum)} or more`;
	if (issue.code === 'too_big') return `must be ${String(issue.maximum)} or less`;
	if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(', ')}`;
	return 'does not fit';
};

const fits = (value: unknown, node: Node | undefined, depth: number): boolean => {
	// The one choice that is a number is the version; its own message says what it must be.
	if (node?.kind === 'field' && node.choices.some((choice) => typeof choice === 'number')) return true;
	const expected = wanted(node, depth);
	if (expected === 'a map') return isMap(value);
	if (expected === 'a list') return Array.isArray(value);
	if (expected === 'a whole number') return Number.isSafeInteger(value);
	return typeof value === (expected === 'text' ? 'string' : 'boolean');
};

const explain = (issue: z.core.$ZodIssue, root: unknown): readonly Issue[] => {
	const path = issue.path as Path;
	if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
	if (issue.code === 'invalid_key')
		// The key itself is not shown: `NAME=value` written as a key would show the value.
		return [
			{path: path.slice(0, -1), ...invalidValue(nodeAt(path), undefined, 'has a key that is not a variable name')},
		];
	const node = nodeAt(path);
	const value = lookUp(root, path);
	if (value === undefined) return [{path, ...missing(path, node)}];
	if (node?.kind === 'field' && node.type === 'secret') return [{path, ...literalSecret}];
	if (!fits(value, node, path.length - (node?.path.length ?? 0))) return [{path, ...wrongType(path, node, value)}];
	return [{path, ...invalidValue(node, value, issue.message)}];
};

const under = (path: Path, at: Path): boolean => at.every((key, index) => path[index] === key);

const conflictCause = ({path, other, message}: CrossFieldIssue, root: unknown): string => {
	if (other === undefined) return 'Only a secret that this tool makes can be generated.';
	if (!message.startsWith('is the same'))
		return lookUp(root, other) === undefined && nodeAt(other)?.kind === 'field' && message.startsWith('is more')
			? `${formatPath(other)} is not given, so its default counts.`
			: 'The two belong together.';
	return lookUp(root, path) === undefined
		? `It is not given, so its default counts, and ${formatPath(other)} has that already.`
		: 'What is installed side by side needs names of its own.';
};

/** The broken rules between answers, as far as the answers they look at are usable. */
const conflicts = (root: unknown, issues: readonly Issue[]): readonly Issue[] => {
	const bad = issues.filter(({kind}) => kind !== 'unknown-key').map(({path}) => path);
	const answers = complete(root, (path) => !bad.some((at) => under(path, at)));
	return crossFieldIssues(answers).map((issue) => ({
		...issue,
		kind: 'conflict',
		cause: conflictCause(issue, root),
		fix: issue.other
			? `Set ${formatPath(issue.path)}, or change ${formatPath(issue.other)}.`
			: `Set ${formatPath(issue.path)} to where the secret is: env:NAME, file:PATH, k8s:namespace/name/key or prompt.`,
	}));
};

/**
 * Checks answers as written, against the schema and against the rules between answers, whatever else is wrong.
 * Returns the complete answers where there is no issue. Never throws.
 */
export const checkAnswers = (written: unknown): {readonly answers?: Answers; readonly issues: readonly Issue[]} => {
	const root = normalize(written);
	const result = answersSchema.safeParse(root, {error: fallback});
	const shapeIssues = (result.error?.issues ?? [])
		// Rules between answers are the only issues with a custom code at a place that fits its own schema.
		.filter(
			(issue) =>
				issue.code !== 'custom' ||
				nodeAt(issue.path as Path)?.schema.safeParse(lookUp(root, issue.path as Path)).success === false,
		)
		.flatMap((issue) => explain(issue, root));
	const issues = [...shapeIssues, ...conflicts(root, shapeIssues)];
	return result.success ? {answers: result.data, issues} : {issues};
};
