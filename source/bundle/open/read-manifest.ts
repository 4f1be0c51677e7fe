import {posix} from 'node:path';
import {readSlice, type Slice} from '../../archive/slice.ts';
import {maximumJsonBytes} from '../../archive/tree.ts';
import {printable} from '../../base/printable.ts';
import {type ChecksumList, readChecksumList} from '../layout/checksums-text.ts';
import {decodeText} from '../layout/foreign/decode-text.ts';
import {bundleFiles} from '../layout/index-file.ts';
import {parseManifest} from '../layout/manifest-text.ts';
import type {BundleManifest, Layout} from '../layout/types.ts';
import {openProblems} from './problems.ts';

/** Of a bundle that documents nothing. */
export const emptyManifest: BundleManifest = {images: [], charts: [], registries: [], checksums: new Map()};

const readText = async (slice: Slice): Promise<string> => {
	const {label: file, size} = slice;
	if (size <= maximumJsonBytes) return decodeText(await readSlice(slice));
	throw openProblems.error('bundle-manifest-damaged', {file, size}, {location: {file}});
};

/** Checksum files beside or instead of lines in manifest.txt: of a folder, or of one file, which stands in front of the ending. */
const ofFolder =
	/^(?:(?:images|charts)\/)?(?:(?:sha-?\d{1,3}|md5|b2)(?:sums?)?|checksums?|hash(?:es)?|filehash(?:es)?)(?:\.(?:txt|asc|csv))?$/iu;
const ofFile = /^((?:images|charts)\/.+)\.(?:sha\d{0,3}|sha\d{1,3}sum|md5|md5sum)$/iu;

/** @throws ProblemError `bundle-checksums-unreadable`: what is not understood would be unverified, and nobody would know */
const requireKnown = (file: string, {sums, strange}: ChecksumList): void => {
	const [first] = strange;
	const more = {location: {file}};
	if (first) {
		const {line, text, cut} = first;
		const given = {case: cut ? 'cut' : 'line', file, line, text: printable(text.slice(0, 120))} as const;
		throw openProblems.error('bundle-checksums-unreadable', given, more);
	}
	if (sums.size === 0) throw openProblems.error('bundle-checksums-unreadable', {case: 'empty', file}, more);
};

/** A list, or the digest of the one file beside it alone. */
const listIn = async (name: string, slice: Slice): Promise<ChecksumList> => {
	const text = await readText(slice);
	const [, file] = ofFile.exec(name) ?? [];
	const folder = posix.dirname(name);
	const isBare = file !== undefined && /^\s*[0-9a-f]{32,128}\s*$/iu.test(text);
	return readChecksumList(isBare ? `${text.trim()}  ${posix.basename(file)}` : text, folder === '.' ? '' : folder);
};

/** What checksum files say, each of the files in its own folder. */
const checksumsIn = async (layout: Layout): Promise<ReadonlyMap<string, string>> => {
	const checksums = new Map<string, string>();
	for (const [name, slice] of layout.files) {
		if (!ofFolder.test(name) && !ofFile.test(name)) continue;
		const list = await listIn(name, slice);
		requireKnown(name, list);
		for (const [path, digest] of list.sums) {
			// `sha256sum * > SHA256SUMS` lists the list itself, whose own line can never be right.
			if (path === name) continue;
			if (!checksums.get(path)?.startsWith('sha256:')) checksums.set(path, digest);
		}
	}
	return checksums;
};

/** True for a file that lists checksums; it cannot be listed in itself. */
export const isChecksumList = (name: string): boolean => ofFolder.test(name) || ofFile.test(name);

/** Lists that were made elsewhere name files alone, or with the folder of that place: where one file is meant, it is that. */
const inBundle = (checksums: ReadonlyMap<string, string>, {files}: Layout): ReadonlyMap<string, string> => {
	const byName = Map.groupBy(files.keys(), (path) => posix.basename(path));
	return new Map(
		[...checksums].map(([path, digest]) => {
			const [only, ...others] = files.has(path) ? [path] : (byName.get(posix.basename(path)) ?? []);
			return [only !== undefined && others.length === 0 ? only : path, digest];
		}),
	);
};

/**
 * What the texts of a bundle document, for people and by checksums.
 * @returns `undefined` where there are none @throws ProblemError `bundle-manifest-damaged`, `bundle-checksums-unreadable`
 */
export const readManifest = async (layout: Layout): Promise<BundleManifest | undefined> => {
	const slice = layout.files.get(bundleFiles.manifest);
	const manifest = slice ? parseManifest(await readText(slice)) : undefined;
	const listed = new Map([...(manifest?.checksums ?? []), ...(await checksumsIn(layout))]);
	const checksums = new Map(inBundle(listed, layout));
	// The same of manifest.txt.
	checksums.delete(bundleFiles.manifest);
	return manifest || checksums.size > 0 ? {...emptyManifest, ...manifest, checksums} : undefined;
};
