import {expect, test} from 'vitest';
import {addItem} from '../../source/answers/draft.ts';
import {problem} from '../../source/base/problem.ts';
import type {Event} from '../../source/engine/events.ts';
import type {PlanView} from '../../source/engine/plan-view.ts';
import {emptyRun, reduce as fold} from '../../source/engine/reduce.ts';
import type {RunState} from '../../source/engine/state.ts';
import {planWords} from '../../source/plans/words.ts';
import {envOf} from '../../source/ui/content/extent.ts';
import {helpText} from '../../source/ui/content/help.ts';
import {keyPageOf} from '../../source/ui/state/help/help.ts';
import {everywhere, type KeyPage, keyTable, keyTitles} from '../../source/ui/state/help/key-table.ts';
import type {Key, KeyId} from '../../source/ui/state/keys.ts';
import {openQuestions} from '../../source/ui/state/questions.ts';
import {firstState, reduce} from '../../source/ui/state/reduce.ts';
import {restMs} from '../../source/ui/state/rest.ts';
import type {Env, UiState} from '../../source/ui/state/types.ts';
import {textOf} from '../../source/ui/terminal/rows.ts';
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
const small = {...first, env: envOf({columns: 60, rows: 18, run: undefined, now: restMs})};
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
const hidden = pressed(broken, 'Esc');
const explained = {
	...review,
	state: {...review.state, explained: {name: 'dns-records', lines: lines.map((line) => `  ${line}`), top: 0}},
};
const papers = pressed(review, 't', 'Home');
const taken = pressed(papers, 'Enter');
const made = {
	...taken,
	state: reduce(
		taken.state,
		{
			type: 'papers-made',
			told: [],
			topics: taken.state.papers?.chosen ?? [],
			written: [{topic: 'dns', who: 'network team', folder: '/s/handover/dns', files: ['a'], lacks: lines}],
		},
		taken.env,
	).state,
};
const details = pressed(review, 'd', 'Home');

/** The page with a search on, at one of several matches. */
const searched = (seat: Seat, text: string): Seat => pressed(seat, 'Ctrl-F', ...text, 'Enter');

const asking = (path: string): Seat =>
	met({...first, state: openQuestions({...whole.state, advanced: true}, {kind: 'all'}, path).state});
const host = asking('registry.host');
const typed = pressed(host, 'a', 'b', 'Left');
const context = asking('kubernetes.context');
const offers = {path: 'kubernetes.context', base: '', all: ['prod-a', 'prod-b']};
const completing = pressed({...context, state: {...context.state, offers}}, 'p');
const choice = asking('ingress.kind');
const members = met({
	...first,
	state: openQuestions({...whole.state, draft: addItem(fullDraft, 'workspaces')}, {kind: 'all'}, 'workspaces').state,
});

const pages = {
	steps: [
		{id: 'a', title: 'A', state: 'todo', changes: [target], pages: ['One', 'Two'].map((title) => ({title, lines}))},
	],
} as unknown as PlanView;
const reading = pressed(
	met({
		env: first.env,
		state: {...reduce(planned.state, {type: 'plan-ready', view: pages}, first.env).state, notice: undefined},
	}),
	'6',
);

const podOf = (name: string): Untimed => ({
	type: 'step-detail',
	step: 'control-plane',
	detail: {
		...{kind: 'item', label: name, state: 'pending', note: ''},
		pod: {namespace: 'n', name, ready: 0, containers: 1, status: 'Pending', restarts: 0, images: []},
	},
});
const busy = onRun(
	{type: 'step-started', step: 'control-plane', stale: false},
	podOf('one'),
	podOf('two'),
	...lines.map(
		(text): Untimed => ({type: 'step-detail', step: 'control-plane', detail: {kind: 'line', level: 'info', text}}),
	),
);
const podLook = {events: [], logs: [{container: 'c', previous: false, lines}]};
const opened = pressed(busy, 'L');
const podLog = {
	...opened,
	state: reduce(opened.state, {type: 'pod-seen', pod: {namespace: 'n', name: 'one'}, look: podLook}, opened.env).state,
};

const over = onRun(
	{type: 'step-problem', step: 'ca', problem: long, choices: ['quit']},
	{type: 'run-finished', outcome: 'failed', exitCode: 3},
);
const summary = {
	...over,
	state: {
		...over.state,
		summary: {urls: [], next: ['kubectl get pods'], files: lines},
	},
};
const copying = pressed(summary, 'y');

/** Where each page is stood on: at its beginning and somewhere within, so that every way can be gone. */
const seats: Readonly<Record<KeyPage, readonly Seat[]>> = {
	welcome: [first, pressed(first, 'Down'), small, searched(first, 'n')],
	line: [host, asking('registry.password'), typed, completing, searched(host, 'host')],
	choice: [choice, pressed(choice, 'Down'), searched(asking('bundle.compress'), 'without')],
	list: [members, pressed(members, 'Up'), pressed(members, 'End'), pressed(members, 'Home')],
	review: [review, pressed(review, 'Right', 'PgDn', 'PgDn'), searched(review, 'registry')],
	reading: [reading, pressed(reading, 'PgDn'), searched(reading, 'line')],
	topics: [pressed(review, '2'), pressed(review, '2', 'Down', 'Down'), searched(pressed(review, '2'), 'host')],
	details: [pressed(details, 'Down'), pressed(details, 'Down', 'Enter', 'PgDn'), searched(details, 'release')],
	run: [busy, pressed(busy, 'Tab'), pressed(busy, 'Tab', 'Tab', 'PgUp'), searched(busy, 'line'), hidden],
	problem: [
		broken,
		pressed(broken, 'PgDn', 'Down'),
		onRun({type: 'step-problem', step: 'ca', problem: long, choices: [...choices], ways: [way]}),
		searched(broken, 'line'),
	],
	papers: [papers, pressed(papers, 'Down'), searched(papers, 'team')],
	papersMade: [made, pressed(made, 'PgDn'), searched(made, 'line')],
	handover: [waiting, pressed(waiting, 'PgDn', 'Right'), searched(waiting, 'line')],
	podLog: [podLog, pressed(podLog, 'PgUp'), pressed(podLog, 'Right'), searched(podLog, 'line')],
	explained: [explained, pressed(explained, 'PgDn'), searched(explained, 'line')],
	copying: [copying, pressed(copying, 'Down'), searched(copying, 'line')],
	summary: [summary, pressed(summary, 'PgDn'), searched(summary, 'line')],
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
	// Where a text is typed, letters are that.
	const all = [...(page === 'line' ? [] : letters), ...controls, ...Object.keys(ids)];
	const silent = all.filter((key) => !known.has(key));
	expect(silent.filter((key) => seats[page]?.some((seat) => does(seat, key)))).toEqual([]);
});

test('every page of keys has a name, and is the one of the page below', () => {
	expect(Object.keys(keyTitles)).toEqual(expect.arrayContaining(Object.keys(keyTable)));
	const open = pressed(broken, '?').state;
	expect([open.help, keyPageOf(open, broken.env.run)]).toEqual([true, 'problem']);
});

test('keys that stand for every number are told as a range, and those of buttons one by one', () => {
	const toldAt = ({state, env}: Seat): string =>
		helpText(state, {...env, rows: 24, columns: 80})
			.rows.map(textOf)
			.join('\n');
	expect(toldAt(first)).toMatch(/^1-9 +choose by number$/mu);
	expect(toldAt(copying)).toMatch(/^Enter y Right l 1-9 +copy it$/mu);
	expect(toldAt(broken)).toMatch(/^1 2 3 4 5 6 +press a button by number$/mu);
});
