import {homedir} from 'node:os';
import {join, resolve} from 'node:path';
import {isMap} from '../base/text.ts';
import {type Field, type Node, rootGroup} from './fields.ts';
import type {Answers} from './schema.ts';
import type {Draft} from './tree.ts';

/** Where `~` and relative paths lead. */
export type PathBase = {readonly baseDirectory: string; readonly homeDirectory?: string};

/** An absolute path: `~` is the home directory, the rest starts at the base directory. */
export const resolvePath = (path: string, {baseDirectory, homeDirectory = homedir()}: PathBase): string =>
	path === '~' || path.startsWith('~/') ? join(homeDirectory, path.slice(1)) : resolve(baseDirectory, path);

/** Programs that are looked for on the PATH unless they are written with a slash. */
const programs: readonly string[] = ['helm.binary'];

/** A public key of minisign may stand in its place instead of a file: `Ed`, key id and key in Base64. */
const isKeyLine = (field: Field, text: string): boolean =>
	field.path.join('.') === 'bundle.signature.publicKey' && /^RW[Q-T][A-Za-z0-9+/]{53}$/u.test(text);

/** The text of one answer with its path resolved; texts that hold no path come back as they are. */
export const resolveText = (field: Field, text: string, base: PathBase): string => {
	if (field.type === 'secret' && /^file:\s*\S/u.test(text)) return `file:${resolvePath(text.slice(5), base)}`;
	if (field.type !== 'path' || isKeyLine(field, text)) return text;
	return programs.includes(field.path.join('.')) && !text.includes('/') ? text : resolvePath(text, base);
};

const resolveIn = (node: Node, value: unknown, base: PathBase): unknown => {
	if (node.kind === 'field') return typeof value === 'string' ? resolveText(node, value, base) : value;
	if (node.kind === 'list') return Array.isArray(value) ? value.map((item) => resolveIn(node.item, item, base)) : value;
	if (!isMap(value)) return value;
	const known = new Map(node.children);
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => {
			const below = known.get(key);
			return [key, below ? resolveIn(below, entry, base) : entry];
		}),
	);
};

/** A draft with absolute paths where it has paths. Values of the wrong shape stay as they are. */
export const resolveDraftPaths = (draft: Draft, base: PathBase): Draft => resolveIn(rootGroup, draft, base) as Draft;

/** Answers with absolute paths in every path field and in every `file:` reference. */
export const resolvePaths = (answers: Answers, base: PathBase): Answers =>
	resolveIn(rootGroup, answers, base) as Answers;
