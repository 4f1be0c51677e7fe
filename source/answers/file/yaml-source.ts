import {
	Alias,
	type Document,
	isScalar,
	isSeq,
	isMap as isYamlMap,
	LineCounter,
	type Node,
	type Pair,
	parseDocument,
	type YAMLMap,
} from 'yaml';
import type {Problem} from '../../base/problem.ts';
import {unseenIn} from '../../base/reading/unseen.ts';
import {firstOf} from '../../base/text.ts';
import {nodeAt} from '../fields.ts';
import {answersProblems} from '../problems.ts';
import type {Path} from '../rules/rules.ts';
import {formatPath, shownKey} from '../tree.ts';
import type {Source} from './source.ts';
import {atPems, controlsIn, type Slip, slipOf, withoutEchoes} from './yaml-errors.ts';

/** A place in the text; line and column count from 1. */
type Place = {readonly line: number; readonly column: number};

/** Bounds against files that are no answer files; an answer file of a large site has some hundred values. */
const limits = {nodes: 20_000, aliases: 100, depth: 32};
const maximumBytes = 1024 * 1024;

const start: Place = {line: 1, column: 1};

/** The text goes past a bound: what was read until then is of no use. */
class TooMuch extends Error {
	readonly what: keyof typeof limits;
	readonly place: Place;
	constructor(what: keyof typeof limits, place: Place) {
		super(`too many ${what}`);
		this.what = what;
		this.place = place;
	}
}

const tooLarge = (file: string, what: keyof typeof limits | 'bytes', place: Place): Source => {
	const given = {
		bytes: {case: 'size', most: '1 MiB'},
		nodes: {case: 'size', most: `${limits.nodes} values`},
		aliases: {case: 'size', most: `${limits.aliases} aliases`},
		depth: {case: 'depth', most: `${limits.depth} levels`},
	} as const;
	return {
		value: undefined,
		problems: [answersProblems.problem('answers-too-large', given[what], {location: {file, ...place}})],
		broken: true,
		locate: () => ({file, ...start}),
	};
};

const slipProblem = (slip: Slip, file: string, place: Place): Problem =>
	answersProblems.problem('answers-syntax', {case: slip}, {location: {file, ...place}});

const tabsProblem = (lines: readonly number[], file: string, place: Place): Problem =>
	lines.length <= 1
		? slipProblem('tab', file, place)
		: answersProblems.problem(
				'answers-syntax',
				{case: 'tabs', lines: firstOf(lines.map(String), 10)},
				{location: {file, ...place}},
			);

/** What is kept while a document is gone through. */
type Walk = {
	readonly file: string;
	readonly document: Document;
	/** The place of a character, by its number. */
	readonly at: (offset: number) => Place;
	/** Places of keys and of values, by path. */
	readonly keys: Map<string, Place>;
	readonly values: Map<string, Place>;
	readonly problems: Problem[];
	readonly seen: {nodes: number; aliases: number};
	broken: boolean;
};

/** Where the walk is; `around` is the place of what holds it. */
type Spot = {readonly path: Path; readonly around: Place; readonly depth: number};

const indexOf = (path: Path): string => path.join('\u0000');

/** A part of a path as it may be shown: keys of the operator may hold more than a name. */
const shown = (key: string | number): string | number => (typeof key === 'number' ? key : shownKey(key));

const count = ({seen}: Walk, what: keyof Walk['seen'], place: Place): void => {
	seen[what] += 1;
	if (seen[what] > limits[what]) throw new TooMuch(what, place);
};

/** What the alias stands for. A problem in it is told where it is written. */
const readAlias = (walk: Walk, alias: Alias, spot: Spot): unknown => {
	count(walk, 'aliases', spot.around);
	const target = alias.resolve(walk.document);
	if (target) return read(walk, target, spot);
	walk.problems.push(slipProblem('alias', walk.file, spot.around));
	walk.broken = true;
	return null;
};

const nameOf = (key: unknown): string | undefined => {
	const name = isScalar(key) ? String(key.value ?? '') : '';
	return name === '' || name === '__proto__' ? undefined : name;
};

const givenTwice = ({file}: Walk, path: Path, place: Place, {line, column}: Place): Problem => {
	const location = {file, ...place};
	const earlier = {line, column};
	if (!nodeAt(path)) {
		const around = path.slice(0, -1).map(shown);
		const answers = around.length > 0 ? [formatPath(around)] : [];
		return answersProblems.problem('answers-duplicate-key', {case: 'unknown key', ...earlier}, {location, answers});
	}
	const answer = formatPath(path.map(shown));
	return answersProblems.problem(
		'answers-duplicate-key',
		{case: 'answer', answer, ...earlier},
		{location, answers: [answer]},
	);
};

/** Reads one key and its value into the map, or tells why it counts for nothing. */
const readPair = (walk: Walk, {key, value}: Pair, spot: Spot, entries: Map<string, unknown>): void => {
	const keyNode = key as Node | null;
	const place = keyNode?.range ? walk.at(keyNode.range[0]) : spot.around;
	const name = nameOf(keyNode);
	if (name === undefined) {
		const location = {file: walk.file, ...place};
		walk.problems.push(answersProblems.problem('answers-unknown-key', {case: 'no name'}, {location}));
		return;
	}
	const path = [...spot.path, name];
	const earlier = walk.keys.get(indexOf(path));
	if (entries.has(name) && earlier) {
		walk.problems.push(givenTwice(walk, path, place, earlier));
		return;
	}
	walk.keys.set(indexOf(path), place);
	entries.set(name, read(walk, value as Node | null, {path, around: place, depth: spot.depth}));
};

/** `{{ name }}`, as other programs fill it in: YAML reads it as a map whose key is a map. */
const isTemplate = ({flow, items: [only, ...others]}: YAMLMap): boolean =>
	flow === true && only !== undefined && others.length === 0 && only.value === null && isYamlMap(only.key);

const templateProblem = ({file}: Walk, {path, around}: Spot): Problem => {
	const answer = formatPath(path.map(shown));
	const location = {file, ...around};
	return answersProblems.problem('answers-unknown-key', {case: 'template', answer}, {location, answers: [answer]});
};

const readMap = (walk: Walk, map: YAMLMap, spot: Spot): unknown => {
	if (isTemplate(map)) {
		walk.problems.push(templateProblem(walk, spot));
		return {};
	}
	const entries = new Map<string, unknown>();
	for (const pair of map.items) readPair(walk, pair, spot, entries);
	return Object.fromEntries(entries);
};

const read = (walk: Walk, node: Node | null | undefined, {path, around, depth}: Spot): unknown => {
	// An empty value stands nowhere; its key does.
	const place = node?.range && !(isScalar(node) && node.source === '') ? walk.at(node.range[0]) : around;
	count(walk, 'nodes', place);
	if (depth > limits.depth) throw new TooMuch('depth', place);
	// An alias as a whole is reported where the alias is; what is inside it, where that is written.
	if (!walk.values.has(indexOf(path))) walk.values.set(indexOf(path), place);
	const inner = {path, around: place, depth: depth + 1};
	if (node instanceof Alias) return readAlias(walk, node, inner);
	if (isSeq(node)) return node.items.map((item, index) => read(walk, item as Node, {...inner, path: [...path, index]}));
	if (isYamlMap(node)) return readMap(walk, node, inner);
	return isScalar(node) ? node.value : null;
};

/** Whether the line with a key and its value is followed by one that is indented more. @param line counts from 1 */
const goesDeeper = (text: string, line: number): boolean => {
	const [here = '', ...below] = text.split('\n').slice(line - 1);
	const next = below.find((one) => /^\s*[^\s#]/u.test(one)) ?? '';
	const indentOf = (one: string): number => one.length - one.trimStart().length;
	return /^\s*(?:- )?[\w.-]+:\s+\S/u.test(here) && indentOf(next) > indentOf(here) && /^\s*(?:- )?[\w.-]+:/u.test(next);
};

/** Slips without those of the lines right below one that is followed by deeper ones: these are where they belong, and it is not. */
const withoutThrown = <Found extends {readonly slip: Slip; readonly place: Place}>(
	found: readonly Found[],
	text: string,
): readonly Found[] => {
	const lines = new Set(found.flatMap(({slip, place: {line}}) => (slip === 'one line' ? [line] : [])));
	const thrown = new Set<number>();
	for (const line of [...lines].sort((one, other) => one - other))
		if (lines.has(line - 1) && (thrown.has(line - 1) || goesDeeper(text, line - 1))) thrown.add(line);
	return found.filter(({slip, place: {line}}) => slip !== 'one line' || !thrown.has(line));
};

/** What the parser says, and what it takes but no reader sees. One slip often gives several errors in its line; the first one names it best. */
const slipsIn = (
	{errors, warnings}: Document,
	{file, at, text}: Pick<Walk, 'file' | 'at'> & {readonly text: string},
): readonly Problem[] => {
	const lines = new Map<number, Problem>();
	for (const {character, offset} of controlsIn(text)) {
		const place = at(offset);
		const [named = ''] = unseenIn(character);
		const given = {case: 'control character', character: named} as const;
		const location = {file, ...place};
		if (!lines.has(place.line)) lines.set(place.line, answersProblems.problem('answers-syntax', given, {location}));
	}
	const found = [...errors, ...warnings].map((error) => {
		const {code, pos} = error;
		const place = at(pos[0]);
		if (code === 'RESOURCE_EXHAUSTION') throw new TooMuch('depth', place);
		return {slip: slipOf(error), place};
	});
	const {slips, tabs} = withoutEchoes(atPems(found, text), text);
	for (const {slip, place} of withoutThrown(slips, text)) {
		const isDeeper = slip === 'one line' && goesDeeper(text, place.line);
		const told = slip === 'tab' ? tabsProblem(tabs, file, place) : slipProblem(isDeeper ? 'deeper' : slip, file, place);
		if (!lines.has(place.line)) lines.set(place.line, told);
	}
	return [...lines.values()];
};

const locator =
	({file, keys, values}: Walk): Source['locate'] =>
	(path, part) => {
		const own = (part === 'key' ? keys.get(indexOf(path)) : undefined) ?? values.get(indexOf(path));
		if (own) return {file, ...own};
		for (let length = path.length - 1; length >= 0; length -= 1) {
			const index = indexOf(path.slice(0, length));
			const around = keys.get(index) ?? values.get(index);
			if (around) return {file, ...around};
		}
		return {file, ...start};
	};

const readDocument = (text: string, file: string): Source => {
	const lineCounter = new LineCounter();
	const at = (offset: number): Place => {
		const {line, col} = lineCounter.linePos(offset);
		return line === 0 ? start : {line, column: col};
	};
	const document = parseDocument(text, {
		version: '1.2',
		schema: 'core',
		merge: false,
		strict: true,
		uniqueKeys: false,
		prettyErrors: false,
		logLevel: 'error',
		lineCounter,
	});
	const slips = slipsIn(document, {file, at, text});
	const walk: Walk = {
		file,
		document,
		at,
		keys: new Map(),
		values: new Map(),
		problems: [...slips],
		seen: {nodes: 0, aliases: 0},
		broken: slips.length > 0,
	};
	const value = walk.broken ? undefined : (read(walk, document.contents, {path: [], around: start, depth: 0}) ?? {});
	return {value, problems: walk.problems, broken: walk.broken, locate: locator(walk)};
};

/**
 * Reads the text of an answer file as YAML 1.2 (core schema) without losing where each value is. Never throws: what is
 * wrong comes back as problems, all at once where the text can still be read. No problem repeats text of the file, except
 * names of keys.
 * @param file its name for messages
 */
export const readSource = (text: string, file: string): Source => {
	if (Buffer.byteLength(text) > maximumBytes) return tooLarge(file, 'bytes', start);
	try {
		return readDocument(text, file);
	} catch (error) {
		if (error instanceof TooMuch) return tooLarge(file, error.what, error.place);
		// Nesting that gets past the bound of the parser runs out of stack.
		if (error instanceof RangeError) return tooLarge(file, 'depth', start);
		throw error;
	}
};
