import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {journalFile} from '../../source/app/base/journal-file.ts';
import {unfinishedHere} from '../../source/app/base/kept/unfinished.ts';
import {unfinishedFact} from '../../source/app/run/last-run.ts';
import {lookAround} from '../../source/app/session/found.ts';
import {processBirth} from '../../source/base/lock/process.ts';
import {type Journal, readJournal, writeJournal} from '../../source/engine/journal.ts';
import {plans} from '../../source/plans/index.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

const start = Date.UTC(2026, 10, 29, 2, 30);

const leave = async (plan: string, more: Partial<Journal>): Promise<void> =>
	writeJournal(journalFile(stage.stateDirectory, plan), {
		schema: 3,
		plan,
		tool: '1',
		runId: `of-${plan}`,
		savedAt: start + 1000,
		startedAt: start,
		host: 'jump-1',
		pid: 1,
		steps: [],
		acknowledged: [],
		...more,
	});
const here = async (plan: string) => unfinishedHere(stage.stateDirectory, plan);

const resume = 'zenml-airgap back default --answers a.yaml';

test('a way back that was killed once it had begun is told by every other plan, with the command that goes on', async () => {
	await leave('back', {current: 'database', resume, steps: [{id: 'source', outcome: 'already', runId: 'of-back'}]});
	const [one, ...others] = await here('upgrade');
	expect(others).toEqual([]);
	expect(one?.text).toBe(
		`A way back: begun in the run of 2026-11-29 02:30 UTC on jump-1, and not ended; servers may be stopped. Go on with it: ${resume}`,
	);
	expect(await here('back')).toEqual([]);
	const [fact] = unfinishedFact(await here('install'));
	expect(fact).toMatchObject({label: 'Unfinished', rank: -1, lines: [one?.text], values: {commands: [resume]}});
	const found = await lookAround(stage.context, {}, {stateDirectory: stage.stateDirectory, plan: plans.upgrade});
	expect(found.unfinished).toEqual([one?.text]);
});

test.each([
	['failed before it changed anything', {outcome: 'failed', current: 'source'}],
	['came to its end', {outcome: 'done', steps: [{id: 'database', outcome: 'applied', runId: 'of-back'}]}],
	['was only looked at; an earlier one came to its end', {steps: [{id: 'database', outcome: 'applied', runId: 'old'}]}],
] as const)('a way back that %s is not', async (_what, more) => {
	await leave('back', more as Partial<Journal>);
	expect(await here('upgrade')).toEqual([]);
	expect(unfinishedFact([])).toEqual([]);
});

test('a restore that broke off in the middle is told as well', async () => {
	await leave('restore', {outcome: 'stopped', current: 'restore-databases', resume: 'zenml-airgap restore b1'});
	expect((await here('backup')).map(({text}) => text)).toEqual([
		expect.stringMatching(/^A restore: .*zenml-airgap restore b1$/u),
	]);
});

test('a way back from the problem of an upgrade is told by the upgrade too, until its own command came to the end of it', async () => {
	const way = {label: 'Bring back revision 3', command: 'zenml-airgap back default'};
	await leave('upgrade', {outcome: 'stopped', unfinishedWay: way});
	expect((await here('upgrade')).map(({command}) => command)).toEqual(['zenml-airgap back default']);
	await leave('back', {outcome: 'done', savedAt: start + 2000});
	expect(await here('upgrade')).toEqual([]);
});

test('a journal that cannot be read stops no look around, and is told there', async () => {
	await leave('back', {schema: 9 as 3});
	const found = await lookAround(stage.context, {}, {stateDirectory: stage.stateDirectory, plan: plans.upgrade});
	expect(found.unfinished).toEqual([expect.stringContaining('state-back.json')]);
});

/** The lock of a run of this process, as a second operator finds it. */
const lockFor = async (runId: string, more: {readonly birth?: string} = {}): Promise<void> => {
	const birth = (await processBirth(process.pid)) ?? 'unknown';
	const {hostName: host} = stage.context;
	const holder = {pid: process.pid, birth, host, user: 'grace', runId, startedAt: start, ...more};
	await writeFile(path.join(stage.stateDirectory, 'lock'), JSON.stringify(holder));
};

const seen = async () => {
	const {stateDirectory, context} = stage;
	const journal = await readJournal(journalFile(stateDirectory, 'install'));
	return lookAround(context, {}, {stateDirectory, plan: plans.install, journal});
};

test('a second operator is told whose run is under way and since when, on the first page and by status, not that it was killed', async () => {
	await leave('install', {});
	await lockFor('of-install');
	const whose = `process ${process.pid} of grace on ${stage.context.hostName}, since 2026-11-29 02:30 UTC`;
	const found = await seen();
	expect(found.running).toBe(
		`A run is under way in this state folder: ${whose}. No other can be started before it has ended.`,
	);
	expect(found.earlier).toBeUndefined();
	expect((await stage.run('status')).out).toContain(`: under way, ${whose}\n`);
});

test('a restore that is under way is not told as one that broke off', async () => {
	await leave('restore', {current: 'restore-databases'});
	await lockFor('of-restore');
	expect((await seen()).unfinished).toEqual([]);
	await lockFor('of-restore', {birth: 'gone'});
	expect((await seen()).unfinished).toHaveLength(1);
});

test.each([
	['whose process is gone', 'of-install', {birth: 'gone'}],
	['that lies below the lock of another run', 'of-backup', {}],
] as const)('a run without an end %s was killed', async (_what, runId, more) => {
	await leave('install', {});
	await lockFor(runId, more);
	expect((await seen()).earlier).toMatchObject({text: expect.stringContaining('it was killed'), resumable: true});
	expect((await stage.run('status')).out).toContain('ended without a word here');
});
