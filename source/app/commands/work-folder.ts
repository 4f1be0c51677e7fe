import {lstat, mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {errnoWords} from '../../base/errno.ts';
import {writeWhole} from '../../base/files.ts';
import {processBirth} from '../../base/lock/process.ts';
import {baseProblems} from '../../base/problems.ts';
import type {Context} from '../base/context.ts';

const prefix = 'zenml-airgap-create-';
const namePattern = /^zenml-airgap-create-[A-Za-z0-9]{6}$/u;

/** Lies in the folder and says whose it is. */
const ownerFile = 'owner.json';
const ownerSchema = z.object({tool: z.literal('zenml-airgap'), host: z.string(), pid: z.int(), birth: z.string()});
type Owner = z.infer<typeof ownerSchema>;

/** This process and where it may put temporary files. */
export type ProcessPlace = Pick<Context, 'temporaryDirectory' | 'hostName' | 'pid' | 'userId'>;

const ownerOf = async (folder: string): Promise<Owner | undefined> => {
	const file = path.join(folder, ownerFile);
	const status = await lstat(file).catch(() => undefined);
	if (!status?.isFile() || status.size > 4096) return undefined;
	try {
		return ownerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
	} catch {
		// Not readable, or not ours: nothing is known of the folder, so it stays.
		return undefined;
	}
};

/** Whether a folder is proven to be that of a run of this user on this host that is no more. */
const isLeftOver = async (folder: string, {hostName, userId}: ProcessPlace): Promise<boolean> => {
	const status = await lstat(folder).catch(() => undefined);
	if (!status?.isDirectory() || status.uid !== userId) return false;
	const owner = await ownerOf(folder);
	return owner?.host === hostName && (await processBirth(owner.pid)) !== owner.birth;
};

/** What cannot be listed or removed costs room, and does not stop this run. */
const removeLeftOvers = async (place: ProcessPlace): Promise<void> => {
	const names = await readdir(place.temporaryDirectory).catch(() => []);
	for (const name of names.filter((one) => namePattern.test(one))) {
		const folder = path.join(place.temporaryDirectory, name);
		if (await isLeftOver(folder, place)) await rm(folder, {recursive: true}).catch(() => undefined);
	}
};

const makeOwn = async ({temporaryDirectory, hostName, pid}: ProcessPlace): Promise<string> => {
	const folder = await mkdtemp(path.join(temporaryDirectory, prefix));
	const birth = (await processBirth(pid)) ?? 'unknown';
	const owner: Owner = {tool: 'zenml-airgap', host: hostName, pid, birth};
	await writeWhole(path.join(folder, ownerFile), JSON.stringify(owner));
	return folder;
};

/**
 * A temporary folder for this run. Those of runs that were killed are removed: where name, owner and the file in them agree
 * that one was this user's, on this host, and its process is gone.
 * @returns its path @throws ProblemError `temporary-unwritable`
 */
export const makeWorkFolder = async (place: ProcessPlace): Promise<string> => {
	await removeLeftOvers(place);
	return makeOwn(place).catch((error: unknown) => {
		const facts = {folder: place.temporaryDirectory, reason: errnoWords(error, 'write')};
		throw baseProblems.error('temporary-unwritable', {case: 'folder', ...facts}, {area: 'usage', error});
	});
};
