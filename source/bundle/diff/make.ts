import {join} from 'node:path';
import {readSlice} from '../../archive/slice.ts';
import {counted} from '../../base/text.ts';
import {sha256Of} from '../../oci/digest.ts';
import {blobPath} from '../../oci/image-layout.ts';
import {type BundleIndex, bundleFiles, bundleIndexSchema} from '../layout/index-file.ts';
import type {Layout} from '../layout/layout.ts';
import {writeSums} from '../signature/checksums.ts';
import type {Bundle} from '../types.ts';
import {writeBundleFile} from '../write/files.ts';
import {jsonText} from '../write/json.ts';
import {unwritable} from '../write/problems.ts';
import type {Base} from './base.ts';
import type {Difference} from './compare.ts';
import {changed, type KeepOptions, type Kept, keepFiles} from './keep.ts';
import {requireFreePlace} from './place.ts';
import {diffProblems} from './problems.ts';
import {openWorkFolder} from './work-folder.ts';

/** The bundle that a differential one can be made from. @throws ProblemError `bundle-diff-by-hand`, `bundle-diff-differential` */
const requireMade = ({index, directory: bundle}: Bundle): BundleIndex => {
	if (!index) throw diffProblems.error('bundle-diff-by-hand', {bundle});
	if (!index.differential) return index;
	throw diffProblems.error('bundle-diff-differential', {bundle, base: index.differential.base.name});
};

type DifferentialOptions = KeepOptions & {
	readonly base: Base;
	readonly difference: Difference;
	/** Absolute; must be empty or absent. */
	readonly out: string;
	/** Keeps a second run away while this one writes. @returns what lets it in again */
	readonly lock: (file: string) => Promise<() => Promise<void>>;
};

const noteText = (base: Base, {omitted, omittedBytes}: Difference): string =>
	[
		'',
		'Notes on this bundle: it is differential.',
		`Left out: ${counted(omitted.length, 'layer')}, ${omittedBytes} bytes, which the target has already; bundle.json lists what is left out.`,
		base.kind === 'bundle' ? `Load the bundle with digest ${base.name} first.` : `They were found at ${base.name}.`,
		'',
	].join('\n');

/** The old page for people, with a note. @throws ProblemError `bundle-checksum-mismatch` */
const manifestOf = async (layout: Layout, {files}: Kept, note: string): Promise<string> => {
	const slice = layout.files.get(bundleFiles.manifest);
	if (!slice) return note;
	const bytes = await readSlice(slice);
	const listed = files.find(({path}) => path === bundleFiles.manifest);
	if (listed && listed.digest !== sha256Of(bytes)) throw changed(slice.label, sha256Of(bytes), listed.digest);
	return `${bytes.toString('utf8')}${note}`;
};

/** Files of the bundle that are carried: all but the layers that the base has. */
const carriedFiles = ({files}: BundleIndex, {omitted}: Difference): BundleIndex['files'] => {
	const left = new Set(omitted.map(({digest}) => `images/${blobPath(digest)}`));
	return files.filter(({path}) => !left.has(path));
};

/** Writes `manifest.txt`, `bundle.json` and at last `SHA256SUMS`. */
const writeLists = async (
	folder: string,
	manifest: string,
	index: BundleIndex,
	{base: {kind, name}, difference: {omitted}}: DifferentialOptions,
): Promise<void> => {
	const files = index.files.map((file) =>
		file.path === bundleFiles.manifest
			? {...file, size: Buffer.byteLength(manifest), digest: sha256Of(manifest)}
			: file,
	);
	// Parsing puts the keys into the order of the schema.
	const text = jsonText(bundleIndexSchema.parse({...index, differential: {base: {kind, name}, omitted}, files}));
	const sums = new Map(files.map(({path, digest}) => [path, digest] as const)).set(bundleFiles.index, sha256Of(text));
	await writeBundleFile(join(folder, bundleFiles.manifest), manifest);
	await writeBundleFile(join(folder, bundleFiles.index), text);
	await writeBundleFile(join(folder, bundleFiles.checksums), writeSums(sums));
};

const writeDifferential = async (layout: Layout, index: BundleIndex, options: DifferentialOptions): Promise<Kept> => {
	const {out, base, difference} = options;
	const {folder, finish} = await openWorkFolder(out);
	const kept = await keepFiles(layout, carriedFiles(index, difference), folder, options);
	const manifest = await manifestOf(layout, kept, noteText(base, difference));
	await writeLists(folder, manifest, {...index, files: kept.files}, options);
	await finish();
	return kept;
};

/**
 * Writes a bundle without the layers that the base has. Files are hard links where the disk allows, else copies; both are
 * compared with their checksums. The folder gets its name when it is complete; until then it is `OUT.partial`.
 * @throws ProblemError `bundle-diff-by-hand`, `bundle-diff-differential`, `bundle-diff-out`, `bundle-checksum-mismatch`,
 * `bundle-create-disk-full`, `bundle-create-unwritable`, or what the lock throws
 */
export const makeDifferential = async (layout: Layout, bundle: Bundle, options: DifferentialOptions): Promise<Kept> => {
	const {out} = options;
	const index = requireMade(bundle);
	const whole = layout.packed ? undefined : bundle.directory;
	await requireFreePlace(out, whole);
	const unlock = await options.lock(`${out}.lock`);
	try {
		// Another run may have ended in between.
		await requireFreePlace(out, whole);
		return await writeDifferential(layout, index, options).catch(unwritable(out));
	} finally {
		await unlock();
	}
};
