import {createHash} from 'node:crypto';
import {link, mkdir, open, readdir, realpath, rename, rm, rmdir, statfs} from 'node:fs/promises';
import {dirname, join, relative, sep} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {writeWhole} from '../create/folder.ts';
import {diskFull, writing} from '../create/problems.ts';
import {checksumsText, indexText} from '../create/texts.ts';
import {blobPath, sha256} from '../image.ts';
import {type BundleIndex, bundleFiles, bundleIndexSchema} from '../index-file.ts';
import type {Layout} from '../layout.ts';
import {bundleProblem, damaged} from '../problems.ts';
import {openSlice, readSlice, type Slice} from '../slice.ts';
import type {Bundle, VerifyProgress} from '../types.ts';
import type {Base} from './base.ts';
import type {Difference} from './compare.ts';

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
	const inside = relative(bundle.directory, out);
	if (!packed && inside !== '..' && !inside.startsWith(`..${sep}`)) {
		throw bundleProblem({
			code: 'bundle-diff-out',
			message: `${out} cannot take the differential bundle.`,
			cause: 'It lies within the whole one, which would then hold files that it must not.',
			fix: 'Name a folder outside the bundle with --out.',
		});
	}
	const names = await readdir(out).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return [];
		throw error;
	});
	if (names.length === 0) return;
	throw bundleProblem({
		code: 'bundle-diff-out',
		message: `${out} cannot take the differential bundle.`,
		cause: `It is not empty (${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}); a bundle holds nothing but its own files.`,
		fix: 'Name another folder with --out.',
	});
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
	const handle = await open(target, 'w', 0o644);
	await pipeline(openSlice(slice), counted, handle.createWriteStream({flush: true}), {signal});
	const actual = `sha256:${hash.digest('hex')}`;
	if (actual === digest) return;
	const cause = `Its SHA-256 is ${actual}, but ${digest} was expected: it has changed since the bundle was made.`;
	throw damaged('bundle-checksum-mismatch', slice.label, `${slice.label} is not what it should be.`, cause);
};

/** @returns false where no hard link can be made to it */
const tryLink = async (slice: Slice, target: string, packed: boolean): Promise<boolean> => {
	if (packed) return false;
	try {
		await link(await realpath(slice.file), target);
		return true;
	} catch (error) {
		if (error instanceof Error && 'code' in error && noLink.has(String(error.code))) return false;
		throw error;
	}
};

const noteText = (base: Base, {omitted, omittedBytes}: Difference): string =>
	[
		'',
		'Notes on this bundle: it is differential.',
		`Left out are ${omitted.length} layers, ${omittedBytes} bytes, which the target has already; bundle.json lists them.`,
		base.kind === 'bundle' ? `Load the bundle with digest ${base.name} first.` : `They were found at ${base.name}.`,
		'',
	].join('\n');

/**
 * Writes a bundle without the layers that the base has. Files are hard links where the disk allows, else copies that are
 * compared with their checksums. The folder gets its name when it is complete.
 * @param options.out absolute; must be empty or absent
 * @throws ProblemError `bundle-diff-by-hand`, `bundle-diff-differential`, `bundle-diff-out`, `bundle-checksum-mismatch`,
 * `bundle-create-disk-full`, `bundle-create-unwritable`
 */
export const makeDifferential = async (
	layout: Layout,
	bundle: Bundle,
	options: {
		readonly base: Base;
		readonly difference: Difference;
		readonly out: string;
		readonly signal: AbortSignal;
		readonly onProgress: VerifyProgress;
	},
): Promise<{readonly files: number; readonly bytes: number; readonly linked: number}> => {
	const {base, difference, out, signal, onProgress} = options;
	const index = requireMade(bundle);
	await requireFree(out, bundle, layout.packed);
	const left = new Set(difference.omitted.map(({digest}) => `images/${blobPath(digest)}`));
	const kept = index.files.filter(({path}) => !left.has(path));
	const total = kept.reduce((sum, {size}) => sum + size, 0);
	const work = `${out}.partial`;
	let linked = 0;
	let done = 0;
	await writing(work, async () => {
		await rm(work, {recursive: true, force: true});
		await mkdir(work, {recursive: true});
		for (const {path, digest} of kept) {
			signal.throwIfAborted();
			const slice = layout.files.get(path);
			if (!slice || path === bundleFiles.manifest) continue;
			const target = join(work, path);
			await mkdir(dirname(target), {recursive: true});
			if (await tryLink(slice, target, layout.packed)) {
				linked += 1;
				done += slice.size;
			} else {
				const {bavail, bsize} = await statfs(work);
				const mebibytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
				if (total - done > bavail * bsize) {
					throw diskFull(work, {needs: mebibytes(total - done), has: mebibytes(bavail * bsize)});
				}
				const onBytes = (bytes: number): void => {
					done += bytes;
					onProgress({file: path, done, total});
				};
				await copy(slice, target, digest, onBytes, signal);
			}
			onProgress({file: path, done, total});
		}
		const original = layout.files.get(bundleFiles.manifest);
		const text = `${original ? (await readSlice(original)).toString('utf8') : ''}${noteText(base, difference)}`;
		await writeWhole(join(work, bundleFiles.manifest), text);
		const files = kept.map((file) =>
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
		await writeWhole(join(work, bundleFiles.index), indexFile);
		const sums = new Map([
			...files.map(({path, digest}) => [path, digest] as const),
			[bundleFiles.index, sha256(indexFile)],
		]);
		await writeWhole(join(work, bundleFiles.checksums), checksumsText(sums));
		await rmdir(out).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'ENOENT') throw error;
		});
		await rename(work, out);
	});
	return {files: kept.length, bytes: total, linked};
};
