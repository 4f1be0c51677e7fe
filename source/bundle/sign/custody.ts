import {lstat, realpath, stat} from 'node:fs/promises';
import {basename, dirname} from 'node:path';
import {digestOfSlice} from '../../archive/digest.ts';
import {fileProblem} from '../../archive/problems.ts';
import {readSlice} from '../../archive/slice.ts';
import {isErrno} from '../../base/errno.ts';
import {writeWhole} from '../../base/files.ts';
import {totalSize} from '../../base/units.ts';
import {imageKey} from '../../oci/image.ts';
import {platformText} from '../../oci/platform.ts';
import {bundleFiles} from '../layout/index-file.ts';
import {type Layout, openLayout} from '../layout/layout.ts';
import {readPartsFile} from '../layout/parts.ts';
import {partsFileSuffix} from '../layout/parts-file.ts';
import {liesWithin} from '../layout/within.ts';
import {openBundle} from '../open/bundle.ts';
import {listedFiles, maximumChecksumsBytes, parseSums} from '../signature/checksums.ts';
import {parseMinisig} from '../signature/minisig.ts';
import type {Bundle, VerifyProgress} from '../types.ts';
import type {Sheet, SheetFile} from './custody-sheet.ts';
import {signProblems, unwritable} from './problems.ts';

type Options = {readonly signal: AbortSignal; readonly onProgress: VerifyProgress};

/** Blobs of an OCI layout are named by their sums already; they are told per image. */
const isBlob = (path: string): boolean => /(?:^|\/)blobs\/sha256\/[0-9a-f]{64}$/u.test(path);

/** The chart of the sample that rehearsals install says so itself, however the bundle was packed and signed since. */
const isSample = ({annotations}: Bundle['controlPlaneChart']): boolean => annotations['zenml-airgap/sample'] === 'true';

const signerOf = async (layout: Layout): Promise<Sheet['signer']> => {
	const slice = layout.files.get(bundleFiles.signature);
	if (!slice) return undefined;
	const {keyId, trustedComment} = parseMinisig(await readSlice(slice), slice.label);
	return {keyId, comment: trustedComment};
};

const platformsOf = ({images}: Bundle): readonly string[] => [
	...new Set(images.map(({platform: {os, architecture}}) => platformText({os, architecture}))),
];

/** What `SHA256SUMS` says, where there is one of a sensible size. */
const listedSums = async (layout: Layout): Promise<ReadonlyMap<string, string>> => {
	const list = layout.files.get(bundleFiles.checksums);
	return list && list.size <= maximumChecksumsBytes ? parseSums(await readSlice(list)) : new Map();
};

/** Sums as `SHA256SUMS` gives them; what it does not give is read. */
const filesOf = async (layout: Layout, {signal, onProgress}: Options): Promise<readonly SheetFile[]> => {
	const known = await listedSums(layout);
	const files: SheetFile[] = [];
	const names = [bundleFiles.checksums, ...listedFiles(layout).toSorted()].filter((path) => !isBlob(path));
	for (const path of names) {
		const slice = layout.files.get(path);
		if (!slice) continue;
		const tell = (done: number): void => onProgress({file: path, done, total: slice.size});
		files.push({path, size: slice.size, digest: known.get(path) ?? (await digestOfSlice(slice, signal, tell))});
	}
	return files;
};

const imagesOf = ({images}: Bundle): Sheet['images'] =>
	images.map(({name, tag, manifest, children = [], blobs}) => {
		const unique = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
		const manifests = [manifest, ...children].map(({bytes}) => ({size: bytes.length}));
		return {
			reference: imageKey({name, tag}),
			digest: manifest.digest,
			blobs: unique.length + manifests.length,
			bytes: totalSize(unique) + totalSize(manifests),
			omitted: unique.filter(({omitted}) => omitted).length,
		};
	});

const sizeOf = async (file: string): Promise<number> => {
	const {size} = await stat(file).catch((error: unknown) => {
		throw fileProblem(file, error);
	});
	return size;
};

const carriedAs = async (layout: Layout, options: Options): Promise<Sheet['carried']> => {
	if (layout.path.endsWith(partsFileSuffix)) {
		const {name, size, parts} = await readPartsFile(layout.path);
		return {kind: 'parts', name, size, parts: parts.map(({file, ...part}) => ({path: file, ...part}))};
	}
	const name = basename(layout.path);
	if (!layout.packed) {
		return {kind: 'folder', name, size: totalSize(layout.files.values()), count: layout.files.size};
	}
	const size = await sizeOf(layout.path);
	const slice = {file: layout.path, offset: 0, size, label: name};
	const tell = (done: number): void => options.onProgress({file: name, done, total: size});
	return {kind: 'tar', name, size, digest: await digestOfSlice(slice, options.signal, tell)};
};

const taken = (file: string) => signProblems.error('bundle-custody-exists', {file}, {location: {file}});

/**
 * Refuses a place for the sheet that would change what it speaks of.
 * @throws ProblemError `bundle-custody-exists`, `bundle-custody-inside`, `bundle-unwritable`
 */
const checkPlace = async (file: string, layout: Layout): Promise<void> => {
	if (await lstat(file).catch(() => undefined)) throw taken(file);
	await realpath(dirname(file)).catch(unwritable(file));
	if (layout.packed || !(await liesWithin(layout.path, file))) return;
	throw signProblems.error('bundle-custody-inside', {file}, {location: {file}});
};

/** Writes the sheet where nothing is yet, whole or not at all. @throws ProblemError `bundle-custody-exists`, `bundle-unwritable` */
export const writeSheet = async (file: string, text: string): Promise<void> => {
	await writeWhole(file, text, {mode: 0o644, replace: false}).catch((error: unknown) => {
		if (isErrno(error, 'EEXIST')) throw taken(file);
		return unwritable(file)(error);
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
	const request = {signature: {mode: 'off'}, platform: undefined} as const;
	const bundle = await openBundle(layout, options.workDirectory, request, options.signal);
	const {index} = bundle;
	return {
		isSample: isSample(bundle.controlPlaneChart),
		digest: bundle.digest,
		created: index?.created ?? bundle.manifest.created,
		madeBy: index?.madeBy,
		controlPlane: bundle.controlPlaneChart.version,
		workspaces: index?.versions.workspaces ?? [bundle.workspaceChart.version],
		platforms: index?.platforms ?? platformsOf(bundle),
		base: index?.differential?.base.name,
		signer: await signerOf(layout),
		carried: await carriedAs(layout, options),
		images: imagesOf(bundle),
		files: await filesOf(layout, options),
	};
};
