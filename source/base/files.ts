import {randomBytes} from 'node:crypto';
import {constants} from 'node:fs';
import {chmod, type FileHandle, lstat, open, readdir, readFile, rename, rm, unlink} from 'node:fs/promises';
import path from 'node:path';
import {isErrno} from './errno.ts';
import {makeFolders} from './folders.ts';
import {makeOwnFolder} from './own/make.ts';

/** The size of a file in bytes; undefined where there is none, or a link or another thing has its name. */
export const sizeOfFile = async (file: string): Promise<number | undefined> => {
	const status = await lstat(file).catch(() => undefined);
	return status?.isFile() ? status.size : undefined;
};

/** Takes a file or a link away, not what it leads to. @throws the error of the file system, but not that it is not there */
export const takeAway = async (file: string): Promise<void> => {
	await unlink(file).catch((error: unknown) => {
		if (!isErrno(error, 'ENOENT')) throw error;
	});
};

/**
 * Opens a file of ours for writing, in the place of what a killed run left under its name. A link that somebody put there
 * is not followed: it would lead the bytes into a file that is not ours.
 * @throws the error of the file system
 */
export const openNew = async (file: string, mode = 0o644): Promise<FileHandle> => {
	await takeAway(file);
	return open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
};

/** A name for what is not whole yet that the next run knows again, in folders that are ours alone. */
export const unfinished = (file: string): string => `${file}.new`;

/** What a file gets: all at once, or piece by piece; a piece may be overwritten once the next one is asked for. */
export type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

/** What a file system says that does not know what it is asked for, or leaves it to others: CIFS, vfat, NFS that squashes root. */
const isUnknownHere = (error: unknown): boolean =>
	isErrno(error, 'EINVAL', 'EROFS', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EACCES');

/**
 * Gives a file of ours its mode, where its file system keeps modes.
 * @param change for tests; chmod(2) where nothing is said
 * @throws the error of the file system: the file is not there, or the disk is broken
 */
export const setMode = async (file: string, mode: number, change: typeof chmod = chmod): Promise<void> => {
	await change(file, mode).catch((error: unknown) => {
		if (!isUnknownHere(error)) throw error;
	});
};

/**
 * Puts the bytes of a file on the disk. A file system that cannot say when they are there refuses (fsync(2): EINVAL, EROFS; some on
 * other hosts ENOSYS, ENOTSUP): the file is written all the same.
 * @throws the error of the file system: the disk did not take the bytes
 */
export const syncFile = async (handle: Pick<FileHandle, 'sync'>): Promise<void> => {
	await handle.sync().catch((error: unknown) => {
		if (!isUnknownHere(error)) throw error;
	});
};

const fill = async (handle: FileHandle, content: Content, sync: boolean): Promise<void> => {
	try {
		await handle.writeFile(content);
		if (sync) await syncFile(handle);
	} finally {
		await handle.close();
	}
};

/**
 * Puts a finished file under its name. FAT has no hard links, so where nothing may be replaced the name is taken first and the
 * finished file moved onto it.
 */
const publish = async (temporary: string, file: string, mode: number, replace: boolean): Promise<void> => {
	if (replace) {
		await rename(temporary, file);
		return;
	}
	await (await open(file, 'wx', mode)).close();
	try {
		await rename(temporary, file);
	} catch (error) {
		await rm(file, {force: true});
		throw error;
	}
};

export type WriteOptions = {
	/** Of a new file; for the operator alone where nothing is said. */
	readonly mode?: number;
	/** Whether a file of that name may be there; a link is replaced, not followed. True where nothing is said. */
	readonly replace?: boolean;
	/** What it is called meanwhile; a name that nobody else has where nothing is said. */
	readonly temporary?: string;
	/** Whether its bytes shall be on the disk; true where nothing is said. What may be lost is written faster without. */
	readonly sync?: boolean;
};

/**
 * Writes a file whole or not at all, with its bytes on the disk: the one way in which files are written. Its folder must be there.
 * @throws the error of the file system: `EEXIST` where something is there and must not be replaced; what the content throws
 */
export const writeWhole = async (
	file: string,
	content: Content,
	{
		mode = 0o600,
		replace = true,
		temporary = `${file}.${randomBytes(4).toString('hex')}.new`,
		sync = true,
	}: WriteOptions = {},
): Promise<void> => {
	try {
		await fill(await openNew(temporary, mode), content, sync);
		await publish(temporary, file, mode, replace);
	} catch (error) {
		await rm(temporary, {force: true}).catch(() => undefined);
		throw error;
	}
};

/**
 * Writes a file and its folder for the operator alone; what lay there is replaced. Returns its path.
 * @throws the error of the file system; ProblemError `folder-not-ours`
 */
export const saveFile = async (file: string, content: string | Uint8Array): Promise<string> => {
	await makeOwnFolder(path.dirname(file));
	await writeWhole(file, content);
	return file;
};

/** Whether a file holds just that; never reads more than is compared. */
const holds = async (file: string, content: string | Uint8Array): Promise<boolean> => {
	const bytes = Buffer.from(content);
	return (await sizeOfFile(file)) === bytes.length && bytes.equals(await readFile(file).catch(() => Buffer.alloc(0)));
};

/** More files of one name than anybody keeps: past them something else is wrong. */
const mostNames = 1000;

/**
 * Writes a file beside what is there, never over it: `answers.yaml`, else `answers-2.yaml` and so on, readable by the operator
 * alone. What is there already, word for word, is not written again. Returns the path of the file that holds it.
 */
export const saveBeside = async (file: string, content: string | Uint8Array): Promise<string> => {
	await makeFolders(path.dirname(file), 0o700);
	const {dir, name, ext} = path.parse(file);
	for (let number = 1; ; number += 1) {
		const free = number === 1 ? file : path.join(dir, `${name}-${number}${ext}`);
		try {
			await writeWhole(free, content, {replace: false});
			return free;
		} catch (error) {
			if (!isErrno(error, 'EEXIST') || number >= mostNames) throw error;
			if (await holds(free, content)) return free;
		}
	}
};

/** All files below a folder, by path relative to it with `/`; empty where there is no folder. */
export const filesBelow = async (folder: string): Promise<readonly string[]> => {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true}).catch((error: unknown) => {
		if (isErrno(error, 'ENOENT')) return [];
		throw error;
	});
	return entries
		.filter((entry) => !entry.isDirectory())
		.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
		.sort();
};
