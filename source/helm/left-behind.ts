import {mkdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import * as z from 'zod';
import {isSamePlace, processBirth, processPlace} from '../base/lock/process.ts';
import {helmProblems} from './problems.ts';
import type {ReleaseName} from './releases.ts';

const recordSchema = z.object({
	pid: z.int().min(2),
	birth: z.string(),
	boot: z.string().optional(),
	pidNamespace: z.string().optional(),
});
type Recorded = z.infer<typeof recordSchema>;

/** Where the helm that changes a release is written down while it is at work. Names of Kubernetes are names of files. */
export const recordOf = (home: string, {name, namespace}: ReleaseName): string =>
	path.join(home, 'running', `${namespace}.${name}.json`);

export const makeRecordFolder = async (record: string): Promise<void> => {
	// Without it helm is still ended with us; it is only not found again after both were killed.
	await mkdir(path.dirname(record), {recursive: true, mode: 0o700}).catch(() => undefined);
};

const read = async (record: string): Promise<Recorded | undefined> => {
	try {
		return recordSchema.parse(JSON.parse(await readFile(record, 'utf8')));
	} catch {
		return undefined;
	}
};

/** A helm of another boot is gone; one of another container is ended by the keeper that is with it. */
const isAtWork = async ({pid, birth, ...place}: Recorded): Promise<boolean> =>
	isSamePlace(place, processPlace()) && (await processBirth(pid)) === birth;

const kill = (pid: number, signal: 'SIGTERM' | 'SIGKILL'): void => {
	try {
		process.kill(pid, signal);
	} catch {
		// It has just ended, or is another user's; the look that follows tells which.
	}
};

/** How often it is looked whether it has ended, ms. */
const lookMs = 100;

/** True once it has ended. */
const endsWithin = async (helm: Recorded, ms: number, signal: AbortSignal): Promise<boolean> => {
	for (let waited = 0; waited < ms; waited += lookMs) {
		if (!(await isAtWork(helm))) return true;
		await sleep(lookMs, undefined, {signal});
	}
	return !(await isAtWork(helm));
};

/** A helm of an earlier run on this release, and how it is spoken of. */
type Earlier = {readonly record: string; readonly label: string; readonly graceMs: number};

/**
 * Waits for the helm of an earlier run that was killed, and ends it where it does not end by itself: two at once would each
 * undo what the other does. The lock says that no other run of this state folder lives.
 * @throws ProblemError `helm-busy` where it cannot be ended
 */
export const endLeftBehind = async (
	{record, label, graceMs}: Earlier,
	onLine: (line: string) => void,
	signal: AbortSignal,
): Promise<void> => {
	const helm = await read(record);
	if (helm && (await isAtWork(helm))) {
		onLine(`The helm of an earlier run (process ${helm.pid}) is still at work on ${label}; it is ended first.`);
		kill(helm.pid, 'SIGTERM');
		if (!(await endsWithin(helm, graceMs, signal))) {
			kill(helm.pid, 'SIGKILL');
			if (!(await endsWithin(helm, graceMs, signal)))
				throw helmProblems.error('helm-busy', {case: 'own', label, pid: helm.pid});
		}
	}
	await rm(record, {force: true}).catch(() => undefined);
};
