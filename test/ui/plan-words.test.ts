import {afterEach, expect, test} from 'vitest';
import {foundLines} from '../../source/app/plain/pages.ts';
import type {PlanView} from '../../source/engine/plan-view.ts';
import {planWords} from '../../source/plans/words.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession, found} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp} from './helpers/screen.tsx';

let app: OpenApp | undefined;
afterEach(() => app?.close());

const nothing: PlanView = {steps: [{id: 'source', title: 'What comes back', state: 'ok'}]};

const open = async (words: (typeof planWords)[keyof typeof planWords]) => {
	const fake = fakeSession({
		words,
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => nothing,
		start: async () => undefined,
	});
	app = await openApp(fake.session, 100, 24);
	return {app, started: () => fake.calls.some(([name]) => name === 'start')};
};

test.each(Object.entries(planWords))('the first page and the button speak of the plan %s', async (_name, words) => {
	const {app: shown} = await open(words);
	expect(shown.frame().replaceAll(/\s+/gu, ' ')).toContain(words.welcome);
	expect(shown.frame()).toContain(`chosen "${words.start}"`);
	await shown.press(keys.enter);
	expect(shown.frame()).toContain(`[1 ${words.start}]`);
	expect(foundLines(found, words).join('\n')).toContain(`answered yes to "${words.start}?"`);
});

test('a plan that would change nothing says so', async () => {
	const {app: shown} = await open(planWords.upgrade);
	await shown.press(keys.enter);
	expect(shown.frame()).toContain('plan: nothing to change');
});

test('what takes something away is started by a yes alone', async () => {
	const {app: shown, started} = await open(planWords.back);
	await shown.press(keys.enter, keys.enter);
	expect(shown.frame()).toContain('What was written since the dump is lost. Bring it back? y/n');
	expect(started()).toBe(false);
	await shown.press('n');
	expect(shown.frame()).toContain('[1 Bring back]');
	expect(started()).toBe(false);
	await shown.press(keys.enter, keys.enter);
	expect(started()).toBe(false);
	await shown.press(keys.enter, 'y');
	expect(started()).toBe(true);
});

test('a backup is started without being asked twice', async () => {
	const {app: shown, started} = await open(planWords.backup);
	await shown.press(keys.enter, keys.enter);
	expect(started()).toBe(true);
});
