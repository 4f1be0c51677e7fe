import {createHash} from 'node:crypto';
import {type ArchiveBlob, archiveBlob} from '../../archive/blob.ts';
import {type Compression, compressionOf, decompress} from '../../archive/compressed.ts';
import {openSlice, type Slice, withReader} from '../../archive/slice.ts';
import {missing, type Tree} from '../../archive/tree.ts';
import {digestOfHash, digestOfHex} from '../../oci/digest.ts';
import {layerType} from '../../oci/media-types.ts';
import {imageProblems} from './problems.ts';

/** Compression of a layer by its first bytes; anything but gzip and zstd is a plain tar. */
const compressionAt = async (slice: Slice): Promise<Compression | undefined> => {
	const magic = slice.size < 4 ? Buffer.alloc(4) : await withReader(slice, (read) => read(0, 4));
	const found = compressionOf(magic);
	return found === 'gzip' || found === 'zstd' ? found : undefined;
};

/** Digest of a compressed layer as it lies there, and of what it unpacks to. */
const hashPacked = async (slice: Slice, algorithm: Compression, signal: AbortSignal) => {
	const [packed, raw] = [createHash('sha256'), createHash('sha256')];
	const chunks = async function* () {
		for await (const chunk of openSlice(slice)) {
			signal.throwIfAborted();
			packed.update(chunk as Buffer);
			yield chunk as Buffer;
		}
	};
	const input = {algorithm, label: slice.label, size: slice.size, exact: true};
	for await (const chunk of decompress(chunks(), input)) raw.update(chunk);
	return {digest: digestOfHash(packed), diffId: digestOfHash(raw)};
};

/** The digest that a layer has by its name, where it lies as OCI layouts keep blobs. */
const digestInName = (name: string): string | undefined => {
	const hex = /(?:^|\/)sha256\/([0-9a-f]{64})$/u.exec(name)?.[1];
	return hex === undefined ? undefined : digestOfHex(hex);
};

/** A layer of a `docker save` archive: its name there, and the digest of its plain tar by the image configuration. */
export type ListedLayer = {readonly name: string; readonly diffId: string};

/**
 * A layer of a `docker save` archive as a blob. Its digest follows from its name or, uncompressed, from the configuration.
 * @throws ProblemError `bundle-archive-incomplete`, `bundle-archive-truncated`, `bundle-digest-mismatch`
 */
export const readLayer = async (tree: Tree, {name, diffId}: ListedLayer, signal: AbortSignal): Promise<ArchiveBlob> => {
	const [file, more] = [tree.label, {location: {file: tree.label}}];
	const slice = tree.find(name);
	if (!slice) throw missing(tree, {case: 'no layer', part: name});
	const algorithm = await compressionAt(slice);
	const blobOf = (digest: string) => archiveBlob({mediaType: layerType(algorithm), digest, size: slice.size}, slice);
	const named = digestInName(name);
	if (!algorithm) {
		if (named === undefined || named === diffId) return blobOf(diffId);
		const given = {case: 'layer list', file, listed: named, configured: diffId} as const;
		throw imageProblems.error('bundle-digest-mismatch', given, more);
	}
	if (named !== undefined) return blobOf(named);
	// A compressed layer of a classic archive carries its digest nowhere: only what it unpacks to can be held against
	// something, and only here, for later its digest is all that is known.
	const found = await hashPacked(slice, algorithm, signal);
	if (found.diffId === diffId) return blobOf(found.digest);
	const given = {case: 'packed layer', file, layer: name, actual: found.diffId, configured: diffId} as const;
	throw imageProblems.error('bundle-digest-mismatch', given, more);
};
