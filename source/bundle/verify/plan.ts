import {basename} from 'node:path';
import {isArchiveBlob} from '../../archive/blob.ts';
import {rowOf, type Slice, unpackedOf} from '../../archive/range.ts';
import type {Layout} from '../layout/layout.ts';
import type {Bundle} from '../types.ts';
import type {HashJob, Range} from './hash-job.ts';

/** A part of a split bundle: the digest that its list gives, its place in the joined tar, and the file on disk. */
export type PartClaim = {readonly slice: Slice; readonly file: Slice; readonly digest: string};

/** Bytes somewhere in the bundle that must have a digest. */
type Claim = Omit<Range, 'from'> & {readonly slice: Slice};

/** A stretch of a row of bytes that one job reads. `offset` is that of its first byte in the row. */
type Stretch = {readonly slice: Slice; readonly offset: number};

const whole = 'Its SHA-256';

const holds = ({slice: {size}, offset}: Stretch, inner: Slice): boolean =>
	inner.offset >= offset && inner.offset + inner.size <= offset + size;

/** The file of the bundle in which a slice lies, however deep. */
const ownerOf = (rows: ReadonlyMap<string, readonly Stretch[]>, slice: Slice): string => {
	const owner = rows.get(rowOf(slice))?.find((stretch) => holds(stretch, slice));
	if (owner) return owner.slice.label;
	return slice.unpacked ? ownerOf(rows, slice.unpacked.from) : slice.label;
};

const group = <T, K>(list: readonly T[], key: (one: T) => K): ReadonlyMap<K, readonly T[]> => {
	const groups = new Map<K, T[]>();
	for (const one of list) {
		const known = groups.get(key(one));
		if (known) known.push(one);
		else groups.set(key(one), [one]);
	}
	return groups;
};

/** What is to be verified. `bundle` is absent where it cannot be opened: then the checksums are all that is known. */
export type Target = {
	readonly layout: Layout;
	readonly checksums: ReadonlyMap<string, string>;
	readonly bundle?: Bundle;
};

const claimsOf = (
	{layout, checksums, bundle}: Target,
	rows: ReadonlyMap<string, readonly Stretch[]>,
): readonly Claim[] => {
	const claims = new Map<string, Claim>();
	const add = (slice: Slice, digest: string, file: string, what: string): void => {
		const key = `${rowOf(slice)} ${slice.offset} ${slice.size} ${digest}`;
		if (!claims.has(key)) claims.set(key, {slice, size: slice.size, digest, file, what});
	};
	for (const [name, slice] of layout.files) {
		const checksum = checksums.get(name);
		if (checksum !== undefined) add(slice, checksum, name, whole);
	}
	if (!bundle) return [...claims.values()];
	for (const {path, digest} of [bundle.controlPlaneChart, bundle.workspaceChart]) {
		// A chart without a checksum has at least to be what was read when the bundle was opened. One within a tar was
		// copied out, under its own name.
		const name = `charts/${basename(path)}`;
		const slice = layout.files.get(name);
		if (slice) add(slice, digest, name, whole);
	}
	for (const blob of bundle.images.flatMap(({blobs}) => blobs)) {
		if (!isArchiveBlob(blob)) continue;
		const {slice} = blob;
		add(slice, blob.digest, ownerOf(rows, slice), 'The digest of a part of an image in it');
	}
	return [...claims.values()];
};

/** A file on disk, and at which byte of the row it begins. */
export type TouchedFile = {readonly file: string; readonly start: number};

/** The files on disk that hold a slice: of the parts of a tar only those that it touches. */
export const touchedFiles = (slice: Slice): readonly TouchedFile[] => {
	if (slice.unpacked) return touchedFiles(slice.unpacked.from);
	if (!slice.parts) return [{file: slice.file, start: 0}];
	const touched: TouchedFile[] = [];
	let at = 0;
	for (const {file, size} of slice.parts) {
		if (at < slice.offset + slice.size && at + size > slice.offset) touched.push({file, start: at});
		at += size;
	}
	return touched;
};

/** A job, and the slice on disk of each of its ranges. */
export type PlannedJob = {readonly job: HashJob; readonly places: ReadonlyMap<Range, Slice>};

/**
 * What is read to verify a bundle: each byte once, in as many jobs as there are files, so that several can run at once.
 * Of a split bundle the parts are the files; only what lies across two parts is read a second time.
 * @param target absent where only parts can be looked at, because the tar in them cannot be read
 */
export const planVerify = (target: Target | undefined, parts: readonly PartClaim[] = []): readonly PlannedJob[] => {
	const files = group(
		[...(target?.layout.files.values() ?? [])].map((slice): Stretch => ({slice, offset: slice.offset})),
		({slice}) => rowOf(slice),
	);
	const partFiles = group(parts, ({slice}) => rowOf(slice));
	const rows = group(
		[
			...parts.map(
				({slice, file, digest}): Claim => ({slice, size: slice.size, digest, file: file.label, what: whole}),
			),
			...(target ? claimsOf(target, files) : []),
		],
		({slice}) => rowOf(slice),
	);
	const jobs: PlannedJob[] = [];
	const push = (slice: Slice, offset: number, claims: readonly Claim[], packed?: Claim): void => {
		const places = new Map<Range, Slice>();
		const rangeOf = ({slice: place, size, digest, file, what}: Claim, from: number): Range => {
			const range = {from, size, digest, file, what};
			places.set(range, place);
			return range;
		};
		const ranges = claims.map((claim) => rangeOf(claim, claim.slice.offset - offset));
		jobs.push({job: {slice, ranges, ...(packed ? {packed: rangeOf(packed, 0)} : {})}, places});
	};
	const packedFiles = new Set<Claim>();
	for (const claims of rows.values()) {
		const unpacked = claims[0]?.slice.unpacked;
		if (!unpacked) continue;
		const {from, algorithm} = unpacked;
		const packed = rows.get(rowOf(from))?.find(({slice}) => slice.offset === from.offset && slice.size === from.size);
		if (packed) packedFiles.add(packed);
		push(unpackedOf(from, algorithm), 0, claims, packed);
	}
	for (const [row, claims] of rows) {
		if (claims[0]?.slice.unpacked) continue;
		const containers: readonly Stretch[] = [
			...(partFiles.get(row) ?? []).map(({slice, file}) => ({slice: file, offset: slice.offset})),
			...(files.get(row) ?? []),
		];
		const chosen = group(
			claims.filter((claim) => !packedFiles.has(claim)),
			({slice}) => containers.find((container) => holds(container, slice)),
		);
		for (const [container, inside] of chosen) {
			if (container) push(container.slice, container.offset, inside);
			else for (const claim of inside) push(claim.slice, claim.slice.offset, [claim]);
		}
	}
	return jobs;
};
