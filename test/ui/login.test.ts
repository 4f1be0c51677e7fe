import {afterEach, expect, test} from 'vitest';
import type {Draft} from '../../source/answers/draft.ts';
import type {Sighting} from '../../source/ui/state/session.ts';
import {fakeSession} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

let app: OpenApp | undefined;
afterEach(() => app?.close());

const ctrlD = '\u0004';
const ctrlT = '\u0014';

/** A session at the login of the registry, whose tries are answered by hand. */
const atLogin = async () => {
	const begun: {draft: Draft; path: string; signal: AbortSignal; answer: (seen: Sighting) => void}[] = [];
	const kept: (readonly [string, string])[] = [];
	const fake = fakeSession({
		keepSecret: (path, value) => void kept.push([path, value]),
		testLogin: async (draft, path, signal) =>
			new Promise((resolve) => {
				begun.push({draft, path, signal, answer: resolve});
			}),
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.ctrlN, 'registry.corp.example', keys.enter, keys.enter);
	return {begun, kept, app};
};

test('a login is tried with what is typed, while the next question is asked, and told there', async () => {
	const {begun, kept, app: shown} = await atLogin();
	expect(shown.frame()).toContain('Ctrl-D test login');
	await shown.press('pusher', keys.enter, 'hunter2-secret', ctrlD);
	expect(begun).toMatchObject([
		{path: 'registry.password', draft: {registry: {username: 'pusher', password: 'prompt'}}},
	]);
	expect(kept).toEqual([['registry.password', 'hunter2-secret']]);
	expect(shown.frame()).toContain('Testing the login.');
	await shown.press(keys.enter);
	expect(shown.frame()).not.toContain('Ctrl-D test login');
	begun[0]?.answer({ok: false, text: 'It does not accept this login.'});
	await settle();
	expect(shown.frame()).toContain('Login to the registry: It does not accept this login.');
	await shown.press(keys.up);
	expect(shown.frame()).toContain('! It does not accept this login.');
	expect(shown.frame()).toMatch(/Login +pusher !/u);
	expect(shown.frame()).not.toContain('hunter2');
});

test('a typed secret is looked at as often as it is typed, and what is odd about it is told at once', async () => {
	const seen: Sighting[] = [
		{ok: false, text: 'the secret in what was typed is short'},
		{ok: true, text: ''},
	];
	const looked: string[] = [];
	const fake = fakeSession({
		keepSecret: () => undefined,
		look: async (_draft, path) => {
			if (path !== 'registry.password') return undefined;
			looked.push(path);
			return seen.shift();
		},
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.ctrlN, 'registry.corp.example', keys.enter, keys.enter, 'pusher', keys.enter);
	await app.press('abd', keys.enter);
	await settle();
	expect(app.frame()).toContain('Password or token: the secret in what was typed is short');
	await app.press(keys.up, 'long enough now', keys.enter);
	await settle();
	expect(looked.length).toBe(2);
	expect(app.frame()).not.toContain('is short');
});

test('a login that works is marked at its name and its password', async () => {
	const {begun, app: shown} = await atLogin();
	await shown.press('pusher', keys.enter, 'hunter2-secret', ctrlT);
	begun[0]?.answer({ok: true, text: 'login works, and may push'});
	await settle();
	expect(shown.frame()).toContain('✓ login works, and may push');
	expect(shown.frame()).toMatch(/Login +pusher ✓/u);
	expect(shown.frame()).toMatch(/Password or token +typed in, kept in memory ✓/u);
});

test('what came of a try does not hold for another password or another host', async () => {
	const {begun, app: shown} = await atLogin();
	await shown.press('pusher', keys.enter, 'first', ctrlD);
	await shown.press(ctrlD);
	expect(begun.length).toBe(1);
	await shown.press('second', ctrlD);
	expect(begun.length).toBe(2);
	expect(begun[0]?.signal.aborted).toBe(true);
	begun[0]?.answer({ok: true, text: 'old news'});
	begun[1]?.answer({ok: true, text: 'login works'});
	await settle();
	expect(shown.frame()).toContain('✓ login works');
	await shown.press(keys.up, keys.up, keys.up, keys.ctrlU, 'other.corp.example', keys.enter, keys.enter);
	expect(shown.frame()).not.toMatch(/old news|login works/u);
});

test('a slip in a reference is told and tries nothing, and a question without a login has no such key', async () => {
	const {begun, app: shown} = await atLogin();
	await shown.press('pusher', keys.enter, 'env:not a name', ctrlD);
	expect(begun).toEqual([]);
	expect(shown.frame()).toContain('env:not a name');
	await shown.press(keys.ctrlU, keys.up, keys.up, ctrlD);
	expect(begun).toEqual([]);
});
