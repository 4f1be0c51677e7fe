import {lstat, realpath, stat} from 'node:fs/promises';
import {basename, dirname} from 'node:path';
import {bundleProblem, fileProblem} from '../../archive/problems.ts';
import {readSlice} from '../../archive/slice.ts';
import {bundleFiles} from '../layout/index-file.ts';
import {type Layout, openLayout} from '../layout/layout.ts';
import {readPartsFile} from '../layout/parts.ts';
import {partsFileSuffix} from '../layout/parts-file.ts';
import {liesWithin} from '../layout/within.ts';
import {openBundle} from '../open/bundle.ts';
import {digestSlice, listedFiles, maximumChecksumsBytes, parseSums} from '../signature/checksums.ts';
import {parseMinisig} from '../signature/minisig.ts';
import {unwritable} from '../signature/problems.ts';
import type {Bundle, VerifyProgress} from '../types.ts';
import type {Sheet, SheetFile} from './custody-sheet.ts';
import {writeCause, writeFileWhole} from './write.ts';

type Options = {readonly signal: AbortSignal; readonly onProgress: VerifyProgress};

/** Blobs of an OCI layout are named by their sums already; they are told per image. */
const isBlob = (path: string): boolean => /(?:^|\/)blobs\/sha256\/[0-9a-f]{64}$/u.test(path);

const signerOf = async (layout: Layout): Promise<Sheet['signer']> => {
	const slice = layout.files.get(bundleFiles.signature);
	if (!slice) return undefined;
	const {keyId, trustedComment} = parseMinisig(await readSlice(slice), slice.label);
	return {keyId, comment: trustedComment};
};

/** Sums as `SHA256SUMS` gives them; what it does not give is read. */
const filesOf = async (layout: Layout, {signal, onProgress}: Options): Promise<readonly SheetFile[]> => {
	const list = layout.files.get(bundleFiles.checksums);
	const known =
		list && list.size <= maximumChecksumsBytes ? parseSums(await readSlice(list)) : new Map<string, string>();
	const files: SheetFile[] = [];
	const names = [bundleFiles.checksums, ...listedFiles(layout).toSorted()].filter((path) => !isBlob(path));
	for (const path of names) {
		const slice = layout.files.get(path);
		if (!slice) continue;
		const tell = (done: number): void => onProgress({file: path, done, total: slice.size});
		files.push({path, size: slice.size, digest: known.get(path) ?? (await digestSlice(slice, signal, tell))});
	}
	return files;
};

const imagesOf = ({images}: Bundle): Sheet['images'] =>
	images.map(({name, tag, manifest, children = [], blobs}) => {
		const unique = new Map(blobs.map(({digest, size, omitted}) => [digest, {size, omitted}]));
		return {
			reference: `${name}:${tag}`,
			digest: manifest.digest,
			blobs: unique.size + children.length + 1,
			bytes:
				[...unique.values()].reduce((sum, {size}) => sum + size, 0) +
				[manifest, ...children].reduce((sum, {bytes}) => sum + bytes.length, 0),
			omitted: [...unique.values()].filter(({omitted}) => omitted).length,
		};
	});

const carriedAs = async (layout: Layout, options: Options): Promise<Sheet['carried']> => {
	if (layout.path.endsWith(partsFileSuffix)) {
		const {name, size, parts} = await readPartsFile(layout.path);
		return {kind: 'parts', name, size, parts: parts.map(({file, ...part}) => ({path: file, ...part}))};
	}
	const size = [...layout.files.values()].reduce((sum, slice) => sum + slice.size, 0);
	if (!layout.packed) return {kind: 'folder', name: basename(layout.path), size, count: layout.files.size};
	const {size: packed} = await stat(layout.path).catch((error: unknown) => {
		throw fileProblem(layout.path, error);
	});
	const name = basename(layout.path);
	const slice = {file: layout.path, offset: 0, size: packed, label: name};
	const tell = (done: number): void => options.onProgress({file: name, done, total: packed});
	return {kind: 'tar', name, size: packed, digest: await digestSlice(slice, options.signal, tell)};
};

const taken = (file: string) =>
	bundleProblem({
		code: 'bundle-custody-exists',
		message: `${file} is there already.`,
		cause: 'A sheet is never written over another file: it may be the one that was signed, or a part of the bundle.',
		fix: 'Name another file with --out, or take that one away.',
		location: {file},
	});

/**
 * Refuses a place for the sheet that would change what it speaks of.
 * @throws ProblemError `bundle-custody-exists`, `bundle-custody-inside`, `bundle-unwritable`
 */
const checkPlace = async (file: string, layout: Layout): Promise<void> => {
	if (await lstat(file).catch(() => undefined)) throw taken(file);
	await realpath(dirname(file)).catch((error: unknown) => {
		throw unwritable(file, writeCause(error) ?? String(error), {cause: error});
	});
	if (layout.packed || !(await liesWithin(layout.path, file))) return;
	throw bundleProblem({
		code: 'bundle-custody-inside',
		message: `${file} lies within the bundle.`,
		cause: 'A file that is added to a bundle is refused there as tampering.',
		fix: 'Name a file beside the bundle with --out; the sheet is carried beside it.',
		location: {file},
	});
};

/** Writes the sheet where nothing is yet, whole or not at all. @throws ProblemError `bundle-custody-exists`, `bundle-unwritable` */
export const writeSheet = async (file: string, text: string): Promise<void> => {
	await writeFileWhole(file, text, {mode: 0o644, replace: false}).catch((error: unknown) => {
		const cause = writeCause(error);
		if (cause === undefined) throw error;
		throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(file) : unwritable(file, cause, {cause: error});
	});
};

/**
 * What a custody sheet says of a bundle: a folder, a tar of it, or the parts of one. Sums of parts and files are those of
 * their lists, where there are lists: `bundle verify` compares them.
 * @param options.workDirectory where charts are copied to out of a tar, to be read
 * @param options.out where the sheet will be written, absolute; a bad place is refused before anything is read
 * @throws ProblemError area `bundle`
 */
export const readSheet = async (
	path: string,
	options: Options & {readonly workDirectory: () => Promise<string>; readonly out?: string | undefined},
): Promise<Sheet> => {
	const layout = await openLayout(path, options.signal);
	if (options.out !== undefined) await checkPlace(options.out, layout);
	const asked = {signature: {mode: 'off'}, platform: undefined} as const;
	const bundle = await openBundle(layout, options.workDirectory, asked, options.signal);
	const {index} = bundle;
	return {
		digest: bundle.digest,
		created: index?.created ?? bundle.manifest.created,
		madeBy: index?.madeBy,
		controlPlane: bundle.controlPlaneChart.version,
		workspaces: index?.versions.workspaces ?? [bundle.workspaceChart.version],
		platforms: index?.platforms ?? [
			...new Set(bundle.images.map(({platform}) => `${platform.os}/${platform.architecture}`)),
		],
		base: index?.differential?.base.name,
		signer: await signerOf(layout),
		carried: await carriedAs(layout, options),
		images: imagesOf(bundle),
		files: await filesOf(layout, options),
	};
};
