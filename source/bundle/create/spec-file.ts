import {resolve} from 'node:path';
import {isMap, isScalar, LineCounter, type Node, parseDocument} from 'yaml';
import type * as z from 'zod';
import {type Problem, ProblemsError, problem} from '../../base/problem.ts';
import {type BundleSpec, type CompleteSpec, specSchema} from './spec.ts';

const maximumBytes = 1024 * 1024;

type Path = readonly PropertyKey[];

const specProblem = (file: string, code: string, message: string, cause: string, fix: string, place = {}): Problem =>
	problem({code, area: 'usage', message, cause, fix, location: {file, ...place}});

const dotted = (path: Path): string => path.map(String).join('.');

/** zod's own words name types; these name what to write. */
const say = (issue: z.core.$ZodIssue): string =>
	issue.code === 'invalid_type'
		? `must be ${{array: 'a list', string: 'text (in quotes, where it looks like a number)', record: 'a map', object: 'a map'}[issue.expected as string] ?? issue.expected}`
		: issue.message;

/** The parser tells what ran out in the engine as if it were a fault of the text: the place is that of the text. */
const sayYaml = (message: string): string =>
	/call stack|stack overflow/iu.test(message)
		? 'Its brackets, lists or maps are nested too deeply.'
		: `YAML: ${message}`;

/**
 * Reads the text of a spec: YAML 1.2. Paths in it come out absolute.
 * @param folder where relative paths in it start
 * @throws ProblemsError `bundle-spec-syntax`, `bundle-spec-unknown-key`, `bundle-spec-value`, with file, line and column
 */
export const readSpec = (text: string, file: string, folder: string): BundleSpec => {
	const lines = new LineCounter();
	const at = (offset: number | undefined) => {
		const {line, col} = lines.linePos(offset ?? 0);
		return {line: Math.max(1, line), column: Math.max(1, col)};
	};
	const syntax = (cause: string, offset = 0) =>
		specProblem(
			file,
			'bundle-spec-syntax',
			'The spec cannot be read.',
			cause,
			'Mend it; `bundle create --example` prints one that is right.',
			at(offset),
		);
	if (Buffer.byteLength(text) > maximumBytes) throw new ProblemsError([syntax('It is larger than 1 MiB.')]);
	const document = parseDocument(text, {version: '1.2', schema: 'core', lineCounter: lines, prettyErrors: false});
	const wrong = [...document.errors, ...document.warnings];
	if (wrong.length > 0) throw new ProblemsError(wrong.map(({message, pos}) => syntax(sayYaml(message), pos[0])));
	let value: unknown;
	try {
		value = document.toJS({maxAliasCount: 50}) ?? {};
	} catch (error) {
		const deep = error instanceof RangeError;
		throw new ProblemsError([syntax(deep ? sayYaml(error.message) : 'It has more aliases than make sense.')]);
	}
	/** The place of a value, or of what is around it; of a key where `key` is given. */
	const placeOf = (path: Path, key?: string) => {
		for (let length = path.length; length >= 0; length--) {
			const node = document.getIn(path.slice(0, length), true) as Node | undefined;
			if (!node?.range) continue;
			const pair =
				key !== undefined && isMap(node)
					? node.items.find((one) => isScalar(one.key) && one.key.value === key)
					: undefined;
			return at((pair?.key as Node | undefined)?.range?.[0] ?? node.range[0]);
		}
		return at(0);
	};
	const parsed = specSchema.safeParse(value);
	if (!parsed.success) {
		throw new ProblemsError(
			parsed.error.issues.flatMap((issue) =>
				issue.code === 'unrecognized_keys'
					? issue.keys.map((key) =>
							specProblem(
								file,
								'bundle-spec-unknown-key',
								`The spec has a key that means nothing: ${dotted([...issue.path, key])}.`,
								'Only the keys that `bundle create --example` shows are read.',
								'Mend its spelling, or take it out.',
								placeOf(issue.path, key),
							),
						)
					: [
							specProblem(
								file,
								'bundle-spec-value',
								`${dotted(issue.path) || 'The spec'} ${say(issue)}.`,
								'What stands there cannot be used.',
								'Mend it; `bundle create --example` shows every key with its meaning.',
								placeOf(issue.path),
							),
						],
			),
		);
	}
	return withPaths(parsed.data, folder);
};

const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
	value === undefined ? {} : ({[key]: value} as Record<K, V>);

/** Every path absolute. `helm` alone may be a name that is looked for. */
export const withPaths = (spec: BundleSpec, folder: string): BundleSpec => {
	const absolute = (path: string): string => resolve(folder, path);
	const chart = (location: string | undefined) =>
		location === undefined || location.startsWith('oci://') ? location : absolute(location);
	const tool = (path: string | false | undefined) => (typeof path === 'string' ? absolute(path) : path);
	return {
		...spec,
		charts: {
			...optional('controlPlane', chart(spec.charts.controlPlane)),
			...optional('workspace', chart(spec.charts.workspace)),
		},
		...optional('releaseNotes', spec.releaseNotes === undefined ? undefined : absolute(spec.releaseNotes)),
		sboms: spec.sboms.map(({image, file}) => ({image, file: absolute(file)})),
		tools: {...optional('helm', tool(spec.tools.helm)), ...optional('program', tool(spec.tools.program))},
		hosts: Object.fromEntries(
			Object.entries(spec.hosts).map(([host, {plainHttp, ca}]) => [
				host,
				{plainHttp, ...optional('ca', ca === undefined ? undefined : absolute(ca))},
			]),
		),
	};
};

/** @throws ProblemsError `bundle-spec-version-missing` */
export const completeSpec = (spec: BundleSpec, file?: string): CompleteSpec => {
	const {controlPlane, workspaces} = spec.versions;
	if (controlPlane !== undefined && workspaces !== undefined) return {...spec, versions: {controlPlane, workspaces}};
	const missing = [
		...(controlPlane === undefined ? ['versions.controlPlane (or --control-plane VERSION)'] : []),
		...(workspaces === undefined ? ['versions.workspaces (or --workspace VERSION)'] : []),
	];
	throw new ProblemsError([
		problem({
			code: 'bundle-spec-version-missing',
			area: 'usage',
			message: `It is not said which versions go into the bundle: ${missing.join(', ')}.`,
			cause: 'A bundle is made for exact versions, never for the newest ones of the day.',
			fix: 'Give them in a spec or by flags. The vendor names the versions that fit each other.',
			nextSteps: ['zenml-airgap bundle create --example > bundle-spec.yaml'],
			...(file === undefined ? {} : {location: {file}}),
		}),
	]);
};
