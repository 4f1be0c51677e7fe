import {digestOfSlice} from '../../archive/digest.ts';
import {sizeOfRegular} from '../../archive/regular-file.ts';
import {type Slice, scanSlice} from '../../archive/slice.ts';
import {setMode} from '../../base/files.ts';
import {hashed, writeBundleFile} from '../write/files.ts';
import {unwritable} from '../write/problems.ts';
import {createProblems} from './problems.ts';

/** A file on this host that goes into the bundle as it is. */
export type ExtraFile = {
	/** Relative to the bundle. */
	readonly path: string;
	/** Absolute, on this host. */
	readonly from: string;
	readonly size: number;
	readonly digest: string;
	readonly mode: number;
};

const sliceOf = (file: string, size: number): Slice => ({file, offset: 0, size, label: file});

/** Hashes a file. @throws ProblemError `bundle-not-found`, `bundle-unreadable` */
export const extraFile = async (path: string, from: string, signal: AbortSignal, mode = 0o644): Promise<ExtraFile> => {
	const size = await sizeOfRegular(from);
	return {path, from, size, digest: await digestOfSlice(sliceOf(from, size), signal), mode};
};

/**
 * Copies a file to its place, whole or not at all.
 * @throws ProblemError `bundle-create-changed` where it is another one than when it was planned
 */
export const copyExtra = async (
	{from, size, digest, mode}: ExtraFile,
	to: string,
	signal: AbortSignal,
): Promise<void> => {
	const onEnd = (actual: string): void => {
		if (actual !== digest) throw createProblems.error('bundle-create-changed', {file: from});
	};
	await writeBundleFile(to, hashed(scanSlice(sliceOf(from, size)), {signal, onEnd}), {mode});
	// The umask of this process must not take away that a program can be run.
	await setMode(to, mode).catch(unwritable(to));
};
