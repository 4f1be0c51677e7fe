import {readdir, stat} from 'node:fs/promises';
import {basename, join, posix, resolve} from 'node:path';
import {archiveName, openTar} from '../../archive/open-tar.ts';
import {bundleProblem, fileProblem} from '../../archive/problems.ts';
import type {Slice} from '../../archive/slice.ts';
import type {Image} from '../../oci/image.ts';
import {readImages} from '../images/read-archive.ts';
import {archivesOf} from '../layout/archives.ts';
import {type Layout, openLayout} from '../layout/layout.ts';
import {layoutProblems} from '../layout/problems.ts';
import {checkSignature, type SignatureRequest} from '../signature/check.ts';
import {digestSlice} from '../signature/checksums.ts';
import {atSignature, signatureProblems} from '../signature/problems.ts';
import {mergeImages} from './checks.ts';
import {compareContents, readIndex} from './read-index.ts';

/** Images alone, with what could not be verified about them, in the operator's words. */
export type FoundImages = {
	readonly images: readonly Image[];
	/** What a differential bundle builds on. */
	readonly base?: string;
	readonly warnings: readonly string[];
};

const slicesBelow = async (
	folder: string,
	prefix: string,
	depth: number,
): Promise<readonly (readonly [string, Slice])[]> => {
	const found: (readonly [string, Slice])[] = [];
	for (const entry of await readdir(folder, {withFileTypes: true})) {
		const file = join(folder, entry.name);
		const status = await stat(file);
		const name = posix.join(prefix, entry.name);
		if (status.isFile()) found.push([name, {file, offset: 0, size: status.size, label: name}]);
		else if (status.isDirectory() && depth > 0) found.push(...(await slicesBelow(file, name, depth - 1)));
	}
	return found;
};

/** Archives that are no bundle as the `images/` of one: an OCI layout, a folder of archives and layouts, or one archive. */
const looseLayout = async (path: string, signal: AbortSignal): Promise<Layout | undefined> => {
	const status = await stat(path);
	const name = basename(path);
	if (status.isFile()) {
		const slice = {file: path, offset: 0, size: status.size, label: `images/${name}`};
		if (!archiveName.test(name)) return undefined;
		const {entries} = await openTar(slice, signal);
		if (!entries.has('manifest.json') && !entries.has('index.json')) return undefined;
		return {path, packed: false, files: new Map([[slice.label, slice]])};
	}
	const names = await readdir(path);
	if (names.includes('images') || names.includes('bundle.json')) return undefined;
	if (names.includes('index.json'))
		return {path, packed: false, files: new Map(await slicesBelow(path, `images/${name}`, 3))};
	const files: (readonly [string, Slice])[] = [];
	for (const entry of names) {
		const inside = join(path, entry);
		const found = await stat(inside);
		if (found.isFile() && archiveName.test(entry)) {
			const label = `images/${entry}`;
			files.push([label, {file: inside, offset: 0, size: found.size, label}]);
		}
		if (found.isDirectory() && (await readdir(inside)).includes('index.json'))
			files.push(...(await slicesBelow(inside, `images/${entry}`, 3)));
	}
	return files.length === 0 ? undefined : {path, packed: false, files: new Map(files)};
};

/** @throws ProblemError `bundle-signature-broken` when an archive of images is not the one that was signed */
const compareArchives = async (
	layout: Layout,
	checksums: ReadonlyMap<string, string>,
	signal: AbortSignal,
): Promise<void> => {
	for (const [name, slice] of layout.files) {
		if (!name.startsWith('images/')) continue;
		const actual = await digestSlice(slice, signal);
		if (actual !== checksums.get(name)) {
			const given = {case: 'another file', file: name, actual, signed: checksums.get(name) ?? 'none'} as const;
			throw signatureProblems.error('bundle-signature-broken', given, atSignature);
		}
	}
};

/**
 * The images of a bundle, whether or not the rest of it is there: also a folder of archives, one archive, or one OCI layout.
 * Only indexes are read. A signature and a machine manifest that are there must hold.
 * @throws ProblemError of area `bundle`
 */
export const openImages = async (
	path: string,
	options: {readonly signature: SignatureRequest; readonly platform?: string | undefined},
	signal: AbortSignal,
): Promise<FoundImages> => {
	const absolute = resolve(path);
	const loose = await looseLayout(absolute, signal).catch((error: unknown) => {
		throw fileProblem(path, error);
	});
	const layout = loose ?? (await openLayout(path, signal));
	const {warnings, checksums} = await checkSignature(layout, options.signature, signal);
	const made = await readIndex(layout.files, checksums);
	// The machine manifest is signed and names each image by digest; without one only the files themselves are what was signed.
	if (checksums && !made) await compareArchives(layout, checksums, signal);
	const omitted = new Map(made?.index.differential?.omitted.map(({digest, size}) => [digest, size]));
	const found: Image[] = [];
	const cut: string[] = [];
	for (const tree of await archivesOf(layout, signal)) {
		found.push(...(await readImages(tree, signal, {platform: options.platform, omitted})));
		if (!tree.complete) cut.push(`${tree.label} lacks its end, but all that it names is there.`);
	}
	const images = mergeImages(found);
	if (images.length === 0) throw layoutProblems.error('bundle-no-images', {path});
	if (made) {
		compareContents({...made.index, charts: []}, {images, charts: []});
		const listed = new Set(made.index.images.map(({name, tag}) => `${name}:${tag}`));
		const extra = images.find(({name, tag}) => !listed.has(`${name}:${tag}`));
		if (extra) {
			throw bundleProblem({
				code: 'bundle-file-extra',
				message: `The bundle holds an image that it does not list: ${extra.name}:${extra.tag}.`,
				cause: 'It is in the image layout, but not in bundle.json: it was put in after the bundle was made.',
				fix: 'Carry the bundle in again from the connected side.',
			});
		}
	}
	const base = made?.index.differential?.base.name;
	return {images, ...(base === undefined ? {} : {base}), warnings: [...warnings, ...cut]};
};
