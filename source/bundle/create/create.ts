import {readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {sizeOfFile} from '../../base/files.ts';
import {sha256} from '../images/image.ts';
import {type BundleIndex, bundleFiles} from '../layout/index-file.ts';
import {lookAtFolder, type Making, makingFile, removeFiles, writeWhole} from '../write/folder.ts';
import {diskFull} from '../write/problems.ts';
import {copyExtra, type ExtraFile} from './extra-files.ts';
import {type FetchJob, type FetchProgress, fetchBlobs} from './fetch.ts';
import type {BundlePlan} from './plan.ts';
import {byText, checksumsText, imagesIndex, indexText, layoutText, manifestText} from './texts.ts';

const blobPath = (digest: string): string => `images/blobs/sha256/${digest.slice('sha256:'.length)}`;

/** Small files that are written from memory, by path. */
const metadataOf = ({images}: BundlePlan): ReadonlyMap<string, Buffer> =>
	new Map([
		['images/oci-layout', Buffer.from(layoutText)],
		['images/index.json', Buffer.from(imagesIndex(images))],
		...images.flatMap(({manifest, children, configs}) => [
			...[manifest, ...children].map(({digest, bytes}) => [blobPath(digest), bytes] as const),
			...[...configs].map(([digest, bytes]) => [blobPath(digest), bytes] as const),
		]),
	]);

const extrasOf = ({charts, sboms, tools, releaseNotes}: BundlePlan): readonly ExtraFile[] => [
	...charts.map(({file}) => file),
	...sboms.flatMap((sbom) => ('file' in sbom ? [sbom.file] : [])),
	...tools.map(({file}) => file),
	...(releaseNotes ? [releaseNotes] : []),
];

const jobsOf = (plan: BundlePlan, folder: string, metadata: ReadonlyMap<string, Buffer>): readonly FetchJob[] => [
	...plan.blobs
		.filter(({digest}) => !metadata.has(blobPath(digest)))
		.map((blob) => ({blob, file: join(folder, blobPath(blob.digest))})),
	...plan.sboms.flatMap((sbom) => ('blob' in sbom ? [{blob: sbom.blob, file: join(folder, sbom.path)}] : [])),
];

/** How much of a plan lies in the folder already. All in bytes; presence is told by size here, the fetch looks at the bytes. */
export type Needs = {
	readonly total: number;
	/** Whole blobs. */
	readonly present: number;
	/** Beginnings of blobs that an earlier run left. */
	readonly begun: number;
	readonly toFetch: number;
	/** Room that has to be free: what is fetched, and all other files once more. */
	readonly toWrite: number;
	readonly leftOver: readonly string[];
};

/** Compares a plan with the folder. Changes nothing. @throws ProblemError `bundle-create-foreign-files`, `bundle-create-unwritable` */
export const needsOf = async (plan: BundlePlan, folder: string): Promise<Needs> => {
	const metadata = metadataOf(plan);
	const extras = extrasOf(plan);
	const jobs = jobsOf(plan, folder, metadata);
	const {leftOver} = await lookAtFolder(folder, plannedPaths(plan, metadata));
	let present = 0;
	let begun = 0;
	for (const {blob, file} of jobs) {
		if ((await sizeOfFile(file)) === blob.size) present += blob.size;
		else begun += Math.min(blob.size, (await sizeOfFile(`${file}.part`)) ?? 0);
	}
	const blobBytes = jobs.reduce((sum, {blob}) => sum + blob.size, 0);
	const small =
		[...metadata.values()].reduce((sum, bytes) => sum + bytes.length, 0) +
		extras.reduce((sum, {size}) => sum + size, 0);
	const toFetch = blobBytes - present - begun;
	return {total: blobBytes + small, present, begun, toFetch, toWrite: toFetch + small, leftOver};
};

const plannedPaths = (plan: BundlePlan, metadata: ReadonlyMap<string, Buffer>): ReadonlySet<string> =>
	new Set([
		...metadata.keys(),
		...plan.blobs.map(({digest}) => blobPath(digest)),
		...plan.sboms.map(({path}) => path),
		...extrasOf(plan).map(({path}) => path),
	]);

const createdOf = ({images}: BundlePlan, sourceDateEpoch: number | undefined): string => {
	const newest = Math.max(0, ...images.flatMap(({createdMs}) => createdMs ?? []));
	return new Date(sourceDateEpoch === undefined ? newest : sourceDateEpoch * 1000).toISOString();
};

const indexOf = (plan: BundlePlan, options: WriteOptions, files: BundleIndex['files']): BundleIndex => {
	const {spec, images, charts, sboms, tools} = plan;
	const helm = tools.find(({name}) => name === 'helm');
	return {
		formatVersion: 1,
		created: createdOf(plan, options.sourceDateEpoch),
		madeBy: options.madeBy,
		versions: {
			controlPlane: spec.versions.controlPlane,
			workspaces: [...spec.versions.workspaces].sort(byText),
			...(helm ? {helm: helm.version} : {}),
		},
		platforms: [...new Set(spec.platforms)].sort(byText),
		images: images.map(({name, tag, source, manifest, platforms, size}) => ({
			name,
			tag,
			source,
			digest: manifest.digest,
			platforms: [...platforms],
			size,
		})),
		charts: charts.map(({chart, file, wanted}) => ({
			name: chart.name,
			version: chart.version,
			...(chart.appVersion === undefined ? {} : {appVersion: chart.appVersion}),
			file: file.path,
			digest: file.digest,
			size: file.size,
			// A folder of this host means nothing elsewhere, and would make equal bundles differ.
			source: wanted.location.startsWith('oci://') ? wanted.location : file.path.replace('charts/', 'file: '),
		})),
		repositories: [...new Set(images.map(({name}) => name))].sort(byText),
		sboms: sboms.map(({image, format, path}) => ({image, format, file: path})),
		tools: tools.map(({name, version, platform, file}) => ({name, version, platform, file: file.path})),
		files,
	};
};

export type WriteOptions = FetchProgress & {
	/** Absolute. */
	readonly folder: string;
	readonly madeBy: string;
	/** Seconds since 1970, in the place of the images' newest creation time (reproducible-builds.org, SOURCE_DATE_EPOCH). */
	readonly sourceDateEpoch?: number;
	readonly concurrency: number;
	/** Free bytes on the disk of the folder, which may not exist yet. */
	readonly freeBytes: (folder: string) => Promise<number>;
	readonly formatBytes: (bytes: number) => string;
	readonly onNote: (text: string) => void;
	readonly signal: AbortSignal;
};

const readText = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

/**
 * Makes the bundle of a plan, or goes on with one that was begun. Files of an older spec that this tool put there are taken away.
 * `SHA256SUMS` is written last: a folder without it is no whole bundle.
 * @returns what it holds, and the bytes that were fetched
 * @throws ProblemError of area `bundle` or `registry`; the signal's reason when it is aborted
 */
export const writeBundle = async (
	plan: BundlePlan,
	options: WriteOptions,
): Promise<{readonly index: BundleIndex; readonly fetched: number}> => {
	const {folder, signal, onNote} = options;
	const metadata = metadataOf(plan);
	const planned = plannedPaths(plan, metadata);
	const needs = await needsOf(plan, folder);
	const free = await options.freeBytes(folder);
	if (needs.toWrite > free)
		throw diskFull(folder, {needs: options.formatBytes(needs.toWrite), has: options.formatBytes(free)});

	const found = await lookAtFolder(folder, planned);
	const at = (path: string): string => join(folder, path);
	const before = await readText(at(bundleFiles.checksums));
	const signed = before === undefined ? found.making?.checksums : sha256(before);
	const making: Making = {
		formatVersion: 1,
		paths: [...new Set([...planned, ...found.owned])].sort(byText),
		...(signed === undefined ? {} : {checksums: signed}),
	};
	await writeWhole(at(makingFile), JSON.stringify(making));
	// From here on the folder must not look like a whole bundle.
	await removeFiles(folder, [bundleFiles.checksums, bundleFiles.index, bundleFiles.manifest]);
	if (found.leftOver.length > 0) {
		onNote(
			`Taken away, as the new bundle does not have them: ${found.leftOver.slice(0, 5).join(', ')}${found.leftOver.length > 5 ? ` and ${found.leftOver.length - 5} more` : ''}.`,
		);
		await removeFiles(folder, found.leftOver);
	}

	const fetched = await fetchBlobs(jobsOf(plan, folder, metadata), options);
	for (const [path, bytes] of metadata) await writeWhole(at(path), bytes);
	for (const extra of extrasOf(plan)) await copyExtra(extra, at(extra.path), signal);
	signal.throwIfAborted();

	const entries = new Map<string, {readonly size: number; readonly digest: string}>([
		...plan.blobs.map(({digest, size}) => [blobPath(digest), {size, digest}] as const),
		...[...metadata].map(([path, bytes]) => [path, {size: bytes.length, digest: sha256(bytes)}] as const),
		...plan.sboms.flatMap((sbom) => ('blob' in sbom ? [[sbom.path, sbom.blob] as const] : [])),
		...extrasOf(plan).map((extra) => [extra.path, extra] as const),
	]);
	const listed = (more: ReadonlyMap<string, Buffer>): BundleIndex['files'] =>
		[...entries, ...[...more].map(([path, bytes]) => [path, {size: bytes.length, digest: sha256(bytes)}] as const)]
			.map(([path, {size, digest}]) => ({path, size, digest}))
			.sort((a, b) => byText(a.path, b.path));
	// manifest.txt says nothing of the list of files, so it can be made before that list, which names it.
	const manifest = Buffer.from(manifestText(indexOf(plan, options, []), plan.images));
	const files = listed(new Map([[bundleFiles.manifest, manifest]]));
	const index = indexOf(plan, options, files);
	const text = indexText(index);
	const checksums = checksumsText(
		new Map([...files.map(({path, digest}) => [path, digest] as const), [bundleFiles.index, sha256(text)]]),
	);
	await writeWhole(at(bundleFiles.manifest), manifest);
	await writeWhole(at(bundleFiles.index), text);
	if (signed !== sha256(checksums) && (await sizeOfFile(at(bundleFiles.signature))) !== undefined) {
		onNote(`${bundleFiles.signature} was taken away: it signed another bundle. Sign this one anew.`);
		await rm(at(bundleFiles.signature));
	}
	// What an earlier run left half written has no place among the files of a whole bundle.
	await removeFiles(
		folder,
		found.owned.filter((path) => path !== makingFile && /\.(?:part|new)$/u.test(path)),
	);
	await writeWhole(at(bundleFiles.checksums), checksums);
	await rm(at(makingFile));
	return {index, fetched};
};
