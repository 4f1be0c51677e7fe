import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {takeAway} from '../../base/files.ts';
import {makeFolders} from '../../base/folders.ts';
import type {Layout} from '../layout/layout.ts';
import {type PartsFile, partsFileSuffix} from '../layout/parts-file.ts';
import {partsFileText, partsSumsText, sumsSuffix} from '../layout/parts-text.ts';
import {liesWithin} from '../layout/within.ts';
import type {Bundle, VerifyProgress} from '../types.ts';
import {writeBundleFile} from '../write/files.ts';
import {unwritable} from '../write/problems.ts';
import {freeBytes, requireRoom} from '../write/room.ts';
import {digestOfKept, type Earlier, meterOf, readEarlier} from './kept.ts';
import {refuseStrangers, removeBroken} from './left-over.ts';
import {brokenSuffix, type PartPlan, type Parts, partsOf, recordText, writePart} from './part.ts';
import {planTar, type TarPlan} from './plan.ts';
import {splitProblems} from './problems.ts';
import {createTarReader} from './stream.ts';

type SplitOptions = {
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

/** The files beside the parts: their list, their checksums, and what a run that was stopped had finished. */
type Beside = {readonly list: string; readonly sums: string; readonly record: string};

const besideOf = (out: string, name: string): Beside => {
	const list = join(out, `${name}${partsFileSuffix}`);
	return {list, sums: join(out, `${name}${sumsSuffix}`), record: `${list}${brokenSuffix}`};
};

const requireRoomFor = async (out: string, parts: readonly PartPlan[], {recorded, listed}: Earlier): Promise<void> => {
	const finished = new Set([...recorded, ...listed].map(({file}) => file));
	const needs = parts.filter(({file}) => !finished.has(file)).reduce((sum, {from, to}) => sum + to - from, 0);
	requireRoom(out, needs, await freeBytes(out));
};

/** Lists of an earlier splitting must not speak of parts that are being replaced. */
const takeListsAway = async (out: string, {list, sums}: Beside): Promise<void> => {
	for (const file of [list, sums]) await takeAway(file).catch(unwritable(out));
};

/** Writes the lists where they differ; the list of parts is the last file that a splitting makes. */
const writeLists = async ({list: listFile, sums: sumsFile}: Beside, list: PartsFile): Promise<void> => {
	for (const [file, text] of [
		[sumsFile, partsSumsText(list)],
		[listFile, partsFileText(list)],
	] as const) {
		const before = await readFile(file, 'utf8').catch(() => undefined);
		if (before !== text) await writeBundleFile(file, text);
	}
};

/** Writes the parts that are not there yet; what is there and right is left as it is. */
const writeParts = async (plan: TarPlan, bundle: Bundle, options: SplitOptions): Promise<Split> => {
	const {out, partSize, signal, onProgress} = options;
	const parts = partsOf(plan, partSize);
	const beside = besideOf(out, plan.name);
	await refuseStrangers(out, plan.name, parts);
	await removeBroken(out, plan.name);
	const earlier = await readEarlier(beside, plan, partSize);
	await requireRoomFor(out, parts, earlier);
	const bench = {out, reader: createTarReader(plan, signal), earlier, signal};
	const done: Array<Parts[number]> = [];
	let kept = 0;
	for (const part of parts) {
		const meter = meterOf(part, plan.size, onProgress);
		let digest = await digestOfKept(part, bench, meter);
		if (digest === undefined) {
			await takeListsAway(out, beside);
			meter.restart();
			digest = await writePart(bench.reader, part, out, meter.count(1));
		} else kept += 1;
		done.push({file: part.file, size: part.to - part.from, digest});
		const worthRecording = kept < done.length || earlier.recorded.length > 0;
		if (worthRecording) await writeBundleFile(beside.record, recordText(plan, partSize, done));
	}
	const {name, size} = plan;
	const list: PartsFile = {formatVersion: 1, name, size, partSize, parts: done, bundle: bundle.digest};
	await writeLists(beside, list);
	await takeAway(beside.record).catch(unwritable(out));
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
	if (!layout.packed && (await liesWithin(layout.path, out).catch(unwritable(out)))) {
		throw splitProblems.error('bundle-split-inside', {out});
	}
	const plan = await planTar(layout, bundle);
	await makeFolders(out).catch(unwritable(out));
	// Within the folder: the one above a USB stick may not be writable.
	const unlock = await options.lock(join(out, `${plan.name}.lock`));
	try {
		return await writeParts(plan, bundle, options);
	} finally {
		await unlock();
	}
};
