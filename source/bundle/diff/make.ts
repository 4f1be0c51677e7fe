import {createHash} from 'node:crypto';
import {link, lstat, readdir, realpath, statfs} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {bundleProblem, damaged} from '../../archive/problems.ts';
import {openSlice, readSlice, type Slice} from '../../archive/slice.ts';
import {isErrno} from '../../base/errno.ts';
import {openNew, takeAway} from '../../base/files.ts';
import {makeFolders} from '../../base/folders.ts';
import {checksumsText, indexText} from '../create/texts.ts';
import {blobPath, sha256} from '../images/image.ts';
import {type BundleIndex, bundleFiles, bundleIndexSchema} from '../layout/index-file.ts';
import type {Layout} from '../layout/layout.ts';
import {liesWithin} from '../layout/within.ts';
import type {Bundle, VerifyProgress} from '../types.ts';
import {damageProblem} from '../verify/damage.ts';
import type {Memo} from '../verify/memo.ts';
import {inspectBundle} from '../verify/verify.ts';
import {writeWhole} from '../write/folder.ts';
import {diskFull, writing} from '../write/problems.ts';
import type {Base} from './base.ts';
import type {Difference} from './compare.ts';
import {openWorkFolder} from './work-folder.ts';

/** The file systems' words for: no hard link here. */
const noLink = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** The bundle that a differential one can be made from. @throws ProblemError `bundle-diff-by-hand`, `bundle-diff-differential` */
const requireMade = ({index, directory}: Bundle): BundleIndex => {
	if (!index) {
		throw bundleProblem({
			code: 'bundle-diff-by-hand',
			message: `No differential bundle can be made from ${directory}.`,
			cause: 'It was made by hand: its layers lie within archives of `docker save`, out of which none can be left.',
			fix: 'Make the new bundle with `zenml-airgap bundle create`; it takes such archives with --from.',
		});
	}
	if (index.differential) {
		throw bundleProblem({
			code: 'bundle-diff-differential',
			message: `No differential bundle can be made from ${directory}.`,
			cause: `It is one itself: it leaves out what ${index.differential.base.name} has.`,
			fix: 'Give the whole bundle.',
		});
	}
	return index;
};

const requireFree = async (out: string, bundle: Bundle, packed: boolean): Promise<void> => {
	if (!packed && (await writing(out, () => liesWithin(bundle.directory, out)))) {
		throw bundleProblem({
			code: 'bundle-diff-out',
			message: `${out} cannot take the differential bundle.`,
			cause: 'It lies within the whole one, which would then hold files that it must not.',
			fix: 'Name a folder outside the bundle with --out.',
		});
	}
	const status = await writing(out, () =>
		lstat(out).catch((error: unknown) => {
			if (isErrno(error, 'ENOENT')) return undefined;
			throw error;
		}),
	);
	if (!status) return;
	if (!status.isDirectory()) {
		throw bundleProblem({
			code: 'bundle-diff-out',
			message: `${out} cannot take the differential bundle.`,
			cause: `It is ${status.isSymbolicLink() ? 'a link' : 'a file'}, but the bundle is a folder.`,
			fix: 'Name another folder with --out.',
		});
	}
	const names = await writing(out, () => readdir(out));
	if (names.length === 0) return;
	throw bundleProblem({
		code: 'bundle-diff-out',
		message: `${out} cannot take the differential bundle.`,
		cause: `It is not empty (${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}); a bundle holds nothing but its own files.`,
		fix: 'Name another folder with --out.',
	});
};

const changed = (label: string, actual: string, digest: string) => {
	const cause = `Its SHA-256 is ${actual}, but ${digest} was expected: it has changed since the bundle was made.`;
	return damaged('bundle-checksum-mismatch', label, `${label} is not what it should be.`, cause);
};

const copy = async (
	slice: Slice,
	target: string,
	digest: string,
	onBytes: (bytes: number) => void,
	signal: AbortSignal,
): Promise<void> => {
	const hash = createHash('sha256');
	const counted = async function* (chunks: AsyncIterable<Buffer>) {
		for await (const chunk of chunks) {
			hash.update(chunk);
			onBytes(chunk.length);
			yield chunk;
		}
	};
	const handle = await openNew(target);
	await pipeline(openSlice(slice), counted, handle.createWriteStream({flush: true}), {signal});
	const actual = `sha256:${hash.digest('hex')}`;
	if (actual !== digest) throw changed(slice.label, actual, digest);
};

/** @returns false where no hard link can be made to it */
const tryLink = async (slice: Slice, target: string): Promise<boolean> => {
	try {
		await link(await realpath(slice.file), target);
		return true;
	} catch (error) {
		if (error instanceof Error && 'code' in error && noLink.has(String(error.code))) return false;
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

const noteText = (base: Base, {omitted, omittedBytes}: Difference): string =>
	[
		'',
		'Notes on this bundle: it is differential.',
		`Left out are ${omitted.length} layers, ${omittedBytes} bytes, which the target has already; bundle.json lists them.`,
		base.kind === 'bundle' ? `Load the bundle with digest ${base.name} first.` : `They were found at ${base.name}.`,
		'',
	].join('\n');

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

export type DifferentialOptions = {
	readonly base: Base;
	readonly difference: Difference;
	/** Absolute; must be empty or absent. */
	readonly out: string;
	/** Keeps a second run away while this one writes. @returns what lets it in again */
	readonly lock: (file: string) => Promise<() => Promise<void>>;
	/** Files that are known to be whole are not read before they are linked. */
	readonly memo?: Memo;
	readonly signal: AbortSignal;
	/** Told of bytes that are read to be compared with their checksums, before links are made. */
	readonly onCheck: VerifyProgress;
	/** Told of bytes that are in the new bundle. */
	readonly onProgress: VerifyProgress;
};

/** What the new bundle keeps of the old one; `linked` counts hard links. */
type Kept = {readonly files: BundleIndex['files']; readonly bytes: number; readonly linked: number};

/** A link hands damage on: what is linked is read first, where it was not verified before. */
const keepFiles = async (
	layout: Layout,
	files: BundleIndex['files'],
	folder: string,
	{memo, signal, onCheck, onProgress}: DifferentialOptions,
): Promise<Kept> => {
	const total = files.reduce((sum, {size}) => sum + size, 0);
	const slices = files.flatMap(({path, digest}) => {
		const slice = layout.files.get(path);
		return slice ? [{path, digest, slice}] : [];
	});
	const links = await canLink(layout, folder);
	if (links) {
		const kept = new Map(slices.map(({path, slice}) => [path, slice] as const));
		const checksums = new Map(slices.map(({path, digest}) => [path, digest] as const));
		const {damages} = await inspectBundle({layout: {...layout, files: kept}, checksums}, [], {
			signal,
			onProgress: onCheck,
			...(memo ? {memo} : {}),
		});
		if (damages.length > 0) throw damageProblem(damages);
	}
	let linked = 0;
	let done = 0;
	for (const {path, digest, slice} of slices) {
		signal.throwIfAborted();
		if (path === bundleFiles.manifest) continue;
		const target = join(folder, path);
		await makeFolders(dirname(target));
		if (links && (await tryLink(slice, target))) {
			linked += 1;
			done += slice.size;
		} else {
			const {bavail, bsize} = await statfs(folder);
			if (total - done > bavail * bsize) {
				throw diskFull(folder, {needs: mebibytes(total - done), has: mebibytes(bavail * bsize)});
			}
			const onBytes = (bytes: number): void => {
				done += bytes;
				onProgress({file: path, done, total});
			};
			await copy(slice, target, digest, onBytes, signal);
		}
		onProgress({file: path, done, total});
	}
	return {files, bytes: total, linked};
};

/** The old page with a note. @throws ProblemError `bundle-checksum-mismatch` */
const manifestOf = async (layout: Layout, {files}: Kept, note: string): Promise<string> => {
	const slice = layout.files.get(bundleFiles.manifest);
	if (!slice) return note;
	const bytes = await readSlice(slice);
	const listed = files.find(({path}) => path === bundleFiles.manifest);
	if (listed && listed.digest !== sha256(bytes)) throw changed(slice.label, sha256(bytes), listed.digest);
	return `${bytes.toString('utf8')}${note}`;
};

/**
 * Writes a bundle without the layers that the base has. Files are hard links where the disk allows, else copies; both are
 * compared with their checksums. The folder gets its name when it is complete; until then it is `OUT.partial`.
 * @throws ProblemError `bundle-diff-by-hand`, `bundle-diff-differential`, `bundle-diff-out`, `bundle-checksum-mismatch`,
 * `bundle-create-disk-full`, `bundle-create-unwritable`, or what the lock throws
 */
export const makeDifferential = async (layout: Layout, bundle: Bundle, options: DifferentialOptions): Promise<Kept> => {
	const {base, difference, out} = options;
	const index = requireMade(bundle);
	await requireFree(out, bundle, layout.packed);
	const unlock = await options.lock(`${out}.lock`);
	try {
		return await writing(out, async () => {
			// Another run may have ended in between.
			await requireFree(out, bundle, layout.packed);
			const {folder, finish} = await openWorkFolder(out);
			const left = new Set(difference.omitted.map(({digest}) => `images/${blobPath(digest)}`));
			const carried = index.files.filter(({path}) => !left.has(path));
			const kept = await keepFiles(layout, carried, folder, options);
			const text = await manifestOf(layout, kept, noteText(base, difference));
			await writeWhole(join(folder, bundleFiles.manifest), text);
			const files = kept.files.map((file) =>
				file.path === bundleFiles.manifest ? {...file, size: Buffer.byteLength(text), digest: sha256(text)} : file,
			);
			// Parsing puts the keys into the order of the schema.
			const indexFile = indexText(
				bundleIndexSchema.parse({
					...index,
					differential: {base: {kind: base.kind, name: base.name}, omitted: difference.omitted},
					files,
				}),
			);
			await writeWhole(join(folder, bundleFiles.index), indexFile);
			const sums = new Map([
				...files.map(({path, digest}) => [path, digest] as const),
				[bundleFiles.index, sha256(indexFile)],
			]);
			await writeWhole(join(folder, bundleFiles.checksums), checksumsText(sums));
			await finish();
			return kept;
		});
	} finally {
		await unlock();
	}
};
