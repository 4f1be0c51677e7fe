import {digestOfSlice} from '../../archive/digest.ts';
import {firstOf} from '../../base/text.ts';
import {totalSize} from '../../base/units.ts';
import type {Layout} from '../layout/layout.ts';
import {differences, listedFiles} from '../signature/checksums.ts';
import type {VerifyProgress} from '../types.ts';
import {signProblems} from './problems.ts';

/** Digests by path relative to the bundle. */
export type Sums = ReadonlyMap<string, string>;
export type Reading = {readonly signal: AbortSignal; readonly onProgress: VerifyProgress};

const notWhole = (name: 'files missing' | 'files added' | 'other sums', paths: readonly string[]) =>
	signProblems.error('bundle-sign-not-whole', {case: name, files: firstOf(paths, 10)});

const hashAll = async (
	layout: Layout,
	{signal, onProgress}: Reading,
): Promise<{readonly sums: Sums; readonly bytes: number}> => {
	const slices = listedFiles(layout)
		.toSorted()
		.flatMap((path) => {
			const slice = layout.files.get(path);
			return slice ? [{path, slice}] : [];
		});
	const total = totalSize(slices.map(({slice}) => slice));
	const sums = new Map<string, string>();
	let before = 0;
	for (const {path, slice} of slices) {
		const tell = (done: number): void => onProgress({file: path, done: before + done, total});
		sums.set(path, await digestOfSlice(slice, signal, tell));
		before += slice.size;
	}
	return {sums, bytes: total};
};

const requireSameFiles = (layout: Layout, given: Sums): void => {
	const {missing, unlisted} = differences(layout, given);
	if (missing.length > 0) throw notWhole('files missing', missing);
	if (unlisted.length > 0) throw notWhole('files added', unlisted);
};

const requireSameSums = (sums: Sums, given: Sums): void => {
	const wrong = [...sums].filter(([path, digest]) => given.get(path) !== digest).map(([path]) => path);
	if (wrong.length > 0) throw notWhole('other sums', wrong);
};

/** Hashes each file; what `SHA256SUMS` says of them, where it is there, must be right. */
export const sumsOf = async (layout: Layout, given: Sums | undefined, reading: Reading) => {
	// Names cost nothing, so they come before the bytes.
	if (given) requireSameFiles(layout, given);
	const found = await hashAll(layout, reading);
	if (given) requireSameSums(found.sums, given);
	return found;
};
