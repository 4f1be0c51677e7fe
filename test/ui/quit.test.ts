import {afterEach, expect, test} from 'vitest';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp} from './helpers/screen.tsx';

let app: OpenApp;
afterEach(() => app.close());

const session = () => fakeSession({draft: fullDraft, plan: async () => ({steps: []})}).session;

test('whoever goes to Quit on the first page and takes it is not asked again', async () => {
	app = await openApp(session());
	await app.press(keys.down, keys.enter);
	expect(app.results).toEqual([{ended: 'quit'}]);
});

test('so it is on the review', async () => {
	app = await openApp(session());
	await app.press(keys.enter, keys.ctrlS, keys.left, keys.enter);
	expect(app.results).toEqual([{ended: 'quit'}]);
});

test('a digit or a letter asks, for it may have been typed for another page', async () => {
	for (const key of ['2', 'q']) {
		app = await openApp(session());
		await app.press(key);
		expect(app.frame()).toContain('Quit? y/n');
		expect(app.results).toEqual([]);
		app.close();
	}
});
