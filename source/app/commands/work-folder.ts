import {lstat, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {processBirth} from '../../base/lock.ts';
import {ProblemError} from '../../base/problem.ts';
import type {Context} from '../context.ts';

const prefix = 'zenml-airgap-create-';

/** Lies in the folder and says whose it is. */
const ownerFile = 'owner.json';
const ownerSchema = z.object({tool: z.literal('zenml-airgap'), host: z.string(), pid: z.int(), birth: z.string()});

type Place = Pick<Context, 'temporaryDirectory' | 'hostName' | 'pid' | 'userId'>;

const ownerOf = async (folder: string): Promise<z.infer<typeof ownerSchema> | undefined> => {
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
const isLeftOver = async (folder: string, {hostName, userId}: Place): Promise<boolean> => {
	const status = await lstat(folder).catch(() => undefined);
	if (!status?.isDirectory() || status.uid !== userId) return false;
	const owner = await ownerOf(folder);
	return owner?.host === hostName && (await processBirth(owner.pid)) !== owner.birth;
};

/**
 * A temporary folder for this run. Those of runs that were killed are removed: where name, owner and the file in them agree
 * that one was this user's, on this host, and its process is gone.
 * @returns its path @throws ProblemError `temporary-unwritable`
 */
export const makeWorkFolder = async (place: Place): Promise<string> => {
	const {temporaryDirectory, hostName, pid} = place;
	try {
		// What cannot be listed or removed costs room, and does not stop this run.
		for (const name of await readdir(temporaryDirectory).catch(() => [])) {
			if (!/^zenml-airgap-create-[A-Za-z0-9]{6}$/u.test(name)) continue;
			const folder = path.join(temporaryDirectory, name);
			if (await isLeftOver(folder, place)) await rm(folder, {recursive: true}).catch(() => undefined);
		}
		const folder = await mkdtemp(path.join(temporaryDirectory, prefix));
		const birth = (await processBirth(pid)) ?? 'unknown';
		const owner: z.infer<typeof ownerSchema> = {tool: 'zenml-airgap', host: hostName, pid, birth};
		await writeFile(path.join(folder, ownerFile), JSON.stringify(owner), {mode: 0o600});
		return folder;
	} catch (error) {
		const {code, message} = error as NodeJS.ErrnoException;
		throw new ProblemError(
			{
				code: 'temporary-unwritable',
				area: 'usage',
				message: `The folder for temporary files, ${temporaryDirectory}, cannot be used.`,
				cause: code === 'ENOSPC' ? 'Its disk is full.' : message,
				fix: 'Make room there, or name a folder on another disk with the environment variable TMPDIR.',
				nextSteps: [`df -h ${temporaryDirectory}`],
			},
			{cause: error},
		);
	}
};
