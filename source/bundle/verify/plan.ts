import {basename} from 'node:path';
import {isArchiveBlob} from '../../archive/blob.ts';
import {rowOf, type Slice, type UnpackedSlice, unpackedOf} from '../../archive/range.ts';
import type {Layout} from '../layout/types.ts';
import type {Bundle} from '../types.ts';
import type {HashJob, Range} from './hash-job.ts';

/** A part of a split bundle: the digest that its list gives, its place in the joined tar, and the file on disk. */
export type PartClaim = {readonly slice: Slice; readonly file: Slice; readonly digest: string};

/** Bytes somewhere in the bundle that must have a digest. */
type Claim = Omit<Range, 'from'> & {readonly slice: Slice};

/** A stretch of a row of bytes that one job reads. `offset` is that of its first byte in the row. */
type Stretch = {readonly slice: Slice; readonly offset: number};

/** What lies in a row of bytes, by the row. */
type Rows<T> = ReadonlyMap<string, readonly T[]>;

const byRow = <T extends {readonly slice: Slice}>(list: readonly T[]): Rows<T> =>
	Map.groupBy(list, ({slice}) => rowOf(slice));

const holds = ({slice: {size}, offset}: Stretch, inner: Slice): boolean =>
	inner.offset >= offset && inner.offset + inner.size <= offset + size;

/** The file of the bundle in which a slice lies, however deep. */
const ownerOf = (files: Rows<Stretch>, slice: Slice): string => {
	const owner = files.get(rowOf(slice))?.find((stretch) => holds(stretch, slice));
	if (owner) return owner.slice.label;
	return slice.unpacked ? ownerOf(files, slice.unpacked.from) : slice.label;
};

/** What is to be verified. `bundle` is absent where it cannot be opened: then the checksums are all that is known. */
export type Target = {
	readonly layout: Layout;
	readonly checksums: ReadonlyMap<string, string>;
	readonly bundle?: Bundle | undefined;
};

const fileClaims = ({layout, checksums}: Target): readonly Claim[] =>
	[...layout.files].flatMap(([file, slice]) => {
		const digest = checksums.get(file);
		return digest === undefined ? [] : [{slice, size: slice.size, digest, file, what: 'file' as const}];
	});

/**
 * A chart without a checksum has at least to be what was read when the bundle was opened. One within a tar was copied out, under its
 * own name.
 */
const chartClaims = ({files}: Layout, {controlPlaneChart, workspaceChart}: Bundle): readonly Claim[] =>
	[controlPlaneChart, workspaceChart].flatMap(({path, digest}) => {
		const file = `charts/${basename(path)}`;
		const slice = files.get(file);
		return slice ? [{slice, size: slice.size, digest, file, what: 'file' as const}] : [];
	});

const blobClaims = ({images}: Bundle, files: Rows<Stretch>): readonly Claim[] =>
	images
		.flatMap(({blobs}) => blobs)
		.filter(isArchiveBlob)
		.map(({slice, digest}) => ({
			slice,
			size: slice.size,
			digest,
			file: ownerOf(files, slice),
			what: 'image part',
		}));

/** What a layer unpacks to may be anything; a compressed one is at most that much of the disk of a node. */
const mostUnpacked = 1024 ** 4;

/**
 * What compressed layers unpack to, where each of them can be read by itself: a layer within a compressed archive would be unpacked to
 * from the start, and one across the parts of a tar be read a second time.
 */
const contentClaims = ({images}: Bundle, files: Rows<Stretch>): readonly Claim[] =>
	images
		.flatMap(({blobs}) => blobs)
		.filter(isArchiveBlob)
		.flatMap(({slice, unpacksTo}) => {
			if (!unpacksTo || slice.unpacked || slice.parts) return [];
			const {digest, algorithm} = unpacksTo;
			const file = ownerOf(files, slice);
			const inside = unpackedOf({...slice, label: file}, algorithm, mostUnpacked);
			return [{slice: inside, size: inside.size, digest, file, what: 'layer contents' as const}];
		});

const partClaim = ({slice, file, digest}: PartClaim): Claim => ({
	slice,
	size: slice.size,
	digest,
	file: file.label,
	what: 'file',
});

/** The same bytes with the same digest are claimed once, by the first who does. */
const eachOnce = (claims: readonly Claim[]): readonly Claim[] => {
	const once = new Map<string, Claim>();
	for (const claim of claims) {
		const {slice, digest} = claim;
		const key = `${rowOf(slice)} ${slice.offset} ${slice.size} ${digest}`;
		if (!once.has(key)) once.set(key, claim);
	}
	return [...once.values()];
};

const claimsOf = (target: Target, files: Rows<Stretch>): readonly Claim[] => {
	const {layout, bundle} = target;
	return eachOnce([
		...fileClaims(target),
		...(bundle ? [...chartClaims(layout, bundle), ...blobClaims(bundle, files), ...contentClaims(bundle, files)] : []),
	]);
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
export type PlannedJob = {readonly job: HashJob; readonly slices: ReadonlyMap<Range, Slice>};

/** One pass over a stretch. @param packed the compressed file itself, where the stretch is what comes out of it */
const jobOver = (stretch: Stretch, claims: readonly Claim[], packed?: Claim): PlannedJob => {
	const slices = new Map<Range, Slice>();
	const rangeOf = ({slice, size, digest, file, what}: Claim, from: number): Range => {
		const range = {from, size, digest, file, what};
		slices.set(range, slice);
		return range;
	};
	const ranges = claims.map((claim) => rangeOf(claim, claim.slice.offset - stretch.offset));
	return {job: {slice: stretch.slice, ranges, packed: packed && rangeOf(packed, 0)}, slices};
};

const isUnpacked = (slice: Slice | undefined): slice is UnpackedSlice => slice?.unpacked !== undefined;

/** A compressed file is read once for all that comes out of it, and for its own checksum on the way. */
const unpackedJobs = (claims: Rows<Claim>): {readonly jobs: readonly PlannedJob[]; readonly packed: Set<Claim>} => {
	const jobs: PlannedJob[] = [];
	const packed = new Set<Claim>();
	for (const inRow of claims.values()) {
		const slice = inRow[0]?.slice;
		if (!isUnpacked(slice)) continue;
		const {from, algorithm, most} = slice.unpacked;
		const own = claims
			.get(rowOf(from))
			?.find((claim) => claim.slice.offset === from.offset && claim.slice.size === from.size);
		if (own) packed.add(own);
		jobs.push(jobOver({slice: unpackedOf(from, algorithm, most), offset: 0}, inRow, own));
	}
	return {jobs, packed};
};

/** Claims in files on disk: one pass for each file that holds some, and one for each claim that lies across files. */
const diskJobs = (claims: readonly Claim[], files: readonly Stretch[]): readonly PlannedJob[] => {
	const inFiles = Map.groupBy(claims, ({slice}) => files.find((file) => holds(file, slice)));
	return [...inFiles].flatMap(([file, inside]) =>
		file ? [jobOver(file, inside)] : inside.map((claim) => jobOver(claimStretch(claim), [claim])),
	);
};

const claimStretch = ({slice}: Claim): Stretch => ({slice, offset: slice.offset});

/**
 * What is read to verify a bundle: each byte once, in as many jobs as there are files, so that several can run at once.
 * Of a split bundle the parts are the files; only what lies across two parts is read a second time.
 * @param target absent where only parts can be looked at, because the tar in them cannot be read
 */
export const planVerify = (target: Target | undefined, parts: readonly PartClaim[] = []): readonly PlannedJob[] => {
	const files = byRow([...(target?.layout.files.values() ?? [])].map((slice) => ({slice, offset: slice.offset})));
	const partFiles = Map.groupBy(
		parts.map(({slice, file}) => ({row: rowOf(slice), slice: file, offset: slice.offset})),
		({row}) => row,
	);
	const claims = byRow([...parts.map(partClaim), ...(target ? claimsOf(target, files) : [])]);
	const unpacked = unpackedJobs(claims);
	const onDisk = [...claims].flatMap(([row, inRow]) =>
		isUnpacked(inRow[0]?.slice)
			? []
			: diskJobs(
					inRow.filter((claim) => !unpacked.packed.has(claim)),
					[...(partFiles.get(row) ?? []), ...(files.get(row) ?? [])],
				),
	);
	return [...unpacked.jobs, ...onDisk];
};
