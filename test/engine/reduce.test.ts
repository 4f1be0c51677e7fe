import {expect, test} from 'vitest';
import type {Event} from '../../source/engine/events.ts';
import {logLimit} from '../../source/engine/log.ts';
import {emptyRun, reduce} from '../../source/engine/reduce.ts';
import type {NewEvent} from '../../source/engine/run.ts';
import type {StepState} from '../../source/engine/state.ts';
import {fold, handover, stamped, started, stepInfo, stepOf, trouble, wholeRun} from './events.ts';

const begun: NewEvent = {type: 'step-started', step: 'images', stale: false};

test('a run begins with every step pending, and the log of what came before', () => {
	const state = fold([started], {
		...emptyRun,
		runId: 'old',
		outcome: 'failed',
		log: [{at: 1, level: 'info', text: 'kept'}],
		logDropped: 7,
	});
	expect(state).toMatchObject({
		runId: 'r1',
		plan: 'install',
		pass: 'apply',
		version: '1.2.3',
		startedAt: 1000,
		logDropped: 7,
	});
	expect(state.outcome).toBeUndefined();
	expect(state.log.map(({text}) => text)).toEqual(['kept']);
	expect(state.steps.map(({id, status, attempt}) => [id, status, attempt])).toEqual([
		['bundle', 'pending', 0],
		['images', 'pending', 0],
		['dns', 'pending', 0],
		['ca', 'pending', 0],
	]);
});

/** Events after `step-started images`, what the step then is (undefined: gone), and the lines that were logged. */
const table: readonly (readonly [
	name: string,
	events: readonly NewEvent[],
	step: {readonly [K in keyof StepState]?: unknown},
	lines: readonly string[],
])[] = [
	['a started step is being checked', [], {status: 'checking', startedAt: 2000, stale: false}, ['info started']],
	[
		'a stale step says so',
		[{type: 'step-started', step: 'images', stale: true}],
		{status: 'checking', stale: true},
		['info started', 'info started: its answers have changed since it was last done'],
	],
	['a check shows', [{type: 'step-checking', step: 'images', phase: 'before'}], {status: 'checking'}, ['info started']],
	[
		'a poll leaves the step waiting',
		[
			{type: 'step-waiting', step: 'images', handover},
			{type: 'step-checking', step: 'images', phase: 'poll'},
		],
		{status: 'waiting', handover},
		['info started', 'info waiting for the network team: DNS records'],
	],
	[
		'changes are kept',
		[{type: 'step-todo', step: 'images', changes: [{action: 'push', target: 'a'}]}],
		{status: 'checking', changes: [{action: 'push', target: 'a'}]},
		['info started'],
	],
	[
		'work shows its attempt and ends what was waited for',
		[
			{type: 'step-detail', step: 'images', detail: {kind: 'waiting', reason: 'x'}},
			{type: 'step-applying', step: 'images', attempt: 2},
		],
		{status: 'applying', attempt: 2, waiting: undefined},
		['info started'],
	],
	[
		'a line goes to the log with its level',
		[{type: 'step-detail', step: 'images', detail: {kind: 'line', level: 'debug', text: 'HEAD /v2/'}}],
		{status: 'checking'},
		['info started', 'debug HEAD /v2/'],
	],
	[
		'a line of the record is kept with its step, too',
		[
			{type: 'step-detail', step: 'images', detail: {kind: 'line', level: 'info', text: 'one', record: true}},
			{type: 'step-detail', step: 'images', detail: {kind: 'line', level: 'info', text: 'two', record: true}},
		],
		{record: ['one', 'two']},
		['info started', 'info one', 'info two'],
	],
	[
		'the same reason keeps the time since which it is waited for',
		[
			{type: 'step-detail', step: 'images', detail: {kind: 'waiting', reason: 'x', timeoutMs: 5}},
			{type: 'step-detail', step: 'images', detail: {kind: 'waiting', reason: 'x'}},
		],
		{waiting: {reason: 'x', since: 3000}},
		['info started'],
	],
	[
		'another reason begins anew',
		[
			{type: 'step-detail', step: 'images', detail: {kind: 'waiting', reason: 'x'}},
			{type: 'step-detail', step: 'images', detail: {kind: 'waiting', reason: 'y', timeoutMs: 5}},
		],
		{waiting: {reason: 'y', since: 4000, timeoutMs: 5}},
		['info started'],
	],
	[
		'an item takes the place of the one with its label',
		[
			{type: 'step-detail', step: 'images', detail: {kind: 'item', label: 'a', state: 'pending', note: ''}},
			{type: 'step-detail', step: 'images', detail: {kind: 'item', label: 'b', state: 'bad', note: 'gone'}},
			{type: 'step-detail', step: 'images', detail: {kind: 'item', label: 'a', state: 'ok', note: 'up'}},
		],
		{
			items: [
				{label: 'a', state: 'ok', note: 'up'},
				{label: 'b', state: 'bad', note: 'gone'},
			],
		},
		['info started'],
	],
	[
		'progress keeps where it began, and begins anew when it goes back',
		[
			{type: 'step-detail', step: 'images', detail: {kind: 'progress', label: 'a', done: 5, total: 9, unit: 'bytes'}},
			{type: 'step-detail', step: 'images', detail: {kind: 'progress', label: 'a', done: 9, total: 9, unit: 'bytes'}},
			{type: 'step-detail', step: 'images', detail: {kind: 'progress', label: 'b', done: 2, unit: 'items'}},
			{type: 'step-detail', step: 'images', detail: {kind: 'progress', label: 'b', done: 1, unit: 'items'}},
		],
		{
			progress: [
				{label: 'a', done: 9, total: 9, unit: 'bytes', startedAt: 3000, startedDone: 5, updatedAt: 4000},
				{label: 'b', done: 1, unit: 'items', startedAt: 6000, startedDone: 1, updatedAt: 6000},
			],
		},
		['info started'],
	],
	[
		'a hand-over is logged once',
		[
			{type: 'step-waiting', step: 'images', handover},
			{type: 'step-waiting', step: 'images', handover},
		],
		{status: 'waiting', handover},
		['info started', 'info waiting for the network team: DNS records'],
	],
	[
		'a retry shows its pause and its problem',
		[{type: 'step-retrying', step: 'images', problem: trouble, attempt: 1, pauseMs: 1500}],
		{status: 'retrying', attempt: 1, retry: {at: 3000, pauseMs: 1500, problem: trouble}},
		['info started', 'warn The registry does not answer. Trying again in 2 s.'],
	],
	[
		'a problem ends what was waited for and offers its choices',
		[
			{type: 'step-waiting', step: 'images', handover},
			{type: 'step-problem', step: 'images', problem: trouble, choices: ['retry', 'quit']},
		],
		{status: 'problem', problem: trouble, choices: ['retry', 'quit'], handover: undefined},
		['info started', 'info waiting for the network team: DNS records', 'error The registry does not answer.'],
	],
	[
		'a decision takes the problem away',
		[
			{type: 'step-problem', step: 'images', problem: trouble, choices: ['retry']},
			{type: 'step-decided', step: 'images', decision: 'retry'},
		],
		{status: 'pending', problem: undefined, choices: []},
		['info started', 'error The registry does not answer.', 'info decided: retry'],
	],
	['a confirmation is kept', [{type: 'step-acknowledged', step: 'images'}], {acknowledged: true}, ['info started']],
	[
		'warnings add up',
		[
			{type: 'step-warning', step: 'images', text: 'one'},
			{type: 'step-warning', step: 'images', text: 'two'},
		],
		{warnings: ['one', 'two']},
		['info started', 'warn one', 'warn two'],
	],
	...(
		[
			['already', 'done', 'info nothing to do: seen'],
			['applied', 'done', 'info done: seen'],
			['not-needed', 'skipped', 'info not asked for: seen'],
			['skipped', 'skipped', 'info skipped: seen'],
		] as const
	).map(
		([outcome, status, line]) =>
			[
				`a step that ended as ${outcome} is ${status}`,
				[{type: 'step-finished', step: 'images', outcome, note: 'seen', fingerprint: 'ff'}],
				{status, outcome, note: 'seen', fingerprint: 'ff', finishedAt: 3000, stale: false},
				['info started', line],
			] as const,
	),
	[
		'a step that starts anew forgets what its last try left, but not that it was confirmed',
		[
			{type: 'step-acknowledged', step: 'images'},
			{type: 'step-warning', step: 'images', text: 'one'},
			{type: 'step-todo', step: 'images', changes: [{action: 'push', target: 'a'}]},
			{type: 'step-detail', step: 'images', detail: {kind: 'item', label: 'a', state: 'ok', note: ''}},
			{type: 'step-detail', step: 'images', detail: {kind: 'progress', label: 'a', done: 1, unit: 'items'}},
			{type: 'step-finished', step: 'images', outcome: 'applied', note: '', fingerprint: 'ff'},
			{type: 'step-started', step: 'images', stale: true},
		],
		{
			status: 'checking',
			acknowledged: true,
			warnings: [],
			changes: [],
			items: [],
			progress: [],
			outcome: undefined,
			note: undefined,
			finishedAt: undefined,
			startedAt: 9000,
		},
		['info started', 'warn one', 'info done', 'info started: its answers have changed since it was last done'],
	],
];

test.each(table)('%s', (_name, events, wanted, lines) => {
	const state = fold([started, begun, ...events]);
	const step = stepOf(state, 'images');
	for (const [key, value] of Object.entries(wanted)) expect(step[key as keyof StepState], key).toEqual(value);
	expect(state.log.map(({level, text}) => `${level} ${text}`)).toEqual(lines);
	expect(state.current).toBe('images');
	expect(stepOf(state, 'bundle')).toEqual(stepOf(fold([started]), 'bundle'));
});

test('a step that only looks is told as ok, not as one that had nothing to do; people who were waited for come first', () => {
	const begun = {...started, steps: [{...stepInfo('images'), onlyLooks: true}]} as NewEvent;
	const ended: NewEvent = {type: 'step-finished', step: 'images', outcome: 'already', note: '2 seen', fingerprint: 'f'};
	const waited: NewEvent = {type: 'step-waiting', step: 'images', handover};
	expect(fold([begun, ended]).log.map(({text}) => text)).toEqual(['ok: 2 seen']);
	expect(fold([begun, waited, ended]).log.at(-1)?.text).toBe('waited for the network team: 2 seen');
	expect(fold([started, ended]).log.map(({text}) => text)).toEqual(['nothing to do: 2 seen']);
});

test('the time of a step goes on through its problems, and begins anew where it had ended', () => {
	const timesOf = (...events: readonly NewEvent[]): StepState | undefined =>
		fold([started, ...events]).steps.find(({id}) => id === 'images');
	const problem: NewEvent = {type: 'step-problem', step: 'images', problem: trouble, choices: ['retry']};
	const decided: NewEvent = {type: 'step-decided', step: 'images', decision: 'retry'};
	const finished = {type: 'step-finished', step: 'images', outcome: 'applied', note: '', fingerprint: ''} as const;
	expect(timesOf(begun, problem, decided, begun, finished)).toMatchObject({startedAt: 2000, finishedAt: 6000});
	expect(timesOf(begun, finished, begun)).toMatchObject({startedAt: 4000});
});

test('a row of something watched goes when it is not there any more, and there is a bound to all of them', () => {
	const item = (label: string, state: 'ok' | 'gone'): NewEvent => ({
		type: 'step-detail',
		step: 'images',
		detail: {kind: 'item', label, state, note: ''},
	});
	const labels = (...events: readonly NewEvent[]): readonly string[] =>
		stepOf(fold([started, begun, ...events]), 'images').items.map(({label}) => label);
	expect(labels(item('a', 'ok'), item('b', 'ok'), item('a', 'gone'))).toEqual(['b']);
	const many = labels(...Array.from({length: 600}, (_, index) => item(`${index}`, 'ok')));
	expect([many.length, many.at(-1)]).toEqual([500, '599']);
});

test('stopping and the end of a run are facts of the run, not of a step', () => {
	const stopping = fold([started, begun, {type: 'stopping', reason: 'it got SIGTERM'}]);
	expect(stopping.stopping).toBe('it got SIGTERM');
	expect(stopping.log.at(-1)).toEqual({at: 3000, level: 'warn', text: 'stopping at a safe point: it got SIGTERM'});
	const ended = fold([started, {type: 'run-finished', outcome: 'failed', exitCode: 6, problem: trouble}]);
	expect(ended).toMatchObject({outcome: 'failed', exitCode: 6, problem: trouble, finishedAt: 2000});
	expect('problem' in fold([started, {type: 'run-finished', outcome: 'done', exitCode: 0}])).toBe(false);
});

test('a warning of the run as a whole is kept with it and is in its log', () => {
	const warned = fold([started, {type: 'run-warning', text: 'a hook failed', evidence: ['no such room']}]);
	expect(warned.warnings).toEqual(['a hook failed']);
	expect(warned.log.at(-1)).toEqual({at: 2000, level: 'warn', text: 'a hook failed'});
});

test('the log keeps the newest lines and counts the dropped ones', () => {
	const count = 12_345;
	let state = fold([started]);
	for (let index = 0; index < count; index += 1) {
		const line: Event = {
			at: index,
			type: 'step-detail',
			step: 'images',
			detail: {kind: 'line', level: 'info', text: `line ${index}`},
		};
		state = reduce(state, line);
		if (state.log.length > logLimit + 501) throw new Error(`${state.log.length} lines are kept`);
	}
	expect(state.log.length).toBeGreaterThanOrEqual(logLimit);
	expect(state.log.length + state.logDropped).toBe(count);
	expect(state.log.at(-1)?.text).toBe(`line ${count - 1}`);
	expect(state.log[0]?.text).toBe(`line ${state.logDropped}`);
});

test('a whole run folds into what became of each step', () => {
	const state = fold(wholeRun);
	expect(state).toMatchObject({outcome: 'done', exitCode: 0, finishedAt: wholeRun.length * 1000, current: 'ca'});
	expect(state.steps.map(({id, status, outcome, note}) => [id, status, outcome, note])).toEqual([
		['bundle', 'done', 'already', '4 images'],
		['images', 'done', 'applied', ''],
		['dns', 'done', 'already', '1 name'],
		['ca', 'skipped', 'skipped', 'left out by the operator'],
	]);
	expect(stepOf(state, 'images')).toMatchObject({attempt: 2, stale: false, fingerprint: 'bb'});
	expect(stepOf(state, 'dns').acknowledged).toBe(true);
	for (const step of state.steps) {
		expect(step.waiting).toBeUndefined();
		expect(step.handover).toBeUndefined();
		expect(step.problem).toBeUndefined();
		expect(step.retry).toBeUndefined();
	}
});

test('a log of JSON lines, replayed, gives the same state', () => {
	const lines = stamped(wholeRun).map((event) => JSON.stringify(event));
	const replayed = lines.map((line) => JSON.parse(line) as Event).reduce(reduce, emptyRun);
	expect(replayed).toEqual(fold(wholeRun));
});

test('no event changes the state that it is folded into', () => {
	const freeze = <T>(value: T): T => {
		if (value !== null && typeof value === 'object') for (const inner of Object.values(value)) freeze(inner);
		return Object.freeze(value);
	};
	expect(() =>
		stamped(wholeRun).reduce((state, event) => freeze(reduce(state, freeze(event))), freeze(emptyRun)),
	).not.toThrow();
});
