import {resolve} from 'node:path';
import {type Document, isMap, isScalar, LineCounter, type Node, type ParsedNode, parseDocument} from 'yaml';
import type * as z from 'zod';
import {type Problem, ProblemsError} from '../../../base/problem.ts';
import {createProblems} from '../problems.ts';
import {type BundleSpec, type CompleteSpec, specSchema} from './spec.ts';

const maximumBytes = 1024 * 1024;

type Path = readonly PropertyKey[];

/** A place in the text; line and column count from 1. */
type Place = {readonly line: number; readonly column: number};

/** The text of a spec, and where in it an offset is. */
type SpecText = {readonly text: string; readonly file: string; readonly at: (offset: number) => Place};

type SpecDocument = Document.Parsed<ParsedNode>;

const kinds: Readonly<Record<string, string>> = {
	array: 'a list',
	string: 'text (in quotes, where it looks like a number)',
	record: 'a map',
	object: 'a map',
};

/** What a value must be, as the end of a sentence. zod's own words name types; these name what to write. */
export const mustBe = (issue: z.core.$ZodIssue): string =>
	issue.code === 'invalid_type' ? `must be ${kinds[issue.expected] ?? issue.expected}` : issue.message;

/** The path of a value as people write it: `versions.controlPlane`. */
export const dotted = (path: Path): string => path.map(String).join('.');

const syntaxProblem = (
	{file, at}: SpecText,
	given: {readonly case: 'too large' | 'too deep' | 'aliases'} | {readonly case: 'YAML'; readonly words: string},
	offset = 0,
): Problem => createProblems.problem('bundle-spec-syntax', given, {location: {file, ...at(offset)}});

/** The parser tells what ran out in the engine as if it were a fault of the text. */
const isTooDeep = (message: string): boolean => /call stack|stack overflow/iu.test(message);

/** @throws ProblemsError `bundle-spec-syntax` */
const parseSpec = (source: SpecText, lines: LineCounter): SpecDocument => {
	const options = {version: '1.2', schema: 'core', lineCounter: lines, prettyErrors: false} as const;
	const document = parseDocument(source.text, options);
	const wrong = [...document.errors, ...document.warnings];
	if (wrong.length === 0) return document;
	throw new ProblemsError(
		wrong.map(({message: words, pos: [offset]}) =>
			syntaxProblem(source, isTooDeep(words) ? {case: 'too deep'} : {case: 'YAML', words}, offset),
		),
	);
};

/** @throws ProblemsError `bundle-spec-syntax` */
const contentOf = (document: SpecDocument, source: SpecText): unknown => {
	try {
		return document.toJS({maxAliasCount: 50}) ?? {};
	} catch (error) {
		const deep = error instanceof RangeError;
		throw new ProblemsError([syntaxProblem(source, {case: deep ? 'too deep' : 'aliases'})]);
	}
};

/** Where a key of a map stands; the map itself where it has no such key. */
const offsetOf = (node: Node, key: string | undefined): number | undefined => {
	const pair = isMap(node) ? node.items.find((one) => isScalar(one.key) && one.key.value === key) : undefined;
	const found = key === undefined ? node : ((pair?.key as Node | undefined) ?? node);
	return (found.range ?? node.range)?.[0];
};

/** The place of a value, or of what is around it; of a key where `key` is given. */
const placeOf = (document: SpecDocument, {at}: SpecText, path: Path, key?: string): Place => {
	for (let length = path.length; length >= 0; length--) {
		const node = document.getIn(path.slice(0, length), true) as Node | undefined;
		if (node?.range) return at(offsetOf(node, key) ?? 0);
	}
	return at(0);
};

const problemsOf = (document: SpecDocument, source: SpecText, issue: z.core.$ZodIssue): readonly Problem[] => {
	const located = (key?: string) => ({
		location: {file: source.file, ...placeOf(document, source, issue.path, key)},
	});
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) =>
			createProblems.problem('bundle-spec-unknown-key', {key: dotted([...issue.path, key])}, located(key)),
		);
	}
	const given = {case: 'spec', key: dotted(issue.path) || 'The spec', must: mustBe(issue)} as const;
	return [createProblems.problem('bundle-spec-value', given, located())];
};

/**
 * Reads the text of a spec: YAML 1.2. Paths in it come out absolute.
 * @param folder where relative paths in it start
 * @throws ProblemsError `bundle-spec-syntax`, `bundle-spec-unknown-key`, `bundle-spec-value`, with file, line and column
 */
export const readSpec = (text: string, file: string, folder: string): BundleSpec => {
	const lines = new LineCounter();
	const at = (offset: number): Place => {
		const {line, col} = lines.linePos(offset);
		return {line: Math.max(1, line), column: Math.max(1, col)};
	};
	const source: SpecText = {text, file, at};
	if (Buffer.byteLength(text) > maximumBytes) throw new ProblemsError([syntaxProblem(source, {case: 'too large'})]);
	const document = parseSpec(source, lines);
	const parsed = specSchema.safeParse(contentOf(document, source));
	if (parsed.success) return withPaths(parsed.data, folder);
	throw new ProblemsError(parsed.error.issues.flatMap((issue) => problemsOf(document, source, issue)));
};

/** Every path absolute; charts may be at a registry. */
export const withPaths = (spec: BundleSpec, folder: string): BundleSpec => {
	const {charts, tools} = spec;
	const absolute = <P extends string | false | undefined>(path: P): P | string =>
		typeof path === 'string' ? resolve(folder, path) : path;
	const chart = (location: string | undefined): string | undefined =>
		location?.startsWith('oci://') ? location : absolute(location);
	return {
		...spec,
		charts: {controlPlane: chart(charts.controlPlane), workspace: chart(charts.workspace)},
		releaseNotes: absolute(spec.releaseNotes),
		sboms: spec.sboms.map(({image, file}) => ({image, file: absolute(file)})),
		tools: {
			helm: absolute(tools.helm),
			program: absolute(tools.program),
			executables: tools.executables.map((path) => absolute(path)),
		},
		hosts: Object.fromEntries(
			Object.entries(spec.hosts).map(([host, {plainHttp, ca}]) => [host, {plainHttp, ca: absolute(ca)}]),
		),
	};
};

/** @param file the spec, for the message @throws ProblemsError `bundle-spec-version-missing` */
export const completeSpec = (spec: BundleSpec, file?: string): CompleteSpec => {
	const {controlPlane, workspaces} = spec.versions;
	if (controlPlane !== undefined && workspaces !== undefined) return {...spec, versions: {controlPlane, workspaces}};
	const missing = [
		...(controlPlane === undefined ? ['versions.controlPlane (or --control-plane VERSION)'] : []),
		...(workspaces === undefined ? ['versions.workspaces (or --workspace VERSION)'] : []),
	].join(', ');
	const location = file === undefined ? undefined : {file};
	throw new ProblemsError([createProblems.problem('bundle-spec-version-missing', {missing}, {location})]);
};
