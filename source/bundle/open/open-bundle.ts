import type {Image} from '../../oci/image.ts';
import {droppingsText} from '../layout/foreign/droppings.ts';
import type {BundleManifest, Layout} from '../layout/types.ts';
import {requireFinished} from '../layout/unfinished.ts';
import {checkSignature, type SignatureRequest} from '../signature/check.ts';
import type {Bundle, Chart} from '../types.ts';
import {bundleDigest} from './bundle-digest.ts';
import {type ChartOptions, readChart} from './chart.ts';
import {chartNames, compareManifest, pickChart, requireAll, requireImages} from './checks.ts';
import {findImages} from './find-images.ts';
import {compareContents, type MadeIndex, manifestOf, omittedOf, readIndex} from './read-index.ts';
import {emptyManifest, readManifest} from './read-manifest.ts';

/** What is asked of a bundle that is opened. */
export type OpenOptions = {
	readonly signature: SignatureRequest;
	/** Which platform of each image is taken, such as `linux/arm64`, or `all`; absent: amd64, or what there is. */
	readonly platform: string | undefined;
};

const readCharts = async (layout: Layout, options: ChartOptions): Promise<readonly Chart[]> => {
	const charts: Chart[] = [];
	for (const [name, slice] of layout.files) {
		if (/^charts\/[^/]+\.tgz(?:;1)?$/iu.test(name)) charts.push(await readChart(slice, options));
	}
	return charts;
};

/** Checksums that somebody else wrote do not count beside signed ones. */
const documented = (
	made: MadeIndex | undefined,
	read: BundleManifest | undefined,
	signed: ReadonlyMap<string, string> | undefined,
): BundleManifest | undefined => {
	if (made) return manifestOf(made, read?.registries ?? []);
	return signed ? {...emptyManifest, ...read, checksums: signed} : read;
};

const byName = (a: Image, b: Image): number => {
	if (a.name === b.name) return 0;
	return a.name < b.name ? -1 : 1;
};

/** Client images first where their tag fits the workspace chart: others may be there for other Python versions. */
const inOrder = (images: readonly Image[], workspace: Chart): readonly Image[] => {
	const rank = ({tag}: Image): number => (tag === workspace.appVersion || tag === workspace.version ? 0 : 1);
	return [...images].sort((a, b) => byName(a, b) || rank(a) - rank(b));
};

/** Reads the index of a bundle that was found. @param workDirectory where charts of a tar go @throws ProblemError area `bundle` */
export const openBundle = async (
	layout: Layout,
	workDirectory: () => Promise<string>,
	{signature, platform}: OpenOptions,
	signal: AbortSignal,
): Promise<Bundle> => {
	requireFinished(layout);
	const signed = await checkSignature(layout, signature, signal);
	const made = await readIndex(layout.files, signed.checksums);
	const manifest = documented(made, await readManifest(layout), signed.checksums);
	const charts = await readCharts(layout, {packed: layout.packed, workDirectory, signal});
	const {images, leftOut, warnings} = await findImages(
		layout,
		{platform, omitted: made && omittedOf(made.index)},
		signal,
	);
	if (made) compareContents(made.index, {images, charts});
	const unlisted = made ? [] : compareManifest(manifest, {images, charts, files: [...layout.files.keys()]});
	requireAll(
		() => requireImages(images),
		() => void pickChart(charts, chartNames.controlPlane),
		() => void pickChart(charts, chartNames.workspace),
	);
	const controlPlaneChart = pickChart(charts, chartNames.controlPlane);
	const workspaceChart = pickChart(charts, chartNames.workspace);
	const unused = charts
		.filter((chart) => chart !== controlPlaneChart && chart !== workspaceChart)
		.map(({name, version}) => `The chart ${name} ${version} is not used.`);
	return {
		directory: layout.path,
		manifest: manifest ?? emptyManifest,
		images: inOrder(images, workspaceChart),
		leftOut,
		controlPlaneChart,
		workspaceChart,
		digest: bundleDigest(images, charts, made?.index),
		index: made?.index,
		signer: signed.signer,
		warnings: [...signed.warnings, ...droppingsText(layout.passedOver ?? []), ...warnings, ...unlisted, ...unused],
	};
};
