import {mkdtemp, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, posix} from 'node:path';
import {stampOf} from '../../archive/identity.ts';
import {bundleProblem} from '../../archive/problems.ts';
import {filesOf} from '../../archive/range.ts';
import {readSlice, type Slice} from '../../archive/slice.ts';
import {maximumJsonBytes} from '../../archive/tree.ts';
import type {Image} from '../../oci/image.ts';
import {type CompressOptions, compressImage} from '../images/compress.ts';
import {readImages} from '../images/read-archive.ts';
import {archivesOf} from '../layout/archives.ts';
import {parseChecksums} from '../layout/checksums-text.ts';
import {type Layout, openLayout} from '../layout/layout.ts';
import {parseManifest} from '../layout/manifest-text.ts';
import type {BundleManifest} from '../layout/types.ts';
import {requireFinished} from '../layout/unfinished.ts';
import {checkSignature, type SignatureRequest} from '../signature/check.ts';
import type {Bundle, BundlePort, Chart} from '../types.ts';
import {openMemo} from '../verify/memo.ts';
import {verifyBundle} from '../verify/verify.ts';
import {bundleDigest} from './bundle-digest.ts';
import {readChart} from './chart.ts';
import {chartNames, compareManifest, mergeImages, pickChart, requireImages} from './checks.ts';
import {compareContents, manifestOf, readIndex} from './read-index.ts';

const readText = async (slice: Slice): Promise<string> => {
	if (slice.size > maximumJsonBytes) {
		throw bundleProblem({
			code: 'bundle-manifest-damaged',
			message: `${slice.label} is too large.`,
			cause: `It has ${slice.size} bytes; a page of text was expected.`,
			fix: 'Replace it with the one that was made with the bundle.',
			location: {file: slice.label},
		});
	}
	return (await readSlice(slice)).toString('utf8');
};

/** Checksum files beside or instead of lines in manifest.txt. */
const checksumFile = /^(?:images\/|charts\/)?(?:sha256sums?|checksums?)(?:\.txt)?$/iu;

const readManifest = async (layout: Layout): Promise<BundleManifest | undefined> => {
	const slice = layout.files.get('manifest.txt');
	const manifest = slice ? parseManifest(await readText(slice)) : undefined;
	const checksums = new Map(manifest?.checksums);
	for (const [name, file] of layout.files) {
		if (!checksumFile.test(name)) continue;
		const folder = posix.dirname(name);
		for (const [path, digest] of parseChecksums(await readText(file), folder === '.' ? '' : folder)) {
			checksums.set(path, digest);
		}
	}
	// `sha256sum * > manifest.txt` may list the manifest itself, whose own line can never be right.
	checksums.delete('manifest.txt');
	if (!manifest && checksums.size === 0) return undefined;
	return {images: [], charts: [], registries: [], ...manifest, checksums};
};

/** Client images first where their tag fits the workspace chart: others may be there for other Python versions. */
const order = (images: readonly Image[], workspace: Chart): readonly Image[] => {
	const rank = ({tag}: Image) => (tag === workspace.appVersion || tag === workspace.version ? 0 : 1);
	return [...images].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : rank(a) - rank(b)));
};

/** Reads the index of a bundle that was found. @param workDirectory where charts of a tar go @throws ProblemError area `bundle` */
export const openBundle = async (
	layout: Layout,
	workDirectory: () => Promise<string>,
	{signature, platform}: {readonly signature: SignatureRequest; readonly platform: string | undefined},
	signal: AbortSignal,
): Promise<Bundle> => {
	requireFinished(layout);
	const {signer, checksums, warnings: unproven} = await checkSignature(layout, signature, signal);
	const made = await readIndex(layout.files, checksums);
	const read = await readManifest(layout);
	// Checksums that somebody else wrote do not count beside signed ones.
	const manifest = made
		? manifestOf(made.index, made.checksums, read?.registries ?? [])
		: checksums
			? {images: [], charts: [], registries: [], ...read, checksums}
			: read;
	const charts: Chart[] = [];
	for (const [name, slice] of layout.files) {
		if (!/^charts\/[^/]+\.tgz$/u.test(name)) continue;
		charts.push(await readChart(slice, {packed: layout.packed, workDirectory, signal}));
	}
	const found: Image[] = [];
	const cut: string[] = [];
	const omitted = new Map(made?.index.differential?.omitted.map(({digest, size}) => [digest, size]));
	for (const tree of await archivesOf(layout, signal)) {
		found.push(...(await readImages(tree, signal, {platform, omitted})));
		if (!tree.complete) cut.push(`${tree.label} lacks its end, but all that it names is there.`);
	}
	const images = mergeImages(found);
	if (made) compareContents(made.index, {images, charts});
	const warnings = [
		...unproven,
		...cut,
		...(made ? [] : compareManifest(manifest, {images, charts, files: [...layout.files.keys()]})),
	];
	requireImages(images);
	const controlPlaneChart = pickChart(charts, chartNames.controlPlane);
	const workspaceChart = pickChart(charts, chartNames.workspace);
	for (const chart of charts) {
		if (chart !== controlPlaneChart && chart !== workspaceChart) {
			warnings.push(`The chart ${chart.name} ${chart.version} is not used.`);
		}
	}
	return {
		directory: layout.path,
		manifest: manifest ?? {images: [], charts: [], registries: [], checksums: new Map()},
		images: order(images, workspaceChart),
		controlPlaneChart,
		workspaceChart,
		digest: bundleDigest(images, charts, made?.index),
		...(made ? {index: made.index} : {}),
		...(signer ? {signer} : {}),
		warnings,
	};
};

/** Changes when any file of the bundle is replaced, and when one comes into its folder. */
const stampOfLayout = async ({path, files}: Layout): Promise<string> => {
	const folder = await stat(path).catch(() => undefined);
	return `${folder?.mtimeMs} ${await stampOf(new Set([...files.values()].flatMap(filesOf)))}`;
};

/**
 * The bundle that crossed the gap: a folder in the layout of the vendor's air-gap guide (step 1.3), or a tar of it.
 * Archives are read in place by offset; of a tar only the charts are copied out, because Helm needs files.
 * @param options.path folder, tar file (also compressed with gzip or zstd), or the list of the parts of one
 * @param options.workDirectory where charts of a tar go; by default a new folder in the system's temporary folder
 * @param options.platform which platform of each image is taken, such as `linux/arm64`, or `all`; by default amd64 where
 *   there is one, else what there is
 * @param options.compress how `compressed` compresses raw layers, and where it keeps them; absent, it gives images back
 * @param options.memoFile where is kept what was verified; absent, every verification reads all
 * @param options.signature what is asked of its signature; by default nothing
 */
export const createBundlePort = (options: {
	readonly path: string;
	readonly workDirectory?: string;
	readonly platform?: string | undefined;
	readonly compress?: Pick<CompressOptions, 'algorithm' | 'folder'> | undefined;
	readonly memoFile?: string;
	readonly signature?: SignatureRequest;
}): BundlePort => {
	let kept: {readonly layout: Layout; readonly bundle: Bundle; readonly stamp: string} | undefined;
	let temporary: Promise<string> | undefined;
	const {signature = {mode: 'off'}, platform} = options;
	const workDirectory = (): Promise<string> => {
		if (options.workDirectory !== undefined) return Promise.resolve(options.workDirectory);
		temporary ??= mkdtemp(join(tmpdir(), 'zenml-airgap-charts-'));
		return temporary;
	};
	const load = async (signal: AbortSignal) => {
		// A file that was carried in again meanwhile has other offsets.
		if (kept && kept.stamp === (await stampOfLayout(kept.layout))) return kept;
		const layout = await openLayout(options.path, signal);
		const stamp = await stampOfLayout(layout);
		kept = {layout, bundle: await openBundle(layout, workDirectory, {signature, platform}, signal), stamp};
		return kept;
	};
	return {
		open: async (signal) => (await load(signal)).bundle,
		compressed: async (image, more) =>
			options.compress ? compressImage(image, {...options.compress, ...more}) : image,
		dropCompressed: async () => {
			if (options.compress) await rm(options.compress.folder, {recursive: true, force: true});
		},
		verify: async ({signal, onProgress}) => {
			const {layout, bundle} = await load(signal);
			const memo = options.memoFile === undefined ? {} : {memo: await openMemo(options.memoFile)};
			return verifyBundle(layout, bundle, {signal, onProgress, ...memo});
		},
	};
};
