import {compressionOf} from './compressed.ts';
import {archiveProblems} from './problems.ts';
import {unpackedOf} from './range.ts';
import {type Slice, withReader} from './slice.ts';
import {indexTar, type TarIndex} from './tar-index.ts';

/** Names of archives. Those of xz and bzip2 are among them: they are better refused by name than overlooked. ISO 9660 writes capitals and a version. */
export const archiveName = /\.(?:tar|t(?:ar\.)?(?:gz|zst|zstd|xz|bz2))(?:;1)?$/iu;

/**
 * Lists a tar that may be compressed with gzip or zstd, as its first bytes tell. A compressed one is decompressed once
 * to be listed, and its members are read by decompressing again: nothing is written to disk.
 * @param keep of a compressed archive: members of up to 1 MiB that will be read soon
 * @throws ProblemError `bundle-compressed` for xz and bzip2, or as `indexTar`
 */
export const openTar = async (
	slice: Slice,
	signal: AbortSignal,
	keep?: (name: string) => boolean,
): Promise<TarIndex> => {
	const magic = await withReader(slice, (read) => read(0, Math.min(6, slice.size)));
	const algorithm = compressionOf(magic);
	if (algorithm === 'xz' || algorithm === 'bzip2') {
		const file = slice.label;
		throw archiveProblems.error('bundle-compressed', {file, algorithm}, {location: {file}});
	}
	return indexTar(algorithm ? unpackedOf(slice, algorithm) : slice, signal, keep);
};
