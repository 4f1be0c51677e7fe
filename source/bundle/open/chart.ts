import {createWriteStream} from 'node:fs';
import {basename, join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {readChartPackage} from '../../archive/chart-package.ts';
import {openSlice, type Slice} from '../../archive/slice.ts';
import {errnoWords, isDiskFull, isSystemError} from '../../base/errno.ts';
import {makeFolders} from '../../base/folders.ts';
import {baseProblems} from '../../base/problems.ts';
import type {Chart} from '../types.ts';

export type ChartOptions = {
	/** True when the bundle is a tar file: Helm needs files, so a chart in it is copied out. */
	readonly packed: boolean;
	/** Where it is copied to. */
	readonly workDirectory: () => Promise<string>;
	readonly signal: AbortSignal;
};

const copyFailure = (file: string, error: unknown): Error =>
	isDiskFull(error)
		? baseProblems.error('temporary-unwritable', {case: 'full', file}, {error})
		: baseProblems.error('temporary-unwritable', {case: 'refused', file, words: errnoWords(error, 'write')}, {error});

/** Copies a chart out of a tar. @returns where it is */
const copyOut = async (slice: Slice, {workDirectory, signal}: ChartOptions): Promise<string> => {
	try {
		const directory = await workDirectory();
		await makeFolders(directory);
		const path = join(directory, basename(slice.label));
		await pipeline(openSlice(slice), createWriteStream(path, {mode: 0o600}), {signal});
		return path;
	} catch (error) {
		if (signal.aborted || !isSystemError(error)) throw error;
		throw copyFailure(slice.label, error);
	}
};

/**
 * Reads the metadata of a packed chart. Helm needs a file, so a chart within a tar is copied to `workDirectory`.
 * @param slice the tgz
 * @throws ProblemError `bundle-chart-damaged`, `temporary-unwritable`
 */
export const readChart = async (slice: Slice, options: ChartOptions): Promise<Chart> => {
	const {metadata, digest} = await readChartPackage(slice, options.signal);
	const {name, version, appVersion, kubeVersion, annotations} = metadata;
	const path = options.packed ? await copyOut(slice, options) : slice.file;
	return {name, version, appVersion, kubeVersion, annotations, path, digest};
};
