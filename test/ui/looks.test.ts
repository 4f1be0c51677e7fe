import {afterEach, expect, test} from 'vitest';
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
