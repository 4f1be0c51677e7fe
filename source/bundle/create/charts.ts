import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import {parse} from 'yaml';
import {bundleProblem, fileProblem} from '../../archive/problems.ts';
import {ProblemError} from '../../base/problem.ts';
import {readChart} from '../open/chart.ts';
import type {Chart} from '../types.ts';
import {imageValues, mergeValues, namedImages, placeholderValues, renderedImages} from './chart-images.ts';
import {type ExtraFile, extraFile} from './extra-files.ts';
import type {WantedChart} from './spec.ts';

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

/** @throws ProblemError of the rendering, where none of the values will do */
const render = async (
	file: string,
	wanted: WantedChart,
	values: unknown,
	port: ChartPort,
	signal: AbortSignal,
): Promise<string> => {
	try {
		return await port.render(file, values, signal);
	} catch (error) {
		if (!(error instanceof ProblemError) || signal.aborted) throw error;
		return port.render(
			file,
			mergeValues(placeholderValues(wanted.kind), values as Readonly<Record<string, unknown>>),
			signal,
		);
	}
};

const valuesOf = (text: string, {name, version}: WantedChart): unknown => {
	try {
		return parse(text, {maxAliasCount: 100});
	} catch (error) {
		throw bundleProblem(
			{
				code: 'bundle-create-chart',
				message: `The chart ${name} ${version} cannot be used.`,
				cause: 'Its values.yaml is not YAML.',
				fix: 'Ask who publishes it for a whole one.',
			},
			{cause: error},
		);
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
	const slice = {file: path, offset: 0, size: file.size, label: file.path};
	const chart = await readChart(slice, {
		packed: false,
		workDirectory: () => Promise.reject(new Error('not packed')),
		signal,
	});
	if (chart.name !== wanted.name || chart.version !== wanted.version) {
		throw bundleProblem({
			code: 'bundle-create-chart',
			message: `At ${wanted.location} lies another chart than ${wanted.name} ${wanted.version}.`,
			cause: `Its Chart.yaml says ${chart.name} ${chart.version}.`,
			fix: 'Check the place of the chart in the spec (charts), and the version.',
		});
	}
	const placed = imageValues(wanted.kind, listed);
	const version = chart.appVersion ?? chart.version;
	const values = valuesOf(await port.values(path, signal), wanted);
	const named = namedImages(values, placed, {version, annotations: chart.annotations});
	try {
		const {images, tests} = renderedImages(await render(path, wanted, placed, port, signal));
		return {
			wanted,
			chart,
			file,
			images,
			otherImages: [...new Set([...tests, ...named])].filter((image) => !images.includes(image)),
		};
	} catch (error) {
		if (!(error instanceof ProblemError) || error.problem.area === 'prerequisites') throw error;
		const words = error.problem.evidence?.at(-1) ?? error.problem.cause;
		return {wanted, chart, file, images: undefined, unrendered: words, otherImages: named};
	}
};
