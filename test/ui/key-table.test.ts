import {expect, test} from 'vitest';
import {problem} from '../../source/base/problem.ts';
import type {Event} from '../../source/engine/events.ts';
import type {PlanView} from '../../source/engine/plan-view.ts';
import {emptyRun, reduce as fold} from '../../source/engine/reduce.ts';
import type {RunState} from '../../source/engine/state.ts';
import {planWords} from '../../source/plans/words.ts';
import {envOf} from '../../source/ui/content/extent.ts';
import {keyPageOf} from '../../source/ui/state/help/help.ts';
import {everywhere, type KeyPage, keyTable, keyTitles} from '../../source/ui/state/help/key-table.ts';
import type {Key, KeyId} from '../../source/ui/state/keys.ts';
import {firstState, reduce} from '../../source/ui/state/reduce.ts';
import {restMs} from '../../source/ui/state/rest.ts';
import type {Env, UiState} from '../../source/ui/state/types.ts';
import {fullDraft} from './helpers/answers.ts';
import {started, type Untimed} from './helpers/fake-session.ts';

const ids: Readonly<Record<string, KeyId>> = {
	...{Enter: 'return', Esc: 'escape', Tab: 'tab', 'Shift-Tab': 'shift-tab', Del: 'delete', Backspace: 'backspace'},
	...{Up: 'up', Down: 'down', Left: 'left', Right: 'right', PgUp: 'pageup', PgDn: 'pagedown', Home: 'home', End: 'end'},
};

const keyNamed = (name: string): Key => {
	const id = ids[name] ?? (name.startsWith('Ctrl-') ? (`ctrl-${name.slice(5).toLowerCase()}` as const) : undefined);
	return id ? {id, text: ''} : {id: 'text', text: name};
};

const runOf = (...events: readonly Untimed[]): RunState =>
	[started, ...events].reduce<RunState>((run, event) => fold(run, {...event, at: 0} as Event), emptyRun);
const envAt = (run?: RunState): Env => envOf({columns: 80, rows: 24, run, now: restMs});

type Seat = {readonly state: UiState; readonly env: Env};

const pressed = ({state, env}: Seat, ...names: readonly string[]): Seat => ({
	env,
	state: names.reduce((at, name) => reduce(at, {type: 'key', key: keyNamed(name)}, env).state, state),
});

/** The page has been met: its keys rest no more. */
const met = ({state, env}: Seat): Seat => ({
	env,
	state: reduce({...state, face: undefined}, {type: 'run-changed'}, env).state,
});

const first = met({
	state: firstState({words: planWords.install, rehearsal: false, draft: {}, given: [], untyped: []}),
	env: envAt(),
});
const whole = {...first, state: {...first.state, draft: fullDraft}};
const target = {
	action: 'create',
	target: 'release a/b',
	opens: [{title: 'Values', kind: 'text', lines: Array.from({length: 60}, () => 'a')}],
};
const trouble = problem({
	code: 'dns-unanswered',
	area: 'people',
	message: 'm.',
	cause: 'c.',
	fix: 'f.',
	who: 'operator',
});
const view = {
	steps: [
		{id: 'a', title: 'A', state: 'todo', changes: Array.from({length: 40}, () => target)},
		{id: 'b', title: 'B', state: 'problem', problem: trouble},
	],
} as unknown as PlanView;
const planned = pressed(whole, 'Enter', 'Ctrl-R');
const ready = reduce(planned.state, {type: 'plan-ready', view}, first.env).state;
const review = met({env: first.env, state: {...ready, notice: undefined}});

const onRun = (...events: readonly Untimed[]): Seat => {
	const run = runOf(...events);
	const {state} = review;
	// The page keeps how it is looked at from its first key on.
	return pressed(met({env: envAt(run), state: {...state, started: true, screen: {name: 'run'}}}), 'z');
};
const lines = Array.from({length: 60}, (_, index) => `line ${index}`);
const way = {id: 'back', label: 'Bring back', warning: ['w'], done: 'd'};
const choices = ['retry', 'edit', 'way', 'skip', 'quit'] as const;
const long = {...trouble, evidence: lines, nextSteps: ['kubectl get pods']};
const parts = {...long, parts: [long, {...long, message: 'n.'}]};
const broken = onRun({type: 'step-problem', step: 'ca', problem: parts, choices: [...choices], ways: [way]});
const waiting = onRun({
	type: 'step-waiting',
	step: 'dns',
	handover: {
		...{id: 'dns', title: 'DNS', who: 'network team', intro: '', awaited: [], pollEveryMs: 1000, acknowledge: 'yes'},
		sections: ['a', 'b'].map((title) => ({title, fileName: title, lines})),
	},
});
const explained = {
	...review,
	state: {...review.state, explained: {name: 'dns-records', lines: lines.map((line) => `  ${line}`), top: 0}},
};
const papers = pressed(review, 't', 'Home');
const choice = pressed(papers, 'Enter');
const made = {
	...choice,
	state: reduce(
		choice.state,
		{
			type: 'papers-made',
			topics: choice.state.papers?.chosen ?? [],
			written: [{topic: 'dns', who: 'network team', folder: '/s/handover/dns', files: ['a'], lacks: lines}],
		},
		choice.env,
	).state,
};
const details = pressed(review, 'd', 'Home');

/** Where each page is stood on: at its beginning and somewhere within, so that every way can be gone. */
const seats: Readonly<Partial<Record<KeyPage, readonly Seat[]>>> = {
	welcome: [first, pressed(first, 'Down')],
	review: [review, pressed(review, 'Right', 'PgDn', 'PgDn')],
	topics: [pressed(review, '3'), pressed(review, '3', 'Down', 'Down')],
	details: [pressed(details, 'Down'), pressed(details, 'Down', 'Enter', 'PgDn')],
	problem: [
		broken,
		pressed(broken, 'PgDn', 'Down'),
		onRun({type: 'step-problem', step: 'ca', problem: long, choices: [...choices], ways: [way]}),
	],
	handover: [waiting, pressed(waiting, 'PgDn', 'Right')],
	papers: [papers, pressed(papers, 'Down')],
	papersMade: [made, pressed(made, 'PgDn')],
	explained: [explained, pressed(explained, 'PgDn')],
};

const does = ({state, env}: Seat, name: string): boolean => {
	const next = reduce(state, {type: 'key', key: keyNamed(name)}, env);
	return next.effects.length > 0 || JSON.stringify(next.state) !== JSON.stringify(state);
};

const told = Object.entries(seats).flatMap(([page, at]) =>
	keyTable[page as KeyPage].flatMap(({keys}) => keys.map((key) => [page as KeyPage, key, at] as const)),
);

test.each(told)('%s: %s does something, as the page of keys says', (page, key, at) => {
	for (const {state, env} of at) expect(keyPageOf(state, env.run)).toBe(page);
	expect(at.some((seat) => does(seat, key))).toBe(true);
});

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/+- '];
const controls = [...'abdefhknoprstuvwxyz'].map((letter) => `Ctrl-${letter.toUpperCase()}`);

test.each(Object.keys(seats) as readonly KeyPage[])('%s: no key that does something is left out', (page) => {
	const known = new Set([...keyTable[page], ...everywhere].flatMap(({keys}) => keys));
	const silent = [...letters, ...controls, ...Object.keys(ids)].filter((key) => !known.has(key));
	expect(silent.filter((key) => seats[page]?.some((seat) => does(seat, key)))).toEqual([]);
});

test('every page of keys has a name, and is the one of the page below', () => {
	expect(Object.keys(keyTitles)).toEqual(expect.arrayContaining(Object.keys(keyTable)));
	const open = pressed(broken, '?').state;
	expect([open.help, keyPageOf(open, broken.env.run)]).toEqual([true, 'problem']);
});
