import {afterEach, expect, test} from 'vitest';
import {lookAt, lookedAt, lookOf} from '../../source/ui/state/looks.ts';
import {firstState} from '../../source/ui/state/reduce.ts';
import type {Sighting} from '../../source/ui/state/session.ts';
import {fakeSession} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

let app: OpenApp | undefined;
afterEach(() => app?.close());

/** A session whose looks are answered by hand, in the order in which they began. */
const watched = async () => {
	const begun: {path: string; signal: AbortSignal; answer: (seen: Sighting | undefined) => void}[] = [];
	const fake = fakeSession({
		look: async (_draft, path, signal) =>
			new Promise((resolve) => {
				begun.push({path, signal, answer: resolve});
			}),
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.ctrlN);
	return {begun, app};
};

test('an answer is looked at while the next question is asked, and what is wrong is told there', async () => {
	const {begun, app: shown} = await watched();
	await shown.press('registry.corp.example', keys.enter);
	expect(begun.map(({path}) => path)).toEqual(['registry.host']);
	expect(shown.frame()).toContain('Path in the registry');
	begun[0]?.answer({ok: false, text: 'this host finds no address for registry.corp.example'});
	await settle();
	expect(shown.frame()).toContain('Registry host: this host finds no address');
	await shown.press(keys.up);
	expect(shown.frame()).toMatch(/Registry host +registry\.corp\.example !/u);
	expect(shown.frame()).toContain('! this host finds no address for registry.corp.example');
});

test('what was seen of an answer is not told of another one, and its look ends', async () => {
	const {begun, app: shown} = await watched();
	await shown.press('old.corp.example', keys.enter, keys.up, keys.ctrlU, 'new.corp.example', keys.enter);
	expect(begun.length).toBe(2);
	expect(begun[0]?.signal.aborted).toBe(true);
	begun[0]?.answer({ok: false, text: 'old news'});
	begun[1]?.answer({ok: true, text: 'takes connections'});
	await settle();
	expect(shown.frame()).not.toContain('old news');
	expect(shown.frame()).toMatch(/Registry host +new\.corp\.example ✓/u);
});

test('an answer that is not valid is not looked at, and is marked in the list once it is left', async () => {
	const {begun, app: shown} = await watched();
	await shown.press('https://registry', keys.down);
	expect(begun).toEqual([]);
	expect(shown.frame()).toMatch(/Registry host +https:\/\/registry ✗/u);
});

test('what was seen with another answer beside it is told no more, and looked at anew', () => {
	const state = {...firstState(fakeSession().session), draft: {kubernetes: {kubeconfig: 'k', context: 'prod'}}};
	const first = lookAt(state, 'kubernetes.kubeconfig');
	expect(first.effects).toEqual([{type: 'look', draft: state.draft, path: 'kubernetes.kubeconfig'}]);
	const seen = lookedAt(first.state, {
		type: 'looked',
		path: 'kubernetes.kubeconfig',
		draft: state.draft,
		seen: {ok: false, text: 'has no context prod'},
	});
	expect(lookOf(seen, 'kubernetes.kubeconfig')?.seen?.text).toBe('has no context prod');
	const emptied = {...seen, draft: {kubernetes: {kubeconfig: 'k'}}};
	expect(lookOf(emptied, 'kubernetes.kubeconfig')).toBeUndefined();
	const again = lookAt(emptied, 'kubernetes.context');
	expect(again.effects.map((effect) => effect.type === 'look' && effect.path)).toEqual([
		'kubernetes.context',
		'kubernetes.kubeconfig',
	]);
	const late = {type: 'looked', path: 'kubernetes.kubeconfig', draft: state.draft} as const;
	expect(lookedAt(again.state, {...late, seen: {ok: false, text: 'old news'}})).toBe(again.state);
});
