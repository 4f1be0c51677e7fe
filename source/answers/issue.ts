import type {Problem} from '../base/problem.ts';
import type {Circumstances} from '../base/problem-table.ts';
import {unseenIn} from '../base/reading/unseen.ts';
import {nearest} from '../base/text.ts';
import {candidates} from './did-you-mean.ts';
import {type Node, nodeAt} from './fields.ts';
import {shownValue} from './file/unseen.ts';
import {answersProblems} from './problems.ts';
import type {Path} from './rules/rules.ts';
import {mistypedReference} from './secret/mistyped.ts';
import {formatPath, shownKey, toPath} from './tree.ts';

/** An issue in words. @param name what the answer is called in the message: its path, a flag, or nothing in a form */
type Told = (name: string, more?: Circumstances) => Problem;

/** What is wrong with one answer. Its words never hold a value of the operator, except names that clash. */
export type Issue = {
	readonly path: Path;
	readonly code:
		| 'answers-missing'
		| 'answers-unknown-key'
		| 'answers-wrong-type'
		| 'answers-invalid-value'
		| 'answers-literal-secret'
		| 'answers-conflict';
	readonly problem: Told;
	/** The other answer of a conflict, and how the conflict reads from there, where it can be told from there. */
	readonly other?: Path | undefined;
	readonly mirrored?: Told | undefined;
	/** Of an unknown key: the answers that it may stand for. */
	readonly meant?: readonly Path[];
	/** Where it is written, where `path` does not say; may hold more than may be shown. */
	readonly writtenAt?: Path;
};

/** What is wrong as a half sentence, for the place beside the answer: `must be a port number`. */
export const halfSentence = (told: Told, name = ''): string => told(name).message.trimStart();

/** What the keys below the path of a map are: maps down to its depth, then texts. */
const depthIn = (path: Path, node: Node | undefined): number => path.length - (node?.path.length ?? 0);

type Expected = 'a map' | 'a list' | 'a whole number' | 'true or false' | 'text';

/** How what stands at this path is written. */
export const expectedAt = (path: Path, node: Node | undefined): Expected => {
	if (node === undefined || node.kind === 'group') return 'a map';
	if (node.kind === 'list') return 'a list';
	if (depthIn(path, node) < node.mapDepth) return 'a map';
	if (node.type === 'number') return 'a whole number';
	return node.type === 'yes-no' ? 'true or false' : 'text';
};

const names: Readonly<Record<string, string>> = {string: 'text', number: 'a number', boolean: 'true or false'};

const typeOf = (value: unknown): string => {
	if (typeof value === 'number' && !Number.isSafeInteger(value))
		return Number.isInteger(value) ? 'so large a number' : 'a number with a fraction';
	if (value === null) return 'empty';
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'a map' : (names[typeof value] ?? typeof value);
};

const describe = (node: Node | undefined): string => node?.description ?? 'This answer';

const exampleOf = (node: Node | undefined): string | undefined => {
	if (node?.kind !== 'field') return undefined;
	const example = node.examples[0] ?? node.default;
	return example === undefined || typeof example === 'object' ? undefined : String(example);
};

export const missing = (path: Path): Issue => {
	const node = nodeAt(path);
	const example = exampleOf(node);
	const given = {path: formatPath(path), description: describe(node)};
	const told: Told = (answer, more) => {
		const facts = {...given, answer};
		if (node?.kind === 'list') return answersProblems.problem('answers-missing', {...facts, case: 'list'}, more);
		if (example === undefined) return answersProblems.problem('answers-missing', {...facts, case: 'plain'}, more);
		return answersProblems.problem('answers-missing', {...facts, case: 'example', example}, more);
	};
	return {path, code: 'answers-missing', problem: told};
};

/** @param value what stands there, which is not told: it may be the secret */
export const literalSecret = (path: Path, value: unknown): Issue => {
	const which = (typeof value === 'string' ? mistypedReference(value) : undefined) ?? 'written';
	return {
		path,
		code: 'answers-literal-secret',
		problem: (answer, more) => answersProblems.problem('answers-literal-secret', {case: which, answer}, more),
	};
};

/** Why a text that is typed at the place of a secret is not taken for it, as a half sentence; undefined where it is. */
export const notTheSecret = (typed: string): string | undefined => {
	const which = typed.trim() === 'prompt' ? 'no word here' : mistypedReference(typed);
	if (which === undefined) return undefined;
	return halfSentence((answer) => answersProblems.problem('answers-literal-secret', {case: which, answer}));
};

/** Whether a text would be right but for the quotes around it. */
const isQuoted = (value: unknown, expected: Expected): boolean => {
	if (typeof value !== 'string') return false;
	return expected === 'a whole number' ? /^-?\d{1,15}$/u.test(value) : /^(true|false)$/u.test(value);
};

/** The next move where a value has the wrong type: it depends on what it should be, and on what may be shown of it. */
const rewrite = (path: Path, node: Node | undefined, value: unknown, expected: Expected) => {
	const example = exampleOf(node);
	if (expected === 'a list') return {case: 'list'} as const;
	if (expected === 'a map') return {case: 'map'} as const;
	if (expected !== 'text' && !isQuoted(value, expected))
		return example === undefined ? ({case: 'another'} as const) : ({case: 'another, example', example} as const);
	if (expected !== 'text')
		return example === undefined ? ({case: 'no quotes'} as const) : ({case: 'no quotes, example', example} as const);
	if (value !== null && typeof value === 'object')
		return example === undefined ? ({case: 'one text'} as const) : ({case: 'one text, example', example} as const);
	// Only a quantity is repeated: any other value may be something that must not be shown.
	const shown = node?.kind === 'field' && node.quantities && typeof value === 'number' ? String(value) : '…';
	return {case: 'quotes', key: String(path.at(-1)), shown} as const;
};

export const wrongType = (path: Path, value: unknown): Issue => {
	const node = nodeAt(path);
	const expected = expectedAt(path, node);
	const given = {
		...rewrite(path, node, value, expected),
		expected,
		found: typeOf(value),
		description: describe(node),
	};
	return {
		path,
		code: 'answers-wrong-type',
		problem: (answer, more) => answersProblems.problem('answers-wrong-type', {...given, answer}, more),
	};
};

/** The next move where a value does not fit. */
const mend = (node: Node | undefined, value: unknown) => {
	const choices = node?.kind === 'field' ? node.choices.map(String) : [];
	if (choices.length > 0) {
		const either = choices.join(', ').replace(/, ([^,]*)$/u, ' or $1');
		const near = typeof value === 'string' ? nearest(value, choices) : undefined;
		return near === undefined
			? ({case: 'choice', choices: either} as const)
			: ({case: 'choice, near', choices: either, nearest: near} as const);
	}
	if (node?.kind === 'list') return {case: 'list', path: node.path.join('.')} as const;
	const example = exampleOf(node);
	return example === undefined ? ({case: 'plain'} as const) : ({case: 'example', example} as const);
};

/** A value that looks right is only shown where it holds what nobody sees. */
const unseenOf = (value: unknown): string => {
	const found = typeof value === 'string' ? unseenIn(value) : [];
	return found.length === 0 ? '' : `: it holds ${found.join(' and ')}, as ${shownValue(String(value))}`;
};

/** @param rule what the value must do, by the schema: `be a port number` */
export const invalidValue = (path: Path, value: unknown, rule: string): Issue => {
	const node = nodeAt(path);
	// Nothing of it is shown: it may be a private key.
	const isContent = node?.kind === 'field' && node.type === 'path' && String(value).includes('-----BEGIN ');
	const given = isContent
		? ({case: 'file content', rule, description: describe(node), unseen: ''} as const)
		: {...mend(node, value), rule, description: describe(node), unseen: unseenOf(value)};
	return {
		path,
		code: 'answers-invalid-value',
		problem: (answer, more) => answersProblems.problem('answers-invalid-value', {...given, answer}, more),
	};
};

/** The key itself is not shown: `NAME=value` written as a key would show the value. @param path of the map */
export const badVariableName = (path: Path): Issue => ({
	path,
	code: 'answers-invalid-value',
	problem: (answer, more) =>
		answersProblems.problem(
			'answers-invalid-value',
			{case: 'key', answer, description: describe(nodeAt(path)), unseen: ''},
			more,
		),
});

/** @param at the path of the map that holds the key */
export const unknownKey = (at: Path, key: string): Issue => {
	const node = nodeAt(at);
	const group = node?.kind === 'group' ? node : undefined;
	const shown = shownKey(key);
	const found = candidates(shown, at, group);
	const place = at.length === 0 ? 'the answers' : formatPath(at);
	const keys = (group?.children ?? []).map(([name]) => name).join(', ');
	// `key:value` without a space is a key for YAML.
	const noSpace = shown !== key;
	const told: Told = (answer, more) => {
		const facts = {answer, place, keys};
		const [first] = found;
		if (first === undefined)
			return answersProblems.problem('answers-unknown-key', {...facts, case: noSpace ? 'no space' : 'far'}, more);
		const likely = {...facts, likely: found.join(' or ')};
		return noSpace
			? answersProblems.problem('answers-unknown-key', {...likely, case: 'no space, near'}, more)
			: answersProblems.problem('answers-unknown-key', {...likely, case: 'near', nearest: first}, more);
	};
	const meant = found.map((one) => toPath(one));
	return {path: [...at, shown], writtenAt: [...at, key], code: 'answers-unknown-key', meant, problem: told};
};
