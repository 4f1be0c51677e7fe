import {fileURLToPath} from 'node:url';
import {stringify} from 'yaml';
import {type Field, type Group, type List, type Node, rootGroup} from '../source/answers/fields.ts';
import {cell, writeMadePart} from './docs-pages.ts';

/** Writes the tables of docs/answers.md from the schema: npx tsx scripts/docs-answers.ts */

const code = (text: string): string => `\`${text}\``;

const written = (value: unknown): string => {
	const text = stringify(value, {collectionStyle: 'flow', lineWidth: 0}).trimEnd();
	return code(text);
};

const kinds: Readonly<Record<Field['type'], string>> = {
	text: 'text',
	secret: 'secret reference',
	path: 'path',
	quantity: 'quantity',
	number: 'number',
	'yes-no': '`true` or `false`',
	choice: 'one of',
	map: 'map',
};

const kindOf = ({type, choices, mapDepth}: Field): string => {
	if (type === 'choice') return choices.length === 1 ? written(choices[0]) : choices.map(written).join(', ');
	if (type === 'map') return mapDepth > 1 ? 'map of maps of texts' : 'map of texts';
	return kinds[type];
};

const fallback = (field: Field): string => {
	if ('default' in field) return written(field.default);
	return field.required ? '**required**' : 'none';
};

const row = (field: Field): string => {
	const example = field.examples[0] === undefined ? '' : ` Example: ${written(field.examples[0])}`;
	const text = `${field.description ?? ''}.${example}`;
	return `| ${[code(field.path.join('.')), kindOf(field), fallback(field), text].map(cell).join(' | ')} |`;
};

const table = (fields: readonly Field[]): readonly string[] =>
	fields.length === 0
		? []
		: ['', '| answer | what it is | default | meaning |', '|---|---|---|---|', ...fields.map(row)];

const fieldsOf = (node: Node): readonly Field[] => {
	if (node.kind === 'field') return [node];
	if (node.kind === 'list') return fieldsOf(node.item);
	return node.children.flatMap(([, child]) => fieldsOf(child));
};

const remark = (node: Group | List): readonly string[] => {
	if (node.kind === 'list') return [node.required ? 'A list with one entry or more.' : 'A list; may be empty.'];
	return node.optional ? ['May be left out as a whole.'] : [];
};

/** The tables: one for each section of the answer file, in the order of the file. Markdown, without an end of line. */
export const answersTables = (): string => {
	const sections = rootGroup.children.flatMap(([key, node]) => {
		if (node.kind === 'field') return table([node]);
		const inner = node.kind === 'list' ? node.item.children : node.children;
		const groups = inner.flatMap(([, child]) => (child.kind === 'group' && child.optional ? [child] : []));
		return [
			'',
			`### ${key}`,
			'',
			[`${node.description ?? ''}.`, ...remark(node)].join(' '),
			...groups.map((group) => `${code(group.path.join('.'))}: ${group.description}. The whole group may be left out.`),
			...table(fieldsOf(node)),
		];
	});
	return sections.join('\n').trim();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeMadePart('answers.md', 'answers', answersTables());
