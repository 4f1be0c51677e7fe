import {Alias, isScalar, isSeq, isMap as isYamlMap, LineCounter, type Node, parseDocument} from 'yaml';
import {nodeAt} from './fields.ts';
import type {Path} from './rules.ts';
import {formatPath, shownKey} from './tree.ts';
import {causeOf} from './yaml-errors.ts';

/** A place in the text; line and column count from 1. */
export type Place = {readonly line: number; readonly column: number};
/** What is wrong with the text of the file. `path` is absent where the text could not be read that far. */
export type SourceIssue = {
	readonly code: string;
	readonly message: string;
	readonly cause: string;
	readonly fix: string;
	readonly place: Place;
	readonly path?: Path;
};
/** The values of an answer file and where they are. */
export type Source = {
	readonly value: unknown;
	readonly issues: readonly SourceIssue[];
	/** True when the text is no YAML at all, so that nothing can be said about the answers. */
	readonly broken: boolean;
	/** The place of the value at a path, or of its key; `undefined` when it is not in the file. */
	readonly placeOf: (path: Path, part: 'key' | 'value') => Place | undefined;
};

/** Bounds against files that are no answer files; an answer file of a large site has some hundred values. */
const limits = {bytes: 1024 * 1024, nodes: 20_000, depth: 32, aliases: 100};

const start: Place = {line: 1, column: 1};
const nothing = {value: undefined, broken: true, placeOf: () => undefined};
const keyOf = (path: Path): string => path.join('\u0000');

/** A part of a path as it may be shown: keys of the operator may hold more than a name. */
const shown = (key: string | number): string | number => (typeof key === 'number' ? key : shownKey(key));

class LimitError extends Error {}

const tooMuch = (what: string, most: string, place: Place = start): SourceIssue => ({
	code: 'answers-too-large',
	message: `The answer file has ${what}`,
	cause: `An answer file has ${most} at most; this looks like another file.`,
	fix: 'Give the path of the answer file.',
	place,
});

/**
 * Reads the text of an answer file as YAML 1.2 (core schema) without losing where each value is. Never throws: what is
 * wrong comes back as issues, all at once where the text can still be read. No issue repeats text of the file, except
 * names of keys.
 */
export const readSource = (text: string): Source => {
	if (Buffer.byteLength(text) > limits.bytes) return {...nothing, issues: [tooMuch('more than 1 MiB', '1 MiB')]};
	const lines = new LineCounter();
	const at = (offset: number): Place => {
		const {line, col} = lines.linePos(offset);
		return line === 0 ? start : {line, column: col};
	};
	const keys = new Map<string, Place>();
	const values = new Map<string, Place>();
	const issues: SourceIssue[] = [];
	let nodes = 0;
	let aliases = 0;
	let broken = false;

	try {
		const document = parseDocument(text, {
			version: '1.2',
			schema: 'core',
			merge: false,
			strict: true,
			uniqueKeys: false,
			prettyErrors: false,
			logLevel: 'error',
			lineCounter: lines,
		});
		for (const {code, pos} of [...document.errors, ...document.warnings]) {
			const place = at(pos[0]);
			if (code === 'RESOURCE_EXHAUSTION') throw new LimitError('depth', {cause: place});
			// One slip often gives several errors in its line; the first one names it best.
			if (!issues.some((issue) => issue.place.line === place.line))
				issues.push({
					code: 'answers-syntax',
					message: 'The answer file is not valid YAML here',
					...causeOf(code),
					place,
				});
		}
		broken = issues.length > 0;

		const read = (node: Node | null | undefined, path: Path, fallback: Place, depth: number): unknown => {
			nodes += 1;
			const place = node?.range && !(isScalar(node) && node.source === '') ? at(node.range[0]) : fallback;
			if (nodes > limits.nodes) throw new LimitError('nodes', {cause: place});
			if (depth > limits.depth) throw new LimitError('depth', {cause: place});
			// An alias as a whole is reported where the alias is; what is inside it, where that is written.
			if (!values.has(keyOf(path))) values.set(keyOf(path), place);
			if (node instanceof Alias) {
				aliases += 1;
				if (aliases > limits.aliases) throw new LimitError('aliases', {cause: place});
				const target = node.resolve(document);
				if (target) return read(target, path, place, depth + 1);
				issues.push({
					code: 'answers-syntax',
					message: 'The answer file is not valid YAML here',
					...causeOf('BAD_ALIAS'),
					place,
				});
				broken = true;
				return null;
			}
			if (isSeq(node)) return node.items.map((item, index) => read(item as Node, [...path, index], place, depth + 1));
			if (!isYamlMap(node)) return isScalar(node) ? node.value : null;
			const entries = new Map<string, unknown>();
			for (const pair of node.items) {
				const keyNode = pair.key as Node | null;
				const keyPlace = keyNode?.range ? at(keyNode.range[0]) : place;
				const key = isScalar(keyNode) ? String(keyNode.value ?? '') : undefined;
				if (key === undefined || key === '' || key === '__proto__') {
					issues.push({
						code: 'answers-unknown-key',
						message: 'A key is not a name',
						cause: 'Keys are plain names.',
						fix: 'Write "name: value".',
						place: keyPlace,
					});
					continue;
				}
				const below = [...path, key];
				const earlier = keys.get(keyOf(below));
				if (entries.has(key) && earlier) {
					issues.push({
						code: 'answers-duplicate-key',
						message: `${nodeAt(below) ? formatPath(below.map(shown)) : 'A key'} is given twice`,
						cause: `It is already given in line ${earlier.line}, column ${earlier.column}. Only one of the two can count.`,
						fix: 'Take one of them out.',
						place: keyPlace,
						path: nodeAt(below) ? below.map(shown) : path,
					});
					continue;
				}
				keys.set(keyOf(below), keyPlace);
				entries.set(key, read(pair.value as Node | null, below, keyPlace, depth + 1));
			}
			return Object.fromEntries(entries);
		};
		const value = broken ? undefined : (read(document.contents, [], start, 0) ?? {});
		return {
			value,
			issues,
			broken,
			placeOf: (path, part) => (part === 'key' ? keys.get(keyOf(path)) : undefined) ?? values.get(keyOf(path)),
		};
	} catch (error) {
		// Nesting that gets past the bound of the parser runs out of stack.
		const kind = error instanceof LimitError ? error.message : error instanceof RangeError ? 'depth' : undefined;
		if (kind === undefined) throw error;
		const place = error instanceof LimitError ? (error.cause as Place) : start;
		const most = {nodes: `${limits.nodes} values`, aliases: `${limits.aliases} aliases`}[kind];
		return {
			...nothing,
			issues: [
				tooMuch(kind === 'depth' ? 'too many levels' : `more than ${most}`, most ?? `${limits.depth} levels`, place),
			],
		};
	}
};
