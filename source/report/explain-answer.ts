import {type Field, type Node, nodeAt} from '../answers/fields.ts';
import {topics} from '../answers/questions.ts';
import {firstOf, sentence} from '../base/text.ts';
import {labelled} from './explain.ts';

const kinds: Readonly<Record<Field['type'], string>> = {
	text: 'text',
	secret: 'reference of a secret; the value itself never stands in the file',
	path: 'path of a file or folder',
	quantity: 'quantity, as Kubernetes writes them',
	number: 'number',
	'yes-no': 'true or false',
	choice: 'one of',
	map: 'map of texts',
};

const kindOf = ({type, choices}: Field): string =>
	type === 'choice' ? `${kinds.choice} ${choices.map(String).join(', ')}` : kinds[type];

/** A value as it stands in an answer file, in one line. */
const written = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : JSON.stringify(value));

const defaultOf = (field: Field): string => {
	if ('default' in field) return written(field.default);
	return field.required ? 'none: it has to be given' : 'none: it may be left out';
};

const fieldLines = (field: Field): readonly string[] => {
	const path = field.path.join('.');
	const [example] = field.examples;
	const value = example ?? ('default' in field ? field.default : undefined);
	const isShort = field.type !== 'map' && value !== undefined && value !== '';
	return [
		...labelled('kind', [kindOf(field)]),
		...labelled('default', [defaultOf(field)]),
		...labelled('example', example === undefined ? [] : [written(example)]),
		...(field.type === 'secret'
			? labelled('as', [
					`env:NAME, file:PATH, k8s:namespace/name/key, prompt${field.default === 'generate' ? ', generate' : ''}`,
				])
			: []),
		...(isShort ? labelled('set', [`--set ${path.replace('*', '0')}=${written(value)}`]) : []),
	];
};

const isAbove = (above: Node, {path}: Node | Field): boolean =>
	above.path.length < path.length && above.path.every((key, index) => path[index] === key);

/** The answers below a group or list, each with what it is. */
const belowLines = (node: Node, fields: readonly Field[]): readonly string[] => {
	const below = fields.filter((field) => isAbove(node, field));
	const width = Math.max(0, ...below.map(({path}) => path.join('.').length));
	return [
		...(node.kind === 'list' ? labelled('kind', ['list; * stands for the place in it, from 0']) : []),
		...(node.kind === 'group' && node.optional ? labelled('default', ['none: the whole group may be left out']) : []),
		...labelled(
			'answers',
			below.map(({path, description}) => `${path.join('.').padEnd(width)}  ${description ?? ''}`),
		),
	];
};

const questionAt = (path: string) =>
	topics
		.flatMap(({title, questions}) => questions.map((question) => ({title, question})))
		.find(({question}) => question.path === path);

/** More codes than this are no help. */
const mostCodes = 12;

/** What else is known where an answer is explained. */
export type AnswerContext = {
	/** Every answer there is. */
	readonly fields: readonly Field[];
	/** Codes of the problems that an answer may mend, by its path with `*` for places in lists. */
	readonly codesOf: (path: string) => readonly string[];
};

/**
 * An answer explained: what it is, its default, how it is given, why it is asked, and which problems it may mend.
 * @param at its path; places in lists as numbers or `*`
 * @returns undefined where there is no such answer
 */
export const explainAnswer = (at: string, {fields, codesOf}: AnswerContext): readonly string[] | undefined => {
	const node = nodeAt(at);
	if (node === undefined || node.path.length === 0) return undefined;
	const path = node.path.join('.');
	const asked = questionAt(path);
	const codes = codesOf(path);
	return [
		path,
		...labelled('what', [sentence(node.description ?? 'An answer')]),
		...(node.kind === 'field' ? fieldLines(node) : belowLines(node, fields)),
		...(asked
			? [
					'',
					...labelled('asked', [`${asked.question.label} (${asked.title})`]),
					...labelled('why', [asked.question.why]),
				]
			: []),
		'',
		...labelled('codes', codes.length > 0 ? [firstOf(codes, mostCodes)] : []),
		...labelled('read', ['zenml-airgap docs answers']),
	];
};
