import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {rehearsalRunProblems} from '../../source/app/base/rehearsal-problems.ts';
import {scenesBefore} from '../../source/app/rehearsal/scenes.ts';
import type {Outcome} from '../../source/engine/events.ts';
import {writeJournal} from '../../source/engine/journal.ts';
import {plans} from '../../source/plans/index.ts';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'scenes-'));
});
afterEach(async () => rm(folder, {recursive: true, force: true}));

const placeOf = (world = path.join(folder, 'world')) => ({stateDirectory: folder, worldFolder: world});

const installed = async (outcome: Outcome = 'applied', kubeconfig = path.join(folder, 'world', 'kubeconfig')) =>
	writeJournal(path.join(folder, 'state.json'), {
		schema: 3,
		plan: 'install',
		tool: '1',
		runId: 'r1',
		savedAt: 1,
		startedAt: 1,
		host: 'h',
		pid: 1,
		outcome: 'done',
		steps: plans.install.stepIds.map((id) => ({id, outcome, fingerprint: ''})),
		acknowledged: [],
		answers: {kubernetes: {kubeconfig}},
	});

const namesBefore = async (plan: keyof typeof plans) =>
	(await scenesBefore(plan, placeOf())).map(({plan: name, sample}) => `${name} ${sample}`);

test('in a new world each plan comes after what it needs to work on', async () => {
	expect(await namesBefore('install')).toEqual([]);
	expect(await namesBefore('backup')).toEqual(['install newer']);
	expect(await namesBefore('upgrade')).toEqual(['install older']);
	expect(await namesBefore('back')).toEqual(['install older', 'upgrade newer']);
});

test('what is installed in this world is not installed again', async () => {
	await installed();
	expect(await namesBefore('backup')).toEqual([]);
	expect(await namesBefore('back')).toEqual(['upgrade newer']);
});

test('a way back or a restore that was begun is gone on with, and one that is through is begun anew', async () => {
	await installed();
	const journal = async (plan: 'back' | 'restore' | 'drill', outcome?: 'done') =>
		writeJournal(path.join(folder, `state-${plan}.json`), {
			...{schema: 3, plan, tool: '1', runId: 'r2', savedAt: 1, startedAt: 1, host: 'h', pid: 1, steps: []},
			...(outcome && {outcome}),
			...{acknowledged: [], answers: {kubernetes: {kubeconfig: path.join(folder, 'world', 'kubeconfig')}}},
		});
	for (const plan of ['back', 'restore', 'drill'] as const) await journal(plan);
	expect(await namesBefore('back')).toEqual([]);
	expect(await namesBefore('restore')).toEqual([]);
	expect(await namesBefore('drill')).toEqual(['backup newer']);
	for (const plan of ['back', 'restore'] as const) await journal(plan, 'done');
	expect(await namesBefore('back')).toEqual(['upgrade newer']);
	expect(await namesBefore('restore')).toEqual(['backup newer']);
});

test('an install of another world, or one that was brought back, does not count', async () => {
	await installed('applied', '/elsewhere/kubeconfig');
	expect(await namesBefore('upgrade')).toEqual(['install older']);
	await installed('brought-back');
	expect(await namesBefore('upgrade')).toEqual(['install older']);
});

test('a plan that needs dumps names the way to a MySQL that can be dumped', () => {
	expect(
		rehearsalRunProblems.problem('rehearsal-needs-mysql', {
			case: 'own',
			plan: 'backup',
			command: 'npm start -- backup --fresh --mysql unpacked --client-tools unpacked',
		}),
	).toMatchObject({
		area: 'prerequisites',
		cause: 'In this world a played one stands in, which no mysqldump can read.',
		fix: "Begin the world anew with one from Debian's packages; what is installed in this one is forgotten.",
		nextSteps: ['npm start -- backup --fresh --mysql unpacked --client-tools unpacked'],
	});
});
