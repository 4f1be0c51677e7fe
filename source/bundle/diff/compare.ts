import {byText} from '../../base/text.ts';
import {totalSize} from '../../base/units.ts';
import type {Blob} from '../../oci/descriptor.ts';
import type {BundleIndex} from '../layout/index-file.ts';
import type {Bundle} from '../types.ts';
import {type Base, chartsOf, imagesOf, type Versions} from './base.ts';

/** One image or chart on both sides; a side without it has no versions. */
export type Change = {
	readonly name: string;
	readonly before: readonly string[];
	readonly now: readonly string[];
	/** Equal names can hide other contents: what counts is the digest. */
	readonly same: boolean;
};

/** What a bundle has that the base lacks, and what of it has to be carried. Sizes in bytes. */
export type Difference = {
	readonly images: readonly Change[];
	/** Absent where the base tells nothing of charts. */
	readonly charts?: readonly Change[];
	/** Layers that the base has in an image of the same name; a differential bundle leaves them out. */
	readonly omitted: readonly {readonly digest: string; readonly size: number}[];
	readonly omittedBytes: number;
	/** All blobs of the bundle. */
	readonly blobs: number;
	readonly blobBytes: number;
	/** All files of the bundle, with and without the layers that the base has; absent where it was made by hand. */
	readonly whole?: {
		readonly bytes: number;
		readonly carryBytes: number;
		/** Helm and this tool: they come along always, as a registry does not keep them. */
		readonly programBytes: number;
	};
};

/** A layer and not a configuration (OCI image specification 1.1, layer.md; Docker's `...rootfs.diff.tar...`). */
const isLayer = ({mediaType}: Blob): boolean => /\.layer\.|\.rootfs\./u.test(mediaType);

const changes = (before: Versions, now: Versions): readonly Change[] =>
	[...new Set([...before.keys(), ...now.keys()])].sort(byText).map((name) => {
		const [old, fresh] = [before.get(name) ?? [], now.get(name) ?? []];
		const has = new Set(old.map(({version, digest}) => `${version} ${digest}`));
		return {
			name,
			before: old.map(({version}) => version),
			now: fresh.map(({version}) => version),
			same: old.length === fresh.length && fresh.every(({version, digest}) => has.has(`${version} ${digest}`)),
		};
	});

const wholeOf = ({files, tools}: BundleIndex, omittedBytes: number): Required<Difference>['whole'] => {
	const programs = new Set(tools.map(({file}) => file));
	const bytes = totalSize(files);
	return {
		bytes,
		carryBytes: bytes - omittedBytes,
		programBytes: totalSize(files.filter(({path}) => programs.has(path))),
	};
};

/** Compares a bundle, opened with all its platforms, with what the target has. */
export const compareBundle = (bundle: Bundle, base: Base): Difference => {
	const blobs = new Map(bundle.images.flatMap((image) => image.blobs.map((blob) => [blob.digest, blob] as const)));
	// A push asks for what was left out in repositories of the images that have it, and in no other.
	const isThere = ({digest, size}: Blob): boolean => {
		const known = base.blobs.get(digest);
		return (
			known?.size === size &&
			bundle.images.some(({name, blobs: own}) => known.names.has(name) && own.some((one) => one.digest === digest))
		);
	};
	const omitted = [...blobs.values()]
		.filter((blob) => isLayer(blob) && isThere(blob))
		.map(({digest, size}) => ({digest, size}))
		.sort((a, b) => byText(a.digest, b.digest));
	const omittedBytes = totalSize(omitted);
	return {
		images: changes(base.images, imagesOf(bundle)),
		...(base.charts ? {charts: changes(base.charts, chartsOf(bundle))} : {}),
		omitted,
		omittedBytes,
		blobs: blobs.size,
		blobBytes: totalSize(blobs.values()),
		...(bundle.index ? {whole: wholeOf(bundle.index, omittedBytes)} : {}),
	};
};
