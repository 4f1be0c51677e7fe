import type {Field, Node} from '../fields.ts';
import {nodeAt} from '../fields.ts';
import type {Draft} from '../tree.ts';

/** How a question is asked; a map is a text of `key=value, key=value`. */
export type QuestionKind = 'text' | 'secret' | 'choice' | 'yes-no' | 'number' | 'path';

/** One question of the form screens. */
export type Question = {
	/** Dotted path of the answer; `*` stands for the index in the list of the topic. */
	readonly path: string;
	/** At most 30 characters. */
	readonly label: string;
	/** One or two sentences for the operator. */
	readonly why: string;
	readonly example: string;
	/** What counts where it is left empty, where other answers decide that. `path` as in `when`. */
	readonly fallback?: (draft: Draft, path: string) => string;
	readonly kind: QuestionKind;
	readonly choices?: readonly string[];
	/** True where it may be left empty: there is a default, or leaving it out means something. */
	readonly optional?: boolean;
	/** Hidden unless the operator asks for more. */
	readonly advanced?: boolean;
	/** Absent or true: it is asked. `path` is that of the answer, list indices filled in. */
	readonly when?: (draft: Draft, path: string) => boolean;
};

/** Questions that belong on one screen. `repeat` names the list that they are asked for each item of. */
export type Topic = {
	readonly id: string;
	readonly title: string;
	readonly intro: string;
	readonly questions: readonly Question[];
	readonly repeat?: 'workspaces' | 'organization.users';
};

const kinds: Readonly<Record<Field['type'], QuestionKind>> = {
	text: 'text',
	quantity: 'text',
	map: 'text',
	secret: 'secret',
	path: 'path',
	number: 'number',
	choice: 'choice',
	'yes-no': 'yes-no',
};

const written = (value: unknown): string => {
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	if (typeof value !== 'object' || value === null) return String(value);
	return Object.entries(value)
		.flatMap(([key, entry]) =>
			typeof entry === 'object' && entry !== null
				? Object.entries(entry).map(([inner, leaf]) => `${key}.${inner}=${String(leaf)}`)
				: [`${key}=${String(entry)}`],
		)
		.join(', ');
};

const exampleOf = (node: Node): string => {
	if (node.kind !== 'field') return 'yes';
	const example = node.examples[0] ?? node.default;
	return node.type === 'secret' && node.examples.length === 0 ? `${String(example)} or env:NAME` : written(example);
};

/** A question whose kind, choices, example and optionality come from the schema. Throws `TypeError` for no such path. */
export const question = (
	path: string,
	label: string,
	why: string,
	extra: Partial<Pick<Question, 'advanced' | 'when' | 'example' | 'fallback'>> = {},
): Question => {
	const node = nodeAt(path);
	if (node === undefined || node.kind === 'list') throw new TypeError(`${path} is not an answer`);
	const optional = node.kind === 'group' || !node.required;
	return {
		path,
		label,
		why,
		example: exampleOf(node),
		kind: node.kind === 'group' ? 'yes-no' : kinds[node.type],
		...(node.kind === 'field' && node.choices.length > 0 ? {choices: node.choices.map(String)} : {}),
		...(optional ? {optional} : {}),
		...extra,
	};
};

/** The same for a question that is hidden unless the operator asks for more. */
export const advanced = (
	path: string,
	label: string,
	why: string,
	extra: Partial<Pick<Question, 'when' | 'example' | 'fallback'>> = {},
): Question => question(path, label, why, {...extra, advanced: true});
