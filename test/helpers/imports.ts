import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseAst} from 'vitest/node';

/** Folder of the project, absolute. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** One import as the syntax tree has it: paths from the top of the project, or the name of a package. */
export type Import = {
	readonly from: string;
	readonly to: string;
	/** `type` leaves nothing at run time; `dynamic` is loaded when it is asked for. */
	readonly kind: 'value' | 'type' | 'dynamic';
};

type Tree = {readonly type: string; readonly [key: string]: unknown};

const isTree = (value: unknown): value is Tree =>
	value !== null && typeof value === 'object' && typeof (value as Tree).type === 'string';

const below = (tree: Tree): readonly Tree[] =>
	Object.values(tree).flatMap((value) => {
		if (Array.isArray(value)) return value.filter(isTree);
		return isTree(value) ? [value] : [];
	});

const everyTree = (tree: Tree): readonly Tree[] => [tree, ...below(tree).flatMap(everyTree)];

const textOf = (tree: unknown): string | undefined =>
	isTree(tree) && tree.type === 'Literal' && typeof tree.value === 'string' ? tree.value : undefined;

const isTypesOnly = (tree: Tree): boolean => {
	if (tree.importKind === 'type' || tree.exportKind === 'type') return true;
	const specifiers = (tree.specifiers ?? []) as readonly Tree[];
	return specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type' || one.exportKind === 'type');
};

/** What a node of the tree imports, and how; undefined where it imports nothing. */
const importedBy = (tree: Tree): {readonly name: string; readonly kind: Import['kind']} | undefined => {
	switch (tree.type) {
		case 'ImportDeclaration':
		case 'ExportNamedDeclaration':
		case 'ExportAllDeclaration': {
			const name = textOf(tree.source);
			return name === undefined ? undefined : {name, kind: isTypesOnly(tree) ? 'type' : 'value'};
		}
		case 'ImportExpression': {
			const name = textOf(tree.source);
			return name === undefined ? undefined : {name, kind: 'dynamic'};
		}
		case 'TSImportType': {
			const argument =
				isTree(tree.argument) && tree.argument.type === 'TSLiteralType' ? tree.argument.literal : tree.argument;
			const name = textOf(argument ?? tree.source);
			return name === undefined ? undefined : {name, kind: 'type'};
		}
		default:
			return undefined;
	}
};

/** The file's text; paths from the top of the project. */
export const textOfFile = (file: string): string => readFileSync(path.join(projectFolder, file), 'utf8');

/** Every node of a file's syntax tree. */
export const treesOf = (file: string): readonly Tree[] =>
	everyTree(parseAst(textOfFile(file), {lang: file.endsWith('x') ? 'tsx' : 'ts'}) as unknown as Tree);

const importsIn = (file: string): readonly Import[] =>
	treesOf(file).flatMap((tree) => {
		const found = importedBy(tree);
		if (!found) return [];
		const {name, kind} = found;
		const to = name.startsWith('.') ? path.posix.normalize(path.posix.join(path.posix.dirname(file), name)) : name;
		return [{from: file, to, kind}];
	});

/** TypeScript files of the program below the given folders, and the door; paths from the top of the project, sorted. */
export const programFiles: readonly string[] = [
	'cli.tsx',
	...['source', 'rehearsal'].flatMap((top) =>
		readdirSync(path.join(projectFolder, top), {recursive: true, encoding: 'utf8'})
			.filter((name) => /\.tsx?$/u.test(name))
			.map((name) => path.posix.join(top, name.split(path.sep).join('/'))),
	),
].sort();

/** Every import of the program. */
export const programImports: readonly Import[] = programFiles.flatMap(importsIn);
