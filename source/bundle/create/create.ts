import {readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {sizeOfFile} from '../../base/files.ts';
import {byText, firstOf} from '../../base/text.ts';
import {sha256Of} from '../../oci/digest.ts';
import {type BundleIndex, bundleFiles, makingFile, modeOf} from '../layout/index-file.ts';
import {writeBundleFile} from '../write/files.ts';
import {unwritable} from '../write/problems.ts';
import {freeBytes, requireRoom} from '../write/room.ts';
import {type Contents, contentsOf, listedContents, needsOf, pathsOf} from './contents.ts';
import {copyExtra} from './extra-files.ts';
import {type FetchProgress, fetchBlobs} from './fetch/fetch.ts';
import {type Found, isNotWhole, lookAtFolder, type Making, removeFiles} from './folder.ts';
import {type Lists, listsOf, type Maker} from './lists.ts';
import type {BundlePlan} from './plan.ts';

export type WriteOptions = FetchProgress &
	Maker & {
		/** Absolute. */
		readonly folder: string;
		/** Blobs that are fetched at the same time. */
		readonly concurrency: number;
		/** Free bytes on the disk of the folder, which may not exist yet. */
		readonly freeBytes?: ((folder: string) => Promise<number>) | undefined;
		readonly onNote: (text: string) => void;
		readonly signal: AbortSignal;
	};

/** A bundle that was made, and the bytes that were fetched for it. */
export type Written = {readonly index: BundleIndex; readonly fetched: number};

/** SHA-256 of the checksums that lie there, or lay there before a run that did not come to its end: a signature may be of them. */
const signedSums = async (folder: string, {making}: Found): Promise<string | undefined> => {
	const text = await readFile(join(folder, bundleFiles.checksums), 'utf8').catch(() => undefined);
	return text === undefined ? making?.checksums : sha256Of(text);
};

/** Says what this run is about to put there; from then on the folder does not look like a whole bundle. */
const announce = async (
	folder: string,
	planned: ReadonlySet<string>,
	{owned}: Found,
	checksums: string | undefined,
): Promise<void> => {
	const making: Making = {formatVersion: 1, paths: [...new Set([...planned, ...owned])].sort(byText), checksums};
	await writeBundleFile(join(folder, makingFile), JSON.stringify(making));
	await removeFiles(folder, [bundleFiles.checksums, bundleFiles.index, bundleFiles.manifest]);
};

const removeLeftOver = async ({leftOver}: Found, {folder, onNote}: WriteOptions): Promise<void> => {
	if (leftOver.length === 0) return;
	onNote(`Taken away, as the new bundle does not have them: ${firstOf(leftOver, 5)}.`);
	await removeFiles(folder, leftOver);
};

/** Brings every file but the lists. @returns bytes that came in */
const bringContents = async ({metadata, extras, fetched}: Contents, options: WriteOptions): Promise<number> => {
	const {folder, signal} = options;
	const bytes = await fetchBlobs(fetched, options);
	for (const [path, content] of metadata) await writeBundleFile(join(folder, path), content, {mode: modeOf(path)});
	for (const extra of extras) await copyExtra(extra, join(folder, extra.path), signal);
	signal.throwIfAborted();
	return bytes;
};

/** A signature of another bundle is worse than none. */
const removeOldSignature = async (
	{checksums}: Lists['texts'],
	signed: string | undefined,
	{folder, onNote}: WriteOptions,
): Promise<void> => {
	const file = join(folder, bundleFiles.signature);
	if (signed === sha256Of(checksums) || (await sizeOfFile(file)) === undefined) return;
	onNote(`${bundleFiles.signature} was taken away: it signed another bundle. Sign this one anew.`);
	await rm(file).catch(unwritable(file));
};

/**
 * Makes the bundle of a plan, or goes on with one that was begun. Files of an older spec that this tool put there are taken away.
 * `SHA256SUMS` is written last: a folder without it is no whole bundle.
 * @throws ProblemError of area `bundle` or `registry`; the signal's reason when it is aborted
 */
export const writeBundle = async (plan: BundlePlan, options: WriteOptions): Promise<Written> => {
	const {folder} = options;
	const at = (path: string): string => join(folder, path);
	const needs = await needsOf(plan, folder);
	requireRoom(folder, needs.toWrite, await (options.freeBytes ?? freeBytes)(folder));

	const contents = contentsOf(plan, folder);
	const found = await lookAtFolder(folder, pathsOf(contents));
	const signed = await signedSums(folder, found);
	await announce(folder, pathsOf(contents), found, signed);
	await removeLeftOver(found, options);
	const fetched = await bringContents(contents, options);

	const {index, texts} = listsOf(plan, options, listedContents(contents));
	await writeBundleFile(at(bundleFiles.manifest), texts.manifest);
	await writeBundleFile(at(bundleFiles.index), texts.index);
	await removeOldSignature(texts, signed, options);
	// What an earlier run left half written has no place among the files of a whole bundle.
	await removeFiles(folder, found.owned.filter(isNotWhole));
	await writeBundleFile(at(bundleFiles.checksums), texts.checksums);
	await rm(at(makingFile)).catch(unwritable(folder));
	return {index, fetched};
};
