import {afterEach, expect, test} from 'vitest';
import type {Draft} from '../../source/answers/draft.ts';
import type {HalfTyped} from '../../source/answers/form/form.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

let app: OpenApp | undefined;
afterEach(() => app?.close());

const {database: _database, ...withoutDatabase} = fullDraft;
const at = Date.UTC(2026, 10, 29, 3, 12);

test('unfinished answers are gone on with at the first one that is missing, by Enter alone', async () => {
	const unfinished = {draft: withoutDatabase, untyped: [], at, count: 8, first: true};
	app = await openApp(fakeSession({unfinished, plan: async () => ({steps: []})}).session);
	expect(app.frame()).toMatch(/Go on with the 8 answers of 2026-11-29 03:12 UTC/u);
	expect(app.frame()).toContain('Start anew');
	await app.press(keys.enter);
	expect(app.frame()).toContain('Database');
	expect(app.frame()).toContain('Database server');
});

test('whoever starts anew has none of the unfinished answers', async () => {
	const unfinished = {draft: fullDraft, untyped: [], at, count: 9, first: true};
	const fake = fakeSession({unfinished});
	app = await openApp(fake.session);
	await app.press(keys.down, keys.enter);
	expect(app.frame()).toContain('1/13');
	expect(app.store.getState().draft).toEqual({});
});

test('answers of a file come before unfinished ones, which are offered all the same', async () => {
	const unfinished = {draft: fullDraft, untyped: [], at, count: 9, first: false};
	const given = ['registry.host'];
	app = await openApp(fakeSession({unfinished, given, draft: {registry: {host: 'r.corp.example'}}}).session);
	expect(app.frame()).toMatch(/Without them: the 1 answer filled in[\s\S]*Go on with the 9 answers/u);
	await app.press(keys.enter);
	expect(app.store.getState().draft).toEqual({registry: {host: 'r.corp.example'}});
});

test('every answer is kept as it is given, a typed secret as the word that it was typed', async () => {
	const kept: Draft[] = [];
	const fake = fakeSession({
		keepDraft: async (draft) => void kept.push(draft),
		keepSecret: () => undefined,
		draft: {registry: {host: 'r.corp.example', username: 'pusher'}},
		given: ['registry.host'],
	});
	app = await openApp(fake.session);
	await app.press(keys.enter);
	while (!app.frame().includes('Password or token')) await app.press(keys.tab);
	await app.press('hunter2-secret', keys.enter);
	expect(kept.at(-1)).toMatchObject({registry: {password: 'prompt'}});
	expect(JSON.stringify(kept)).not.toContain('hunter2');
});

test('what is typed and not entered is kept soon after, is back in its field, and of a secret nothing is', async () => {
	const kept: (readonly [Draft, HalfTyped | undefined])[] = [];
	const draft = {registry: {username: 'pusher'}};
	const fake = fakeSession({draft, keepDraft: async (now, halfTyped) => void kept.push([now, halfTyped])});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.ctrlN, 'regi', 'stry.co');
	expect(kept).toEqual([]);
	await expect.poll(() => kept).toEqual([[draft, {path: 'registry.host', text: 'registry.co'}]]);
	await app.press('rp', keys.enter);
	expect(kept.at(-1)).toEqual([{registry: {host: 'registry.corp', username: 'pusher'}}, undefined]);
	await app.press('\u0006', 'registry.password', keys.enter);
	expect(app.frame()).toContain('Or say where it is: env:NAME');
	await app.press('hunter2-secret');
	app.close();
	expect(JSON.stringify(kept)).not.toContain('hunter2');
});

test('what was typed last is kept when the screen goes, too', async () => {
	const kept: unknown[] = [];
	app = await openApp(fakeSession({keepDraft: async (_draft, halfTyped) => void kept.push(halfTyped)}).session);
	await app.press(keys.enter, keys.ctrlN, 'registry.co');
	app.close();
	expect(kept).toEqual([{path: 'registry.host', text: 'registry.co'}]);
});

test('an earlier sitting is gone on with at the question where something was typed and not entered', async () => {
	for (const path of ['registry.host', 'controlPlane.host', 'helm.binary']) {
		const unfinished = {draft: {}, untyped: [], at, count: 0, first: true, halfTyped: {path, text: 'half.ty'}};
		app = await openApp(fakeSession({unfinished}).session);
		expect(app.frame()).toContain('Go on with what was typed of 2026-11-29');
		await app.press(keys.enter);
		expect(app.frame()).toContain('❯ half.ty');
		expect(app.store.getState().draft).toEqual({});
		app.close();
	}
	const secret = {path: 'registry.password', text: 'env:HALF'};
	app = await openApp(
		fakeSession({unfinished: {draft: {}, untyped: [], at, count: 0, first: true, halfTyped: secret}}).session,
	);
	await app.press(keys.enter);
	expect(app.frame()).not.toContain('HALF');
});

test('a disk that takes no answers is told, and the questions go on', async () => {
	const fake = fakeSession({
		keepDraft: async () => {
			throw Object.assign(new Error('no'), {code: 'ENOSPC'});
		},
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.ctrlN, 'registry.corp.example', keys.enter);
	await settle();
	expect(app.frame()).toContain('Answers so far not saved: ');
	await app.press(keys.enter);
	expect(app.store.getState().draft).toMatchObject({registry: {host: 'registry.corp.example'}});
});
