import {createHash} from 'node:crypto';
import {basename, dirname} from 'node:path';
import {stampOf} from '../../archive/identity.ts';
import {filesOf} from '../../archive/range.ts';
import type {Slice} from '../../archive/slice.ts';
import {byText} from '../../base/text.ts';
import {modeOf} from '../layout/index-file.ts';
import type {Layout} from '../layout/layout.ts';
import type {Bundle} from '../types.ts';
import {splitProblems} from './problems.ts';
import {paddingOf, tarEnd, tarHeader} from './tar-write.ts';

/** What bytes of the tar are: made here, or those of a file of the bundle, which must have `digest` where it is known. */
type Filling = {readonly size: number} & (
	| {readonly bytes: Buffer}
	| {readonly slice: Slice; readonly digest: string | undefined}
);

/** Bytes of the tar from `at` on. */
export type Segment = {readonly at: number} & Filling;

/** Those of a file. */
export type FileSegment = Extract<Segment, {readonly slice: Slice}>;

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

/** Something that goes into the tar under a name; without a slice it is a folder. */
type Member = {readonly name: string; readonly slice?: Slice | undefined};

/** Every file and every folder of the bundle below `stem`, in the order of the tar. */
const membersOf = (stem: string, {files}: Layout): readonly Member[] => {
	const inTar = [...files].map(([path, slice]): Member => ({name: `${stem}/${path}`, slice}));
	const folders = [...foldersOf(inTar.map(({name}) => name))].map((name): Member => ({name}));
	return [...folders, ...inTar].sort((a, b) => byText(a.name, b.name));
};

/** Seconds since the epoch at which the bundle was made; 0 where it does not say. */
const timeOf = ({manifest: {created = ''}}: Bundle): number => {
	const ms = Date.parse(created);
	return Number.isNaN(ms) ? 0 : Math.max(0, Math.floor(ms / 1000));
};

/** Segments one behind the other, and what tells this row of them from another. */
const createRow = () => {
	const segments: Segment[] = [];
	const id = createHash('sha256');
	let at = 0;
	const add = (filling: Filling, mark: string | Buffer): void => {
		segments.push({at, ...filling});
		id.update(mark);
		at += filling.size;
	};
	return {
		addBytes: (bytes: Buffer): void => add({size: bytes.length, bytes}, bytes),
		addFile: async (slice: Slice, digest: string | undefined): Promise<void> =>
			add({size: slice.size, slice, digest}, `${digest ?? (await onDisk(slice))}\n`),
		end: () => ({size: at, segments, id: id.digest('hex')}),
	};
};

/**
 * The tar of a bundle: sorted names, one time, owner 0, modes by place. The same files give the same bytes, wherever they lie.
 * @throws ProblemError `bundle-split-compressed`
 */
export const planTar = async (layout: Layout, bundle: Bundle): Promise<TarPlan> => {
	const file = basename(layout.path);
	if ([...layout.files.values()].some(({unpacked}) => unpacked)) {
		throw splitProblems.error('bundle-split-compressed', {name: file}, {location: {file}});
	}
	const stem = file.replace(/(?:\.tar(?:\.parts\.json)?)$/u, '');
	const time = timeOf(bundle);
	const row = createRow();
	for (const {name, slice} of membersOf(stem, layout)) {
		const mode = slice ? modeOf(name.slice(stem.length + 1)) : 0o755;
		row.addBytes(tarHeader({name, kind: slice ? 'file' : 'folder', size: slice?.size ?? 0, mode, time}));
		if (!slice) continue;
		await row.addFile(slice, bundle.manifest.checksums.get(name.slice(stem.length + 1)));
		if (paddingOf(slice.size) > 0) row.addBytes(Buffer.alloc(paddingOf(slice.size)));
	}
	row.addBytes(tarEnd);
	return {name: `${stem}.tar`, ...row.end()};
};
