import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {errnoWords, isErrno} from '../../../base/errno.ts';
import {engineProblems} from '../../../engine/problems.ts';

/** Logs of the runs of a state folder, the newest first: their names begin with the time. @throws ProblemError `state-unreadable` */
export const runLogs = async (stateDirectory: string): Promise<readonly string[]> => {
	const folder = path.join(stateDirectory, 'logs');
	const names = await readdir(folder).catch((error: unknown) => {
		if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
		const reason = errnoWords(error, 'read');
		throw engineProblems.error(
			'state-unreadable',
			{case: 'refused', file: folder, reason},
			{location: {file: folder}, error},
		);
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
