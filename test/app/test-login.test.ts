import {readFile} from 'node:fs/promises';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Draft, getAt, removeAt, setAt} from '../../source/answers/draft.ts';
import {testLogin} from '../../source/app/session/test-login.ts';
import {type Site, startSite} from '../helpers/world.ts';

let site: Site;
let whole: Draft;
beforeAll(async () => {
	site = await startSite();
	whole = site.rehearsal.answers as Draft;
});
afterAll(async () => site.stop());

const wrong = 'wrong-pass-word-17';

/** Tries a login; `typed` are secrets that were typed at the screen. */
const tried = async (draft: Draft, answer: string, typed: Readonly<Record<string, string>> = {}) => {
	const context = site.context({WRONG: wrong});
	const place = {context, stateDirectory: site.stateDirectory, prompted: new Map(Object.entries(typed))};
	return testLogin(place, draft, answer, new AbortController().signal);
};

/** Draft whose password at this place was typed. */
const typedAt = (answer: string): Draft => setAt(whole, answer, 'prompt');

const secretAt = async (answer: string): Promise<string> =>
	(await readFile(String(getAt(whole, answer)).replace(/^file:/u, ''), 'utf8')).trim();

test('the registry takes the right login, by reference and typed, and says that it may push', async () => {
	const expected = {ok: true, text: expect.stringMatching(/^login works, and may push$/u)};
	expect(await tried(whole, 'registry.username')).toEqual(expected);
	const typed = {'registry.password': await secretAt('registry.password')};
	expect(await tried(typedAt('registry.password'), 'registry.password', typed)).toEqual(expected);
});

test('a wrong password is refused by the registry, and told nowhere', async () => {
	const seen = await tried(typedAt('registry.password'), 'registry.password', {'registry.password': wrong});
	expect(seen).toMatchObject({ok: false, text: expect.stringMatching(/does not accept this login/u)});
	expect(JSON.stringify(seen)).not.toContain(wrong);
});

test('where the bundle is not there yet, the login alone is tried', async () => {
	const seen = await tried(setAt(whole, 'bundle.path', './none'), 'registry.password');
	expect(seen).toMatchObject({
		ok: true,
		text: expect.stringMatching(/^login works; whether it may push is seen once/u),
	});
});

test.each(['database.admin', 'controlPlane.database.server.admin'])(
	'%s: the right login works, a wrong one is refused',
	async (at) => {
		const answer = `${at}.password`;
		expect(await tried(whole, answer)).toMatchObject({
			ok: true,
			text: expect.stringMatching(/^login works: (?:MySQL|PostgreSQL)/u),
		});
		const seen = await tried(setAt(whole, answer, 'env:WRONG'), `${at}.username`);
		expect(seen.ok).toBe(false);
		expect(seen.text).toMatch(/password|Access denied/u);
		expect(seen.text).not.toContain(wrong);
	},
);

test('what the answers of a login lack is named, and what others lack does not matter', async () => {
	const {registry} = whole;
	expect((await tried({bundle: whole.bundle, registry} as Draft, 'registry.password')).ok).toBe(true);
	expect(await tried(removeAt(whole, 'registry.host'), 'registry.password')).toEqual({
		ok: false,
		text: 'not tried, still to be answered: Registry host',
	});
	expect((await tried(typedAt('registry.password'), 'registry.password')).text).toMatch(/Password or token$/u);
	expect((await tried(setAt(whole, 'database.port', 'x'), 'database.admin.password')).text).toMatch(/: Port$/u);
});

test('a server that cannot be reached is told from one that refuses', async () => {
	expect(await tried(setAt(whole, 'registry.host', '127.0.0.1:1'), 'registry.password')).toMatchObject({
		ok: false,
		text: expect.stringMatching(/127\.0\.0\.1:1/u),
	});
	expect(await tried(setAt(whole, 'database.port', 1), 'database.admin.password')).toMatchObject({
		ok: false,
		text: expect.stringMatching(/refused|reached|listens/u),
	});
});

test('a database role that is not there yet is the business of the installation where that has an administrator', async () => {
	const answer = 'controlPlane.database.password';
	const seen = await tried(setAt(whole, answer, 'env:WRONG'), answer);
	expect(seen).toMatchObject({ok: true, text: expect.stringMatching(/The installation makes or mends it/u)});
	const withoutAdmin = removeAt(setAt(whole, answer, 'env:WRONG'), 'controlPlane.database.server.admin');
	expect((await tried(withoutAdmin, answer)).ok).toBe(false);
	expect((await tried(whole, answer)).text).toBe('there is no login here that could be tried');
});
