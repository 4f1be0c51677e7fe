import {link, realpath} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {type Slice, scanSlice} from '../../archive/slice.ts';
import {isErrno} from '../../base/errno.ts';
import {takeAway} from '../../base/files.ts';
import {makeFolders} from '../../base/folders.ts';
import {totalSize} from '../../base/units.ts';
import {ociProblems} from '../../oci/problems.ts';
import {type BundleIndex, bundleFiles, modeOf} from '../layout/index-file.ts';
import type {Layout} from '../layout/layout.ts';
import type {VerifyProgress} from '../types.ts';
import {damageProblem} from '../verify/damage.ts';
import type {Memo} from '../verify/memo.ts';
import {inspectBundle} from '../verify/verify.ts';
import {hashed, writeBundleFile} from '../write/files.ts';
import {freeBytes, requireRoom} from '../write/room.ts';

/** The file systems' words for: no hard link here. */
const noLink = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'] as const;

/** A file whose bytes are not those that the lists of the bundle name. */
export const changed = (file: string, actual: string, digest: string): Error =>
	ociProblems.error('bundle-checksum-mismatch', {case: 'changed', file, actual, digest}, {location: {file}});

export type KeepOptions = {
	/** Files that are known to be whole are not read before they are linked. */
	readonly memo?: Memo | undefined;
	readonly signal: AbortSignal;
	/** Told of bytes that are read to be compared with their checksums, before links are made. */
	readonly onCheck: VerifyProgress;
	/** Told of bytes that are in the new bundle. */
	readonly onProgress: VerifyProgress;
};

/** What the new bundle keeps of the old one; `linked` counts hard links. */
export type Kept = {readonly files: BundleIndex['files']; readonly bytes: number; readonly linked: number};

/** A file of the bundle and where its bytes lie. */
type Item = {readonly path: string; readonly digest: string; readonly slice: Slice};

const itemsOf = ({files: slices}: Layout, files: BundleIndex['files']): readonly Item[] =>
	files.flatMap(({path, digest}) => {
		const slice = slices.get(path);
		return slice ? [{path, digest, slice}] : [];
	});

/** @returns false where no hard link can be made to it */
const tryLink = async ({file}: Slice, target: string): Promise<boolean> => {
	try {
		await link(await realpath(file), target);
		return true;
	} catch (error) {
		if (isErrno(error, ...noLink)) return false;
		throw error;
	}
};

/** Whether files of the bundle can be linked into the folder. */
const canLink = async ({files, packed}: Layout, folder: string): Promise<boolean> => {
	const slice = packed ? undefined : files.get(bundleFiles.manifest);
	const probe = join(folder, bundleFiles.manifest);
	if (!slice || !(await tryLink(slice, probe))) return false;
	await takeAway(probe);
	return true;
};

/** A link hands damage on: what is linked is read first, where it was not verified before. */
const requireWhole = async (
	layout: Layout,
	items: readonly Item[],
	{memo, signal, onCheck}: KeepOptions,
): Promise<void> => {
	const files = new Map(items.map(({path, slice}) => [path, slice] as const));
	const checksums = new Map(items.map(({path, digest}) => [path, digest] as const));
	const {damages} = await inspectBundle({layout: {...layout, files}, checksums}, [], {
		signal,
		onProgress: onCheck,
		...(memo ? {memo} : {}),
	});
	if (damages.length > 0) throw damageProblem(damages);
};

/** Copies a file and compares it on the way. @throws ProblemError `bundle-checksum-mismatch` */
const copy = async (
	{path, slice, digest}: Item,
	target: string,
	{signal, onBytes}: {readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void},
): Promise<void> => {
	const onEnd = (actual: string): void => {
		if (actual !== digest) throw changed(slice.label, actual, digest);
	};
	await writeBundleFile(target, hashed(scanSlice(slice), {signal, onBytes, onEnd}), {mode: modeOf(path)});
};

/**
 * Puts files of the bundle into a folder, all but its `manifest.txt`: as hard links where the disk allows, else as copies. Both are
 * compared with their checksums.
 * @throws ProblemError `bundle-checksum-mismatch`, `bundle-create-disk-full`, `bundle-create-unwritable`; the error of the file system
 */
export const keepFiles = async (
	layout: Layout,
	files: BundleIndex['files'],
	folder: string,
	options: KeepOptions,
): Promise<Kept> => {
	const {signal, onProgress} = options;
	const total = totalSize(files);
	const items = itemsOf(layout, files);
	const links = await canLink(layout, folder);
	if (links) await requireWhole(layout, items, options);
	let linked = 0;
	let done = 0;
	for (const item of items.filter(({path}) => path !== bundleFiles.manifest)) {
		signal.throwIfAborted();
		const {path, slice} = item;
		const target = join(folder, path);
		await makeFolders(dirname(target));
		if (links && (await tryLink(slice, target))) {
			linked += 1;
			done += slice.size;
		} else {
			requireRoom(folder, total - done, await freeBytes(folder));
			const onBytes = (bytes: number): void => {
				done += bytes;
				onProgress({file: path, done, total});
			};
			await copy(item, target, {signal, onBytes});
		}
		onProgress({file: path, done, total});
	}
	return {files, bytes: total, linked};
};
