import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {GlobalOptions} from '../../source/app/base/context.ts';
import {wantsScreen} from '../../source/app/plan/plan-command.ts';
import {resumeCommand} from '../../source/app/plan/resume-command.ts';
import {createJournalWriter} from '../../source/app/run/journal/journal-writer.ts';
import {createStore} from '../../source/app/screen/store.ts';
import type {ProblemError} from '../../source/base/problem.ts';
import type {Journal} from '../../source/engine/journal.ts';
import {planViewOf, refusedPlan} from '../../source/engine/plan-view.ts';
import {fold, stamped, started, trouble, wholeRun} from '../engine/events.ts';
import {createStage} from './stage.ts';

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-parts-'));
});
afterEach(async () => rm(folder, {recursive: true, force: true}));

const journal = (runId: string): Journal => ({
	schema: 3,
	plan: 'install',
	tool: '1',
	runId,
	savedAt: 1,
	startedAt: 1,
	host: 'h',
	pid: 1,
	steps: [],
	acknowledged: [],
});

/** A writer whose copies are told, and each of which takes as long as `answered`. */
const telling = (file: string, copied: string[], answered?: Promise<void>) =>
	createJournalWriter(file, {
		onFailure: (error) => {
			throw error;
		},
		copy: async ({runId}) => {
			copied.push(runId);
			await answered;
		},
	});

test('of many journals the last is on disk, and each that is there is copied', async () => {
	const file = path.join(folder, 'state.json');
	const copied: string[] = [];
	const writer = telling(file, copied);
	await writer.flush();
	for (let index = 0; index < 50; index += 1) writer.put(journal(`r${index}`));
	await writer.flush();
	expect((JSON.parse(await readFile(file, 'utf8')) as Journal).runId).toBe('r49');
	expect(copied.at(-1)).toBe('r49');
	expect(copied.length).toBeLessThan(50);
});

test('the disk does not wait for a copy that hangs', async () => {
	const file = path.join(folder, 'state.json');
	const {promise: answered, resolve: answer} = Promise.withResolvers<void>();
	const copied: string[] = [];
	const writer = telling(file, copied, answered);
	writer.put(journal('a'));
	await writer.saved();
	for (const id of ['b', 'c']) {
		writer.put(journal(id));
		await writer.saved();
		expect((JSON.parse(await readFile(file, 'utf8')) as Journal).runId).toBe(id);
	}
	answer();
	await writer.flush();
	expect(copied).toEqual(['a', 'c']);
});

test('a journal that cannot be written is told, and is not copied', async () => {
	await writeFile(path.join(folder, 'state'), '');
	const failures: ProblemError[] = [];
	const copied: string[] = [];
	const writer = createJournalWriter(path.join(folder, 'state', 'state.json'), {
		onFailure: (error) => failures.push(error),
		copy: async ({runId}) => {
			copied.push(runId);
		},
	});
	writer.put(journal('a'));
	await writer.flush();
	expect(failures.map(({problem}) => [problem.code, problem.area])).toEqual([['state-unwritable', 'usage']]);
	expect(copied).toEqual([]);
	await rm(path.join(folder, 'state'));
	await mkdir(path.join(folder, 'state'));
	writer.put(journal('b'));
	await writer.flush();
	expect(copied).toEqual(['b']);
});

test('a store tells its subscribers of the state after a flood of events, not of each', async () => {
	const store = createStore();
	expect(store.getState()).toBeUndefined();
	let told = 0;
	const once = new Promise<void>((resolve) => {
		const end = store.subscribe(() => {
			told += 1;
			end();
			resolve();
		});
	});
	for (const event of stamped(wholeRun)) store.listener(event);
	expect(store.getState()).toEqual(fold(wholeRun));
	await once;
	expect(told).toBe(1);
	expect(store.getState()).toEqual(fold(wholeRun));
});

test('the plan shows what each step would do', () => {
	const state = fold([
		started,
		{type: 'step-started', step: 'bundle', stale: false},
		{type: 'step-finished', step: 'bundle', outcome: 'already', note: '4 images', fingerprint: 'a'},
		{type: 'step-todo', step: 'images', changes: [{action: 'push', target: 'a'}]},
		{type: 'step-problem', step: 'dns', problem: trouble, choices: []},
		{type: 'step-finished', step: 'ca', outcome: 'not-needed', note: '', fingerprint: 'a'},
	]);
	expect(planViewOf(state).steps).toEqual([
		{id: 'bundle', title: 'The bundle', state: 'ok', note: '4 images'},
		{id: 'images', title: 'The images', state: 'todo', changes: [{action: 'push', target: 'a'}]},
		{id: 'dns', title: 'The dns', state: 'problem', problem: trouble},
		{id: 'ca', title: 'The ca', state: 'not-needed'},
	]);
	expect(planViewOf(fold([started])).steps.map(({state: one}) => one)).toEqual([
		'unknown',
		'unknown',
		'unknown',
		'unknown',
	]);
	const held = fold([started, {type: 'step-problem', step: 'images', problem: trouble, choices: []}]);
	expect(planViewOf(held).steps.map(({state: one}) => one)).toEqual(['unknown', 'problem', 'held', 'held']);
	expect(refusedPlan(new Error('x')).steps).toMatchObject([{state: 'problem', problem: {code: 'unexpected-error'}}]);
});

const none: GlobalOptions = {set: [], nonInteractive: false, plain: false, json: false, logLevel: 'info'};

test('the command to go on is one that a shell reads as it was given', async () => {
	const stage = await createStage();
	await stage.remove();
	const options: GlobalOptions = {
		...none,
		answers: "it's mine.yaml",
		set: ['registry.prefix=a b', 'x=$(id)'],
		bundle: './b',
		stateDir: '/s',
		kubeconfig: 'k',
		context: 'c',
		nonInteractive: true,
	};
	expect(resumeCommand(stage.context, 'install', none)).toBe('zenml-airgap install');
	expect(resumeCommand(stage.context, 'install', options)).toBe(
		String.raw`zenml-airgap install --answers 'it'\''s mine.yaml' --set 'registry.prefix=a b' --set 'x=$(id)' --bundle ./b --state-dir /s --kubeconfig k --context c --non-interactive`,
	);
	const limited = {...none, from: 'images', until: 'dns', plain: true, json: true, logLevel: 'debug'} as const;
	expect(resumeCommand(stage.context, 'verify', limited)).toBe(
		'zenml-airgap verify --from images --until dns --plain --json --log-level debug',
	);
	const npm = {...stage.context, startedByNpm: true};
	expect(resumeCommand(npm, 'rehearse', none, ['--pace', 'fast'])).toBe('npm start -- --pace fast');
	expect(resumeCommand(npm, 'rehearse', none)).toBe('npm start');
	const piped = {...none, answers: '/dev/fd/63'};
	expect(resumeCommand(stage.context, 'install', piped)).toBe('zenml-airgap install');
	expect(resumeCommand(stage.context, 'plan', {...none, answers: '-'})).toBe('zenml-airgap plan --answers FILE');
	expect(resumeCommand(npm, 'rehearse upgrade', none, ['--pace', 'fast'])).toBe('npm start -- upgrade --pace fast');
	expect(resumeCommand(npm, 'rehearse', {...none, stateDir: '/s'})).toBe('npm start -- --state-dir /s');
});

test.each([
	[true, {}, true],
	[false, {}, false],
	[true, {nonInteractive: true}, false],
	[true, {plain: true}, false],
	[true, {json: true}, false],
])('on a terminal: %s, with %j, the screen is taken: %s', async (screen, more, wanted) => {
	const stage = await createStage({screen});
	await stage.remove();
	expect(wantsScreen(stage.context, {...none, ...more})).toBe(wanted);
});
