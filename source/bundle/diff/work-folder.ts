import {lstat, mkdir, readdir, readFile, rename, rm, rmdir} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {isErrno} from '../../base/errno.ts';
import {takeAway, writeWhole} from '../../base/files.ts';
import {makeFolders} from '../../base/folders.ts';
import {diffProblems} from './problems.ts';

/** Lies in the folder while it is filled, and proves that a run of this tool made it. */
const markerName = '.zenml-airgap-bundle-diff';
const markerText = 'zenml-airgap bundle diff fills this folder; one that a killed run left is removed by the next.\n';

const inTheWay = (folder: string, name: 'no folder in the way' | 'files in the way') =>
	diffProblems.error('bundle-diff-out', {case: name, out: folder}, {location: {file: folder}});

const isMarked = async (folder: string): Promise<boolean> => {
	const marker = join(folder, markerName);
	const status = await lstat(marker).catch(() => undefined);
	return (
		(status?.isFile() ?? false) &&
		status?.size === Buffer.byteLength(markerText) &&
		(await readFile(marker, 'utf8')) === markerText
	);
};

/** Removes what an earlier run left. @throws ProblemError `bundle-diff-out` where nothing proves that one did */
const clear = async (folder: string): Promise<void> => {
	const status = await lstat(folder);
	if (!status.isDirectory()) throw inTheWay(folder, 'no folder in the way');
	if (await isMarked(folder)) {
		// The marker goes last: a run that is killed here leaves a folder that is still known.
		for (const name of await readdir(folder)) {
			if (name !== markerName) await rm(join(folder, name), {recursive: true, force: true});
		}
		await takeAway(join(folder, markerName));
	}
	await rmdir(folder).catch((error: unknown) => {
		if (!isErrno(error, 'ENOTEMPTY')) throw error;
		throw inTheWay(folder, 'files in the way');
	});
};

/**
 * An empty folder beside `out` to make a bundle in. What is there under its name is removed only where an own marker in it
 * proves that a run of this tool left it.
 * @returns its path, and what gives it the name of `out`, which must be empty or absent
 * @throws ProblemError `bundle-diff-out`; the error of the file system
 */
export const openWorkFolder = async (
	out: string,
): Promise<{readonly folder: string; readonly finish: () => Promise<void>}> => {
	const folder = `${out}.partial`;
	await makeFolders(dirname(folder));
	await mkdir(folder).catch(async (error: unknown) => {
		if (!isErrno(error, 'EEXIST')) throw error;
		await clear(folder);
		await mkdir(folder);
	});
	await writeWhole(join(folder, markerName), markerText, {mode: 0o644});
	return {
		folder,
		finish: async () => {
			await takeAway(join(folder, markerName));
			await rmdir(out).catch((error: unknown) => {
				if (!isErrno(error, 'ENOENT')) throw error;
			});
			await rename(folder, out);
		},
	};
};
