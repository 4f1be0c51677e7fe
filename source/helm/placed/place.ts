import {createHash} from 'node:crypto';
import {access, constants, rm} from 'node:fs/promises';
import path from 'node:path';
import {errnoWords, isSystemError} from '../../base/errno.ts';
import {setMode, sizeOfFile, writeWhole} from '../../base/files.ts';
import {safeFolder} from '../../base/own/folder.ts';
import {sha256OfFile} from '../../base/self/sums.ts';
import {helmProblems} from '../problems.ts';

/** A Helm that lies in something else, and the checksum it must have. */
export type PackedHelm = {
	/** Where it lies, as its checksum calls it. */
	readonly inside: 'bundle' | 'program';
	/** `4.2.3`, as whoever packed it says. */
	readonly version: string;
	/** Hex. */
	readonly sha256: string;
	/** Unpacked. */
	readonly bytes: number;
	/** Its bytes, from the beginning. */
	readonly open: () => AsyncIterable<Uint8Array>;
};

/** Why a folder does not take it, for people. */
type Refused = {readonly folder: string; readonly why: string};

/** The bytes as they come. @throws ProblemError `helm-copy-damaged` after the last one, and as soon as there are too many */
async function* checked({inside, sha256, bytes, open}: PackedHelm): AsyncGenerator<Uint8Array> {
	const hash = createHash('sha256');
	let read = 0;
	for await (const chunk of open()) {
		read += chunk.length;
		if (read > bytes) break;
		hash.update(chunk);
		yield chunk;
	}
	const actual = hash.digest('hex');
	if (read !== bytes || actual !== sha256)
		throw helmProblems.error('helm-copy-damaged', {case: inside, expected: sha256, actual});
}

/** Whether a run has put it there before, whole. */
const isThere = async (file: string, {sha256, bytes}: PackedHelm): Promise<boolean> =>
	(await sizeOfFile(file)) === bytes && (await sha256OfFile(file)) === sha256;

/** What may be run: access(2) says no on a file system that runs no programs (mount(8), noexec) too. */
const mayRun = (file: string): Promise<boolean> =>
	access(file, constants.X_OK).then(
		() => true,
		() => false,
	);

/** @returns why not; undefined where it is there and may be run */
const placeIn = async (file: string, packed: PackedHelm): Promise<string | undefined> => {
	try {
		if (!(await isThere(file, packed))) await writeWhole(file, checked(packed), {mode: 0o700});
		await setMode(file, 0o700);
		if (await mayRun(file)) return undefined;
		await rm(file, {force: true});
		return 'no program may run there (noexec)';
	} catch (error) {
		if (!isSystemError(error)) throw error;
		return errnoWords(error, 'write');
	}
};

/**
 * Puts a Helm that lies in something else into the first folder that takes it: one that is this user's alone and lets programs run. Each
 * Helm has a name of its own there, by its checksum, and is written whole or not at all; what is there already is hashed again.
 * @param folders absolute, in the order in which they are tried; made where they are missing
 * @returns its path
 * @throws ProblemError `helm-no-place`, `helm-copy-damaged`; what reading it throws
 */
export const placeHelm = async (packed: PackedHelm, folders: readonly string[]): Promise<string> => {
	const refused: Refused[] = [];
	for (const folder of folders) {
		const own = safeFolder(folder);
		const file = path.join(own ?? folder, `helm-${packed.sha256.slice(0, 16)}`);
		const why = own === undefined ? 'it cannot be made for this user alone' : await placeIn(file, packed);
		if (why === undefined) return file;
		refused.push({folder, why});
	}
	const evidence = refused.map(({folder, why}) => `${folder}: ${why}`);
	throw helmProblems.error('helm-no-place', {where: packed.inside}, {evidence});
};
