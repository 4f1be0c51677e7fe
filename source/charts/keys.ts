import {isMap} from '../base/text.ts';

/** What a chart knows below one key. `free` means any child is fine: annotations, resources, lists. */
export type KeyTree = {
	readonly children: Map<string, KeyTree>;
	free: boolean;
	/** The chart's default is a text, number or boolean. */
	scalar: boolean;
};

const node = (): KeyTree => ({children: new Map(), free: false, scalar: false});

const addValues = (tree: KeyTree, value: unknown): void => {
	if (!isMap(value)) {
		tree.scalar = value !== null && value !== undefined && !Array.isArray(value);
		return;
	}
	for (const [key, inner] of Object.entries(value)) addValues(reach(tree, [key]), inner);
};

/** The node at a path, made where it is missing. */
const reach = (tree: KeyTree, path: readonly string[]): KeyTree => {
	let at = tree;
	for (const key of path) {
		const next = at.children.get(key) ?? node();
		at.children.set(key, next);
		at = next;
	}
	return at;
};

/** Top-level sections of the workspace chart that its templates hand around under other names. */
const sections: readonly string[] = ['server', 'zenml'];

/** `whole`: handed on with all its children. `scope`: the `with` of a block, which reads its children by short names. */
type Mention = {readonly path: readonly string[]; readonly whole: boolean; readonly scope: boolean};

const reference = String.raw`(?:\.Values|\.ZenML|(?<![\w$.])\.server|\$\w+(?:\.Values)?)((?:\.[A-Za-z_]\w*)+)`;

const partsOf = (dotted: string): readonly string[] => dotted.split('.').filter((part) => part !== '');

/** What each `$x := .Values.a` of a template stands for. */
const variablesIn = (template: string): ReadonlyMap<string, readonly string[]> =>
	new Map(
		[...template.matchAll(/\$(\w+)\s*:=\s*\$?\.Values((?:\.\w+)+)\s*-?\}\}/gu)].map(
			([, name = '', dotted = '']) => [name, partsOf(dotted)] as const,
		),
	);

/** A template, and what the names in it stand for. */
type Scope = {
	readonly template: string;
	readonly variables: ReadonlyMap<string, readonly string[]>;
	/** The main sections of the chart, for which the product's charts have names of their own. */
	readonly roots: readonly string[];
};

/** The paths that a reference may stand for: several where its name is that of any main section. */
const pathsOf = (text: string, dotted: string, {variables, roots}: Scope): readonly (readonly string[])[] => {
	const path = partsOf(dotted);
	if (text.includes('.Values.')) return [path];
	const name = /^\$(\w+)/u.exec(text)?.[1];
	const base = variables.get(name ?? '');
	if (base) return [[...base, ...path]];
	if (name !== undefined && !sections.includes(name)) return [];
	return roots.map((root) => [root, ...path]);
};

/** What the text around a reference says about it. */
const readMention = ([text, dotted = '']: RegExpExecArray, at: number, scope: Scope): readonly Mention[] => {
	const {template} = scope;
	const before = template.slice(Math.max(0, at - 80), at);
	const after = template.slice(at + text.length, at + text.length + 300);
	const action = after.slice(0, Math.max(0, after.indexOf('}}')));
	const block = after.slice(action.length).split(/\{\{-?\s*end\b/u)[0] ?? '';
	const isScope = /\bwith\s+$/u.test(before);
	const isWhole =
		/(toYaml|toJson|range(\s+\$\w+\s*(,\s*\$\w+\s*)?:=)?)\s+\(?\s*$/u.test(before) ||
		/\|\s*(toYaml|toJson)\b/u.test(action) ||
		(isScope && /(toYaml|toJson|range)\s+\./u.test(block));
	const literals = /(?:get|index|hasKey)\s+\(?\s*$/u.test(before) ? [...action.matchAll(/"([\w-]+)"/gu)] : [];
	const keys = literals.map(([, key = '']) => key);
	return pathsOf(text, dotted, scope).map((path) => ({path: [...path, ...keys], whole: isWhole, scope: isScope}));
};

/**
 * The value paths that one template mentions. Helm has no schema that lists them, and many keys of the product's
 * charts stand in values.yaml only as comments (`poolSize`, `threadPoolSize`), so the templates are the truth.
 * Understood: `.Values.a.b`, `$.Values.a.b`, `.ZenML.a` and `$server.a` (the product's names for its main section),
 * `$x := .Values.a` followed by `$x.b`, and `get`, `index`, `hasKey` with literal keys.
 */
const mentions = (template: string, roots: readonly string[]): readonly Mention[] => {
	const scope = {template, variables: variablesIn(template), roots};
	return [...template.matchAll(new RegExp(reference, 'gu'))].flatMap((match) => readMention(match, match.index, scope));
};

const hasChildren = (values: unknown, path: readonly string[]): boolean => {
	let at: unknown = values;
	for (const key of path) at = isMap(at) ? at[key] : undefined;
	return isMap(at) && Object.keys(at).length > 0;
};

/** Adds what a template mentions. What it hands on as a whole takes any child, unless it is a main section. */
const addMention = (tree: KeyTree, {path, whole, scope}: Mention, values: unknown): void => {
	const at = reach(tree, path);
	const isSection = path.length === 1 && sections.includes(path[0] ?? '');
	if (!isSection && (whole || (scope && !hasChildren(values, path)))) at.free = true;
};

/** A renamed section is known under its old name only as a whole; its keys are those of the new one. */
const shareSections = (tree: KeyTree): void => {
	const [first, second] = sections.map((name) => tree.children.get(name));
	if (!first || !second) return;
	for (const [key, value] of first.children) if (!second.children.has(key)) second.children.set(key, value);
};

/**
 * Every key that a chart knows: those of its values.yaml and those its templates read. A key without known children
 * takes any child, unless its default is a plain value.
 */
export const knownKeys = (values: unknown, templates: readonly string[], subcharts: readonly string[]): KeyTree => {
	const tree = node();
	addValues(tree, values);
	const text = templates.join('\n');
	const roots = sections.filter(
		(name) => tree.children.has(name) || new RegExp(`\\.Values\\.${name}\\b`, 'u').test(text),
	);
	for (const mention of templates.flatMap((template) => mentions(template, roots))) addMention(tree, mention, values);
	shareSections(tree);
	for (const name of ['global', ...subcharts]) reach(tree, [name]).free = true;
	settle(tree);
	return tree;
};

const settle = (tree: KeyTree): void => {
	if (tree.children.size === 0 && !tree.scalar) tree.free = true;
	for (const child of tree.children.values()) settle(child);
};

/** True when the chart itself names this dotted path; children of free maps do not count. */
export const knows = (tree: KeyTree, dotted: string): boolean => {
	let at: KeyTree | undefined = tree;
	for (const key of dotted.split('.')) at = at?.children.get(key);
	return at !== undefined;
};
