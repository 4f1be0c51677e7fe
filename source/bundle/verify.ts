import {createHash, type Hash} from 'node:crypto';
import {placeOf} from './image.ts';
import type {Layout} from './layout.ts';
import {damaged} from './problems.ts';
import {type Slice, scanSlice} from './slice.ts';
import type {Bundle, VerifyProgress} from './types.ts';

type Range = {readonly slice: Slice; readonly digest: string};
type Job = {readonly slice: Slice; readonly checksum: string | undefined; readonly ranges: readonly Range[]};

/** Files to read and, within each, the blobs to check, sorted by offset so that one pass does it all. */
const jobsOf = (layout: Layout, bundle: Bundle): readonly Job[] => {
	const ranges = new Map<string, Range>();
	for (const blob of bundle.images.flatMap(({blobs}) => blobs)) {
		const slice = placeOf(blob);
		if (slice) ranges.set(`${slice.file} ${slice.offset} ${blob.digest}`, {slice, digest: blob.digest});
	}
	const jobs: Job[] = [];
	for (const [name, slice] of layout.files) {
		const inside = [...ranges.values()]
			.filter(
				(range) =>
					range.slice.file === slice.file &&
					range.slice.offset >= slice.offset &&
					range.slice.offset + range.slice.size <= slice.offset + slice.size,
			)
			.sort((a, b) => a.slice.offset - b.slice.offset);
		const checksum = bundle.manifest.checksums.get(name);
		if (checksum !== undefined || inside.length > 0 || /^charts\/[^/]+\.tgz$/u.test(name)) {
			jobs.push({slice, checksum, ranges: inside});
		}
	}
	return jobs;
};

const mismatch = (file: string, what: string, expected: string, actual: string) =>
	damaged(
		'bundle-checksum-mismatch',
		file,
		`${file} is not what it should be.`,
		`${what} is ${actual}, but ${expected} was expected: bytes were changed or lost on the way.`,
	);

/** Reads one file front to back and feeds each byte to every hash that covers it. */
const runJob = async (
	{slice, checksum, ranges}: Job,
	signal: AbortSignal,
	onBytes: (done: number) => void,
): Promise<void> => {
	const whole = checksum === undefined ? undefined : createHash('sha256');
	const finish = ({digest}: Range, hash: Hash) => {
		const actual = `sha256:${hash.digest('hex')}`;
		if (actual !== digest) throw mismatch(slice.label, 'The digest of a part of an image in it', digest, actual);
	};
	let next = 0;
	let open: ReadonlyArray<{readonly range: Range; readonly hash: Hash}> = [];
	let at = slice.offset;
	for await (const chunk of scanSlice(slice)) {
		signal.throwIfAborted();
		whole?.update(chunk);
		const end = at + chunk.length;
		const started = [...open];
		for (let range = ranges[next]; range && range.slice.offset < end; range = ranges[++next]) {
			started.push({range, hash: createHash('sha256')});
		}
		open = started.filter(({range, hash}) => {
			const last = range.slice.offset + range.slice.size;
			hash.update(chunk.subarray(Math.max(0, range.slice.offset - at), Math.max(0, last - at)));
			if (last > end) return true;
			finish(range, hash);
			return false;
		});
		at = end;
		onBytes(at - slice.offset);
	}
	// Only empty blobs at the very end are left; each still has to have the digest of nothing.
	for (const range of ranges.slice(next)) finish(range, createHash('sha256'));
	const actual = whole && `sha256:${whole.digest('hex')}`;
	if (checksum !== undefined && actual !== undefined && actual !== checksum) {
		throw mismatch(slice.label, 'Its SHA-256', checksum, actual);
	}
};

/**
 * Hashes every archive and chart: against the checksum lines where there are some, and each blob against its digest.
 * Progress is absolute and per file, in bytes.
 * @throws ProblemError `bundle-checksum-mismatch`, `bundle-archive-truncated`, `bundle-unreadable`
 */
export const verifyBundle = async (
	layout: Layout,
	bundle: Bundle,
	options: {readonly signal: AbortSignal; readonly onProgress: VerifyProgress},
): Promise<{readonly files: number; readonly bytes: number}> => {
	const jobs = jobsOf(layout, bundle);
	let bytes = 0;
	for (const job of jobs) {
		const {label: file, size: total} = job.slice;
		options.onProgress({file, done: 0, total});
		await runJob(job, options.signal, (done) => options.onProgress({file, done, total}));
		bytes += total;
	}
	return {files: jobs.length, bytes};
};
