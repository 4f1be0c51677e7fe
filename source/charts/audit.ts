import type {Problem} from '../base/problem.ts';
import {isMap, nearest} from '../base/text.ts';
import type {ChartContents, ChartMetadata} from './contents.ts';
import type {KeyTree} from './keys.ts';
import {chartsProblems} from './problems.ts';

/** A key that the chart would ignore without a word, and the key that was probably meant. */
export type UnknownKey = {readonly path: string; readonly suggestion?: string | undefined};

/**
 * Keys that changed their name or place, where no spelling leads from one to the other. Left: as older documents or
 * chart versions write it, right: where to look. Sources: chart `zenml` 0.73.0, 0.93.0 and 0.94.2 (values.yaml).
 */
const renamed: readonly (readonly [string, string])[] = [
	['zenml', 'server'],
	['server', 'zenml'],
	['external', 'url'],
	['tenantID', 'workspaceID'],
	['tenantName', 'workspaceName'],
	['workspaceID', 'tenantID'],
	['workspaceName', 'tenantName'],
];

const findKey = (tree: KeyTree, key: string, path: readonly string[] = []): readonly string[] | undefined => {
	if (tree.children.has(key)) return [...path, key];
	const deeper = [...tree.children].map(([name, child]) => findKey(child, key, [...path, name]));
	return deeper.filter((found) => found !== undefined).sort((a, b) => a.length - b.length)[0];
};

const suggest = (root: KeyTree, tree: KeyTree, path: readonly string[], key: string): string | undefined => {
	const moved = renamed.find(([from, to]) => from === key && tree.children.has(to))?.[1];
	if (moved !== undefined) return [...path, moved].join('.');
	const near = nearest(key, [...tree.children.keys()]);
	if (near !== undefined) return [...path, near].join('.');
	return findKey(root, key)?.join('.');
};

/**
 * Every key of `values` that the chart does not know: Helm would ignore it silently. Also reported: a map where the
 * chart has a plain value, and a plain value where the chart has a map.
 */
export const auditValues = (values: unknown, contents: ChartContents): readonly UnknownKey[] => {
	const root = contents.known;
	const walk = (value: unknown, tree: KeyTree, path: readonly string[]): readonly UnknownKey[] => {
		if (!isMap(value)) {
			const fits = value === null || value === undefined || tree.free || tree.children.size === 0 || tree.scalar;
			return fits ? [] : [{path: path.join('.'), suggestion: [...path, [...tree.children.keys()][0]].join('.')}];
		}
		return Object.entries(value).flatMap(([key, inner]) => {
			const child = tree.children.get(key);
			if (child) return walk(inner, child, [...path, key]);
			if (tree.free) return [];
			return [{path: [...path, key].join('.'), suggestion: suggest(root, tree, path, key)}];
		});
	};
	return walk(values, root, []);
};

/** The refusal for keys that a chart does not know, or undefined when there are none. */
export const auditProblem = (unknown: readonly UnknownKey[], {name, version}: ChartMetadata): Problem | undefined => {
	if (unknown.length === 0) return undefined;
	const facts = {chart: `${name} ${version}`, keys: unknown.map(({path}) => path).join(', ')};
	const evidence = unknown.map(({path, suggestion}) =>
		suggestion === undefined ? path : `${path} (the chart has ${suggestion})`,
	);
	return unknown.length === 1
		? chartsProblems.problem('chart-keys-unknown', {case: 'one', ...facts}, {evidence})
		: chartsProblems.problem('chart-keys-unknown', {case: 'several', count: unknown.length, ...facts}, {evidence});
};
