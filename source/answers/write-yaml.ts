import {stringify} from 'yaml';
import {isMap} from '../base/text.ts';
import type {Field, Group, Node} from './fields.ts';
import type {Path} from './rules.ts';

/** How one answer is written; `undefined` leaves it out. */
export type Entry = {
	readonly value: unknown;
	/** Lines above it, without `#`. */
	readonly above?: readonly string[];
	/** A remark behind it. */
	readonly behind?: string;
	/** Written as a comment: `#key: value`. */
	readonly off?: boolean;
};

/** What decides how answers are written. */
export type Style = {
	readonly field: (field: Field, value: unknown, path: Path) => Entry | undefined;
	/** Lines above a group or list, and whether it is written as a comment. `undefined` leaves it out. */
	readonly group: (
		node: Exclude<Node, Field>,
		value: unknown,
		path: Path,
	) => {readonly above?: readonly string[]; readonly off?: boolean; readonly items?: number} | undefined;
};

const options = {lineWidth: 0, blockQuote: false, version: '1.2', schema: 'core'} as const;
const indent = (depth: number): string => '  '.repeat(depth);
const comments = (lines: readonly string[] | undefined, depth: number): string[] =>
	(lines ?? []).map((line) => `${indent(depth)}# ${line}`);
const switched = (lines: readonly string[], off: boolean): string[] =>
	lines.map((line) => (off ? line.replace(/^( *)(?=[^ #])/u, '$1#') : line));

const writeField = (key: string, entry: Entry, depth: number, off: boolean): string[] => {
	const {value, above, behind} = entry;
	const text = value === undefined ? `${stringify(key).trimEnd()}:` : stringify({[key]: value}, options).trimEnd();
	const lines = text.split('\n').map((line) => `${indent(depth)}${line}`);
	if (behind !== undefined) lines[0] = `${lines[0]} # ${behind}`;
	return [...comments(above, depth), ...switched(lines, off || entry.off === true)];
};

const writeChildren = (group: Group, value: unknown, path: Path, depth: number, style: Style, off: boolean): string[] =>
	group.children.flatMap(([key, node]) => {
		const inner = isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
		const at = [...path, key];
		if (node.kind === 'field') {
			const entry = style.field(node, inner, at);
			return entry === undefined ? [] : writeField(key, entry, depth, off);
		}
		const head = style.group(node, inner, at);
		if (head === undefined) return [];
		const isOff = off || head.off === true;
		const title = [...comments(head.above, depth), ...switched([`${indent(depth)}${key}:`], isOff)];
		if (node.kind === 'group') {
			const lines = writeChildren(node, inner, at, depth + 1, style, isOff);
			return lines.length > 0 ? [...title, ...lines] : [];
		}
		const items: readonly unknown[] = Array.isArray(inner) ? inner : [];
		const count = Math.max(items.length, head.items ?? 0);
		if (count === 0) return [...comments(head.above, depth), ...switched([`${indent(depth)}${key}: []`], isOff)];
		const written = Array.from({length: count}, (_, index) => [
			...switched([`${indent(depth + 1)}-`], isOff),
			...writeChildren(node.item, items[index], [...at, index], depth + 2, style, isOff),
		]);
		return [...title, ...written.flat()];
	});

/** Answers as lines of YAML in the order of the schema. Strings that YAML would read as something else are quoted. */
export const writeYaml = (root: Group, value: unknown, style: Style): readonly string[] =>
	writeChildren(root, value, [], 0, style, false);
