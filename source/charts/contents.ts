import {readdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {parse} from 'yaml';
import {isChartText, readChartPackage} from '../archive/chart-package.ts';
import {type ChartMetadata, type ChartYaml, parseChartYaml} from '../archive/chart-yaml.ts';
import {digestOfSlice} from '../archive/digest.ts';
import type {Slice} from '../archive/slice.ts';
import {ProblemError} from '../base/problem.ts';
import {type KeyTree, knownKeys} from './keys.ts';
import {chartsProblems} from './problems.ts';

export type {ChartMetadata} from '../archive/chart-yaml.ts';

/** The inside of a chart, as far as values are concerned. */
export type ChartContents = {
	readonly metadata: ChartMetadata;
	/** values.yaml, parsed. */
	readonly values: unknown;
	/** Every key the chart knows, from values.yaml and templates. */
	readonly known: KeyTree;
	/** Texts in quotes in its templates: what a value may be compared with. */
	readonly literals: ReadonlySet<string>;
};

type Texts = ReadonlyMap<string, string>;

const at = (file: string) => ({location: {file}});

const literalsIn = (templates: readonly string[]): ReadonlySet<string> =>
	new Set(templates.flatMap((template) => [...template.matchAll(/"([\w.-]{1,64})"/gu)].map(([, text = '']) => text)));

const contentsOf = ({metadata, dependencies}: ChartYaml, texts: Texts): ChartContents => {
	const values: unknown = parse(texts.get('values.yaml') ?? '') ?? {};
	const templates = [...texts].filter(([name]) => name.startsWith('templates/')).map(([, content]) => content);
	return {metadata, values, known: knownKeys(values, templates, dependencies), literals: literalsIn(templates)};
};

const textsIn = async (folder: string): Promise<Texts> => {
	const names = (await readdir(folder, {recursive: true})).map((name) => name.split(path.sep).join('/'));
	const read = async (name: string) => [name, await readFile(path.join(folder, name), 'utf8')] as const;
	return new Map(await Promise.all(names.filter(isChartText).map(read)));
};

const readFolder = async (folder: string): Promise<ChartContents> => {
	const texts = await textsIn(folder);
	const chart = parseChartYaml(texts.get('Chart.yaml') ?? '');
	if (typeof chart !== 'string') return contentsOf(chart, texts);
	throw chartsProblems.error('chart-unreadable', {case: 'no metadata', chart: path.basename(folder)}, at(folder));
};

const never = new AbortController().signal;

/** Contents of packed charts by their digest: they are asked for at every look at every workspace, and never change. */
export type ContentsCache = {
	/** @param slice the package @throws ProblemError `bundle-chart-damaged`, `bundle-unreadable`; an error of its values.yaml */
	readonly read: (slice: Slice) => Promise<ChartContents>;
};

/** @param most how many charts are kept; those that were asked for longest ago go first */
export const createContentsCache = (most = 8): ContentsCache => {
	const kept = new Map<string, ChartContents>();
	const keep = (digest: string, contents: ChartContents): ChartContents => {
		kept.delete(digest);
		kept.set(digest, contents);
		const [oldest] = kept.keys();
		if (kept.size > most && oldest !== undefined) kept.delete(oldest);
		return contents;
	};
	return {
		read: async (slice) => {
			const digest = await digestOfSlice(slice, never);
			const known = kept.get(digest);
			if (known) return keep(digest, known);
			const chart = await readChartPackage(slice, never);
			return keep(chart.digest, contentsOf(chart, chart.files));
		},
	};
};

/** The charts of this process. */
const shared = createContentsCache();

/**
 * Reads a chart, packed (.tgz) or as a folder. Of a packed one only its bytes are read again, as long as they are the same.
 * @throws ProblemError `chart-unreadable`, area `bundle`.
 */
export const readChart = async (file: string): Promise<ChartContents> => {
	try {
		const status = await stat(file);
		if (status.isDirectory()) return await readFolder(file);
		return await shared.read({file, offset: 0, size: status.size, label: path.basename(file)});
	} catch (error) {
		if (error instanceof ProblemError && error.problem.code === 'chart-unreadable') throw error;
		const words = error instanceof ProblemError ? error.problem.cause : String(error);
		const given = {case: 'damaged', chart: path.basename(file), words} as const;
		throw chartsProblems.error('chart-unreadable', given, {...at(file), error});
	}
};
