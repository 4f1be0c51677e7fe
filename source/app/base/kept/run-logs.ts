import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {isErrno} from '../../../base/errno.ts';

/** Logs of the runs of a state folder, the newest first: their names begin with the time. @throws what the file system refuses */
export const runLogs = async (stateDirectory: string): Promise<readonly string[]> => {
	const folder = path.join(stateDirectory, 'logs');
	const names = await readdir(folder).catch((error: unknown) => {
		if (isErrno(error, 'ENOENT')) return [];
		throw error;
	});
	return names
		.filter((name) => name.endsWith('.jsonl'))
		.sort()
		.toReversed()
		.map((name) => path.join(folder, name));
};

/** The log of a run among them; undefined where it is not there. */
export const logOf = (logs: readonly string[], runId: string): string | undefined =>
	logs.find((file) => file.endsWith(`-${runId}.jsonl`));
