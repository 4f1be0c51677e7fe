import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createSession} from '../../source/app/session/session.ts';
import {unattended} from '../../source/engine/controls.ts';
import type {Event} from '../../source/engine/events.ts';
import {type Journal, parseJournal, writeJournal} from '../../source/engine/journal.ts';
import type {Pass} from '../../source/engine/plan.ts';
import {plans} from '../../source/plans/index.ts';
import {type Plan, type Step, shortTimeouts} from '../../source/steps/world.ts';
import {load, shortest} from '../answers/samples.ts';
import {createStage, type Stage} from '../app/stage.ts';
import {entryOf} from '../helpers/plan-entry.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

/** Leaves a note in the state folder; all that a plan needs is this. */
const noteStep: Step = {
	id: 'note',
	title: 'Note',
	why: 'Somebody will want to know.',
	area: 'usage',
	proves: true,
	inputs: ({controlPlane}) => controlPlane.host,
	timeouts: shortTimeouts,
	check: async ({answers, host}) => {
		const text = await readFile(path.join(host.stateDirectory, 'note.txt'), 'utf8').catch(() => '');
		if (text === answers.controlPlane.host) return {status: 'ok', note: text, keep: {bundle: 'sha256:abc'}};
		return {status: 'todo', changes: [{action: 'create', target: 'note.txt'}]};
	},
	apply: async ({answers, host}) => {
		await host.saveState('note.txt', answers.controlPlane.host);
	},
};

const leaveNote: Plan = {
	id: 'leave-note',
	title: 'Leaving a note',
	command: 'zenml-airgap leave-note',
	steps: [noteStep],
};

const run = async (pass: Pass, plan = leaveNote) => {
	const events: Event[] = [];
	const session = createSession(stage.context, {
		stateDirectory: stage.stateDirectory,
		plan: entryOf(plan),
		resumeCommand: plan.command,
	});
	const report = await session.run(load(shortest), {
		pass,
		controls: () => unattended({acknowledged: () => false, handoverLimitMs: 0}),
		listeners: [(event) => events.push(event)],
		signal: new AbortController().signal,
	});
	return {...report, events, summary: session.summary(report)};
};

const journal = async (name: string): Promise<Journal> => {
	const file = path.join(stage.stateDirectory, name);
	return parseJournal(JSON.parse(await readFile(file, 'utf8')), file);
};

test('another plan is one value: it is looked at, applied, verified and resumed like the install', async () => {
	expect((await run('look')).state.steps[0]?.changes).toEqual([{action: 'create', target: 'note.txt'}]);
	expect(await run('verify')).toMatchObject({exitCode: 9, problem: {code: 'drift'}});
	expect((await run('verify')).problem?.fix).toContain('"zenml-airgap leave-note"');
	const applied = await run('apply');
	expect(applied).toMatchObject({outcome: 'done', exitCode: 0});
	expect(applied.events[0]).toMatchObject({type: 'run-started', plan: 'leave-note', pass: 'apply', planSteps: 1});
	expect(await run('apply')).toMatchObject({state: {steps: [{outcome: 'already'}]}});
	expect(await run('verify')).toMatchObject({exitCode: 0});
});

const ofInstall: Journal = {
	schema: 3,
	plan: 'install',
	tool: '1',
	runId: 'install-1',
	savedAt: 1,
	startedAt: 1,
	host: 'h',
	pid: 1,
	steps: [],
	acknowledged: [],
};

test('its journal lies beside that of the install, and names plan and bundle', async () => {
	await writeJournal(path.join(stage.stateDirectory, 'state.json'), ofInstall);
	await run('apply');
	expect(await journal('state-leave-note.json')).toMatchObject({
		plan: 'leave-note',
		bundle: 'sha256:abc',
		outcome: 'done',
		steps: [{id: 'note', outcome: 'applied'}],
	});
	expect((await journal('state.json')).runId).toBe('install-1');
});

test('every plan goes by its own name, in journals and on the command line', async () => {
	for (const [name, {id, load}] of Object.entries(plans)) expect([id, (await load()).id]).toEqual([name, name]);
});

test('the steps of a plan are those that the command line names, in the same order', async () => {
	for (const {stepIds, load} of Object.values(plans)) expect((await load()).steps.map(({id}) => id)).toEqual(stepIds);
});
