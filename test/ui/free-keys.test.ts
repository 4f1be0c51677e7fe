import {afterEach, expect, test} from 'vitest';
import {fakeSession} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp} from './helpers/screen.tsx';

let app: OpenApp;
afterEach(() => app.close());

test('the bytes of the keys that nobody keeps do the same, and are the ones that are shown', async () => {
	app = await openApp(fakeSession().session);
	await app.press(keys.enter);
	for (const shown of ['Ctrl-R', 'Ctrl-L', 'Ctrl-X']) expect(app.frame()).toContain(shown);
	await app.press('\u0018');
	expect(app.frame()).toContain('Ctrl-X fewer');
	await app.press('\u000C');
	expect(app.frame()).toContain('Everywhere');
	await app.press(keys.enter, '\u001B[6~');
	expect(app.frame()).toContain('Registry');
	await app.press('\u001B[5~');
	expect(app.frame()).not.toContain('Registry host');
});

test('the page of keys names for each deed a key that nobody keeps, in the smallest window too', async () => {
	app = await openApp(fakeSession().session, 60, 18);
	await app.press(keys.enter, '\u000C');
	const rows = [app.frame()];
	await app.press('\u001B[6~');
	rows.push(app.frame());
	for (const free of ['Ctrl-R', 'Ctrl-X', 'Ctrl-L', 'PgDn', 'PgUp', 'Ctrl-C']) expect(rows.join('\n')).toContain(free);
});
