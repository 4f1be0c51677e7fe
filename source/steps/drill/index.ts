import type {ReadBackup} from '../../backup/types.ts';
import {ProblemError} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import {formatDuration} from '../../base/units.ts';
import type {Change, Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {databaseRetry} from '../shared/database-servers.ts';
import {dumpToolsFor} from '../shared/databases/dump-tools.ts';
import {longTimeouts, type Step, shortTimeouts, type World} from '../world.ts';
import {drillDatabase, openTimed, type ScratchPasswords} from './databases.ts';
import {changesOf, findLeft, removeLeft} from './left.ts';
import {drillNamespace, scratchDatabase} from './names.ts';
import {drillAnswers, drillIsolation} from './probes.ts';
import {createMemory, type DrillMemory, type DrillRecord} from './record.ts';
import {summaryOf, writeReport} from './report.ts';
import {chartFor, drillServers} from './servers.ts';
import {dataOf, planOf, requireAdmin} from './targets.ts';
import {guarded, stage, trying} from './work.ts';

/** Which backup is drilled; the newest whole one unless told. */
export type DrillOptions = {readonly backup?: string | undefined};

/** What is kept between the steps of one drill, and no longer. */
type Drill = DrillOptions & {
	readonly memory: DrillMemory;
	readonly passwords: ScratchPasswords;
	readonly opened: Map<string, ReadBackup>;
};

const inputs: Step['inputs'] = ({backup, controlPlane, workspaces, database}) => ({
	backup,
	controlPlane,
	workspaces,
	database,
});

/** Everything that a drill needs is looked at before anything is made. */
const sourceCheck = async (world: World, {backup, memory}: Drill): Promise<Finding> => {
	const {clock, pass, report, runId, signal} = world;
	if (pass === 'apply') await world.holdLease(signal);
	const {manifest, targets, unknown} = await planOf(world, backup);
	if (targets.length === 0)
		throw stepProblems.error('drill-nothing', {id: manifest.id, names: unknown.join(', ') || 'none'});
	for (const target of targets) {
		const {port, admin} = await requireAdmin(world, target.component);
		const facts = await port.probe(admin, signal);
		await dumpToolsFor(world, admin, facts);
		await chartFor(world, target);
		const {part, component} = target;
		const size = `${counted(part.database.tables.length, 'table')}, ${part.database.product} ${part.database.version}`;
		report({kind: 'item', label: `dump of the ${component.label}`, state: 'ok', note: size});
	}
	await findLeft(world);
	const data = dataOf(manifest);
	const age = clock.now() - Date.parse(data);
	if (pass === 'apply') memory.begin(runId, {startedAt: clock.now(), backup: manifest.id, dataOf: data});
	return {
		status: 'ok',
		note: `backup ${manifest.id}, its data are ${formatDuration(age)} old`,
		warnings: unknown.map((name) => `${name} is in the backup and not in the answers: it is not drilled`),
	};
};

const sourceStep = (drill: Drill): Step => ({
	id: 'drill-source',
	title: 'Which backup',
	why: 'The newest good backup counts; what the drill needs is looked at before anything is made.',
	area: 'prerequisites',
	inputs,
	retry: databaseRetry,
	timeouts: longTimeouts,
	check: async (world) => sourceCheck(world, drill),
});

const lookLeft = async (world: World): Promise<Finding> => {
	const left = await findLeft(world);
	const changes = changesOf(left);
	const warnings = left.unseen;
	return changes.length === 0 ? {status: 'ok', note: 'nothing', warnings} : {status: 'todo', changes, warnings};
};

/** Also the only step of a clean-up by itself. */
const leftStep = (): Step => ({
	id: 'drill-left',
	title: 'Left by earlier drills',
	why: 'A drill that was killed leaves databases and servers; only what is marked as its own is removed.',
	area: 'database',
	inputs,
	retry: databaseRetry,
	timeouts: shortTimeouts,
	check: lookLeft,
	apply: async (world) => removeLeft(world, await findLeft(world)),
});

/** The opened backup of this run; a step that is tried again does not read it again. */
const openedOf = async (world: World, record: DrillRecord, {opened}: Drill): Promise<ReadBackup> => {
	const found = opened.get(record.run) ?? (await openTimed(world, record));
	opened.set(record.run, found);
	return found;
};

const databasesStep = (drill: Drill): Step => ({
	id: 'drill-databases',
	title: 'Restored into scratch databases',
	why: 'A backup is worth what comes out of it: tables, rows and revision are compared, and the key is tried.',
	area: 'database',
	inputs,
	timeouts: longTimeouts,
	...stage(drill.memory, {
		id: 'databases',
		todo: async (world) => {
			const {targets} = await planOf(world, drill.backup);
			return targets.map(
				({id, component}): Change => ({
					action: 'create',
					target: `database ${scratchDatabase(id)}`,
					detail: `restored from the dump of the ${component.label}`,
				}),
			);
		},
		work: async (world, record) => {
			const {targets} = await planOf(world, record.backup);
			await guarded(world, record, 'backup opened', async () => {
				const opened = await openedOf(world, record, drill);
				for (const target of targets) await drillDatabase(world, record, {target, opened, passwords: drill.passwords});
			});
		},
		done: ({restored}) => `${counted(restored.size, 'database')} restored`,
	}),
});

const serversStep = (drill: Drill): Step => ({
	id: 'drill-servers',
	title: 'Scratch servers',
	why: 'Servers start on what was restored, with values and Secrets of the backup, and without a way to the real ones.',
	area: 'cluster',
	inputs,
	timeouts: longTimeouts,
	...stage(drill.memory, {
		id: 'servers',
		todo: async () => [
			{action: 'create', target: `namespace ${drillNamespace}`, detail: 'with a NetworkPolicy, and no Ingress'},
			{action: 'run', target: 'the servers of the backup', detail: 'one of each, without a control plane of theirs'},
		],
		work: async (world, record) => {
			const opened = drill.opened.get(record.run);
			if (!opened || record.restored.size === 0) return;
			const {targets} = await planOf(world, record.backup);
			await drillServers(world, record, {targets, opened, passwords: drill.passwords});
		},
		done: ({running}) => `${counted(running.size, 'server')} ran`,
	}),
});

const answersStep = (drill: Drill): Step => ({
	id: 'drill-answers',
	title: 'What they answer',
	why: 'Asked from a pod beside them: whether they are well, what they are, and who may log in.',
	area: 'verification',
	inputs,
	timeouts: shortTimeouts,
	...stage(drill.memory, {
		id: 'answers',
		todo: async () => [{action: 'check', target: 'health, login and identity of the scratch servers, from a pod'}],
		work: async (world, record) => {
			if (record.running.size === 0) return;
			const {targets} = await planOf(world, record.backup);
			await trying(world, record, 'servers asked', async () => {
				await drillAnswers(world, record, targets);
				await drillIsolation(world, record);
			});
		},
		done: ({checks}) => counted(checks.length, 'finding'),
	}),
});

const cleanStep = (drill: Drill): Step => ({
	id: 'drill-clean',
	title: 'Removed again',
	why: 'Scratch databases hold real data: nothing of them stays.',
	area: 'database',
	inputs,
	retry: databaseRetry,
	timeouts: shortTimeouts,
	check: async (world) => {
		if (world.pass === 'apply') return lookLeft(world);
		return {status: 'todo', changes: [{action: 'delete', target: 'all that the drill has made'}]};
	},
	apply: async (world) => {
		const record = drill.memory.of(world.runId);
		const remove = async (): Promise<void> => removeLeft(world, await findLeft(world));
		// Not a part of the time to recover.
		await remove();
		record?.done.add('clean');
	},
});

/** The verdict. A drill that failed is a failure of the plan, after everything is removed and written down. */
const verdict = ({checks, reportFile = ''}: DrillRecord): Finding => {
	const failed = checks.filter(({outcome}) => outcome === 'failed');
	const open = checks.filter(({outcome}) => outcome === 'open');
	const [first] = failed;
	if (!first)
		return {
			status: 'ok',
			note: `${counted(checks.length - open.length, 'check')} passed: ${reportFile}`,
			warnings: open.map(({what, note}) => `not proved: ${what}: ${note}`),
		};
	const evidence = failed.map(({what, note}) => `${what}: ${note}`);
	const facts = {count: failed.length, first: `${first.what}: ${first.note}`, report: reportFile};
	return {status: 'blocked', problem: stepProblems.problem('drill-failed', facts, {evidence})};
};

const reportStep = (drill: Drill): Step => ({
	id: 'drill-report',
	title: 'Report',
	why: 'For whoever asks for proof: what was restored, how long it took, how old it was, and what was not proved.',
	area: 'verification',
	inputs,
	timeouts: shortTimeouts,
	check: async ({runId}) => {
		const record = drill.memory.of(runId);
		if (record?.done.has('report')) return verdict(record);
		return {status: 'todo', changes: [{action: 'create', target: 'report of the drill, as text and JSON'}]};
	},
	apply: async (world) => {
		const {backups, clock, runId} = world;
		const record = drill.memory.of(runId);
		if (!record) throw new ProblemError(stepProblems.problem('drill-not-whole', {}));
		record.reportFile = await writeReport(world, record, await planOf(world, record.backup));
		await backups.noteUse(record.backup, {
			kind: 'drill',
			at: new Date(clock.now()).toISOString(),
			run: runId,
			note: summaryOf(record),
		});
		record.done.add('report');
	},
});

/** A restore of a backup into scratch, looked at and removed again. Its failures are findings, so that it always cleans up. */
export const drillSteps = (options: DrillOptions = {}): readonly Step[] => {
	const drill: Drill = {...options, memory: createMemory(), passwords: new Map(), opened: new Map()};
	return [
		sourceStep(drill),
		leftStep(),
		databasesStep(drill),
		serversStep(drill),
		answersStep(drill),
		cleanStep(drill),
		reportStep(drill),
	];
};

/** Removes what earlier drills have left, and nothing else. */
export const drillCleanSteps = (): readonly Step[] => [leftStep()];
