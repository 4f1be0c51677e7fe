import {stringify} from 'yaml';
import {type Field, isDefault, type Node, rootGroup} from '../fields.ts';
import type {Draft} from '../tree.ts';
import {usablePart} from './complete.ts';
import {writeYaml} from './write-yaml.ts';

const heading = [
	'# Answers for zenml-airgap: everything it needs to know to install ZenML Pro in this network.',
	'#',
	'# Fill in the answers that have no value. A line that begins with # and no space is an answer with its default or an',
	'# example: take the # away, also from the line of its group above, to change it.',
	'#',
	'# Secrets do not belong in this file. Their answers say where a secret is:',
	'#   env:NAME                    in this environment variable',
	'#   file:PATH                   in this file',
	'#   k8s:namespace/name/key      in this secret of the cluster',
	'#   generate                    nowhere yet: make one and keep it in a secret of the cluster',
	'#   prompt                      ask the operator',
	'#',
	'# Relative paths start at the folder of this file; ~ is the home directory.',
];

const inline = (value: unknown): string =>
	stringify(value, {collectionStyle: 'flow', lineWidth: 0, blockQuote: false}).trimEnd();

const remarks = (field: Field): readonly string[] => {
	const text = field.description ?? '';
	const choices = field.choices.length > 1 ? [`One of: ${field.choices.join(', ')}`] : [];
	const fallback = 'default' in field ? [`Default: ${inline(field.default)}`] : [];
	const example = field.examples[0] === undefined ? [] : [`Example: ${inline(field.examples[0])}`];
	return [...(text === '' ? [] : [field.required ? `${text} (required)` : text]), ...choices, ...fallback, ...example];
};

/** Required, or needed by most sites: the database server may only be left out where every component names its own. */
const standsOpen = (field: Field): boolean => field.required || field.path.join('.') === 'database.host';

const needsAnswer = (node: Node): boolean => {
	if (node.kind === 'field') return standsOpen(node);
	if (node.kind === 'list') return node.required;
	return !node.optional && node.children.some(([, child]) => needsAnswer(child));
};

const isGiven = (node: Node, value: unknown): boolean => {
	if (value === undefined) return false;
	if (node.kind === 'field') return !isDefault(node, value);
	if (node.kind === 'list') return Array.isArray(value) && value.length > 0;
	const part = value as Readonly<Record<string, unknown>>;
	return node.optional || node.children.some(([key, child]) => isGiven(child, part[key]));
};

/**
 * The text of an answer file to start from: every answer with its description, default and example above it. Required
 * answers stand open, what differs from its default in `values` is filled in, the rest is commented out. Taking the `#`
 * away from every line that has no space behind it gives an answer file too, where `ingress.kind` is that of a Gateway and a component
 * names no database server of its own.
 */
export const commentedAnswers = (values: Draft = {}): string => {
	const lines = writeYaml(rootGroup, usablePart(values), {
		field: (field, value) => {
			const above = ['', ...remarks(field)];
			if (isGiven(field, value) || field.path[0] === 'version') return {value: value ?? field.default, above};
			if (standsOpen(field)) return {value: undefined, above};
			return {value: 'default' in field ? field.default : (field.examples[0] ?? ''), above, off: true};
		},
		group: (node, value) => ({
			above: ['', ...(node.description === undefined ? [] : [node.description])],
			off: !needsAnswer(node) && !isGiven(node, value),
			items: 1,
		}),
	});
	const all = [...heading, ...lines.map((line) => (/^ *# $/u.test(line) ? '' : line))];
	// An empty line above each answer, but not between a group and its first answer.
	const depth = (line: string | undefined): number => /^ */u.exec(line ?? '')?.[0].length ?? 0;
	const kept = all.filter((line, index) => line !== '' || depth(all[index + 1]) <= depth(all[index - 1]));
	return `${kept.join('\n')}\n`;
};
