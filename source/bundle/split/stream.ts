import {type Slice, scanSlice} from '../../archive/slice.ts';
import {hashLike, type RunningHash} from '../../oci/digest.ts';
import {ociProblems} from '../../oci/problems.ts';
import type {FileSegment, Segment, TarPlan} from './plan.ts';

const within = (slice: Slice, from: number, to: number): Slice => ({
	...slice,
	offset: slice.offset + from,
	size: to - from,
});

/** The bytes of a planned tar, in order. A chunk is good until the next one is asked for. */
export type TarReader = {
	/**
	 * Bytes `from` to `to` (exclusive). Each file with a known digest is compared with it when its last byte is read.
	 * @throws ProblemError `bundle-checksum-mismatch`, `bundle-archive-truncated`, `bundle-unreadable`
	 */
	readonly read: (from: number, to: number) => AsyncGenerator<Buffer>;
};

export const createTarReader = ({segments}: TarPlan, signal: AbortSignal): TarReader => {
	/** A file that goes on in the next part: its hash goes on with it. */
	let open: {readonly segment: Segment; readonly hash: RunningHash; at: number} | undefined;
	const beginAt = async (segment: FileSegment, digest: string, from: number): Promise<RunningHash> => {
		const {slice} = segment;
		if (open?.segment === segment && open.at === from) return open.hash;
		// Its head lies in a part that was kept from an earlier run.
		const hash = hashLike(digest);
		for await (const chunk of scanSlice(within(slice, 0, from))) {
			signal.throwIfAborted();
			hash.update(chunk);
		}
		return hash;
	};
	async function* file(segment: FileSegment, from: number, to: number): AsyncGenerator<Buffer> {
		const {slice, size, digest} = segment;
		const hash = digest === undefined ? undefined : await beginAt(segment, digest, from);
		for await (const chunk of scanSlice(within(slice, from, to))) {
			signal.throwIfAborted();
			hash?.update(chunk);
			yield chunk;
		}
		if (!hash || digest === undefined) return;
		if (to < size) {
			open = {segment, hash, at: to};
			return;
		}
		const actual = hash.end();
		if (actual === digest) return;
		const file = slice.label;
		throw ociProblems.error('bundle-checksum-mismatch', {case: 'changed', file, actual, digest}, {location: {file}});
	}
	async function* read(from: number, to: number): AsyncGenerator<Buffer> {
		for (const segment of segments) {
			const [first, last] = [Math.max(0, from - segment.at), Math.min(segment.size, to - segment.at)];
			const empty = segment.size === 0 && segment.at >= from && segment.at < to;
			if (first >= last && !empty) continue;
			if ('bytes' in segment) yield segment.bytes.subarray(first, last);
			else yield* file(segment, first, last);
		}
	}
	return {read};
};
