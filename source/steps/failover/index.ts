import {addressOf} from '../../answers/database-server.ts';
import {ProblemError, toProblem} from '../../base/problem.ts';
import {firstOf} from '../../base/text.ts';
import type {Finding, Handover} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {serverGroups} from '../shared/database-servers.ts';
import {longTimeouts, type Step, shortTimeouts, type World} from '../world.ts';
import {askOnce, askWithin, awayMs, beginning, isOver, type Pace, type Seen, wordsOf} from './measure.ts';
import {type Watched, watchedOf} from './watched.ts';

/** How a failover is watched; times in ms. */
export type FailoverOptions = Pace & {
	/** For so long one look asks again and again, before the page is drawn anew. */
	readonly windowMs: number;
	/** For so long everybody must have answered until it counts as over. */
	readonly quietMs: number;
};

const usual: FailoverOptions = {answerMs: 5000, pauseMs: 500, windowMs: 4000, quietMs: 15_000};

/** What one watch has seen; it is not kept after the program. */
type Watch = {readonly startedAt: number; all: readonly Seen[]; endedAt?: number; reportFile?: string};
type Memory = {readonly options: FailoverOptions; readonly watches: Map<string, Watch>};

const inputs: Step['inputs'] = ({controlPlane, workspaces, database}) => ({controlPlane, workspaces, database});

/** Everybody answers before it begins: what is away already measures nothing. @throws ProblemError `failover-not-well` */
const begin = async (world: World, {options}: Memory): Promise<readonly Seen[]> => {
	const all: Seen[] = [];
	for (const watched of watchedOf(world)) {
		const said = await askWithin(world, watched, 2 * options.answerMs).catch((error: unknown) => {
			world.signal.throwIfAborted();
			throw stepProblems.error('failover-not-well', {who: watched.label, words: toProblem(error).message}, {error});
		});
		all.push(beginning(watched, said, world.clock.now()));
	}
	return all;
};

const tell = (world: World, before: readonly Seen[], all: readonly Seen[]): void => {
	for (const [index, seen] of all.entries()) {
		const {label, isUp, failures} = seen;
		const last = before[index];
		world.report({kind: 'item', label, state: isUp ? 'ok' : 'bad', note: wordsOf(seen)});
		// What went away and came back between two looks is told too.
		if (last?.isUp === isUp && (!isUp || last.failures === failures)) continue;
		world.report({kind: 'line', level: isUp ? 'info' : 'warn', text: `${label}: ${wordsOf(seen)}`, record: true});
	}
};

/** Asks one again and again until the window closes. */
const follow = async (
	world: World,
	{watched, seen, options}: {readonly watched: Watched; readonly seen: Seen; readonly options: FailoverOptions},
): Promise<Seen> => {
	const {clock, signal} = world;
	const until = clock.now() + options.windowMs;
	let now = seen;
	do {
		now = await askOnce(world, watched, now, options);
		await clock.sleep(options.pauseMs, signal);
	} while (clock.now() < until);
	return now;
};

const pageOf = (world: World, {all}: Watch): Handover => ({
	id: 'failover',
	title: 'Failover of the database',
	who: 'database admin',
	intro:
		'Everything answers and is watched now. Have the database failed over; this page measures, and touches nothing.',
	sections: [
		{
			title: 'For the database admin',
			fileName: 'failover.txt',
			lines: [
				...serverGroups(world).map(
					({server, components}) => `${addressOf(server)}: ${components.map(({label}) => label).join(', ')}`,
				),
				'1. Say to your users that ZenML may not answer for some minutes.',
				'2. Fail the database over as you would at a failure of its primary; its name and port must lead to the new one.',
				'3. Do nothing on the servers of ZenML: they are to come back by themselves.',
				'4. Wait until this page ends by itself: when everything has answered again for a while.',
			],
		},
	],
	awaited: [
		{
			label: 'a database gave no answer',
			ok: all.some(({kind, failures}) => kind === 'database' && failures > 0),
			note: '',
		},
		...all.map((seen) => ({label: seen.label, ok: seen.isUp, note: wordsOf(seen)})),
	],
	pollEveryMs: 50,
});

/** Those that are away; where none is and a database was, those that were: they have not answered for long enough. */
const unsteady = (all: readonly Seen[]): readonly Seen[] => {
	const down = all.filter(({isUp}) => !isUp);
	const wasSeen = all.some(({kind, failures}) => kind === 'database' && failures > 0);
	return down.length === 0 && wasSeen ? all.filter(({failures}) => failures > 0) : down;
};

const late = ({all}: Watch, when: string) => {
	const down = unsteady(all);
	const evidence = all.map((seen) => `${seen.label}: ${wordsOf(seen)}`);
	return down.length === 0
		? stepProblems.problem('failover-not-seen', {when}, {evidence})
		: stepProblems.problem(
				'failover-not-over',
				{
					when,
					down: firstOf(
						down.map(({label}) => label),
						5,
					),
				},
				{evidence},
			);
};

const noteOf = ({all}: Watch): string => {
	const most = Math.max(0, ...all.map((seen) => awayMs(seen)?.most ?? 0));
	return `all answer again, after ${(most / 1000).toFixed(1)} s at most`;
};

const watchCheck = async (world: World, memory: Memory): Promise<Finding> => {
	const {clock, pass, runId} = world;
	if (pass !== 'apply')
		return {status: 'todo', changes: [{action: 'wait', target: 'the failover', who: 'database admin'}]};
	const {options, watches} = memory;
	const watch = watches.get(runId) ?? {startedAt: clock.now(), all: await begin(world, memory)};
	watches.set(runId, watch);
	if (watch.endedAt === undefined) {
		const before = watch.all;
		const watched = watchedOf(world);
		watch.all = await Promise.all(
			watched.map(async (one, index) => {
				const seen = before[index];
				if (!seen) throw new Error('what is watched does not change in a run');
				return follow(world, {watched: one, seen, options});
			}),
		);
		tell(world, before, watch.all);
		if (isOver(watch.all, clock.now(), options.quietMs)) watch.endedAt = clock.now();
	}
	if (watch.endedAt !== undefined) return {status: 'ok', note: noteOf(watch)};
	return {status: 'waiting', handover: pageOf(world, watch), late: (when) => late(watch, when)};
};

const readyStep = (memory: Memory): Step => ({
	id: 'failover-ready',
	title: 'Everything answers',
	why: 'What is away before the failover measures nothing.',
	area: 'database',
	inputs,
	timeouts: shortTimeouts,
	check: async (world) => {
		if (world.pass === 'apply') await world.holdLease(world.signal);
		const all = await begin(world, memory);
		tell(world, all, all);
		return {status: 'ok', note: `${all.length} answer`};
	},
});

const watchStep = (memory: Memory): Step => ({
	id: 'failover-watch',
	title: 'Failover of the database',
	why: 'Whether servers find the new primary by themselves, and how long that takes, shows only when it is done.',
	area: 'people',
	inputs,
	timeouts: longTimeouts,
	check: async (world) => watchCheck(world, memory),
});

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

const writeReport = async ({host, runId, answers}: World, {startedAt, endedAt, all}: Watch): Promise<string> => {
	const seen = all.map((one) => ({
		...{label: one.label, kind: one.kind, failures: one.failures, reasons: one.reasons, answers: one.said},
		...{firstFailure: iso(one.firstFailure), firstAnswerAfter: iso(one.firstOk), withoutAnswerMs: awayMs(one)},
	}));
	const made = {kind: 'failover', run: runId, startedAt: iso(startedAt), endedAt: iso(endedAt), seen};
	await host.saveState(`reports/failover-${runId}.json`, `${JSON.stringify(made, undefined, '\t')}\n`);
	const lines = [
		'TEST OF A FAILOVER OF THE DATABASE',
		'',
		`Run:   ${runId}, ${made.startedAt ?? ''} to ${made.endedAt ?? ''}`,
		`Site:  ${answers.controlPlane.host}`,
		'',
		'Seconds without an answer, at least and at most (each was asked about twice a second):',
		...all.map((one) => `  ${one.label}: ${wordsOf(one)}`),
		'',
		'database-read-only among the reasons means: a server answered that takes no changes, a standby or a replica.',
		'The databases were logged in to as the servers do, and not changed. How the failover was done, the database admin knows.',
	];
	return host.saveState(`reports/failover-${runId}.txt`, `${lines.join('\n')}\n`);
};

const reportStep = ({watches}: Memory): Step => ({
	id: 'failover-report',
	title: 'Report',
	why: 'What was measured, for whoever asks for proof.',
	area: 'verification',
	inputs,
	timeouts: shortTimeouts,
	check: async ({runId}) => {
		const file = watches.get(runId)?.reportFile;
		if (file !== undefined) return {status: 'ok', note: file};
		return {status: 'todo', changes: [{action: 'create', target: 'report of the failover, as text and JSON'}]};
	},
	apply: async (world) => {
		const watch = watches.get(world.runId);
		if (watch?.endedAt === undefined) throw new ProblemError(stepProblems.problem('failover-not-watched', {}));
		watch.reportFile = await writeReport(world, watch);
		world.report({kind: 'line', level: 'info', text: `report of the failover: ${watch.reportFile}`, record: true});
	},
});

/** Watches while the database admin fails the database over; it changes nothing itself. */
export const failoverSteps = (options: Partial<FailoverOptions> = {}): readonly Step[] => {
	const memory: Memory = {options: {...usual, ...options}, watches: new Map()};
	return [readyStep(memory), watchStep(memory), reportStep(memory)];
};
