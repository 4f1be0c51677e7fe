import {posix} from 'node:path';
import {readSlice, type Slice} from '../../archive/slice.ts';
import {maximumJsonBytes} from '../../archive/tree.ts';
import {parseChecksums} from '../layout/checksums-text.ts';
import {bundleFiles} from '../layout/index-file.ts';
import {parseManifest} from '../layout/manifest-text.ts';
import type {BundleManifest, Layout} from '../layout/types.ts';
import {openProblems} from './problems.ts';

/** Of a bundle that documents nothing. */
export const emptyManifest: BundleManifest = {images: [], charts: [], registries: [], checksums: new Map()};

const readText = async (slice: Slice): Promise<string> => {
	const {label: file, size} = slice;
	if (size <= maximumJsonBytes) return (await readSlice(slice)).toString('utf8');
	throw openProblems.error('bundle-manifest-damaged', {file, size}, {location: {file}});
};

/** Checksum files beside or instead of lines in manifest.txt. */
const checksumFile = /^(?:images\/|charts\/)?(?:sha256sums?|checksums?)(?:\.txt)?$/iu;

/** What checksum files say, each of the files in its own folder. */
const checksumsIn = async (layout: Layout): Promise<ReadonlyMap<string, string>> => {
	const checksums = new Map<string, string>();
	for (const [name, slice] of layout.files) {
		if (!checksumFile.test(name)) continue;
		const folder = posix.dirname(name);
		const found = parseChecksums(await readText(slice), folder === '.' ? '' : folder);
		for (const [path, digest] of found) checksums.set(path, digest);
	}
	return checksums;
};

/**
 * What the texts of a bundle document, for people and by checksums.
 * @returns `undefined` where there are none @throws ProblemError `bundle-manifest-damaged`
 */
export const readManifest = async (layout: Layout): Promise<BundleManifest | undefined> => {
	const slice = layout.files.get(bundleFiles.manifest);
	const manifest = slice ? parseManifest(await readText(slice)) : undefined;
	const checksums = new Map([...(manifest?.checksums ?? []), ...(await checksumsIn(layout))]);
	// `sha256sum * > manifest.txt` may list the manifest itself, whose own line can never be right.
	checksums.delete(bundleFiles.manifest);
	return manifest || checksums.size > 0 ? {...emptyManifest, ...manifest, checksums} : undefined;
};
