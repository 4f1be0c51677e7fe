import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import {parse} from 'yaml';
import {fileProblem} from '../../../archive/problems.ts';
import {ProblemError} from '../../../base/problem.ts';
import {readChart} from '../../open/chart.ts';
import type {Chart} from '../../types.ts';
import {type ExtraFile, extraFile} from '../extra-files.ts';
import {createProblems} from '../problems.ts';
import type {WantedChart} from '../spec/spec.ts';
import {imageValues, mergeValues, namedImages, placeholderValues, renderedImages, type Values} from './chart-images.ts';

/** Helm, as far as charts are looked at on the connected side. */
export type ChartPort = {
	/** Fetches a packed chart from `oci://...`. @returns its path @throws ProblemError `chart-pull-failed` */
	readonly pull: (chart: WantedChart, signal: AbortSignal) => Promise<string>;
	/** All objects, as one YAML stream. @throws ProblemError where the chart cannot be rendered with these values */
	readonly render: (chart: string, values: unknown, signal: AbortSignal) => Promise<string>;
	/** Its values.yaml, as text. */
	readonly values: (chart: string, signal: AbortSignal) => Promise<string>;
};

/** A chart that goes into the bundle, and the images that it speaks of. */
export type PlannedChart = {
	readonly wanted: WantedChart;
	readonly chart: Chart;
	readonly file: ExtraFile;
	/** Images of the pods of an install; absent where the chart could not be rendered. */
	readonly images: readonly string[] | undefined;
	/** Why it could not be rendered, in Helm's words. */
	readonly unrendered?: string;
	/** Images of `helm test`, and of parts that are off by default. */
	readonly otherImages: readonly string[];
};

const findChart = async (wanted: WantedChart, port: ChartPort, signal: AbortSignal): Promise<string> => {
	if (wanted.location.startsWith('oci://')) return port.pull(wanted, signal);
	const file = join(wanted.location, `${wanted.name}-${wanted.version}.tgz`);
	await stat(file).catch((error: unknown) => {
		throw fileProblem(file, error);
	});
	return file;
};

/** A chart on this host, to be rendered. */
type ChartFile = {readonly path: string; readonly wanted: WantedChart; readonly port: ChartPort};

/**
 * All objects of an install, with what the installer sets; where that alone does not do, with what every site has to give.
 * @throws ProblemError of the rendering, where none of the values will do
 */
const render = async ({path, wanted, port}: ChartFile, placed: Values, signal: AbortSignal): Promise<string> => {
	try {
		return await port.render(path, placed, signal);
	} catch (error) {
		if (!(error instanceof ProblemError) || signal.aborted) throw error;
		return port.render(path, mergeValues(placeholderValues(wanted.kind), placed), signal);
	}
};

const parseValues = (text: string, {name, version}: WantedChart): unknown => {
	try {
		return parse(text, {maxAliasCount: 100});
	} catch (error) {
		throw createProblems.error('bundle-create-chart', {case: 'values', name, version}, {error});
	}
};

/** The chart in its file. @throws ProblemError `bundle-create-chart` where it is another one than was asked for */
const openChart = async (wanted: WantedChart, file: ExtraFile, signal: AbortSignal): Promise<Chart> => {
	const {name, version, location} = wanted;
	const slice = {file: file.from, offset: 0, size: file.size, label: file.path};
	const workDirectory = () => Promise.reject(new Error('not packed'));
	const chart = await readChart(slice, {packed: false, workDirectory, signal});
	if (chart.name === name && chart.version === version) return chart;
	const actual = {actualName: chart.name, actualVersion: chart.version};
	throw createProblems.error('bundle-create-chart', {case: 'another chart', name, version, location, ...actual});
};

/** The images of an install, or why they are not known. */
type Rendered = {readonly images: readonly string[]; readonly tests: readonly string[]} | {readonly unrendered: string};

const lookInside = async (file: ChartFile, placed: Values, signal: AbortSignal): Promise<Rendered> => {
	try {
		return renderedImages(await render(file, placed, signal));
	} catch (error) {
		if (!(error instanceof ProblemError) || error.problem.area === 'prerequisites') throw error;
		return {unrendered: error.problem.evidence?.at(-1) ?? error.problem.cause};
	}
};

/**
 * Fetches a chart and finds the images it names.
 * @param listed references of the spec; those of the chart's own version are set as the installer sets them
 * @throws ProblemError `bundle-create-chart` where the chart is another one than was asked for
 */
export const planChart = async (
	wanted: WantedChart,
	listed: readonly string[],
	port: ChartPort,
	signal: AbortSignal,
): Promise<PlannedChart> => {
	const path = await findChart(wanted, port, signal);
	const file = await extraFile(`charts/${wanted.name}-${wanted.version}.tgz`, path, signal);
	const chart = await openChart(wanted, file, signal);
	const placed = imageValues(wanted.kind, listed);
	const values = parseValues(await port.values(path, signal), wanted);
	const {appVersion, annotations} = chart;
	const named = namedImages(values, placed, {version: appVersion ?? chart.version, annotations});
	const rendered = await lookInside({path, wanted, port}, placed, signal);
	if ('unrendered' in rendered) {
		return {wanted, chart, file, images: undefined, unrendered: rendered.unrendered, otherImages: named};
	}
	const {images, tests} = rendered;
	const others = new Set([...tests, ...named]);
	return {wanted, chart, file, images, otherImages: [...others].filter((image) => !images.includes(image))};
};
