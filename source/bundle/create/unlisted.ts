import type {PlannedChart} from './charts/charts.ts';
import {createProblems} from './problems.ts';
import {parseReference} from './reference.ts';
import type {CompleteSpec} from './spec/spec.ts';

/** A reference without its digest, as plans compare them. */
export const plainOf = (image: string): string => parseReference(image)?.source ?? image;

/** An image that a chart names and the spec does not. */
type Unlisted = {readonly image: string; readonly chart: string};

/** What the charts name, held against the spec. */
export type Comparison = {
	/** Images of an install that the spec neither lists nor leaves out knowingly. */
	readonly unlisted: readonly Unlisted[];
	/** Charts whose images are not known. */
	readonly unrendered: readonly PlannedChart[];
	/** Images of `helm test` and of parts that are off, which the spec does not list. */
	readonly leftOut: readonly Unlisted[];
};

/** @param listed references of the spec */
export const compareCharts = (
	charts: readonly PlannedChart[],
	listed: readonly string[],
	{ignoredImages}: CompleteSpec,
): Comparison => {
	const known = new Set([...listed, ...ignoredImages].map(plainOf));
	const unknown = (images: readonly string[], {chart}: PlannedChart): readonly Unlisted[] =>
		images
			.filter((image) => !known.has(plainOf(image)))
			.map((image) => ({image, chart: `${chart.name} ${chart.version}`}));
	return {
		unlisted: charts.flatMap((chart) => unknown(chart.images ?? [], chart)),
		unrendered: charts.filter(({images}) => images === undefined),
		leftOut: charts.flatMap((chart) => unknown(chart.otherImages, chart)),
	};
};

/** Where nothing may be in the bundle that the spec does not list. @throws ProblemError `bundle-create-unlisted`, `bundle-create-unrendered` */
export const refuseUnlisted = ({unlisted, unrendered: [first]}: Comparison): void => {
	if (unlisted.length > 0) {
		const images = unlisted.map(({image}) => image).join(', ');
		const evidence = unlisted.map(({image, chart}) => `${chart}: ${image}`);
		throw createProblems.error('bundle-create-unlisted', {images}, {evidence});
	}
	if (!first) return;
	const {name, version} = first.chart;
	throw createProblems.error('bundle-create-unrendered', {name, version}, {evidence: [first.unrendered ?? '']});
};
