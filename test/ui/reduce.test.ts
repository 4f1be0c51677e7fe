import {describe, expect, test} from 'vitest';
import type {Draft} from '../../source/answers/draft.ts';
import {topics} from '../../source/answers/questions.ts';
import {problem} from '../../source/base/problem.ts';
import type {Event} from '../../source/engine/events.ts';
import type {PlanView} from '../../source/engine/plan-view.ts';
import type {PlanWords} from '../../source/engine/plan-words.ts';
import {emptyRun, reduce as fold} from '../../source/engine/reduce.ts';
import type {RunState} from '../../source/engine/state.ts';
import {planWords} from '../../source/plans/words.ts';
import {envOf as sceneOf} from '../../source/ui/content/extent.ts';
import type {Key, KeyId} from '../../source/ui/state/keys.ts';
import {shownScreen} from '../../source/ui/state/page.ts';
import {firstState, reduce} from '../../source/ui/state/reduce.ts';
import {restMs} from '../../source/ui/state/rest.ts';
import {type Effect, type Env, isOn, type UiState} from '../../source/ui/state/types.ts';
import {fullDraft} from './helpers/answers.ts';
import {started, type Untimed} from './helpers/fake-session.ts';

type Press = KeyId | {readonly text: string} | {readonly paste: string};

const keyOf = (press: Press): Key => {
	if (typeof press === 'string') return {id: press, text: ''};
	return 'paste' in press ? {id: 'paste', text: press.paste} : {id: 'text', text: press.text};
};

const envOf = (run?: RunState): Env => sceneOf({columns: 80, rows: 24, run, now: 0});

/** When a page that came by itself takes keys. */
const later = (run: RunState): Env => sceneOf({columns: 80, rows: 24, run, now: restMs});

const play = (
	start: UiState,
	presses: readonly Press[],
	env: Env = envOf(),
): {readonly state: UiState; readonly effects: readonly Effect[]} =>
	presses.reduce<{readonly state: UiState; readonly effects: readonly Effect[]}>(
		(at, press) => {
			const next = reduce(at.state, {type: 'key', key: keyOf(press)}, env);
			// What is seen of answers has a test of its own.
			return {state: next.state, effects: [...at.effects, ...next.effects.filter(({type}) => type !== 'look')]};
		},
		{state: start, effects: []},
	);

const first = (draft: Draft = {}, given: readonly string[] = []): UiState =>
	firstState({words: planWords.install, rehearsal: false, draft, given, untyped: []});
const runOf = (...events: readonly Untimed[]): RunState =>
	[started, ...events].reduce<RunState>((run, event) => fold(run, {...event, at: 0} as Event), emptyRun);

/** Where the focus is: topic, member of a list, and the path or kind of the row. */
const place = (state: UiState): unknown => {
	if (state.screen.name !== 'questions') return state.screen.name;
	const {spot} = state.screen;
	return [topics[spot.topic]?.id, spot.item, spot.focus];
};

test.each<[string, UiState, readonly Press[], unknown]>([
	['Enter on the welcome page opens the first topic', first(), ['return'], ['cluster', undefined, 0]],
	['an unknown key on the welcome page does nothing', first(), [{text: 'x'}, 'pageup', 'ctrl-z'], 'welcome'],
	['Tab goes to the next question', first(), ['return', 'tab'], ['cluster', undefined, 1]],
	['Shift-Tab at the first question stays', first(), ['return', 'shift-tab'], ['cluster', undefined, 0]],
	['down at the last question stays', first(), ['return', 'down', 'down', 'down', 'down'], ['cluster', undefined, 2]],
	[
		'Enter at the last question opens the next topic',
		first(),
		['return', 'return', 'return', 'return'],
		['registry', undefined, 0],
	],
	[
		'Enter on a required answer that is missing stays',
		first(),
		['return', 'ctrl-n', 'return'],
		['registry', undefined, 0],
	],
	['Escape goes back a topic', first(), ['return', 'ctrl-n', 'ctrl-n', 'escape'], ['registry', undefined, 0]],
	['Escape at the first topic leads to the welcome page', first(), ['return', 'escape'], 'welcome'],
	['Ctrl-S with answers missing opens the first of them', first(), ['return', 'ctrl-s'], ['registry', undefined, 0]],
	['Ctrl-S with all answers opens the review', first(fullDraft), ['return', 'ctrl-s'], 'review'],
	['given answers lead to the review at once', first(fullDraft, ['registry.host']), ['return'], 'review'],
	['letters in a text field are text', first(), ['return', {text: 'jkghaq?'}], ['cluster', undefined, 0]],
])('%s', (_name, start, presses, expected) => {
	expect(place(play(start, presses).state)).toEqual(expected);
});

const registry: readonly Press[] = ['return', 'ctrl-n'];

test('what was typed stays when one goes back and forth, also when it is not valid', () => {
	const typed = play(first(), [...registry, {text: 'Not A Host'}, 'escape', 'ctrl-n']);
	expect(typed.state.draft).toEqual({registry: {host: 'Not A Host'}});
	expect(typed.state.screen).toMatchObject({field: {line: {text: 'Not A Host'}}});
});

test('an answer is judged while it is typed', () => {
	const {screen} = play(first(), [...registry, {text: 'https://x'}]).state;
	expect(screen).toMatchObject({field: {message: expect.stringContaining('host')}});
	const valid = play(first(), [...registry, {text: 'x.corp'}]).state.screen;
	expect(valid).not.toHaveProperty('field.message', expect.anything());
});

test('a proposal is replaced by what is typed, and agreed to by Enter', () => {
	expect(play(first(), ['return', {text: '/b'}, 'return']).state.draft).toEqual({bundle: {path: '/b'}});
	expect(play(first(), ['return', 'backspace', 'return']).state.draft).toEqual({
		bundle: {path: './zenml-air-gapped-bundl'},
	});
});

test('a default that was agreed to is not written down', () => {
	expect(play(first(), ['return', 'return', 'return', 'return']).state.draft).toEqual({});
});

const secret: readonly Press[] = [...registry, {text: 'r.corp'}, 'return', 'return', {text: 'bob'}, 'return'];

test('a typed secret goes to the session and only the word prompt into the draft', () => {
	for (const leave of ['return', 'tab', 'escape', 'ctrl-s', 'ctrl-a'] as const) {
		const {state, effects} = play(first(), [...secret, {text: 's3cr3t'}, leave]);
		expect(effects).toEqual([{type: 'keep-secret', path: 'registry.password', value: 's3cr3t'}]);
		expect(state.draft).toMatchObject({registry: {password: 'prompt'}});
		expect(JSON.stringify(state)).not.toContain('s3cr3t');
	}
});

test('a reference typed in place of a secret is an answer', () => {
	const {state, effects} = play(first(), [...secret, {text: 'env:TOKEN'}, 'return']);
	expect(effects).toEqual([]);
	expect(state.draft).toMatchObject({registry: {password: 'env:TOKEN'}});
});

test('Enter on an empty secret keeps the one that is there', () => {
	const draft = {registry: {host: 'r.corp', username: 'bob', password: 'env:TOKEN'}};
	const {state} = play(first(draft), [...registry, 'return', 'return', 'return', 'return']);
	expect(state.draft).toEqual(draft);
});

test('line ends around pasted text are dropped, text of several lines is refused', () => {
	const one = play(first(), [...registry, {paste: '\r\nr.corp\r'}]).state.screen;
	expect(one).toMatchObject({field: {line: {text: 'r.corp'}}});
	const many = play(first(), [...registry, {paste: 'a\rb\rc'}]).state.screen;
	expect(many).toMatchObject({field: {line: {text: ''}, message: expect.stringContaining('several lines')}});
});

test('Ctrl-A shows advanced questions and keeps the focus on its question', () => {
	const {state} = play(first(), [...registry, {text: 'r.corp'}, 'ctrl-a']);
	expect(state.advanced).toBe(true);
	expect(place(state)).toEqual(['registry', undefined, 0]);
	expect(state.draft).toMatchObject({registry: {host: 'r.corp'}});
});

/** What multiplexers, flow control, terminals and browsers keep, and the key that does the same. */
test.each<[kept: KeyId, free: KeyId, by: string]>([
	['ctrl-a', 'ctrl-x', 'GNU screen'],
	['ctrl-s', 'ctrl-r', 'flow control and Zellij'],
	['ctrl-n', 'pagedown', 'Zellij and browsers'],
	['ctrl-p', 'pageup', 'Zellij, docker and kubectl'],
	['ctrl-g', 'ctrl-l', 'Zellij'],
])('what %s does is done by %s too, for %s may keep the first', (kept, free) => {
	for (const before of [
		[...registry, {text: 'r.corp'}],
		['return', 'ctrl-n', 'ctrl-n', 'ctrl-n', 'tab', 'tab'],
	] as const) {
		expect(play(first(), [...before, free])).toEqual(play(first(), [...before, kept]));
		expect(play(first(), [...before, free]).state).not.toEqual(play(first(), before).state);
	}
});

/** Members of a list are no topics: a list is left by its own way on. */
const toDatabase = Array.from({length: 5}, () => 'ctrl-n' as const);

const atTls = (draft: Draft = fullDraft): UiState => {
	const state = play(first(draft), ['return', ...toDatabase, 'tab', 'tab', 'tab']).state;
	expect(place(state)).toEqual(['database', undefined, 3]);
	return state;
};

test('a choice moves with j and k, and digits choose and go on', () => {
	const taken = {database: {tls: 'require'}};
	expect(play(atTls(), [{text: 'j'}, 'return']).state.draft).toMatchObject(taken);
	expect(play(atTls(), [{text: 'jj'}, {text: 'k'}, {text: ' '}]).state.draft).toMatchObject(taken);
	const chosen = play(atTls(), [{text: '3'}]).state;
	expect(chosen.draft).toMatchObject({database: {tls: 'disable'}});
	expect(place(chosen)).toEqual(['database', undefined, 4]);
});

test('a choice that is gone by with the arrow keys keeps its answer, and whoever leaves it otherwise is told so', () => {
	const before = atTls();
	const below = play(before, ['down', 'down', 'down', 'down', 'down', 'down']).state;
	expect(below.draft).toEqual(before.draft);
	expect(below.notice).toBeUndefined();
	const left = play(before, ['down', 'tab']).state;
	expect(left.draft).toEqual(before.draft);
	expect(left.notice?.text).toBe('Encryption stays verify-full: only Enter takes what is marked.');
});

test('a digit without a choice and other letters do nothing in a choice', () => {
	expect(play(atTls(), [{text: '9'}, {text: 'x'}]).state).toEqual(atTls());
});

test('an optional group is added and taken out by yes and no', () => {
	const admin = play(first({workspaces: [{name: 'default'}]}), [
		'return',
		...toDatabase,
		...Array.from({length: 5}, () => 'tab' as const),
	]);
	expect(place(admin.state)).toEqual(['database', undefined, 5]);
	const yes = play(admin.state, [{text: '1'}]).state;
	expect(yes.draft).toMatchObject({database: {admin: {}}});
	const back = play(yes, ['shift-tab', {text: 'j'}, 'return']).state;
	expect(back.draft).not.toHaveProperty('database.admin');
});

const toWorkspaces = (draft: Draft): UiState =>
	play(first(draft), ['return', ...Array.from({length: 4}, () => 'ctrl-n' as const)]).state;

test('workspaces are added, opened, and removed only after a yes', () => {
	const list = toWorkspaces(fullDraft);
	expect(place(list)).toEqual(['workspaces', undefined, 0]);
	const added = play(list, [{text: '+'}]).state;
	expect(place(added)).toEqual(['workspaces', 1, 0]);
	const named = play(added, [{text: 'team-b'}, 'return', 'escape']).state;
	expect(named.draft).toMatchObject({workspaces: [{name: 'default'}, {name: 'team-b'}]});
	expect(place(named)).toEqual(['workspaces', undefined, 1]);
	expect(play(named, [{text: 'd'}, {text: 'n'}]).state.draft).toEqual(named.draft);
	expect(play(named, [{text: 'd'}, {text: 'y'}]).state.draft).toMatchObject({workspaces: [{name: 'default'}]});
	expect(place(play(named, [{text: '1'}]).state)).toEqual(['workspaces', 0, 0]);
});

test('from a member one comes back to the list: to the member, or to the way on behind its last question', () => {
	const opened = play(toWorkspaces(fullDraft), ['return']).state;
	expect(place(opened)).toEqual(['workspaces', 0, 0]);
	expect(place(play(opened, ['escape']).state)).toEqual(['workspaces', undefined, 0]);
	expect(place(play(opened, ['ctrl-n']).state)).toEqual(['workspaces', undefined, 2]);
	expect(place(play(opened, ['ctrl-n', 'return']).state)).toEqual(['database', undefined, 0]);
});

test('in a list letters move and a key for back leads to the topic before', () => {
	const list = toWorkspaces(fullDraft);
	expect(place(play(list, [{text: 'j'}]).state)).toEqual(['workspaces', undefined, 1]);
	expect(place(play(list, ['tab', 'tab', 'tab']).state)).toEqual(['workspaces', undefined, 2]);
	expect(place(play(list, [{text: 'j'}, 'return']).state)).toEqual(['workspaces', 1, 0]);
	expect(place(play(list, [{text: 'h'}]).state)).toEqual(['control-plane', undefined, 0]);
	expect(play(list, [{text: 'a'}]).state.advanced).toBe(true);
	expect(place(play(list, [{text: '9'}, {text: 'z'}]).state)).toEqual(['workspaces', undefined, 0]);
});

test('without a workspace one cannot go on', () => {
	const {workspaces: _workspaces, ...none} = fullDraft;
	const {state} = play(toWorkspaces(none), ['down', 'return']);
	expect(place(state)).toEqual(['workspaces', undefined, 1]);
	expect(state.notice?.text).toContain('workspaces');
});

const review = (draft: Draft = fullDraft): UiState => play(first(draft, ['registry.host']), ['return']).state;

const unread = problem({code: 'time-out', area: 'registry', message: 'm', cause: 'c', fix: 'f'});
const troubled = {id: 'source', title: 'Source', state: 'problem', problem: unread} as const;

/** The review once its plan was looked at. */
const looked = (steps: PlanView['steps'], words: PlanWords = planWords.install): UiState => ({
	...review(),
	words,
	plan: {status: 'ready', view: {steps}},
});

test('the review plans at once, and Start is for the plan that was looked at', () => {
	expect(play(first(fullDraft, ['registry.host']), ['return']).effects).toMatchObject([{type: 'plan'}]);
	const {state, effects} = play(looked([]), ['return']);
	expect(effects).toMatchObject([{type: 'start', answers: {version: 1}}]);
	expect(shownScreen(state, undefined)).toBe('run');
});

describe.each(Object.entries(planWords))('the plan %s', (_name, words: PlanWords) => {
	const yes: readonly Press[] = words.consent === undefined ? [] : [{text: 'y'}];

	test.each<[string, Press]>([
		['Enter', 'return'],
		['its digit', {text: '1'}],
	])('is not started by %s before all of it was looked at, and not asked about', (_key, press) => {
		const {state, effects} = play({...review(), words}, [press, {text: 'y'}, press]);
		expect(effects).toEqual([]);
		expect(state.notice?.text).toBe('Wait until the whole plan was looked at: whoever starts agrees to it.');
		expect(isOn(state, 'review') && state.screen).toEqual({name: 'review', top: 0});
		expect(play(looked([], words), [press, ...yes]).effects).toMatchObject([{type: 'start'}]);
	});

	test('says no longer that it waits once the look is over', () => {
		const {state} = play({...review(), words}, ['return']);
		const done = reduce(state, {type: 'plan-ready', view: {steps: []}}, envOf());
		expect(done.state.notice).toBeUndefined();
	});

	test('shows why it is not known instead of starting', () => {
		const failed: UiState = {...review(), words, plan: {status: 'failed', problem: unread}};
		const {state, effects} = play(failed, ['return', {text: 'y'}, {text: '1'}]);
		expect(effects).toEqual([]);
		expect(state.notice?.text).toBe('The plan is not known: mend what is said above; p looks again.');
		expect(state.screen).toMatchObject({name: 'review', top: 'end'});
		expect(play(state, [{text: 'p'}]).effects).toMatchObject([{type: 'plan'}]);
	});

	test('is agreed to only where its first step has said what is lost', () => {
		const {state, effects} = play(looked([troubled], words), [{text: '1'}, {text: 'y'}]);
		expect(effects.map(({type}) => type)).toEqual(words.consent === undefined ? ['start'] : []);
		if (words.consent === undefined) return;
		expect(play(looked([troubled], words), [{text: '1'}]).state).toMatchObject({
			notice: {text: 'What is lost is not known: mend what is said above; p looks again.'},
			screen: {top: 'end'},
		});
		expect(isOn(state, 'review')).toBe(true);
		const later = looked([{id: 'source', title: 'Source', state: 'ok'}, troubled], words);
		expect(play(later, [{text: '1'}, {text: 'y'}]).effects).toMatchObject([{type: 'start'}]);
	});
});

test.each<[string, readonly Press[], readonly string[], unknown]>([
	['Save answers', ['right', 'right', 'return'], ['save-answers'], 'review'],
	['Save answers by digit', [{text: '3'}], ['save-answers'], 'review'],
	['Change an answer, then a topic', [{text: '2'}, {text: '4'}], ['cancel-plan'], ['control-plane', undefined, 0]],
	['the change is over with its topic', [{text: '2'}, {text: '4'}, 'ctrl-n'], ['cancel-plan', 'plan'], 'review'],
	['Escape closes the list of topics', [{text: '2'}, 'escape'], [], 'review'],
	['p looks again', [{text: 'p'}], ['plan'], 'review'],
	['Tab goes round the buttons', ['tab', 'tab', 'tab', 'tab'], [], 'review'],
	['Escape leads to the questions', ['escape'], ['cancel-plan'], ['cluster', undefined, 0]],
])('review: %s', (_name, presses, types, expected) => {
	const {state, effects} = play(review(), presses);
	expect(effects.map(({type}) => type)).toEqual(types);
	expect(place(state)).toEqual(expected);
});

test('a number of the review is that of its button, whether the plan is there or not', () => {
	const opens = [{title: 'values', lines: ['+ a']}];
	const images = {
		id: 'images',
		title: 'Images',
		state: 'todo',
		changes: [{action: 'push', target: 'a', opens}],
	} as const;
	const ready = {status: 'ready', view: {steps: [images]}} as const;
	const looking = review();
	const looked: UiState = {...looking, plan: ready};
	for (const text of ['2', '3', '4']) {
		const [before, then] = [play(looking, [{text}]), play(looked, [{text}])];
		expect({...then.state, plan: before.state.plan}).toEqual(before.state);
	}
	expect(play(looking, [{text: '5'}]).state).toEqual(looking);
	expect(play(looked, [{text: '5'}]).state.screen).toMatchObject({details: {focus: 0}});
	expect(play(looked, [{text: '6'}]).state).toEqual(looked);
	// The plan comes between the two keys.
	const chosen = play(looking, ['right']).state;
	expect(play({...chosen, plan: ready}, ['return']).state.screen).toMatchObject({choosing: 0});
	expect(play(looked, ['right', 'return']).state.screen).toMatchObject({choosing: 0});
});

test('Start is refused while answers are not valid, with the first of them', () => {
	const {registry: _registry, ...draft} = fullDraft;
	const {state, effects} = play({...review(), draft}, ['return']);
	expect(effects).toEqual([]);
	expect(state.screen.name).toBe('review');
	expect(state.notice?.text).toMatch(/^registry\.host .*Choose "Change an answer"\.$/u);
	expect(play({...review(), draft}, [{text: 'p'}]).state.plan).toEqual({status: 'none'});
});

test('the list of topics moves, and nothing else happens there by keys it does not know', () => {
	const choosing = (presses: readonly Press[]) => play(review(), [{text: '2'}, ...presses]).state.screen;
	expect(choosing(['down', 'down', {text: 'x'}])).toMatchObject({choosing: 2});
	const wrong = {...review(), draft: {...fullDraft, registry: {host: 'a b'}}};
	expect(play(wrong, [{text: '2'}]).state.screen).toMatchObject({choosing: 1});
	expect(choosing(['down', {text: 'h'}])).toMatchObject({choosing: undefined});
	expect(place(play(review(), [{text: '2'}, 'down', 'right']).state)).toEqual(['registry', undefined, 0]);
});

test('on the first page all questions are offered beside the missing ones, and q asks to quit', () => {
	const given = first(fullDraft, ['registry.host']);
	expect(place(play(given, [{text: '2'}]).state)).toEqual(['cluster', undefined, 0]);
	expect(play(given, [{text: '3'}]).state.quitting).toBe(true);
	expect(play(given, [{text: 'q'}]).state.quitting).toBe(true);
	expect(play(given, ['down', 'down', 'down', 'up', 'return']).state.screen.name).toBe('questions');
});

test('Quit asks before it leaves', () => {
	const asked = play(review(), [{text: '4'}]);
	expect(asked.effects).toEqual([]);
	expect(asked.state.quitting).toBe(true);
	expect(play(asked.state, [{text: 'n'}]).state.quitting).toBe(false);
	expect(play(asked.state, [{text: 'z'}]).state.quitting).toBe(true);
	expect(play(asked.state, [{text: 'y'}]).effects).toEqual([{type: 'exit', result: {ended: 'quit'}}]);
});

const running: UiState = {...first(fullDraft), started: true, screen: {name: 'run'}};
const trouble = problem({code: 'time-out', area: 'cluster', message: 'm', cause: 'c', fix: 'f'});
const broken = runOf({type: 'step-problem', step: 'ca', problem: trouble, choices: ['retry', 'skip', 'quit']});

test.each<[string, readonly Press[], readonly unknown[]]>([
	['r retries', [{text: 'r'}], [{type: 'decide', decided: {decision: 'retry'}}]],
	['Enter takes the button in focus', ['return'], [{type: 'decide', decided: {decision: 'retry'}}]],
	['skip needs a yes', [{text: 's'}, {text: 'n'}], []],
	['skip with a yes', [{text: 's'}, {text: 'y'}], [{type: 'decide', decided: {decision: 'skip'}}]],
	['w saves the report', [{text: 'w'}], [{type: 'save-report'}]],
	['q ends the run only with a yes', [{text: 'q'}, {text: 'n'}, {text: '4'}, 'return'], []],
	['q ends the run with a yes', [{text: 'q'}, {text: 'y'}], [{type: 'decide', decided: {decision: 'quit'}}]],
	['Enter on the button to quit ends the run', ['up', 'return'], [{type: 'decide', decided: {decision: 'quit'}}]],
	['what is not offered cannot be chosen', [{text: 'e'}, {text: 'z'}, 'ctrl-x', 'backspace'], []],
	['once hidden, letters are no decisions', ['escape', {text: 'r'}], []],
	[
		'Enter opens the hidden page again',
		['escape', 'return', {text: 'r'}],
		[{type: 'decide', decided: {decision: 'retry'}}],
	],
])('problem page: %s', (_name, presses, effects) => {
	expect(play(running, presses, envOf(broken)).effects).toEqual(effects);
});

const way = {id: 'back', label: 'Bring it back', warning: ['3 rows are lost.'], done: 'brought back'};
const withWay = runOf({
	type: 'step-problem',
	step: 'ca',
	problem: trouble,
	choices: ['retry', 'way', 'quit'],
	ways: [way],
});
/** What was decided; a `y` too many only copies the page. */
const decisions = ({effects}: {readonly effects: readonly Effect[]}): readonly Effect[] =>
	effects.filter(({type}) => type !== 'copy');
const goesBack = [{type: 'decide', decided: {decision: 'way', way: 'back'}}];

test.each<[string, readonly Press[], readonly unknown[]]>([
	['is asked about twice', [{text: 'b'}, {text: 'y'}, {text: 'y'}], goesBack],
	['is not gone by one yes', [{text: 'b'}, {text: 'y'}], []],
	['is left by any other key at the first question', [{text: 'b'}, {text: 'n'}, {text: 'y'}], []],
	['is left by any other key at the second one', [{text: 'b'}, {text: 'y'}, 'return', {text: 'y'}], []],
	['has its place among the buttons', ['down', 'return', {text: 'y'}, {text: 'y'}], goesBack],
	['has its number', [{text: '2'}, {text: 'y'}, {text: 'y'}], goesBack],
	['scrolls while it is asked about', [{text: 'b'}, 'down', {text: 'y'}, 'pagedown', {text: 'y'}], goesBack],
	[
		'gives the letters back once it is left',
		[{text: 'b'}, 'escape', {text: 'r'}],
		[{type: 'decide', decided: {decision: 'retry'}}],
	],
])('a way at a problem %s', (_name, presses, effects) => {
	expect(decisions(play(running, presses, envOf(withWay)))).toEqual(effects);
});

test('b does nothing where no way is offered', () => {
	expect(decisions(play(running, [{text: 'b'}, {text: 'y'}, {text: 'y'}], envOf(broken)))).toEqual([]);
});

const waiting = (acknowledge?: string): Untimed => ({
	type: 'step-waiting',
	step: 'dns',
	handover: {
		id: 'dns',
		title: 'DNS',
		who: 'network team',
		intro: '',
		sections: ['a', 'b'].map((title) => ({title, fileName: title, lines: Array.from({length: 60}, () => 'record')})),
		awaited: [],
		pollEveryMs: 1000,
		acknowledge,
	},
});

const retried = {type: 'decide', decided: {decision: 'retry'}} as const;

test('a page that comes while the log is searched waits until the text is typed', () => {
	const {state} = play(running, [{text: '/'}, {text: 'abc'}], envOf(runOf()));
	expect(state.search.typing?.line.text).toBe('abc');
	const typed = play(state, [{text: 'r'}], envOf(broken));
	expect(typed.effects).toEqual([]);
	expect(typed.state.search.typing?.line.text).toBe('abcr');
	const shown = play(typed.state, ['return', {text: 'r'}], envOf(broken));
	expect(shown.effects).toEqual([]);
	expect(play(shown.state, [{text: 'r'}], later(broken)).effects).toEqual([retried]);
});

test('the end of a run waits for a text that is typed, too', () => {
	const typing = play(running, [{text: '/'}], envOf(runOf())).state;
	const ended = runOf({type: 'run-finished', outcome: 'done', exitCode: 0});
	expect(play(typing, [{text: 'q'}], later(ended)).effects).toEqual([]);
	const shown = play(typing, ['escape'], envOf(ended)).state;
	expect(shownScreen(shown, ended)).toBe('summary');
	expect(play(shown, [{text: 'q'}, 'return', 'ctrl-c'], envOf(ended)).effects).toEqual([]);
	expect(play(shown, ['ctrl-c'], later(ended)).effects).toMatchObject([{type: 'exit'}]);
});

describe.each<[string, RunState]>([
	['a problem', broken],
	['a hand-over', runOf(waiting('It is done.'))],
	['the end of the run', runOf({type: 'run-finished', outcome: 'done', exitCode: 0})],
])('%s that comes by itself', (_name, run) => {
	const met = reduce(play(running, [{text: 'k'}], envOf(runOf())).state, {type: 'run-changed'}, envOf(run)).state;
	const all: readonly Press[] = [...'rewsqcbxyn1234/?vV'].map((text) => ({text}));
	const named: readonly Press[] = ['return', 'escape', 'up', 'down', 'tab', 'pagedown', {paste: 'qr'}];

	test('takes no key for half a second, and keeps none for later', () => {
		for (const press of [...all, ...named]) {
			const {state, effects} = play(met, [press], envOf(run));
			expect(effects).toEqual([]);
			expect(state).toEqual(met);
		}
	});

	test('takes keys from then on, and at once where the clock was set back', () => {
		expect(play(met, [{text: '?'}], later(run)).state.help).toBe(true);
		expect(play(met, [{text: '?'}], sceneOf({columns: 80, rows: 24, run, now: -9999})).state.help).toBe(true);
	});

	test('rests from when it is seen where something lay over it', () => {
		const covered = play(running, [{text: '?'}], envOf(runOf())).state;
		const after = reduce({...covered, face: 'run'}, {type: 'run-changed'}, envOf(run)).state;
		const seen = play(after, ['escape'], later(run)).state;
		expect(play(seen, all, later(run)).effects).toEqual([]);
	});
});

test('Ctrl-C is heard at once on a page that has just come', () => {
	const met = reduce({...running, face: 'run'}, {type: 'run-changed'}, envOf(broken)).state;
	expect(play(met, ['ctrl-c'], envOf(broken)).state.quitting).toBe(true);
});

test('a notice of the page before is not told on the one that came', () => {
	const noticed: UiState = {...running, face: 'run', notice: {role: 'ok', text: 'Report saved:', path: '/x'}};
	expect(reduce(noticed, {type: 'run-changed'}, envOf(broken)).state.notice).toBeUndefined();
	expect(reduce(noticed, {type: 'run-changed'}, envOf(runOf())).state.notice).toBeDefined();
});

test('the next problem does not open where the last one was scrolled or hidden', () => {
	const hidden = play(running, ['escape'], envOf(broken)).state;
	const other = runOf({type: 'step-problem', step: 'dns', problem: {...trouble, message: 'other'}, choices: ['retry']});
	const met = reduce(hidden, {type: 'run-changed'}, envOf(other)).state;
	expect(play(met, ['return'], later(other)).effects).toEqual([retried]);
});

test.each<[string, readonly Press[], object]>([
	['Tab goes round the panes', ['tab', 'tab', 'tab'], {pane: 'steps'}],
	['j looks at another step', [{text: 'j'}], {look: 'prerequisites'}],
	['G looks at the last step', [{text: 'G'}], {look: 'verification'}],
	['v changes the level of the log', [{text: 'v'}], {pane: 'log', log: {level: 'warn'}}],
])('run: %s', (_name, presses, expected) => {
	expect(play(running, presses, envOf(runOf())).state.run).toMatchObject(expected);
});

test.each<[string, readonly Press[], readonly string[]]>([
	['w saves its texts', [{text: 'w'}], ['save-handover']],
	['r looks again', [{text: 'r'}], ['check-now']],
	['c confirms only with a yes', [{text: 'c'}, {text: 'n'}, {text: 'y'}], []],
	['c with a yes confirms', [{text: 'c'}, {text: 'y'}], ['acknowledge']],
	['other keys do nothing', [{text: 'x'}, 'ctrl-x', 'return'], []],
])('hand-over page: %s', (_name, presses, effects) => {
	const {effects: all} = play(running, presses, envOf(runOf(waiting('It is done.'))));
	expect(all.map(({type}) => type)).toEqual(effects);
});

test('a hand-over that cannot be confirmed does not ask for it, and says so', () => {
	expect(play(running, [{text: 'c'}], envOf(runOf(waiting()))).state.notice?.text).toMatch(
		/^Nothing is to be confirmed here/u,
	);
	expect(play(running, [{text: 'c'}, {text: 'y'}], envOf(runOf(waiting()))).effects).toEqual([]);
});

test('a hand-over is scrolled, its sections begin at their top, and it is hidden and opened again', () => {
	const env = envOf(runOf(waiting()));
	const {page} = play(running, ['down', 'down'], env).state.run;
	expect(page).toMatchObject({section: 0, top: 2});
	expect(play(running, ['down', 'right'], env).state.run.page).toMatchObject({section: 1, top: 0});
	expect(play(running, [{text: '2'}, 'tab'], env).state.run.page).toMatchObject({section: 0});
	expect(play(running, ['escape', {text: 'w'}], env).effects).toEqual([]);
	expect(play(running, ['escape', 'return', {text: 'q'}], env).state).toMatchObject({
		quitting: true,
		run: {page: {hidden: false}},
	});
});

const mending = (answers: readonly string[]) =>
	envOf(runOf({type: 'step-problem', step: 'ca', problem: {...trouble, answers}, choices: ['retry', 'edit']}));

test('answers are edited where a problem names them, and without an end of it the run is not tried again', () => {
	const env = mending(['registry.password']);
	const {state, effects} = play(running, [{text: 'e'}], env);
	expect(place(state)).toEqual(['registry', undefined, 3]);
	expect(effects).toEqual([]);
	const left = play(state, [{text: 'n3w'}, 'escape'], env);
	expect(left.effects).toMatchObject([{type: 'keep-secret', path: 'registry.password'}]);
	expect(left.state).toMatchObject({screen: {name: 'run'}, notice: {text: expect.stringContaining('Not tried again')}});
	expect(play(state, ['ctrl-s'], env).effects).toMatchObject([{type: 'decide', decided: {decision: 'edit'}}]);
});

test('a problem that names no answers opens all of them, also in the member of a list that it names', () => {
	expect(place(play(running, [{text: 'e'}], mending([])).state)).toEqual(['cluster', undefined, 0]);
	expect(place(play(running, [{text: 'e'}], mending(['workspaces.0.host'])).state)).toEqual(['workspaces', 0, 1]);
	expect(place(play(running, [{text: 'e'}], mending(['workspaces'])).state)).toEqual(['workspaces', undefined, 1]);
});

test('an answer that is not valid keeps the run from going on, and is led to among the advanced questions too', () => {
	const draft: Draft = {...fullDraft, helm: {timeoutMinutes: 'soon'}};
	const {state, effects} = play({...running, draft}, [{text: 'e'}, 'ctrl-s'], mending(['bundle.path']));
	expect(effects).toEqual([]);
	expect(state.advanced).toBe(true);
	expect(state.notice).toBeUndefined();
	expect(state.screen).toMatchObject({name: 'questions', field: {message: expect.any(String)}});
});

test('Escape looks at the step under way again', () => {
	const {state} = play(running, [{text: 'jj'}, 'escape'], envOf(runOf()));
	expect(state.run.look).toBeUndefined();
});

test('in a window that is too small only Ctrl-C counts', () => {
	const env = sceneOf({columns: 59, rows: 24, run: undefined, now: 0});
	expect(play(first(), ['return'], env).state.screen.name).toBe('welcome');
	expect(play(first(), ['ctrl-c', {text: 'y'}], env).effects).toEqual([{type: 'exit', result: {ended: 'quit'}}]);
});

test('help opens with a question mark where nothing is typed and with Ctrl-G anywhere; any key closes it', () => {
	expect(play(first(), [{text: '?'}]).state.help).toBe(true);
	expect(play(first(), ['return', {text: '?'}]).state.help).toBe(false);
	expect(play(first(), ['return', 'ctrl-g']).state.help).toBe(true);
	expect(play(first(), ['return', 'ctrl-g', {text: 'x'}]).state).toMatchObject({
		help: false,
		screen: {name: 'questions'},
	});
});

test('once the run has ended the summary is shown, and is left by q, Enter and Ctrl-C alone', () => {
	const ended = runOf({type: 'run-finished', outcome: 'stopped', exitCode: 130});
	expect(shownScreen(running, ended)).toBe('summary');
	expect(play(running, ['down', {text: 'k'}, 'pagedown'], envOf(ended)).effects).toEqual([]);
	expect(play(running, [{text: 'x'}, {text: 'v'}, 'escape', 'tab', {text: 'r'}], envOf(ended)).effects).toEqual([]);
	for (const press of [{text: 'q'}, 'return', 'ctrl-c'] as const)
		expect(play(running, [press], envOf(ended)).effects).toEqual([
			{type: 'exit', result: {ended: 'finished', run: ended}},
		]);
});

test('in a window that is too small for the end of the run, q leaves, and no other key', () => {
	const ended = runOf({type: 'run-finished', outcome: 'done', exitCode: 0});
	const small = sceneOf({columns: 50, rows: 15, run: ended, now: 0});
	expect(play(running, [{text: 'x'}, 'return', 'escape'], small).effects).toEqual([]);
	const exit = {type: 'exit', result: {ended: 'finished', run: ended}};
	expect(play(running, [{text: 'q'}], small).effects).toEqual([exit]);
});

test('at the end x goes through the warnings, and says so where there are none', () => {
	const warn = (number: number) => ({type: 'step-warning', step: 'ca', text: `${number} ${'w'.repeat(700)}`}) as const;
	const end = {type: 'run-finished', outcome: 'done', exitCode: 0} as const;
	const warned = envOf(runOf(warn(1), warn(2), warn(3), end));
	const tops = [1, 2, 3].map(
		(count) =>
			play(
				running,
				Array.from({length: count}, () => ({text: 'x'})),
				warned,
			).state.run.summaryTop,
	);
	expect(new Set(tops).size).toBe(3);
	expect(tops).toEqual(tops.toSorted((one, other) => one - other));
	const calm = play(running, [{text: 'x'}], envOf(runOf(end))).state;
	expect(calm.notice?.text).toBe('There is no problem here, and no warning.');
});

test('on the run x looks at the next step that has a warning or a problem, and at nothing where none has', () => {
	const warned = runOf({type: 'step-warning', step: 'ca', text: 'It ends soon.'});
	expect(play({...running, run: {...running.run, look: 'dns'}}, [{text: 'x'}], envOf(warned)).state.run.look).toBe(
		'ca',
	);
	expect(play(running, [{text: 'x'}], envOf(runOf())).state.run.look).toBeUndefined();
});

test('x goes to the next problem of a long plan, and round to the first one; Start is not proposed', () => {
	const ok = (index: number) => ({id: `s${index}`, title: `Step ${index}`, state: 'ok'}) as const;
	const many = Array.from({length: 30}, (_, index) => (index % 12 === 5 ? {...troubled, id: `t${index}`} : ok(index)));
	const state = looked(many);
	const {starts = [], total, height} = envOf().extent(state);
	expect(starts).toHaveLength(3);
	const tops = [1, 2, 3, 4].map((count) => {
		const {screen} = play(
			state,
			Array.from({length: count}, () => ({text: 'x'})),
		).state;
		return screen.name === 'review' ? screen.top : undefined;
	});
	const last = total - height;
	expect(tops).toEqual([starts[0], Math.min(last, starts[1] ?? 0), ...tops.slice(2)]);
	expect(tops).toContain(tops[0]);
	expect(play(state, [{text: 'x'}, 'return']).state.screen).toMatchObject({choosing: 0});
});

test('a plan with problems says so on the review, and one without says nothing', () => {
	const reviewing: UiState = {...first(), screen: {name: 'review', top: 0, menu: 'start'}};
	const bad = {
		id: 'images',
		title: 'Images',
		state: 'problem',
		problem: problem({code: 'time-out', area: 'registry', message: 'm', cause: 'c', fix: 'f'}),
	} as const;
	const noticeOf = (steps: readonly (typeof bad)[]) =>
		reduce(reviewing, {type: 'plan-ready', view: {steps}}, envOf()).state.notice?.text;
	expect(noticeOf([bad])).toBe('The plan found 1 problem (Images). Press x to go there.');
	expect(noticeOf([])).toBeUndefined();
});
