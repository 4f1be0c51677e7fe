import {stringify} from 'yaml';
import {isMap} from '../../base/text.ts';
import type {Field, Group, List} from '../fields.ts';
import type {Path} from '../rules/rules.ts';

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
		node: Group | List,
		value: unknown,
		path: Path,
	) => {readonly above?: readonly string[]; readonly off?: boolean; readonly items?: number} | undefined;
};

/** What an older reader (YAML 1.1: PyYAML, Ansible) would take for something else, such as `off`, is quoted; read as 1.2 it is the same. */
const options = {lineWidth: 0, blockQuote: false, version: '1.1', schema: 'yaml-1.1'} as const;

/** Where something is written: its path, how deep, and whether all of it is a comment. */
type Spot = {readonly path: Path; readonly depth: number; readonly off: boolean};

const below = (spot: Spot, key: string | number, levels = 0): Spot => ({
	...spot,
	path: [...spot.path, key],
	depth: spot.depth + levels,
});
const nameOf = ({path}: Spot): string => String(path.at(-1));
const indent = (depth: number): string => '  '.repeat(depth);
const comments = (lines: readonly string[] | undefined, {depth}: Spot): string[] =>
	(lines ?? []).map((line) => `${indent(depth)}# ${line}`);
const indented = (lines: readonly string[], {depth, off}: Spot): string[] =>
	lines.map((line) => {
		const whole = `${indent(depth)}${line}`;
		return off ? whole.replace(/^( *)(?=[^ #])/u, '$1#') : whole;
	});

const writeField = (style: Style, field: Field, value: unknown, spot: Spot): string[] => {
	const entry = style.field(field, value, spot.path);
	if (entry === undefined) return [];
	const key = nameOf(spot);
	const text =
		entry.value === undefined ? `${stringify(key).trimEnd()}:` : stringify({[key]: entry.value}, options).trimEnd();
	const [first = '', ...rest] = text.split('\n');
	const lines = [entry.behind === undefined ? first : `${first} # ${entry.behind}`, ...rest];
	return [...comments(entry.above, spot), ...indented(lines, {...spot, off: spot.off || entry.off === true})];
};

const writeItems = (style: Style, list: List, items: readonly unknown[], spot: Spot): string[] =>
	items.flatMap((item, index) => [
		...indented(['-'], below(spot, index, 1)),
		...writeChildren(style, list.item, item, below(spot, index, 2)),
	]);

/** A group or a list, with its head; nothing where the style leaves it out, or all that is in it. */
const writeBranch = (style: Style, node: Group | List, value: unknown, around: Spot): string[] => {
	const head = style.group(node, value, around.path);
	if (head === undefined) return [];
	const spot = {...around, off: around.off || head.off === true};
	const above = comments(head.above, spot);
	const key = nameOf(spot);
	if (node.kind === 'group') {
		const lines = writeChildren(style, node, value, {...spot, depth: spot.depth + 1});
		return lines.length === 0 ? [] : [...above, ...indented([`${key}:`], spot), ...lines];
	}
	const given: readonly unknown[] = Array.isArray(value) ? value : [];
	const items = Array.from({length: Math.max(given.length, head.items ?? 0)}, (_, index) => given[index]);
	if (items.length === 0) return [...above, ...indented([`${key}: []`], spot)];
	return [...above, ...indented([`${key}:`], spot), ...writeItems(style, node, items, spot)];
};

const writeChildren = (style: Style, group: Group, value: unknown, spot: Spot): string[] =>
	group.children.flatMap(([key, node]) => {
		const inner = isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
		const at = below(spot, key);
		return node.kind === 'field' ? writeField(style, node, inner, at) : writeBranch(style, node, inner, at);
	});

/** Answers as lines of YAML in the order of the schema. Strings that YAML would read as something else are quoted. */
export const writeYaml = (root: Group, value: unknown, style: Style): readonly string[] =>
	writeChildren(style, root, value, {path: [], depth: 0, off: false});
