import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {parseAst} from 'vitest/node';
import {projectFolder} from './docs-pages.ts';

/** A problem as the source writes it; `…` stands for what is only known at run time. */
export type WrittenProblem = {
	readonly code: string;
	readonly message?: string;
	readonly cause?: string;
	readonly fix?: string;
};

type Tree = {readonly type: string; readonly [key: string]: unknown};
const isTree = (value: unknown): value is Tree =>
	value !== null && typeof value === 'object' && typeof (value as Tree).type === 'string';

const childrenOf = (tree: Tree): readonly Tree[] =>
	Object.values(tree).flatMap((value) => (Array.isArray(value) ? value.filter(isTree) : isTree(value) ? [value] : []));

const everyTree = (tree: Tree): readonly Tree[] => [tree, ...childrenOf(tree).flatMap(everyTree)];

/** The text of an expression, with `…` for its parts that are not written there. */
const textOf = (tree: unknown): string => {
	if (!isTree(tree)) return '…';
	switch (tree.type) {
		case 'Literal':
			return tree.regex === undefined ? String(tree.value) : '…';
		case 'TemplateLiteral':
			return (tree.quasis as readonly {readonly value: {readonly cooked: string}}[])
				.map(({value}) => value.cooked)
				.join('…');
		case 'BinaryExpression':
			return `${textOf(tree.left)}${textOf(tree.right)}`;
		case 'ArrowFunctionExpression':
			return textOf(tree.body);
		case 'ConditionalExpression': {
			const [one, other] = [textOf(tree.consequent), textOf(tree.alternate)];
			return one === '…' || other === '…' ? '…' : `${one} / ${other}`;
		}
		case 'TSAsExpression':
			return textOf(tree.expression);
		default:
			return '…';
	}
};

const told = (tree: unknown): string | undefined => {
	const text = textOf(tree).replaceAll(/…+/gu, '…').trim();
	return text === '…' || text === '' ? undefined : text;
};

/** What stands in a template of a code: these are the only ones. */
const endings: Readonly<Record<string, readonly string[]>> = {
	'handover-': ['dns', 'ca'],
	'unreachable-from-pod-': ['dns', 'tcp', 'https'],
};

/** Codes that an expression can give: a literal, either branch of a choice, a template of `endings`. */
const codesOf = (tree: unknown): readonly string[] => {
	if (!isTree(tree)) return [];
	switch (tree.type) {
		case 'Literal':
			return typeof tree.value === 'string' && /^[a-z]+(-[a-z0-9]+)*$/u.test(tree.value) ? [tree.value] : [];
		case 'ConditionalExpression':
			return [...codesOf(tree.consequent), ...codesOf(tree.alternate)];
		case 'LogicalExpression':
			return [...codesOf(tree.left), ...codesOf(tree.right)];
		case 'TSAsExpression':
			return codesOf(tree.expression);
		case 'TemplateLiteral': {
			const start = textOf(tree).split('…')[0] ?? '';
			return (endings[start] ?? []).map((ending) => `${start}${ending}`);
		}
		default:
			return [];
	}
};

const nameOf = (tree: unknown): string => (isTree(tree) ? String(tree.name ?? tree.value ?? '') : '');

const written = (codes: readonly string[], part: (name: string) => unknown): readonly WrittenProblem[] =>
	codes.map((code) => {
		const [message, cause, fix] = [
			told(part('message')) ?? told(part('plain')),
			told(part('cause')),
			told(part('fix')),
		];
		return {code, ...(message ? {message} : {}), ...(cause ? {cause} : {}), ...(fix ? {fix} : {})};
	});

/** The named parts of an object literal. */
const partsOf = (tree: Tree): ((name: string) => unknown) => {
	const properties = (tree.properties as readonly Tree[]).filter(({type}) => type === 'Property');
	return (name) => properties.find(({key}) => nameOf(key) === name)?.value;
};

/** A function that takes a code: its parameters in order, and the literal it puts the code into. */
type Maker = {readonly names: readonly string[]; readonly part: (name: string) => unknown};

const makersIn = (trees: readonly Tree[]): ReadonlyMap<string, Maker> =>
	new Map(
		trees.flatMap((tree) => {
			const made = tree.init;
			if (tree.type !== 'VariableDeclarator' || !isTree(made) || made.type !== 'ArrowFunctionExpression') return [];
			const names = (made.params as readonly Tree[]).map((one) =>
				nameOf(one.type === 'AssignmentPattern' ? one.left : one),
			);
			if (!names.includes('code')) return [];
			const literal = everyTree(made).find(
				(inner) => inner.type === 'ObjectExpression' && nameOf(partsOf(inner)('code')) === 'code',
			);
			return [[nameOf(tree.id), {names, part: literal ? partsOf(literal) : () => undefined}] as const];
		}),
	);

const problemsIn = (trees: readonly Tree[], makers: ReadonlyMap<string, Maker>): readonly WrittenProblem[] =>
	trees.flatMap((tree): readonly WrittenProblem[] => {
		if (tree.type === 'ObjectExpression') {
			const part = partsOf(tree);
			// Other things have codes too (zod's issues, the played servers), but none in this form without a cause or a fix.
			const isProblem =
				['cause', 'fix'].some((name) => part(name) !== undefined) ||
				codesOf(part('code')).every((code) => /-/u.test(code));
			return isProblem ? written(codesOf(part('code')), part) : [];
		}
		if (tree.type === 'CallExpression') {
			const maker = makers.get(nameOf(tree.callee));
			if (!maker) return [];
			const given = tree.arguments as readonly Tree[];
			const texts = given.filter(({type}) => type === 'ObjectExpression').map(partsOf);
			const at = (name: string): unknown =>
				given[maker.names.indexOf(name)] ?? texts.map((part) => part(name)).find((found) => found !== undefined);
			return written(codesOf(given[maker.names.indexOf('code')]), (name) => at(name) ?? maker.part(name));
		}
		const isTable = tree.type === 'VariableDeclarator' && nameOf(tree.id) === 'codes' && isTree(tree.init);
		if (!isTable) return [];
		return ((tree.init as Tree).properties as readonly Tree[]).flatMap(({value}) =>
			written(codesOf(value), () => undefined),
		);
	});

/** Every problem that the source can raise, sorted by code; a code that is written at several places is there once. */
export const problemCodes = async (): Promise<readonly WrittenProblem[]> => {
	const folder = path.join(projectFolder, 'source');
	const files = (await readdir(folder, {recursive: true})).filter((name) => /\.tsx?$/u.test(name)).sort();
	const parsed = await Promise.all(
		files.map(async (name) => {
			const text = await readFile(path.join(folder, name), 'utf8');
			return everyTree(parseAst(text, {lang: name.endsWith('x') ? 'tsx' : 'ts'}) as unknown as Tree);
		}),
	);
	const makers = new Map(parsed.flatMap((trees) => [...makersIn(trees)]));
	const byCode = new Map<string, WrittenProblem>();
	for (const found of parsed.flatMap((trees) => problemsIn(trees, makers))) {
		byCode.set(found.code, {...found, ...byCode.get(found.code)});
	}
	return [...byCode.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
};
