import {join} from 'node:path';
import {sizeOfFile} from '../../base/files.ts';
import {totalSize} from '../../base/units.ts';
import {sha256Of} from '../../oci/digest.ts';
import {blobPath} from '../../oci/image-layout.ts';
import {type BundleIndex, bundleFiles} from '../layout/index-file.ts';
import type {ExtraFile} from './extra-files.ts';
import type {FetchJob} from './fetch/fetch.ts';
import {lookAtFolder, partOf} from './folder.ts';
import type {BundlePlan} from './plan.ts';
import {imagesIndex, layoutText} from './texts.ts';
import {startHereText, verifyScript} from './tool/start-here.ts';

/** Where a blob lies in a bundle. */
const blobFile = (digest: string): string => `images/${blobPath(digest)}`;

/** The files of a bundle but for its lists, by how they come there; by path relative to it. */
export type Contents = {
	/** Small files that are written from memory. */
	readonly metadata: ReadonlyMap<string, Buffer>;
	/** Files of this host. */
	readonly extras: readonly ExtraFile[];
	/** What is fetched. */
	readonly fetched: ReadonlyArray<FetchJob & {readonly path: string}>;
};

const metadataOf = (plan: BundlePlan): ReadonlyMap<string, Buffer> =>
	new Map([
		[bundleFiles.startHere, Buffer.from(startHereText(plan))],
		[bundleFiles.verifyScript, Buffer.from(verifyScript)],
		['images/oci-layout', Buffer.from(layoutText)],
		['images/index.json', Buffer.from(imagesIndex(plan.images))],
		...plan.images.flatMap(({manifest, children, configs}) => [
			...[manifest, ...children].map(({digest, bytes}) => [blobFile(digest), bytes] as const),
			...[...configs].map(([digest, bytes]) => [blobFile(digest), bytes] as const),
		]),
	]);

/** @param folder of the bundle, absolute */
export const contentsOf = (plan: BundlePlan, folder: string): Contents => {
	const {charts, sboms, tools, papers, releaseNotes, blobs} = plan;
	const metadata = metadataOf(plan);
	const attached = sboms.flatMap((sbom) => ('blob' in sbom ? [{path: sbom.path, blob: sbom.blob}] : []));
	const layers = blobs.map((blob) => ({path: blobFile(blob.digest), blob})).filter(({path}) => !metadata.has(path));
	return {
		metadata,
		extras: [
			...charts.map(({file}) => file),
			...sboms.flatMap((sbom) => ('file' in sbom ? [sbom.file] : [])),
			...tools.map(({file}) => file),
			...papers,
			...(releaseNotes ? [releaseNotes] : []),
		],
		fetched: [...layers, ...attached].map(({path, blob}) => ({path, blob, file: join(folder, path)})),
	};
};

/** All of these files as `bundle.json` lists them, unsorted. */
export const listedContents = ({metadata, extras, fetched}: Contents): BundleIndex['files'] => [
	...fetched.map(({path, blob: {size, digest}}) => ({path, size, digest})),
	...[...metadata].map(([path, bytes]) => ({path, size: bytes.length, digest: sha256Of(bytes)})),
	...extras.map(({path, size, digest}) => ({path, size, digest})),
];

export const pathsOf = ({metadata, extras, fetched}: Contents): ReadonlySet<string> =>
	new Set([...metadata.keys(), ...extras.map(({path}) => path), ...fetched.map(({path}) => path)]);

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

/** Bytes of a blob that are there: all of it, or its beginning. */
const thereOf = async ({blob: {size}, file}: FetchJob): Promise<{readonly present: number; readonly begun: number}> => {
	if ((await sizeOfFile(file)) === size) return {present: size, begun: 0};
	return {present: 0, begun: Math.min(size, (await sizeOfFile(partOf(file))) ?? 0)};
};

/** Compares a plan with the folder. Changes nothing. @throws ProblemError `bundle-create-foreign-files`, `bundle-create-unwritable` */
export const needsOf = async (plan: BundlePlan, folder: string): Promise<Needs> => {
	const contents = contentsOf(plan, folder);
	const {leftOver} = await lookAtFolder(folder, pathsOf(contents));
	let present = 0;
	let begun = 0;
	for (const job of contents.fetched) {
		const there = await thereOf(job);
		present += there.present;
		begun += there.begun;
	}
	const total = totalSize(listedContents(contents));
	const fetched = totalSize(contents.fetched.map(({blob}) => blob));
	return {total, present, begun, toFetch: fetched - present - begun, toWrite: total - present - begun, leftOver};
};
