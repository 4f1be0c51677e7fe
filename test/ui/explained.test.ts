import {afterEach, expect, test} from 'vitest';
import {type ProblemCode, problem} from '../../source/base/problem.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession, found, started, type Untimed} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp} from './helpers/screen.tsx';

let app: OpenApp;
afterEach(() => app.close());

const ctrlY = '\u0019';

const lines = (name: string): readonly string[] => [
	name,
	'  says     The registry refused the login.',
	...Array.from(
		{length: 40},
		(_, index) => `           line ${index} of what is known about it, which is longer than a narrow window`,
	),
	'  exit     6 (registry)',
];

const broken: Untimed = {
	type: 'step-problem',
	step: 'images',
	choices: ['retry', 'quit'],
	problem: problem({code: 'time-out', area: 'registry', message: 'It took too long.', cause: 'c', fix: 'f'}),
};

const inRun = async (size: readonly [number, number]): Promise<ReturnType<typeof fakeSession>> => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		found: async () => found,
		plan: async () => ({title: '', steps: []}),
		start: async () => {},
		explain: async (name) => lines(name),
		saveCopy: async () => '/state/copied.txt',
	});
	app = await openApp(fake.session, ...size);
	await app.press(keys.enter, keys.enter);
	fake.emit(started, {type: 'step-started', step: 'images', stale: false}, broken);
	await app.press();
	return fake;
};

test.each([
	[80, 24],
	[200, 50],
	[60, 18],
] as const)(
	'at %ix%i one key on the problem page opens what its code means; it scrolls and goes back',
	async (...size) => {
		const fake = await inRun(size);
		await app.press('');
		expect(app.frame()).toContain('i explain');
		await app.press('i');
		expect(fake.calls.at(-1)).toEqual(['explain', 'time-out']);
		expect(app.frame()).toContain('What it is: time-out');
		expect(app.frame()).toContain('says     The registry refused the login.');
		await app.press(keys.end);
		expect(app.frame()).toContain('exit     6 (registry)');
		await app.press(keys.escape);
		expect(app.frame()).toContain('Problem: Images');
		expect(fake.calls.map(([name]) => name)).not.toContain('decide');
	},
);

test('while it is read, letters of the problem page do nothing', async () => {
	const fake = await inRun([80, 24]);
	await app.press('i', 'r', 'w');
	expect(app.frame()).toContain('What it is: time-out');
	expect(fake.calls.filter(([name]) => name === 'decide' || name === 'saveReport')).toEqual([]);
});

test('one key beside a question opens the page of its answer, and what was typed is still there after it', async () => {
	const fake = fakeSession({explain: async (name) => lines(name), saveCopy: async () => '/state/copied.txt'});
	app = await openApp(fake.session);
	await app.press(keys.enter);
	expect(app.frame()).toContain('Ctrl-Y more');
	await app.press('./my-bundle', ctrlY);
	expect(fake.calls.at(-1)).toEqual(['explain', 'bundle.path']);
	expect(app.frame()).toContain('What it is: bundle.path');
	await app.press('words', ctrlY);
	expect(app.frame()).toContain('./my-bundle');
	expect(app.frame()).not.toContain('words');
});

test('of several problems each is explained, once', async () => {
	const fake = await inRun([80, 24]);
	const one = (code: ProblemCode) => problem({code, area: 'registry', message: code, cause: 'c', fix: 'f'});
	const parts = [one('time-out'), one('disk-full'), one('time-out')];
	const both = problem({code: 'several-problems', area: 'registry', message: 'm', cause: 'c', fix: 'f', parts});
	fake.emit({type: 'step-problem', step: 'images', choices: ['retry', 'quit'], problem: both});
	await app.press('');
	await app.press('i');
	expect(fake.calls.slice(-2)).toEqual([
		['explain', 'time-out'],
		['explain', 'disk-full'],
	]);
	expect(app.frame()).toContain('What it is: several-problems');
	await app.press(' ');
	expect(app.frame()).not.toContain('says     The registry refused the login.');
	await app.press(' ', ' ', ' ');
	expect(app.frame()).toContain('disk-full');
});

test('what cannot be explained is told in a row, and nothing opens', async () => {
	const fake = fakeSession({
		explain: async () => {
			throw new Error('gone');
		},
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, ctrlY);
	expect(app.frame()).not.toContain('What it is');
	expect(app.frame()).toContain('An error that this tool did not expect');
});
