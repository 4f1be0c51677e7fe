import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {problem} from '../../source/base/problem.ts';
import type {PodLook, PodName} from '../../source/cluster/pods/look.ts';
import {podPauseMs} from '../../source/ui/pod-watch.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession, found, started, type Untimed} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp} from './helpers/screen.tsx';

let app: OpenApp;
let look: (pod: PodName) => Promise<PodLook | undefined>;
beforeEach(() => {
	look = async ({name}) => lookOf(name, 3);
});
afterEach(async () => {
	vi.restoreAllMocks();
	await app.close();
});

const lookOf = (name: string, count: number): PodLook => ({
	events: [{at: 0, warning: true, text: 'BackOff: restarting failed container'}],
	logs: [
		{
			container: 'server',
			previous: false,
			lines: Array.from({length: count}, (_, index) => `${name} says ${index + 1}`),
		},
	],
});

const podItem = (name: string, state: 'ok' | 'bad' | 'pending'): Untimed => ({
	type: 'step-detail',
	step: 'images',
	detail: {
		kind: 'item',
		label: `pod a/${name}`,
		state,
		note: state,
		pod: {
			namespace: 'a',
			name,
			ready: 0,
			containers: 1,
			status: 'Running',
			restarts: 0,
			images: [],
		},
	},
});

const inRun = async (size: readonly [number, number], ...pods: readonly Untimed[]) => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		found: async () => found,
		plan: async () => ({title: '', steps: []}),
		start: async () => {},
		podLook: async (pod) => look(pod),
	});
	app = await openApp(fake.session, ...size);
	await app.press(keys.enter, keys.enter);
	fake.emit(started, {type: 'step-started', step: 'images', stale: false}, ...pods);
	await app.press();
	return fake;
};

const asked = ({calls}: Awaited<ReturnType<typeof inRun>>): readonly unknown[] =>
	calls.filter(([name]) => name === 'podLook').map(([, pod]) => (pod as PodName).name);

/** Makes the pause between two looks short, ms; everything else waits as it does. */
const shortMs = 20;
const shorten = (): void => {
	const real = globalThis.setTimeout;
	vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms?: number) =>
		real(act, ms === podPauseMs ? shortMs : ms)) as typeof setTimeout);
};

/** Lets the next look come. */
const nextLook = async (): Promise<void> => {
	await new Promise((resolve) => setTimeout(resolve, 5 * shortMs));
	await app.press('');
};

test.each([
	[80, 24],
	[200, 50],
	[60, 18],
] as const)('at %ix%i L opens log and events of the pod that needs it most; others are chosen', async (...size) => {
	const fake = await inRun(size, podItem('well', 'ok'), podItem('ill', 'bad'));
	await app.press('L');
	expect(asked(fake)).toEqual(['ill']);
	expect(app.frame()).toContain('Pod ill');
	expect(app.frame()).toContain('BackOff: restarting failed container');
	expect(app.frame()).toContain('ill says 3');
	expect(app.frame()).toContain('pod 1 of 2');
	await app.press(keys.right);
	expect(app.frame()).toContain('well says 3');
	expect(app.frame()).not.toContain('ill says');
	await app.press('1');
	expect(asked(fake)).toEqual(['ill', 'well', 'ill']);
	await app.press(keys.escape);
	expect(app.frame()).toContain('POD');
});

test('the log is looked at again while it is open and follows its newest line, unless one has scrolled up', async () => {
	shorten();
	const fake = await inRun([80, 24], podItem('ill', 'bad'));
	look = async ({name}) => lookOf(name, 40);
	await app.press('L');
	expect(app.frame()).toContain('ill says 40');
	look = async ({name}) => lookOf(name, 41);
	await nextLook();
	expect(app.frame()).toContain('ill says 41');
	await app.press(keys.home);
	expect(app.frame()).toContain('stays here');
	look = async ({name}) => lookOf(name, 42);
	await nextLook();
	expect(app.frame()).toContain('BackOff');
	expect(app.frame()).not.toContain('ill says 42');
	await app.press('G');
	expect(app.frame()).toContain('ill says 42');
	await app.press(keys.escape);
	const before = asked(fake).length;
	await nextLook();
	expect(asked(fake).length).toBe(before);
});

test('what was seen stays where the pod is gone, and where a look fails', async () => {
	shorten();
	await inRun([80, 24], podItem('ill', 'bad'));
	await app.press('L');
	look = async () => {
		throw new Error('gone');
	};
	await nextLook();
	expect(app.frame()).toContain('ill says 3');
	expect(app.frame()).toContain('Not seen:');
	look = async () => undefined;
	await nextLook();
	expect(app.frame()).toContain('ill says 3');
	expect(app.frame()).toContain('The pod is not there any more.');
	expect(app.frame()).not.toContain('Not seen:');
});

test('where no pod is watched a row says so, and l still moves right', async () => {
	const fake = await inRun([80, 24]);
	await app.press('L');
	expect(app.frame()).toContain('No pod is watched in this step now.');
	await app.press('l', 'l');
	expect(app.frame()).toContain('newest');
	expect(asked(fake)).toEqual([]);
});

test('a problem that comes meanwhile is told below the log; its page opens the log too', async () => {
	const fake = await inRun([80, 24], podItem('ill', 'bad'));
	await app.press('L');
	fake.emit({
		type: 'step-problem',
		step: 'images',
		choices: ['retry', 'quit'],
		problem: problem({code: 'time-out', area: 'registry', message: 'It took too long.', cause: 'c', fix: 'f'}),
	});
	await app.press('');
	expect(app.frame()).toContain('Images waits for you: Esc leaves this log.');
	await app.press('r', keys.escape);
	expect(app.frame()).toContain('Problem: Images');
	fake.pass(1000);
	await app.press('L');
	expect(app.frame()).toContain('ill says 3');
	expect(fake.calls.map(([name]) => name)).not.toContain('decide');
});

test('a count beside watched pods is not called silent: what is heard stands in their table', async () => {
	const fake = await inRun([120, 40], {
		...{type: 'step-detail', step: 'images'},
		detail: {kind: 'progress', label: 'pods ready', done: 0, total: 2, unit: 'items'},
	} as Untimed);
	fake.pass(60_000);
	await app.press(keys.tab);
	expect(app.frame()).toContain('nothing heard for');
	fake.emit(podItem('ill', 'bad'));
	await app.press(keys.tab);
	expect(app.frame()).toContain('pods ready');
	expect(app.frame()).not.toContain('nothing heard for');
});

test('beside the key of the log stands the one that scrolls a problem longer than the window, and only then', async () => {
	const fake = await inRun([80, 24], podItem('ill', 'bad'));
	const evidence = Array.from({length: 40}, (_, index) => `line ${index}`);
	const told = {code: 'time-out', area: 'registry', message: 'It took too long.', cause: 'c', fix: 'f'} as const;
	const choices = ['retry', 'quit'] as const;
	fake.emit({type: 'step-problem', step: 'images', choices, problem: problem({...told, evidence})});
	await app.press('');
	expect(app.frame().split('\n').at(-1)).toMatch(/Enter choose {2}PgUp PgDn scroll .*L pod log.*\? help/u);
	fake.emit({type: 'step-problem', step: 'images', choices, problem: problem(told)});
	await app.press('');
	expect(app.frame().split('\n').at(-1)).not.toContain('scroll');
});
