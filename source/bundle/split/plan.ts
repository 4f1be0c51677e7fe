import {createHash} from 'node:crypto';
import {basename, dirname} from 'node:path';
import {stampOf} from '../../archive/identity.ts';
import {bundleProblem} from '../../archive/problems.ts';
import {filesOf} from '../../archive/range.ts';
import type {Slice} from '../../archive/slice.ts';
import type {Layout} from '../layout/layout.ts';
import type {Bundle} from '../types.ts';
import {paddingOf, tarEnd, tarHeader} from './tar-write.ts';

/** Bytes of the tar: made here, or those of a file of the bundle, which must have `digest` where it is known. */
export type Segment = {readonly at: number; readonly size: number} & (
	| {readonly bytes: Buffer}
	| {readonly slice: Slice; readonly digest: string | undefined}
);

/** A tar that is known to its last byte before any is written. */
export type TarPlan = {
	/** `NAME.tar`. */
	readonly name: string;
	readonly size: number;
	readonly segments: readonly Segment[];
	/** Equal for equal tars: SHA-256 over headers and digests. */
	readonly id: string;
};

/** Folders above a path, from the top. */
const foldersOf = (paths: readonly string[]): ReadonlySet<string> => {
	const folders = new Set<string>();
	for (const path of paths) {
		for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(folder);
	}
	return folders;
};

/** What stands for a file without a checksum: another one in its place has other times. */
const onDisk = async (slice: Slice): Promise<string> => `${await stampOf(filesOf(slice))} ${slice.offset}`;

/** Compared by code points, so that no locale changes the bytes. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const compressed = (name: string) =>
	bundleProblem({
		code: 'bundle-split-compressed',
		message: `${name} is compressed, and cannot be split as it is.`,
		cause: 'Its files would have to be unpacked out of order, over and over.',
		fix: 'Unpack it, and split the folder.',
		location: {file: name},
	});

/**
 * The tar of a bundle: sorted names, one time, owner 0, modes by place. The same files give the same bytes, wherever they lie.
 * @throws ProblemError `bundle-split-compressed`
 */
export const planTar = async (layout: Layout, bundle: Bundle): Promise<TarPlan> => {
	const stem = basename(layout.path).replace(/(?:\.tar(?:\.parts\.json)?)$/u, '');
	const created = Date.parse(bundle.manifest.created ?? '');
	const time = Number.isNaN(created) ? 0 : Math.max(0, Math.floor(created / 1000));
	const files = [...layout.files];
	if (files.some(([, {unpacked}]) => unpacked)) throw compressed(basename(layout.path));
	const members = [
		...[...foldersOf(files.map(([name]) => `${stem}/${name}`))].map((name) => ({name, slice: undefined})),
		...files.map(([name, slice]) => ({name: `${stem}/${name}`, slice})),
	].sort((a, b) => byText(a.name, b.name));
	const id = createHash('sha256');
	const segments: Segment[] = [];
	let at = 0;
	const addBytes = (bytes: Buffer): void => {
		segments.push({at, size: bytes.length, bytes});
		id.update(bytes);
		at += bytes.length;
	};
	for (const {name, slice} of members) {
		// Media such as FAT say that every file can be run, so the place decides and not the disk.
		const mode = slice && !name.startsWith(`${stem}/bin/`) ? 0o644 : 0o755;
		addBytes(tarHeader({name, kind: slice ? 'file' : 'folder', size: slice?.size ?? 0, mode, time}));
		if (!slice) continue;
		const digest = bundle.manifest.checksums.get(name.slice(stem.length + 1));
		segments.push({at, size: slice.size, slice, digest});
		id.update(`${digest ?? (await onDisk(slice))}\n`);
		at += slice.size;
		if (paddingOf(slice.size) > 0) addBytes(Buffer.alloc(paddingOf(slice.size)));
	}
	addBytes(tarEnd);
	return {name: `${stem}.tar`, size: at, segments, id: id.digest('hex')};
};
