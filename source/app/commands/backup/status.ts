import {backupProblems} from '../../../backup/problems.ts';
import type {BackupSummary} from '../../../backup/types.ts';
import {printable} from '../../../base/printable.ts';
import {toProblem} from '../../../base/problem.ts';
import {counted} from '../../../base/text.ts';
import {formatBytes} from '../../../base/units.ts';
import type {Work} from '../command.ts';
import type {BackupSite} from './folder.ts';
import type {BackupOptions} from './options.ts';
import {ageOf, readersOf, textOfUse} from './words.ts';

/** How the schedule stands, in words; a cluster that does not answer keeps nobody from looking at a folder. */
const scheduleText = async ({schedule}: BackupSite, signal: AbortSignal): Promise<string> => {
	const {scheduleLine} = await import('../../../steps/schedule/standing.ts');
	try {
		return scheduleLine(await schedule());
	} catch (error) {
		signal.throwIfAborted();
		return `could not be seen: ${toProblem(error).message}`;
	}
};

const textOf = (
	last: BackupSummary,
	{all, now, schedule}: {readonly all: readonly BackupSummary[]; readonly now: number; readonly schedule: string},
): string => {
	const {id, folder, manifest, bytes, signed} = last;
	const uses = all.flatMap((one) => one.uses.map((use) => ({id: one.id, use})));
	const newest = uses.toSorted((one, other) => (one.use.at < other.use.at ? 1 : -1))[0];
	const others = all.filter(({state}) => state !== 'whole');
	return [
		`Last good one: ${id}, ${ageOf(last, now)}`,
		`Lies in:       ${folder}`,
		`Size:          ${formatBytes(bytes)}, ${counted(manifest?.parts.length ?? 0, 'part')}`,
		...(manifest ? [`Made by:       ${printable(manifest.tool)}, ${printable(manifest.purpose)}`] : []),
		...(manifest ? [`Read by:       ${readersOf(manifest)}`] : []),
		`Signed:        ${signed ? 'yes; zenml-airgap backup verify checks it' : 'no'}`,
		`Ever restored: ${newest ? `${textOfUse(newest.use)} (${newest.id})` : 'never'}`,
		`All:           ${counted(all.length - others.length, 'whole one')}, ${others.length} other`,
		...others.map((one) => `               ${one.id} is ${one.state}`),
		`Scheduled:     ${printable(schedule)}`,
		'',
	].join('\n');
};

/** `backup status`: when the last good one was, how old, how large, for whom, and whether one was ever restored. */
export const statusWork: Work<BackupOptions> = async (context, options) => {
	const {siteOf} = await import('./folder.ts');
	const site = await siteOf(context, options);
	const {folder, list} = site.backups;
	const all = await list(context.signal);
	const last = all.find(({state}) => state === 'whole');
	if (!last) {
		const count = all.length;
		throw backupProblems.error(
			'backup-none',
			count === 0 ? {case: 'not one', folder} : {case: 'none of them', folder, count},
		);
	}
	const now = context.clock.now();
	const schedule = await scheduleText(site, context.signal);
	const ageMs = now - Date.parse(last.manifest?.finishedAt ?? last.manifest?.createdAt ?? '');
	context.out(options.json ? `${JSON.stringify({...last, ageMs, schedule})}\n` : textOf(last, {all, now, schedule}));
	return 0;
};
