import {bundleProblem} from '../../archive/problems.ts';
import {inPool} from '../../base/pool.ts';
import {imagesOfArchives} from './archives.ts';
import {type ChartPort, type PlannedChart, planChart} from './charts.ts';
import {type ExtraFile, extraFile} from './extra-files.ts';
import {parseReference, referenceOf} from './reference.ts';
import {configDigestOf, resolveImage} from './resolve.ts';
import {attachedSboms, type PlannedSbom, suppliedSbom} from './sboms.ts';
import type {ImageSource} from './source.ts';
import {type CompleteSpec, listedCharts, listedImages} from './spec.ts';
import {byText} from './texts.ts';
import type {PlannedTool} from './tools.ts';
import {type PlannedBlob, type PlannedImage, platformName} from './types.ts';

/** Everything that a bundle will hold, before a byte of it is fetched. */
export type BundlePlan = {
	readonly spec: CompleteSpec;
	/** Sorted by reference. */
	readonly images: readonly PlannedImage[];
	readonly charts: readonly PlannedChart[];
	readonly sboms: readonly PlannedSbom[];
	readonly tools: readonly PlannedTool[];
	readonly releaseNotes: ExtraFile | undefined;
	/** Blobs of all images, each once, without those kept as configurations. */
	readonly blobs: readonly PlannedBlob[];
	/** What the operator should know: images that were added or left out, indexes made here. */
	readonly notes: readonly string[];
};

/** Questions to a registry at the same time, while the plan is made. */
const lookWidth = 4;

/** A reference without its digest, as plans compare them. */
const plainOf = (image: string): string => parseReference(image)?.source ?? image;

/** An image to be looked up, and what to say where it is none. */
type Wanted = {readonly image: string; readonly from: PlannedImage['from']; readonly of: string};

type Unlisted = {readonly image: string; readonly chart: string};

const unlistedOf = (charts: readonly PlannedChart[], known: ReadonlySet<string>): readonly Unlisted[] =>
	charts.flatMap(({images = [], chart}) =>
		images
			.filter((image) => !known.has(plainOf(image)) && !known.has(image))
			.map((image) => ({image, chart: `${chart.name} ${chart.version}`})),
	);

const refuseUnlisted = (unlisted: readonly Unlisted[], unrendered: readonly PlannedChart[]): void => {
	if (unlisted.length > 0) {
		throw bundleProblem({
			code: 'bundle-create-unlisted',
			message: `Charts name ${unlisted.length === 1 ? 'an image' : 'images'} that the spec does not list: ${unlisted.map(({image}) => image).join(', ')}.`,
			cause: 'Pods of the install would pull them, and behind the gap there is no other place to pull from.',
			fix: 'List them under extraImages, or under ignoredImages what is knowingly left out.',
			evidence: unlisted.map(({image, chart}) => `${chart}: ${image}`),
		});
	}
	const [first] = unrendered;
	if (!first) return;
	throw bundleProblem({
		code: 'bundle-create-unrendered',
		message: `The chart ${first.chart.name} ${first.chart.version} cannot be rendered, so that nobody knows which images it names.`,
		cause: 'It does not render with its default values, nor with addresses and logins made up for it.',
		fix: 'Find out its images by hand, list them under extraImages, and set unlistedImages to add.',
		evidence: [first.unrendered ?? ''],
	});
};

/** As for bundles made by hand: what has one configuration is one image, however it was saved. */
const isSame = ({manifest}: PlannedImage, other: PlannedImage): boolean => {
	const config = configDigestOf(manifest);
	return (
		manifest.digest === other.manifest.digest || (config !== undefined && config === configDigestOf(other.manifest))
	);
};

/**
 * Each image once, as archives may hold one twice.
 * @throws ProblemError `bundle-create-name-twice` where two different ones have one name and tag, `bundle-create-archives-differ`
 *   where they are said to be one
 */
const eachOnce = (images: readonly PlannedImage[]): readonly PlannedImage[] => {
	const seen = new Map<string, PlannedImage>();
	for (const image of images) {
		const key = `${image.name}:${image.tag}`;
		const other = seen.get(key);
		if (other && other.source !== image.source) {
			throw bundleProblem({
				code: 'bundle-create-name-twice',
				message: `Two images would have one name in the internal registry: ${key}.`,
				cause: `They are ${other.source} and ${image.source}; only the last part of the path and the tag go on.`,
				fix: 'Leave one out, or give one another tag.',
			});
		}
		if (other && !isSame(image, other)) {
			throw bundleProblem({
				code: 'bundle-create-archives-differ',
				message: `The archives of --from hold two different images called ${image.source}.`,
				cause: `They are for ${[other, image].map((one) => one.platforms.map(platformName).join(' and ')).join(', and for ')}; their contents differ.`,
				fix: 'Leave one of the archives out. Several platforms of an image must lie in one archive, or come from a registry.',
			});
		}
		if (!other) seen.set(key, image);
	}
	return [...seen.values()];
};

/** Every blob once. @throws ProblemError `bundle-create-manifest` where two manifests give one blob different sizes */
const uniqueBlobs = (images: readonly PlannedImage[]): readonly PlannedBlob[] => {
	const blobs = new Map<string, PlannedBlob>();
	for (const blob of images.flatMap((image) => image.blobs)) {
		const other = blobs.get(blob.digest);
		if (other && other.size !== blob.size) {
			throw bundleProblem({
				code: 'bundle-create-manifest',
				message: `The manifests of ${other.image} and ${blob.image} contradict each other.`,
				cause: `One says that ${blob.digest} has ${other.size} bytes, the other ${blob.size}.`,
				fix: 'One of the two registries or archives holds a damaged manifest; pull that image from another place.',
			});
		}
		if (!other) blobs.set(blob.digest, blob);
	}
	return [...blobs.values()];
};

/**
 * Finds out what a bundle is made of: asks registries for manifests, pulls charts, looks for images that charts name. Writes nothing
 * but what the chart port does.
 * @param options.from archives made by hand; an image in there is not asked for at a registry
 * @throws ProblemError of area `bundle`, `registry` or `prerequisites`
 */
export const planBundle = async (options: {
	readonly spec: CompleteSpec;
	readonly from: readonly string[];
	readonly source: ImageSource;
	readonly charts: ChartPort;
	readonly tools: (
		signal: AbortSignal,
	) => Promise<{readonly tools: readonly PlannedTool[]; readonly notes: readonly string[]}>;
	readonly onLook: (what: string) => void;
	readonly signal: AbortSignal;
}): Promise<BundlePlan> => {
	const {spec, source, signal, onLook} = options;
	const archived = await imagesOfArchives(options.from, spec.platforms, signal);
	const listed = listedImages(spec);
	const charts = await inPool(listedCharts(spec), lookWidth, (wanted) => {
		onLook(`chart ${wanted.location} ${wanted.version}`);
		const own = listed.filter((image) => image.endsWith(`:${wanted.version}`));
		return planChart(wanted, own, options.charts, signal);
	});

	const ignored = spec.ignoredImages.flatMap((image) => [image, plainOf(image)]);
	const known = new Set([...listed, ...listed.map(plainOf), ...ignored]);
	const unlisted = unlistedOf(charts, known);
	const unrendered = charts.filter(({images}) => images === undefined);
	if (spec.unlistedImages === 'refuse') refuseUnlisted(unlisted, unrendered);

	const wanted = new Map<string, Wanted>([
		...listed.map((image) => [plainOf(image), {image, from: 'spec', of: 'the list of images'}] as const),
		...unlisted.map(({image, chart}) => [plainOf(image), {image, from: 'chart', of: `the chart ${chart}`}] as const),
	]);
	const images = await inPool([...wanted.values()], lookWidth, async ({image, from, of}) => {
		const reference = referenceOf(image, of);
		const byHand = archived.find(({name, tag}) => name === reference.name && tag === reference.tag);
		if (byHand) return byHand;
		onLook(`image ${reference.source}`);
		return resolveImage(source, reference, {platforms: spec.platforms, from, signal});
	});
	const further = archived.filter((image) => !images.includes(image));
	const all = eachOnce([...images, ...further]).toSorted((a, b) => byText(a.source, b.source));

	const attached = spec.attachedSboms
		? await inPool(all, lookWidth, (image) => attachedSboms(source, image, signal))
		: [];
	const supplied: PlannedSbom[] = [];
	for (const sbom of spec.sboms) supplied.push(await suppliedSbom(sbom, all, signal));
	const {tools, notes} = await options.tools(signal);
	return {
		spec,
		images: all,
		charts: charts.toSorted((a, b) => byText(a.file.path, b.file.path)),
		sboms: [...new Map([...attached.flat(), ...supplied].map((one) => [one.path, one])).values()].sort((a, b) =>
			byText(a.path, b.path),
		),
		tools: tools.toSorted((a, b) => byText(a.name, b.name)),
		releaseNotes:
			spec.releaseNotes === undefined ? undefined : await extraFile('RELEASE-NOTES.md', spec.releaseNotes, signal),
		blobs: uniqueBlobs(all),
		notes: [
			...unlisted.map(({image, chart}) => `${image} was added: the chart ${chart} names it.`),
			...unrendered.map(
				({chart, unrendered: words}) =>
					`The chart ${chart.name} ${chart.version} does not render without answers, so its images were not compared: ${words}`,
			),
			...charts.flatMap(({chart, otherImages}) =>
				otherImages
					.filter((image) => !known.has(plainOf(image)))
					.map(
						(image) =>
							`${image} was left out: the chart ${chart.name} ${chart.version} names it for helm test or a part that is off. List it under extraImages if you need it.`,
					),
			),
			...further
				.filter((image) => all.includes(image))
				.map(({name, tag}) => `${name}:${tag} was added: it lies in the archives of --from.`),
			...all
				.filter(({rebuilt}) => rebuilt)
				.map(
					({source: of}) =>
						`${of} has further platforms: an index of the chosen ones is made, and its digest is not the vendor's.`,
				),
			...notes,
		],
	};
};
