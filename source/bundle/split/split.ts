import {readdir, readFile, statfs} from 'node:fs/promises';
import {join} from 'node:path';
import {bundleProblem} from '../../archive/problems.ts';
import {takeAway} from '../../base/files.ts';
import {makeFolders} from '../../base/folders.ts';
import type {Layout} from '../layout/layout.ts';
import {type PartsFile, partsFileSuffix} from '../layout/parts-file.ts';
import {partsFileText, partsSumsText, sumsSuffix} from '../layout/parts-text.ts';
import {liesWithin} from '../layout/within.ts';
import type {Bundle, VerifyProgress} from '../types.ts';
import {writeWhole} from '../write/folder.ts';
import {diskFull, writing} from '../write/problems.ts';
import {
	digestOfPart,
	digestOfPlan,
	type PartPlan,
	type Parts,
	partsOf,
	readList,
	readRecord,
	recordText,
	writePart,
} from './part.ts';
import {planTar, type TarPlan} from './plan.ts';
import {createTarReader} from './stream.ts';

/** Is it called as a part of that tar is, with `end` behind? */
const isNumbered = (file: string, name: string, end = ''): boolean =>
	file.startsWith(`${name}.`) &&
	file.endsWith(end) &&
	/^\d{3,}$/u.test(file.slice(name.length + 1, file.length - end.length));

/**
 * What a run that was stopped left of a part is not gone on with, and `cat NAME.tar.[0-9]*` would take it for one. It may be the
 * beginning of a part that this splitting does not have.
 */
const removeBroken = async (out: string, name: string): Promise<void> =>
	writing(out, async () => {
		for (const file of await readdir(out)) {
			if (isNumbered(file, name, '.partial')) await takeAway(join(out, file));
		}
	});

/** Parts of another splitting would be taken for parts of this one by `cat NAME.tar.*`. */
const refuseStrangers = async (out: string, name: string, parts: readonly PartPlan[]): Promise<void> => {
	const known = new Set(parts.map(({file}) => file));
	const strange = (await readdir(out)).filter((file) => isNumbered(file, name) && !known.has(file)).sort();
	if (strange.length === 0) return;
	throw bundleProblem({
		code: 'bundle-split-left-over',
		message: `${out} holds parts of another splitting: ${strange.slice(0, 10).join(', ')}${strange.length > 10 ? ` and ${strange.length - 10} more` : ''}.`,
		cause: `This one ends with ${parts.at(-1)?.file}; the bundle or the size of the parts was another then.`,
		fix: 'Remove them, or name another folder with --out.',
		nextSteps: strange.slice(0, 10).map((file) => `rm ${join(out, file)}`),
	});
};

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

const requireRoom = async (out: string, parts: readonly PartPlan[], finished: Parts): Promise<void> => {
	const kept = new Set(finished.map(({file}) => file));
	let needed = 0;
	for (const {file, from, to} of parts) {
		if (kept.has(file)) continue;
		needed += to - from;
	}
	const {bavail, bsize} = await statfs(out);
	const free = bavail * bsize;
	if (needed > free) throw diskFull(out, {needs: mebibytes(needed), has: mebibytes(free)});
};

export type SplitOptions = {
	/** An absolute folder, made when absent. */
	readonly out: string;
	/** Bytes. */
	readonly partSize: number;
	/** Keeps a second run away while this one writes. @returns what lets it in again */
	readonly lock: (file: string) => Promise<() => Promise<void>>;
	readonly signal: AbortSignal;
	readonly onProgress: VerifyProgress;
};

/** The list of parts; `kept` counts those of an earlier run. */
export type Split = {readonly list: PartsFile; readonly kept: number};

/** Writes the parts that are not there yet; what is there and right is left as it is. */
const writeParts = async (plan: TarPlan, bundle: Bundle, options: SplitOptions): Promise<Split> => {
	const {out, partSize, signal, onProgress} = options;
	const parts = partsOf(plan, partSize);
	const listFile = join(out, `${plan.name}${partsFileSuffix}`);
	const sumsFile = join(out, `${plan.name}${sumsSuffix}`);
	const recordFile = `${listFile}.partial`;
	await refuseStrangers(out, plan.name, parts);
	await removeBroken(out, plan.name);
	const recorded = await readRecord(recordFile, plan, partSize);
	const listed = await readList(listFile, plan, partSize);
	await requireRoom(out, parts, [...recorded, ...listed]);
	const reader = createTarReader(plan, signal);
	const done: Array<Parts[number]> = [];
	let kept = 0;
	let bytes = 0;
	for (const part of parts) {
		const start = bytes;
		const count =
			(share: number) =>
			(more: number): void => {
				bytes += more * share;
				onProgress({file: part.file, done: Math.round(bytes), total: plan.size});
			};
		const path = join(out, part.file);
		const named = (list: Parts) => list.find(({file}) => file === part.file)?.digest;
		/** Digest of the part where the right one is there. */
		const there = async (): Promise<string | undefined> => {
			const own = named(recorded);
			const listedAs = named(listed);
			if (own === undefined && listedAs === undefined) return undefined;
			const digest = await digestOfPart(path, part, count(own === undefined ? 0.5 : 1), signal);
			if (digest === undefined || own !== undefined) return digest === own ? digest : undefined;
			return digest === listedAs && digest === (await digestOfPlan(reader, part, count(0.5))) ? digest : undefined;
		};
		let digest = await there();
		if (digest === undefined) {
			// Lists of an earlier splitting must not speak of parts that are being replaced.
			await writing(out, async () => {
				for (const file of [listFile, sumsFile]) await takeAway(file);
			});
			bytes = start;
			digest = await writePart(reader, part, out, count(1));
		} else kept += 1;
		done.push({file: part.file, size: part.to - part.from, digest});
		if (kept < done.length || recorded.length > 0) await writeWhole(recordFile, recordText(plan, partSize, done));
	}
	const list: PartsFile = {
		formatVersion: 1,
		name: plan.name,
		size: plan.size,
		partSize,
		parts: done,
		bundle: bundle.digest,
	};
	for (const [file, text] of [
		[sumsFile, partsSumsText(list)],
		[listFile, partsFileText(list)],
	] as const) {
		const before = await readFile(file, 'utf8').catch(() => undefined);
		if (before !== text) await writeWhole(file, text);
	}
	await writing(out, () => takeAway(recordFile));
	return {list, kept};
};

/**
 * Writes a bundle as the parts of a tar: `NAME.tar.001` and so on, `NAME.tar.parts.json`, `NAME.tar.sha256`. No whole tar is
 * written in between, every file with a checksum is compared with it on the way, and parts that an earlier run finished
 * are read, compared and kept.
 * @throws ProblemError `bundle-checksum-mismatch`, `bundle-split-compressed`, `bundle-split-left-over`, `bundle-split-inside`,
 * `bundle-create-disk-full`, `bundle-create-unwritable`, or what the lock throws
 */
export const splitBundle = async (layout: Layout, bundle: Bundle, options: SplitOptions): Promise<Split> => {
	const {out} = options;
	if (!layout.packed && (await writing(out, () => liesWithin(layout.path, out)))) {
		throw bundleProblem({
			code: 'bundle-split-inside',
			message: `${out} lies within the bundle.`,
			cause: 'The parts would be files of the bundle, which it must not hold.',
			fix: 'Name a folder outside the bundle with --out.',
		});
	}
	const plan = await planTar(layout, bundle);
	await writing(out, () => makeFolders(out));
	// Within the folder: the one above a USB stick may not be writable.
	const unlock = await options.lock(join(out, `${plan.name}.lock`));
	try {
		return await writeParts(plan, bundle, options);
	} finally {
		await unlock();
	}
};
