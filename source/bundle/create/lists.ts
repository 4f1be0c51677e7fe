import {byText} from '../../base/text.ts';
import {sha256Of} from '../../oci/digest.ts';
import {clientToolsEnginesOf} from '../layout/client-tools.ts';
import {type BundleIndex, bundleFiles} from '../layout/index-file.ts';
import {writeSums} from '../signature/checksums.ts';
import {jsonText} from '../write/json.ts';
import type {BundlePlan} from './plan.ts';
import {parseReference} from './reference.ts';
import {listedClientTools} from './spec/spec.ts';
import {manifestText} from './texts.ts';
import type {PlannedImage} from './types.ts';

/** Who makes a bundle, and when. */
export type Maker = {
	/** Name and version: `zenml-airgap 0.1.0`. */
	readonly madeBy: string;
	/** Seconds since 1970, in the place of the images' newest creation time (reproducible-builds.org, SOURCE_DATE_EPOCH). */
	readonly sourceDateEpoch?: number | undefined;
};

const createdOf = ({images}: BundlePlan, sourceDateEpoch: number | undefined): string => {
	const newest = Math.max(0, ...images.flatMap(({createdMs}) => createdMs ?? []));
	return new Date(sourceDateEpoch === undefined ? newest : sourceDateEpoch * 1000).toISOString();
};

const chartsOf = ({charts}: BundlePlan): BundleIndex['charts'] =>
	charts.map(({chart, file, wanted}) => ({
		name: chart.name,
		version: chart.version,
		appVersion: chart.appVersion,
		file: file.path,
		digest: file.digest,
		size: file.size,
		// A folder of this host means nothing elsewhere, and would make equal bundles differ.
		source: wanted.location.startsWith('oci://') ? wanted.location : file.path.replace('charts/', 'file: '),
	}));

const ownFactsOf = ({name, tag, source, manifest, platforms, size}: PlannedImage): BundleIndex['images'][number] => ({
	name,
	tag,
	source,
	digest: manifest.digest,
	platforms: [...platforms],
	size,
});

/** What an image is beside the product's own: as the spec says, else as its name does. */
const roleOf = (
	{spec}: BundlePlan,
	{name, tag}: PlannedImage,
): Pick<BundleIndex['images'][number], 'role' | 'engines'> => {
	const listed = listedClientTools(spec).find(({image}) => {
		const reference = parseReference(image);
		return reference?.name === name && reference.tag === tag;
	});
	const engines = listed?.engines ?? clientToolsEnginesOf({}, {name, tag});
	return engines.length === 0 ? {} : {role: 'client-tools', engines: [...engines]};
};

const imagesOf = (plan: BundlePlan): BundleIndex['images'] =>
	plan.images.map((image) => ({...ownFactsOf(image), ...roleOf(plan, image)}));

const indexOf = (plan: BundlePlan, maker: Maker, files: BundleIndex['files']): BundleIndex => {
	const {spec, images, sboms, tools} = plan;
	return {
		formatVersion: 1,
		created: createdOf(plan, maker.sourceDateEpoch),
		madeBy: maker.madeBy,
		versions: {
			controlPlane: spec.versions.controlPlane,
			workspaces: [...spec.versions.workspaces].sort(byText),
			helm: tools.find(({name}) => name === 'helm')?.version,
		},
		platforms: [...new Set(spec.platforms)].sort(byText),
		images: imagesOf(plan),
		charts: chartsOf(plan),
		repositories: [...new Set(images.map(({name}) => name))].sort(byText),
		sboms: sboms.map(({image, format, path}) => ({image, format, file: path})),
		tools: tools.map(({name, version, platform, file}) => ({name, version, platform, file: file.path})),
		files,
	};
};

/** The lists of a bundle: for people, for machines, for `sha256sum -c`. */
export type Lists = {
	readonly index: BundleIndex;
	readonly texts: {readonly manifest: string; readonly index: string; readonly checksums: string};
};

/** @param contents every file but the lists themselves */
export const listsOf = (plan: BundlePlan, maker: Maker, contents: BundleIndex['files']): Lists => {
	// manifest.txt says nothing of the list of files, so it can be made before that list, which names it.
	const manifest = manifestText(indexOf(plan, maker, []), plan.images);
	const itself = {path: bundleFiles.manifest, size: Buffer.byteLength(manifest), digest: sha256Of(manifest)};
	const files = [...contents, itself].sort((a, b) => byText(a.path, b.path));
	const index = indexOf(plan, maker, files);
	const text = jsonText(index);
	const sums = new Map(files.map(({path, digest}) => [path, digest])).set(bundleFiles.index, sha256Of(text));
	return {index, texts: {manifest, index: text, checksums: writeSums(sums)}};
};
