import {createHash, type Hash} from 'node:crypto';
import type {ProblemError} from '../../base/problem.ts';
import type {Blob} from '../../oci/descriptor.ts';
import {digestOfHash} from '../../oci/digest.ts';
import {ociProblems} from '../../oci/problems.ts';

/** The registry is what was to be changed: that is the area in which it is met. */
const lying = ({digest}: Blob, actual: string): ProblemError =>
	ociProblems.error('bundle-checksum-mismatch', {case: 'while pushed', digest, actual}, {area: 'registry'});

/** Bytes of a blob, from one offset up to another. */
export type Span = {readonly from: number; readonly to: number};

/** The whole must have the blob's digest before its last piece is given away: an upload that was not finished cannot be kept. */
const refuseOther = (blob: Blob, hash: Hash): void => {
	const actual = digestOfHash(hash.copy());
	if (actual !== blob.digest) throw lying(blob, actual);
};

/**
 * Bytes of a blob; every one of them goes through `hash`, which must have seen all before them. The last ones only come where the whole
 * has its digest. @throws ProblemError `bundle-checksum-mismatch`
 */
export async function* checkedBytes(blob: Blob, {from, to}: Span, hash: Hash): AsyncGenerator<Buffer> {
	let at = from;
	for await (const read of blob.scan?.(from) ?? blob.open(from)) {
		const whole = read as Buffer;
		if (at + whole.length > blob.size) throw lying(blob, 'More bytes');
		const chunk = whole.subarray(0, to - at);
		if (chunk.length === 0) continue;
		hash.update(chunk);
		at += chunk.length;
		if (at === blob.size) refuseOther(blob, hash);
		yield chunk;
		if (at === to && to < blob.size) return;
	}
	if (at < to) throw lying(blob, 'Fewer bytes');
}

/**
 * The hash of what a registry has of a blob already: it is read here all the same, so that the digest covers every byte.
 * @throws ProblemError `bundle-checksum-mismatch`; the reason of the signal
 */
export const hashUpTo = async (blob: Blob, offset: number, signal: AbortSignal): Promise<Hash> => {
	const hash = createHash('sha256');
	if (offset === 0) return hash;
	for await (const _chunk of checkedBytes(blob, {from: 0, to: offset}, hash)) signal.throwIfAborted();
	return hash;
};
