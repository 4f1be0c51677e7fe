import {stat} from 'node:fs/promises';

/**
 * What a file on disk was when it was looked at: path, device, inode, size, and the times at which it was made and last
 * changed in content and in state, in nanoseconds. Another content under the same identity takes a clock set back or a
 * write past the file system. The time at which it was made tells one USB stick from the next at the same place: inodes
 * of FAT are counted anew at each mount, and `cp -p` keeps the others.
 */
export type Identity = {
	readonly file: string;
	readonly key: string;
	/** Ms since the epoch. */
	readonly changedMs: number;
	/** Its times are whole seconds. */
	readonly coarse: boolean;
};

/** @returns `undefined` when there is no such file */
export const identify = async (file: string): Promise<Identity | undefined> => {
	const status = await stat(file, {bigint: true}).catch(() => undefined);
	if (!status?.isFile()) return undefined;
	const {dev, ino, size, birthtimeNs, mtimeNs, ctimeNs, mtimeMs, ctimeMs} = status;
	return {
		file,
		key: [file, dev, ino, size, birthtimeNs, mtimeNs, ctimeNs].join(' '),
		changedMs: Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs),
		coarse: ctimeNs % 1_000_000_000n === 0n,
	};
};

/** Changes when any of these files is replaced, changed or gone. */
export const stampOf = async (files: Iterable<string>): Promise<string> =>
	JSON.stringify((await Promise.all([...files].map(identify))).map((one) => one?.key));

/** The same files, as they are now and as they were before they were read? */
export const sameFiles = (before: readonly Identity[], after: readonly (Identity | undefined)[]): boolean =>
	before.every(({key}, index) => key === after[index]?.key);

/**
 * A file that was changed within one tick of its file system's clock before it was read may change once more without a
 * trace. FAT counts in steps of 2 s (Microsoft, "FAT: General Overview of On-Disk Format"); others within a timer tick.
 */
export const isSettled = ({changedMs, coarse}: Identity, readAt: number): boolean =>
	readAt - changedMs > (coarse ? 2500 : 50);
