import {inPool} from '../../base/pool.ts';
import {byText} from '../../base/text.ts';
import {imageKey} from '../../oci/image.ts';
import type {ImageSource} from '../../oci/image-source.ts';
import {imagesOfArchives} from './archives.ts';
import {type ChartPort, type PlannedChart, planChart} from './charts/charts.ts';
import {type ExtraFile, extraFile} from './extra-files.ts';
import {eachBlobOnce, eachImageOnce} from './fetch/once.ts';
import {referenceOf} from './reference.ts';
import {resolveImage} from './resolve.ts';
import {attachedSboms, type PlannedSbom, suppliedSbom} from './sboms.ts';
import {type CompleteSpec, listedCharts, listedImages} from './spec/spec.ts';
import type {PlannedTool, PlannedTools} from './tool/tools.ts';
import type {PlannedBlob, PlannedImage} from './types.ts';
import {type Comparison, compareCharts, plainOf, refuseUnlisted} from './unlisted.ts';

/** Everything that a bundle will hold, before a byte of it is fetched. */
export type BundlePlan = {
	readonly spec: CompleteSpec;
	/** Sorted by reference. */
	readonly images: readonly PlannedImage[];
	readonly charts: readonly PlannedChart[];
	readonly sboms: readonly PlannedSbom[];
	readonly tools: readonly PlannedTool[];
	/** What was released beside the executables of this tool. */
	readonly papers: readonly ExtraFile[];
	readonly releaseNotes: ExtraFile | undefined;
	/** Blobs of all images, each once, without those kept as configurations. */
	readonly blobs: readonly PlannedBlob[];
	/** What the operator should know: images that were added or left out, indexes made here. */
	readonly notes: readonly string[];
};

export type PlanOptions = {
	readonly spec: CompleteSpec;
	/** Archives made by hand; an image in there is not asked for at a registry. */
	readonly from: readonly string[];
	/** What an image of these archives is called that carries no name. */
	readonly name?: string | undefined;
	readonly source: ImageSource;
	readonly charts: ChartPort;
	readonly tools: (signal: AbortSignal) => Promise<PlannedTools>;
	/** Told what is asked for. */
	readonly onLook: (what: string) => void;
	readonly signal: AbortSignal;
};

/** Questions to a registry at the same time, while the plan is made. */
const lookWidth = 4;

const planCharts = (
	{spec, charts, onLook, signal}: PlanOptions,
	listed: readonly string[],
): Promise<readonly PlannedChart[]> =>
	inPool(listedCharts(spec), lookWidth, (wanted) => {
		onLook(`chart ${wanted.location} ${wanted.version}`);
		const own = listed.filter((image) => image.endsWith(`:${wanted.version}`));
		return planChart(wanted, own, charts, signal);
	});

/** An image to be looked up, who asked for it, and what names it, for people. */
type Wanted = {readonly image: string; readonly from: PlannedImage['from']; readonly of: string};

/** Every image that is to be carried, once. */
const wantedImages = (listed: readonly string[], {unlisted}: Comparison): readonly Wanted[] => {
	const wanted = [
		...listed.map((image): Wanted => ({image, from: 'spec', of: 'the list of images'})),
		...unlisted.map(({image, chart}): Wanted => ({image, from: 'chart', of: `the chart ${chart}`})),
	];
	return [...new Map(wanted.map((one) => [plainOf(one.image), one])).values()];
};

/** Each image out of the archives where it lies there, else from its registry. */
const planImages = (
	{spec, source, onLook, signal}: PlanOptions,
	wanted: readonly Wanted[],
	archived: readonly PlannedImage[],
): Promise<readonly PlannedImage[]> =>
	inPool(wanted, lookWidth, async ({image, from, of}) => {
		const reference = referenceOf(image, of);
		const byHand = archived.find(({name, tag}) => name === reference.name && tag === reference.tag);
		if (byHand) return byHand;
		onLook(`image ${reference.source}`);
		return resolveImage({source, reference, platforms: spec.platforms, from, signal});
	});

const planSboms = async (
	{spec, source, signal}: PlanOptions,
	images: readonly PlannedImage[],
): Promise<readonly PlannedSbom[]> => {
	const asked = spec.attachedSboms ? images : [];
	const attached = await inPool(asked, lookWidth, (image) => attachedSboms(source, image, signal));
	const supplied: PlannedSbom[] = [];
	for (const sbom of spec.sboms) supplied.push(await suppliedSbom(sbom, images, signal));
	const byPath = new Map([...attached.flat(), ...supplied].map((one) => [one.path, one]));
	return [...byPath.values()].sort((a, b) => byText(a.path, b.path));
};

const chartNotes = ({unlisted, unrendered, leftOut}: Comparison): readonly string[] => [
	...unlisted.map(({image, chart}) => `${image} was added: the chart ${chart} names it.`),
	...unrendered.map(
		({chart, unrendered: words}) =>
			`The chart ${chart.name} ${chart.version} does not render without answers, so its images were not compared: ${words}`,
	),
	...leftOut.map(
		({image, chart}) =>
			`${image} was left out: the chart ${chart} names it for helm test or a part that is off. List it under extraImages if you need it.`,
	),
];

/** @param further images that only the archives have */
const imageNotes = (images: readonly PlannedImage[], further: readonly PlannedImage[]): readonly string[] => [
	...further
		.filter((image) => images.includes(image))
		.map((image) => `${imageKey(image)} was added: it lies in the archives of --from.`),
	...images
		.filter(({rebuilt}) => rebuilt)
		.map(
			({source}) =>
				`${source} has further platforms: an index of the chosen ones is made, and its digest is not the vendor's.`,
		),
];

/**
 * Finds out what a bundle is made of: asks registries for manifests, pulls charts, looks for images that charts name. Writes nothing
 * but what the chart port does.
 * @throws ProblemError of area `bundle`, `registry` or `prerequisites`
 */
export const planBundle = async (options: PlanOptions): Promise<BundlePlan> => {
	const {spec, signal} = options;
	const {releaseNotes} = spec;
	const {from, name} = options;
	const {images: archived, notes: ofArchives} = await imagesOfArchives({from, platforms: spec.platforms, name}, signal);
	const listed = listedImages(spec);
	const charts = await planCharts(options, listed);
	const compared = compareCharts(charts, listed, spec);
	if (spec.unlistedImages === 'refuse') refuseUnlisted(compared);
	const asked = await planImages(options, wantedImages(listed, compared), archived);
	const further = archived.filter((image) => !asked.includes(image));
	const images = eachImageOnce([...asked, ...further]).toSorted((a, b) => byText(a.source, b.source));
	const sboms = await planSboms(options, images);
	const {tools, papers, notes} = await options.tools(signal);
	return {
		spec,
		images,
		charts: charts.toSorted((a, b) => byText(a.file.path, b.file.path)),
		sboms,
		tools: tools.toSorted((a, b) => byText(a.name, b.name)),
		papers,
		releaseNotes: releaseNotes === undefined ? undefined : await extraFile('RELEASE-NOTES.md', releaseNotes, signal),
		blobs: eachBlobOnce(images),
		notes: [...chartNotes(compared), ...imageNotes(images, further), ...ofArchives, ...notes],
	};
};
