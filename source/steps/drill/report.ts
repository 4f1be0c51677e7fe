import {printable} from '../../base/printable.ts';
import {counted} from '../../base/text.ts';
import {formatDuration} from '../../base/units.ts';
import type {World} from '../world.ts';
import type {DrillRecord} from './record.ts';
import type {DrillPlan} from './targets.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** Everything that was seen, for a machine. */
const jsonOf = (world: World, record: DrillRecord, plan: DrillPlan) => {
	const now = world.clock.now();
	const failed = record.checks.filter(({outcome}) => outcome === 'failed').length;
	return {
		kind: 'drill',
		run: record.run,
		result: failed === 0 ? 'passed' : 'failed',
		startedAt: iso(record.startedAt),
		endedAt: iso(now),
		backup: {
			id: record.backup,
			createdAt: plan.manifest.createdAt,
			finishedAt: plan.manifest.finishedAt,
			dataOf: record.dataOf,
		},
		rpoMs: record.startedAt - Date.parse(record.dataOf),
		rtoMs: record.times.reduce((sum, {ms}) => sum + ms, 0),
		times: record.times,
		checks: record.checks,
		notDrilled: plan.unknown,
	};
};

export type DrillReport = ReturnType<typeof jsonOf>;

const marks = {passed: '[ok]  ', failed: '[FAIL]', open: '[open]'} as const;

const textOf = (report: DrillReport): readonly string[] => {
	const {run, result, startedAt, endedAt, backup, rpoMs, rtoMs, times, checks, notDrilled} = report;
	const width = Math.max(...times.map(({what}) => what.length), 0);
	const count = (outcome: keyof typeof marks): number => checks.filter((one) => one.outcome === outcome).length;
	return [
		'DRILL OF A RESTORE',
		'',
		`Result:        ${result.toUpperCase()} (${count('passed')} passed, ${count('failed')} failed, ${count('open')} not proved)`,
		`Run:           ${run}, ${startedAt} to ${endedAt}`,
		`Backup:        ${backup.id}, finished ${backup.finishedAt ?? '?'}`,
		`Data of:       ${backup.dataOf}`,
		`Age (RPO):     ${formatDuration(rpoMs)}: what was written in this time would have been lost`,
		`Time (RTO):    ${formatDuration(rtoMs)}: from the check of the backup to servers that answer, by this tool, one after the other`,
		'',
		'Time of each part',
		...times.map(({what, ms}) => `  ${what.padEnd(width)}  ${formatDuration(ms)}`),
		'',
		'What was looked at',
		...checks.map(({what, outcome, note}) => `  ${marks[outcome]} ${what}: ${note}`),
		...(notDrilled.length === 0
			? []
			: ['', `Not drilled, as the answers do not name them any more: ${notDrilled.map(printable).join(', ')}`]),
		'',
		'What this drill does not prove',
		'  Users, browsers and pipelines were not led to the scratch servers: names, certificates and the way in are those of the real site.',
		'  Workspace servers ran without a control plane: their enrolment and logins through it were not tried.',
		'  The databases were restored onto the same database servers as those of today.',
	];
};

/** Writes the report for people and for machines. Returns the path of the first. */
export const writeReport = async (world: World, record: DrillRecord, plan: DrillPlan): Promise<string> => {
	const {host, report} = world;
	const made = jsonOf(world, record, plan);
	await host.saveState(`reports/drill-${record.run}.json`, `${JSON.stringify(made, undefined, '\t')}\n`);
	const file = await host.saveState(`reports/drill-${record.run}.txt`, `${textOf(made).join('\n')}\n`);
	// The last one under a name that does not change, for `status`.
	await host.saveState('drill.json', `${JSON.stringify(made, undefined, '\t')}\n`);
	report({kind: 'line', level: 'info', text: `report of the drill: ${file}`, record: true});
	return file;
};

/** In a line, for whoever looks at the backup later. */
export const summaryOf = (record: DrillRecord): string => {
	const failed = record.checks.filter(({outcome}) => outcome === 'failed').length;
	const rto = formatDuration(record.times.reduce((sum, {ms}) => sum + ms, 0));
	const names = counted(record.restored.size, 'database');
	return failed === 0 ? `passed, ${names} in ${rto}` : `FAILED at ${counted(failed, 'check')}, ${names} in ${rto}`;
};
