import {stat, statfs} from 'node:fs/promises';
import {dirname} from 'node:path';
import {formatBytes} from '../../base/units.ts';
import {writeProblems} from './problems.ts';

const isThere = (path: string): Promise<boolean> =>
	stat(path).then(
		() => true,
		() => false,
	);

/** Free bytes for this user on the disk on which a folder is, or will be. */
export const freeBytes = async (folder: string): Promise<number> => {
	let at = folder;
	while (dirname(at) !== at && !(await isThere(at))) at = dirname(at);
	const {bavail, bsize} = await statfs(at);
	return bavail * bsize;
};

/** @param needs, free bytes @throws ProblemError `bundle-create-disk-full` */
export const requireRoom = (folder: string, needs: number, free: number): void => {
	if (needs <= free) return;
	const sizes = {needs: formatBytes(needs), has: formatBytes(free)};
	throw writeProblems.error('bundle-create-disk-full', {case: 'known before', folder, ...sizes});
};
