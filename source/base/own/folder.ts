import {lstatSync, mkdirSync, mkdtempSync, realpathSync, rmdirSync, type Stats} from 'node:fs';
import path from 'node:path';

/** Why a folder is not this user's alone; `owner` is the number of the user it belongs to. */
export type FolderFault =
	| {readonly kind: 'link' | 'no folder' | 'open'}
	| {readonly kind: 'owner'; readonly owner: number};

/** The bits that let a group or everybody write (chmod(2)). */
const othersWrite = 0o022;

/** What cannot be looked at cannot be read or written either: who tries that is told why. */
const statusOf = (file: string): Stats | undefined => {
	try {
		return lstatSync(file);
	} catch {
		return undefined;
	}
};

/**
 * What a folder that this user makes here looks like. A file system of another world (CIFS, vfat, NFS that squashes root) shows an
 * owner and a mode of its own for whatever is made on it; what it shows for ours is then no fault.
 */
const madeHere = (folder: string): Stats | undefined => {
	try {
		const made = mkdtempSync(path.join(folder, '.whose-'));
		try {
			return lstatSync(made);
		} finally {
			rmdirSync(made);
		}
	} catch {
		return undefined;
	}
};

/**
 * What is wrong with a folder, by its status. @param made looks at a folder that this user makes in it; it is asked only where
 * owner or mode are not as they should be, and gives nothing where none can be made
 */
export const faultOf = (
	status: Stats,
	user: number,
	made: () => Pick<Stats, 'uid' | 'mode'> | undefined,
): FolderFault | undefined => {
	if (status.isSymbolicLink()) return {kind: 'link'};
	if (!status.isDirectory()) return {kind: 'no folder'};
	const isOpen = (status.mode & othersWrite) !== 0;
	if (status.uid === user && !isOpen) return undefined;
	const ours = made();
	if (status.uid !== (ours?.uid ?? user)) return {kind: 'owner', owner: status.uid};
	return isOpen && ((ours?.mode ?? 0) & othersWrite) === 0 ? {kind: 'open'} : undefined;
};

/**
 * The number of this user; undefined on systems that number none, where nothing is told of owners.
 */
export const thisUser = (): number | undefined => process.getuid?.();

/**
 * Why a folder must not be trusted with files whose names others can guess: what is read from it may be somebody else's, and what is
 * written to it may go elsewhere. Undefined where it is this user's alone, or not there. It leaves no trace.
 */
export const folderFault = (folder: string, user = thisUser()): FolderFault | undefined => {
	const status = statusOf(folder);
	return status === undefined || user === undefined ? undefined : faultOf(status, user, () => madeHere(folder));
};

/**
 * Whether this is the status of a file of this user, in this folder: where a file system shows another owner for all that is ours,
 * the one that the folder has.
 */
export const isOwnFile = ({uid}: Stats, folder: string, user = thisUser()): boolean => {
	if (user === undefined || uid === user) return true;
	return statusOf(folder)?.uid === uid && folderFault(folder, user) === undefined;
};

/** May nobody but this user and root put another folder in its place? Of a folder with the sticky bit only the owner renames entries. */
const isSafeParent = ({uid, mode}: Stats, user: number): boolean =>
	(uid === user || uid === 0) && ((mode & othersWrite) === 0 || (mode & 0o1000) !== 0);

const isSafeBelow = (folder: string, user: number): boolean =>
	isSafeParent(lstatSync(folder), user) && (folder === path.dirname(folder) || isSafeBelow(path.dirname(folder), user));

/** The nearest folder above that is there, without links, and the names that are to be made below it. */
const nearestThere = (folder: string, names: readonly string[] = []): readonly [there: string, ...names: string[]] =>
	statusOf(folder) === undefined && folder !== path.dirname(folder)
		? nearestThere(path.dirname(folder), [path.basename(folder), ...names])
		: [realpathSync(folder), ...names];

/**
 * A folder from which programs or compiled code may be read: this user's alone, and neither it nor one above it can be exchanged by
 * somebody else. What is missing is made, for this user alone.
 * @param folder absolute
 * @returns its path without links; undefined where there can be no such folder, for whatever reason
 */
export const safeFolder = (folder: string, user = thisUser()): string | undefined => {
	try {
		if (user === undefined || !path.isAbsolute(folder) || statusOf(folder)?.isSymbolicLink()) return undefined;
		const [there, ...missing] = nearestThere(folder);
		if (!isSafeBelow(there, user)) return undefined;
		const real = path.join(there, ...missing);
		missing.forEach((_name, index) => {
			mkdirSync(path.join(there, ...missing.slice(0, index + 1)), {mode: 0o700});
		});
		const status = lstatSync(real);
		return status.isDirectory() && status.uid === user && (status.mode & othersWrite) === 0 ? real : undefined;
	} catch {
		return undefined;
	}
};
