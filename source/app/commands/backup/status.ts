import {lacksText} from '../../../backup/lacks.ts';
import {scheduledPurpose} from '../../../backup/place.ts';
import {backupProblems} from '../../../backup/problems.ts';
import type {BackupSummary} from '../../../backup/types.ts';
import {printable} from '../../../base/printable.ts';
import {toProblem} from '../../../base/problem.ts';
import {counted} from '../../../base/text.ts';
import {formatBytes} from '../../../base/units.ts';
import type {NewestScheduled} from '../../../steps/schedule/newest.ts';
import type {Context} from '../../base/context.ts';
import type {Work} from '../command.ts';
import type {BackupSite} from './folder.ts';
import type {BackupOptions} from './options.ts';
import {ageOf, readersOf, textOfUse} from './words.ts';

/** The schedule in words, and its newest good backup. */
type Scheduled = {
	readonly line: string;
	readonly newestLine?: string | undefined;
	readonly newest?: NewestScheduled | undefined;
};

/** How the schedule stands; a cluster that does not answer keeps nobody from looking at a folder. */
const scheduledOf = async (
	{clock, signal}: Context,
	{schedule}: BackupSite,
	here: readonly BackupSummary[],
): Promise<Scheduled> => {
	const {newestLine, scheduleLine} = await import('../../../steps/schedule/standing.ts');
	try {
		const standing = await schedule(here);
		return {
			line: scheduleLine(standing),
			newestLine: newestLine(standing, clock.now()),
			newest: standing.kind === 'there' ? standing.newest : undefined,
		};
	} catch (error) {
		signal.throwIfAborted();
		return {line: `could not be seen: ${toProblem(error).message}`};
	}
};

const scheduledLines = ({line, newestLine}: Scheduled): readonly string[] => [
	`Scheduled:     ${printable(line)}`,
	...(newestLine === undefined ? [] : [`Newest there:  ${printable(newestLine)}`]),
];

const signedText = ({id, signed, manifest}: BackupSummary): string => {
	if (signed) return 'yes; zenml-airgap backup verify checks it';
	return manifest?.purpose === scheduledPurpose
		? `no, as no key that signs lies in the cluster; zenml-airgap backup sign ${id}`
		: 'no';
};

const textOf = (
	last: BackupSummary,
	{
		all,
		now,
		keys,
		schedule,
	}: {
		readonly all: readonly BackupSummary[];
		readonly now: number;
		readonly keys: string;
		readonly schedule: Scheduled;
	},
): string => {
	const {id, folder, manifest, bytes} = last;
	const uses = all.flatMap((one) => one.uses.map((use) => ({id: one.id, use})));
	const newest = uses.toSorted((one, other) => (one.use.at < other.use.at ? 1 : -1))[0];
	const others = all.filter(({state}) => state !== 'whole');
	return [
		`Last good one: ${id}, ${ageOf(last, now)}`,
		`Lies in:       ${folder}`,
		`Size:          ${formatBytes(bytes)}, ${counted(manifest?.parts.length ?? 0, 'part')}`,
		...(manifest ? [`Made by:       ${printable(manifest.tool)}, ${printable(manifest.purpose)}`] : []),
		...(manifest ? [`Read by:       ${readersOf(manifest)}`] : []),
		...(manifest?.lacks?.length ? [`Lacks:         ${lacksText(manifest.lacks)}`] : []),
		`Signed:        ${signedText(last)}`,
		`Ever restored: ${newest ? `${textOfUse(newest.use)} (${newest.id})` : 'never'}`,
		`Keys outside:  ${keys}`,
		`All:           ${counted(all.length - others.length, 'whole one')}, ${others.length} other`,
		...others.map((one) => `               ${one.id} is ${one.state}`),
		...scheduledLines(schedule),
		'',
	].join('\n');
};

/** Where nothing lies here, the cluster may have some elsewhere. @throws ProblemError `backup-none` */
const ofScheduleAlone = (
	context: Context,
	{json}: BackupOptions,
	{folder, count, schedule}: {readonly folder: string; readonly count: number; readonly schedule: Scheduled},
): number => {
	if (!schedule.newest)
		throw backupProblems.error(
			'backup-none',
			count === 0 ? {case: 'not one', folder} : {case: 'none of them', folder, count},
		);
	context.out(
		json
			? `${JSON.stringify({folder, schedule: schedule.line, newestScheduled: schedule.newest})}\n`
			: [`Last good one: none in ${folder}`, ...scheduledLines(schedule), ''].join('\n'),
	);
	return 0;
};

/** `backup status`: when the last good one was, how old, how large, for whom, and whether one was ever restored. */
export const statusWork: Work<BackupOptions> = async (context, options) => {
	const {siteOf} = await import('./folder.ts');
	const {createBackups} = await import('../../../backup/backups.ts');
	const site = await siteOf(context, options);
	const {folder, list} = createBackups(site.settings);
	const all = await list(context.signal);
	const last = all.find(({state}) => state === 'whole');
	const schedule = await scheduledOf(context, site, all);
	if (!last) return ofScheduleAlone(context, options, {folder, count: all.length, schedule});
	const now = context.clock.now();
	const ageMs = now - Date.parse(last.manifest?.finishedAt ?? last.manifest?.createdAt ?? '');
	const {escrowState} = await import('./escrow-state.ts');
	const keys = await escrowState(context, site);
	context.out(
		options.json
			? `${JSON.stringify({...last, ageMs, schedule: schedule.line, newestScheduled: schedule.newest, keysOutside: keys})}\n`
			: textOf(last, {all, now, keys, schedule}),
	);
	return 0;
};
