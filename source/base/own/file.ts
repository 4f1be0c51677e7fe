import {constants, type Stats} from 'node:fs';
import {lstat, open} from 'node:fs/promises';
import path from 'node:path';
import {isErrno} from '../errno.ts';
import {kindOf, readStart} from '../reading/regular.ts';
import {isOwnFile} from './folder.ts';

/** Why what has the name of a file of ours is none: what it is, whose it is (the number of a user), or its size in bytes. */
export type FileFault =
	| {readonly kind: 'no file'; readonly is: string}
	| {readonly kind: 'owner'; readonly owner: number}
	| {readonly kind: 'too large'; readonly bytes: number};

/** A file as it was read, or why it was not. */
export type OwnFile = {readonly text: string; readonly fault?: undefined} | {readonly fault: FileFault};

const faultOf = (file: string, status: Stats, most: number): FileFault | undefined => {
	// A folder is left to the system, which has its own words for one.
	if (!status.isFile() && !status.isDirectory()) return {kind: 'no file', is: kindOf(status)};
	if (!isOwnFile(status, path.dirname(file))) return {kind: 'owner', owner: status.uid};
	return status.size > most ? {kind: 'too large', bytes: status.size} : undefined;
};

/** @throws the error of the file system */
const openAndRead = async (file: string, most: number): Promise<OwnFile> => {
	// What came in its place since it was looked at is neither followed nor waited for, and is looked at again.
	const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		const fault = faultOf(file, await handle.stat(), most);
		return fault ? {fault} : {text: (await readStart(handle, most)).toString('utf8')};
	} finally {
		await handle.close();
	}
};

/**
 * Reads a small file that an earlier run of this user wrote, under a name that others can guess: a regular file, this user's own,
 * of bounded size. Nothing else is opened, since that alone may wait without end or set a device going.
 * @param most bytes
 * @returns undefined where there is none
 * @throws the error of the file system
 */
export const readOwnFile = async (file: string, most: number): Promise<OwnFile | undefined> => {
	try {
		const fault = faultOf(file, await lstat(file), most);
		return fault ? {fault} : await openAndRead(file, most);
	} catch (error) {
		if (isErrno(error, 'ENOENT')) return undefined;
		throw error;
	}
};
