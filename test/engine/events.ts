import {problem} from '../../source/base/problem.ts';
import type {Event} from '../../source/engine/events.ts';
import type {Handover} from '../../source/engine/plan.ts';
import {emptyRun, reduce} from '../../source/engine/reduce.ts';
import type {NewEvent} from '../../source/engine/run.ts';
import type {RunState, StepState} from '../../source/engine/state.ts';

export const trouble = problem({
	code: 'registry-unreachable',
	area: 'registry',
	message: 'The registry does not answer.',
	cause: 'connect ECONNREFUSED 10.0.0.5:5000',
	fix: 'Start it.',
});

export const handover: Handover = {
	id: 'dns',
	title: 'DNS records',
	who: 'network team',
	intro: 'Please make these records.',
	sections: [{title: 'Records', fileName: 'records.txt', lines: ['pro.corp.internal. A 10.0.0.9']}],
	awaited: [{label: 'pro.corp.internal', ok: false, note: 'no such name'}],
	pollEveryMs: 10_000,
};

export const stepInfo = (id: string) => ({
	id,
	title: `The ${id}`,
	why: 'It is needed.',
	skippable: id === 'ca',
	proves: id === 'verification',
});

export const started: NewEvent = {
	type: 'run-started',
	runId: 'r1',
	plan: 'install',
	title: 'Installing',
	pass: 'apply',
	version: '1.2.3',
	steps: [stepInfo('bundle'), stepInfo('images'), stepInfo('dns'), stepInfo('ca')],
	planSteps: 13,
};

/** Stamps events one second apart, beginning with 1000 ms. */
export const stamped = (events: readonly NewEvent[]): readonly Event[] =>
	events.map((event, index) => ({...event, at: (index + 1) * 1000}) as Event);

export const fold = (events: readonly NewEvent[], start: RunState = emptyRun): RunState =>
	stamped(events).reduce(reduce, start);

export const stepOf = (state: RunState, id: string): StepState => {
	const step = state.steps.find((one) => one.id === id);
	if (!step) throw new Error(`No step ${id}`);
	return step;
};

/** A whole run: something is there, something is pushed with a retry, somebody is waited for, something is skipped. */
export const wholeRun: readonly NewEvent[] = [
	started,
	{type: 'step-started', step: 'bundle', stale: false},
	{type: 'step-checking', step: 'bundle', phase: 'before'},
	{type: 'step-warning', step: 'bundle', text: 'The bundle is not signed.'},
	{type: 'step-finished', step: 'bundle', outcome: 'already', note: '4 images', fingerprint: 'aa'},
	{type: 'step-started', step: 'images', stale: true},
	{type: 'step-checking', step: 'images', phase: 'before'},
	{type: 'step-todo', step: 'images', changes: [{action: 'push', target: 'zenml/api:1', detail: '12 MiB'}]},
	{type: 'step-applying', step: 'images', attempt: 1},
	{type: 'step-detail', step: 'images', detail: {kind: 'line', level: 'debug', text: 'POST /v2/zenml/api/blobs'}},
	{type: 'step-detail', step: 'images', detail: {kind: 'progress', label: 'api', done: 0, total: 4096, unit: 'bytes'}},
	{type: 'step-retrying', step: 'images', problem: trouble, attempt: 1, pauseMs: 2000},
	{type: 'step-checking', step: 'images', phase: 'before'},
	{type: 'step-applying', step: 'images', attempt: 2},
	{type: 'step-detail', step: 'images', detail: {kind: 'waiting', reason: 'the registry to answer', timeoutMs: 5000}},
	{
		type: 'step-detail',
		step: 'images',
		detail: {kind: 'progress', label: 'api', done: 4096, total: 4096, unit: 'bytes'},
	},
	{type: 'step-detail', step: 'images', detail: {kind: 'item', label: 'zenml/api:1', state: 'ok', note: 'pushed'}},
	{type: 'step-detail', step: 'images', detail: {kind: 'item', label: 'zenml/api:1', state: 'ok', note: 'pushed'}},
	{type: 'step-checking', step: 'images', phase: 'after'},
	{type: 'step-finished', step: 'images', outcome: 'applied', note: '', fingerprint: 'bb'},
	{type: 'step-started', step: 'dns', stale: false},
	{type: 'step-checking', step: 'dns', phase: 'before'},
	{type: 'step-waiting', step: 'dns', handover},
	{type: 'step-checking', step: 'dns', phase: 'poll'},
	{type: 'step-waiting', step: 'dns', handover},
	{type: 'step-acknowledged', step: 'dns'},
	{type: 'step-checking', step: 'dns', phase: 'poll'},
	{type: 'step-finished', step: 'dns', outcome: 'already', note: '1 name', fingerprint: 'cc'},
	{type: 'step-started', step: 'ca', stale: false},
	{type: 'step-checking', step: 'ca', phase: 'before'},
	{type: 'step-problem', step: 'ca', problem: trouble, choices: ['retry', 'edit', 'skip', 'quit']},
	{type: 'step-decided', step: 'ca', decision: 'skip'},
	{type: 'step-finished', step: 'ca', outcome: 'skipped', note: 'left out by the operator', fingerprint: 'dd'},
	{type: 'run-finished', outcome: 'done', exitCode: 0},
];
