import {readdir, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {goOnMs} from './begin.ts';
import {listIn} from './list.ts';
import {realFolder, requireOurs, unwritable} from './place.ts';
import type {BackupSummary, Retention} from './types.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** When a backup was finished or, where that is not known, begun: its id says so. In ms since the epoch. */
const timeOf = ({id, manifest}: BackupSummary): number => {
	const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/u.exec(id) ?? [];
	return Date.parse(manifest?.finishedAt ?? `${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

/** Which of these can go. What a newer tool made is left to that one. */
const outdated = (
	backups: readonly BackupSummary[],
	{keepDays, keepAtLeast}: Retention,
	now: number,
): readonly BackupSummary[] => {
	const kept = new Set(
		backups
			.filter(({state}) => state === 'whole')
			.slice(0, Math.max(1, keepAtLeast))
			.map(({id}) => id),
	);
	return backups.filter((backup) => {
		const age = now - timeOf(backup);
		if (backup.state === 'newer' || kept.has(backup.id)) return false;
		// Nobody goes on with it, and nobody can restore from it.
		if (backup.state === 'unfinished') return age > goOnMs;
		return age > keepDays * dayMs;
	});
};

const going = (id: string): string => `.${id}.removing`;
const isGoing = (name: string): boolean => /^\.\d{8}T\d{6}Z-[0-9a-f]{6}\.removing$/u.test(name);

/** Takes the name away first, so that no half of a backup is ever taken for one. */
const remove = async (folder: string, id: string): Promise<void> => {
	try {
		await rename(path.join(folder, id), path.join(folder, going(id)));
		await rm(path.join(folder, going(id)), {recursive: true, force: true});
	} catch (error) {
		throw unwritable(path.join(folder, id), error);
	}
};

const removeLeftOvers = async (folder: string): Promise<void> => {
	try {
		for (const name of (await readdir(folder)).filter(isGoing)) {
			await rm(path.join(folder, name), {recursive: true, force: true});
		}
	} catch (error) {
		throw unwritable(folder, error);
	}
};

/** As `BackupPort.prune`. @param now ms since the epoch */
export const pruneIn = async (
	folder: string,
	retention: Retention,
	now: number,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const real = await realFolder(folder);
	if (real === undefined) return [];
	requireOurs(real);
	await removeLeftOvers(real);
	const ids = outdated(await listIn(real, signal), retention, now).map(({id}) => id);
	for (const id of ids) {
		signal.throwIfAborted();
		await remove(real, id);
	}
	return ids;
};
