import {createHash} from 'node:crypto';
import {rename} from 'node:fs/promises';
import {dirname} from 'node:path';
import {bundleProblem} from '../../archive/problems.ts';
import {sizeOfRegular} from '../../archive/regular-file.ts';
import {scanSlice} from '../../archive/slice.ts';
import {openNew} from '../../base/files.ts';
import {makeFolders} from '../../base/folders.ts';
import {writing} from '../write/problems.ts';

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

const slice = (file: string, size: number) => ({file, offset: 0, size, label: file});

/** Hashes a file. @throws ProblemError `bundle-not-found`, `bundle-unreadable` */
export const extraFile = async (path: string, from: string, signal: AbortSignal, mode = 0o644): Promise<ExtraFile> => {
	const size = await sizeOfRegular(from);
	const hash = createHash('sha256');
	for await (const chunk of scanSlice(slice(from, size))) {
		signal.throwIfAborted();
		hash.update(chunk);
	}
	return {path, from, size, digest: `sha256:${hash.digest('hex')}`, mode};
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
	await writing(to, () => makeFolders(dirname(to)));
	const handle = await writing(to, () => openNew(`${to}.new`, mode));
	const hash = createHash('sha256');
	try {
		for await (const chunk of scanSlice(slice(from, size))) {
			signal.throwIfAborted();
			hash.update(chunk);
			for (let done = 0; done < chunk.length; ) {
				done += await writing(to, async () => (await handle.write(chunk, done)).bytesWritten);
			}
		}
		await writing(to, async () => {
			await handle.chmod(mode);
			await handle.sync();
		});
	} finally {
		await handle.close();
	}
	if (`sha256:${hash.digest('hex')}` !== digest) {
		throw bundleProblem({
			code: 'bundle-create-changed',
			message: `${from} was changed while the bundle was made.`,
			cause: 'Its bytes are not those that the lists of the bundle name.',
			fix: 'Let it be, and start again.',
		});
	}
	await writing(to, () => rename(`${to}.new`, to));
};
