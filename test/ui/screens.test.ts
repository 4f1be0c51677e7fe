import {afterEach, describe, expect, test} from 'vitest';
import {problem} from '../../source/base/problem.ts';
import type {PlanView} from '../../source/engine/plan-view.ts';
import type {Session} from '../../source/ui/state/session.ts';
import {cells} from '../../source/ui/terminal/text.ts';
import {randomFrom} from '../helpers/random.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession, found, started, stepOf, type Untimed} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

let app: OpenApp | undefined;
afterEach(() => app?.close());

const noLogin = problem({code: 'time-out', area: 'database', message: 'No login.', cause: 'c', fix: 'Mend it.'});

const plan: PlanView = {
	steps: [
		{id: 'images', title: 'Images', state: 'todo', changes: [{action: 'push', target: '日本語/'.repeat(40)}]},
		{
			id: 'databases',
			title: 'Databases',
			state: 'problem',
			problem: noLogin,
		},
		{id: 'ca', title: stepOf('ca').title, state: 'not-needed'},
	],
};

const allowed: Partial<Session> = {
	draft: fullDraft,
	given: ['registry.host'],
	plan: async () => plan,
	start: async () => {},
	saveCopy: async () => '/state/copied.txt',
};

const working: readonly Untimed[] = [
	started,
	{type: 'step-started', step: 'images', stale: true},
	{type: 'step-todo', step: 'images', changes: [{action: 'push', target: 'registry/server:1', detail: '412 MiB'}]},
	{type: 'step-applying', step: 'images', attempt: 2},
	{
		type: 'step-detail',
		step: 'images',
		detail: {kind: 'progress', label: 'イメージ '.repeat(12), done: 1_048_576, total: 104_857_600, unit: 'bytes'},
	},
	{type: 'step-detail', step: 'images', detail: {kind: 'progress', label: 'unknown size', done: 5, unit: 'items'}},
	{type: 'step-detail', step: 'images', detail: {kind: 'item', label: 'pod-1', state: 'bad', note: 'OOMKilled'}},
	{type: 'step-detail', step: 'images', detail: {kind: 'waiting', reason: 'the rollout', timeoutMs: 900_000}},
	{type: 'step-detail', step: 'images', detail: {kind: 'line', level: 'warn', text: `\u001B[31m${'警告 '.repeat(60)}`}},
	{type: 'step-warning', step: 'images', text: 'The disk is nearly full.'},
];

const handover: Untimed = {
	type: 'step-waiting',
	step: 'dns',
	handover: {
		id: 'dns',
		title: 'DNS records',
		who: 'network team',
		intro: 'Send these records to the network team. '.repeat(4),
		sections: Array.from({length: 5}, (_, index) => ({
			title: `Section number ${index}`,
			fileName: `${index}.txt`,
			lines: Array.from({length: 80}, (_line, line) => `record ${line} ${'x'.repeat(120)}`),
		})),
		awaited: Array.from({length: 30}, (_, index) => ({label: `host-${index}.corp.example`, ok: false, note: ''})),
		pollEveryMs: 5000,
	},
};

const broken: Untimed = {
	type: 'step-problem',
	step: 'images',
	choices: ['retry', 'edit', 'skip', 'quit'],
	problem: problem({
		code: 'time-out',
		area: 'registry',
		message: 'The registry refused the login. '.repeat(4),
		cause: '原因 '.repeat(50),
		fix: 'f',
		evidence: Array.from({length: 60}, () => 'e'.repeat(300)),
	}),
};

const brokenWithWay: Untimed = {
	...broken,
	choices: ['retry', 'edit', 'way', 'skip', 'quit'],
	ways: [
		{
			id: 'back',
			label: 'Bring back revision 3 and its dump',
			warning: ['12 rows of 2 tables were written since and are lost.', '表 '.repeat(300)],
			done: 'brought back',
		},
	],
};

const toReview = [keys.enter];
const toRun = [keys.enter, '1'];
const screens: ReadonlyArray<{
	readonly name: string;
	readonly presses: readonly string[];
	readonly events: readonly Untimed[];
	readonly shows: string;
}> = [
	{name: 'welcome', presses: [], events: [], shows: 'Begin'},
	{name: 'questions', presses: [keys.down, keys.enter], events: [], shows: 'Bundle'},
	{
		name: 'a text field with a long value',
		presses: [keys.down, keys.enter, 'パス/'.repeat(60)],
		events: [],
		shows: 'パス',
	},
	{
		name: 'a choice',
		presses: [keys.down, keys.enter, ...Array.from({length: 5}, () => keys.ctrlN), keys.tab, keys.tab],
		events: [],
		shows: 'verify-full',
	},
	{
		name: 'advanced questions',
		presses: [keys.down, keys.enter, keys.ctrlN, keys.ctrlN, keys.ctrlA],
		events: [],
		shows: 'Certificate',
	},
	{name: 'review', presses: toReview, events: [], shows: '[2 Change'},
	{name: 'the end of the review', presses: [...toReview, keys.end], events: [], shows: 'Mend it.'},
	{name: 'topics to change', presses: [...toReview, '2'], events: [], shows: 'Which topic'},
	{name: 'help', presses: ['?'], events: [], shows: 'Ctrl-C'},
	{name: 'the question before leaving', presses: [keys.ctrlC], events: [], shows: 'Quit? y/n'},
	{name: 'run', presses: toRun, events: working, shows: 'Installing'},
	{name: 'hand-over', presses: toRun, events: [started, handover], shows: 'Section number 0'},
	{name: 'problem', presses: toRun, events: [...working, broken], shows: 'refused the login'},
	{
		name: 'problem with a way back',
		presses: toRun,
		events: [...working, brokenWithWay],
		shows: '(b)',
	},
	{
		name: 'summary',
		presses: toRun,
		events: [...working, {type: 'run-finished', outcome: 'failed', exitCode: 6}],
		shows: 'Not finished',
	},
];

const sizes = [
	[80, 24],
	[60, 18],
	[100, 30],
	[250, 70],
] as const;

/** A frame is exactly what the window holds: no line too long, no line too many, all of it drawn. */
const expectToFit = (frame: string, columns: number, rows: number): void => {
	const lines = frame.split('\n');
	expect(lines.length).toBe(rows);
	for (const line of lines) expect(cells(line), line).toBeLessThanOrEqual(columns);
};

describe.each(sizes)('at %ix%i', (columns, rows) => {
	test.each(screens)('$name fits the window', async ({presses, events, shows}) => {
		const fake = fakeSession(allowed);
		app = await openApp(fake.session, columns, rows);
		await app.press(...presses);
		fake.emit(...events);
		await settle();
		expectToFit(app.frame(), columns, rows);
		expect(app.frame()).toContain(shows);
	});
});

test.each(sizes)('what a way takes away is shown before anybody agrees, twice, at %ix%i', async (columns, rows) => {
	const fake = fakeSession({...allowed, decide: () => undefined});
	app = await openApp(fake.session, columns, rows);
	await app.press(...toRun);
	fake.emit(...working, brokenWithWay);
	await settle();
	await app.press('b');
	expectToFit(app.frame(), columns, rows);
	expect(app.frame()).toContain('12 rows of 2 tables were written since');
	expect(app.frame()).toContain('y/n');
	await app.press('y');
	expectToFit(app.frame(), columns, rows);
	expect(app.frame()).toContain('Really? y/n');
	expect(fake.calls.filter(([name]) => name === 'decide')).toEqual([]);
	await app.press('y');
	expect(fake.calls.at(-1)).toEqual(['decide', {decision: 'way', way: 'back'}]);
});

test.each(screens)(
	'$name has only ASCII of its own where the terminal has no more',
	async ({name, presses, events}) => {
		if (name === 'a text field with a long value') return;
		const fake = fakeSession({...allowed, plan: async () => ({steps: []})});
		app = await openApp(fake.session, 80, 24, {ascii: true});
		await app.press(...presses);
		fake.emit(...events);
		await settle();
		const foreign = /[\u3040-\u30FF\u4E00-\u9FFF]/gu;
		// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant
		expect(app.frame().replaceAll(foreign, '')).toMatch(/^[\u0000-\u007F]*$/u);
	},
);

test.each(screens)(
	'$name follows the window through every size without a trace of the old one',
	async ({presses, events}) => {
		const fake = fakeSession(allowed);
		app = await openApp(fake.session);
		await app.press(...presses);
		fake.emit(...events);
		await settle();
		const before = app.frame();
		for (const [columns, rows] of [
			[250, 70],
			[60, 18],
			[59, 18],
			[120, 20],
			[60, 17],
		] as const) {
			await app.resize(columns, rows);
			if (columns < 60 || rows < 18) {
				expect(app.frame().replaceAll(/\s+/gu, ' ')).toContain(
					`zenml-airgap needs 60x18; this window is ${columns}x${rows}. Enlarge it, or use --plain.`,
				);
			} else expectToFit(app.frame(), columns, rows);
		}
		await app.resize(80, 24);
		expect(app.frame()).toBe(before);
	},
);

test('a small window still tells the step, how far the run is, and that it waits', async () => {
	const fake = fakeSession({...allowed, start: async () => undefined});
	app = await openApp(fake.session, 50, 15);
	fake.emit(started, {type: 'step-started', step: stepOf('images').id, stale: false});
	await settle();
	const frame = (): string => (app?.frame() ?? '').replaceAll(/\s+/gu, ' ');
	expect(frame()).toContain('Images: looking step 3 of 14, 0:00');
	fake.emit({type: 'step-problem', step: 'images', problem: noLogin, choices: ['retry']});
	await settle();
	expect(frame()).toMatch(/^ ?Waiting for you: a problem\. ✗ Images: problem/u);
	await app.resize(20, 3);
	expect(frame()).toContain('Waiting for you');
	fake.emit({type: 'run-finished', outcome: 'stopped', exitCode: 130});
	await app.resize(50, 15);
	expect(frame()).toMatch(/^ ?Stopped\. q leaves\. step 3 of 14/u);
});

test('the list of topics stands at the left from 100 columns on', async () => {
	app = await openApp(fakeSession().session, 99, 24);
	await app.press(keys.enter);
	expect(app.frame()).not.toContain('Network hand-over');
	await app.resize(100, 24);
	expect(app.frame()).toContain('Network hand-over');
});

test('the list of workspaces says what its rows do, and asks before one is taken out', async () => {
	app = await openApp(fakeSession({draft: fullDraft}).session);
	await app.press(keys.enter, ...Array.from({length: 4}, () => keys.ctrlN));
	expect(app.frame()).toContain('❯ 1 default');
	expect(app.frame()).toContain('Enter opens it, d takes it out, + adds another one.');
	await app.press('d');
	expect(app.frame()).toContain('Take "default" out of the list? y/n');
	await app.press('n', 'j');
	expect(app.frame()).toContain('❯ + Add one');
	expect(app.frame()).toContain('Enter adds one.');
	await app.press('j');
	expect(app.frame()).toContain('❯ Go on');
	expect(app.frame()).toContain('Enter goes on.');
});

test('a secret shows where it comes from and that an empty line keeps it', async () => {
	app = await openApp(fakeSession({draft: fullDraft}).session);
	await app.press(keys.enter, keys.ctrlN, keys.tab, keys.tab, keys.tab);
	expect(app.frame()).toContain('Or say where it is: env:NAME, file:PATH, k8s:namespace/name/key.');
	expect(app.frame()).toContain('Now: from env:REGISTRY_PASSWORD. Empty keeps it.');
});

test('a reference is seen while it is typed, and a secret never; a slip stays there and says the right form', async () => {
	app = await openApp(fakeSession({draft: fullDraft}).session);
	await app.press(keys.enter, keys.ctrlN, keys.tab, keys.tab, keys.tab, 'k8s:zenml/pull');
	expect(app.frame()).toContain('k8s:zenml/pull');
	await app.press(keys.enter);
	expect(app.frame()).toContain('must be k8s:namespace/name/key');
	await app.press(keys.ctrlU, 'hunter2');
	expect(app.frame()).not.toContain('hunter2');
	await app.press(keys.ctrlU, '$TOKEN', keys.up);
	expect(app.frame()).toContain('must be env:NAME');
	expect(app.store.getState().draft).toEqual(fullDraft);
});

test('a step is left out only after a yes', async () => {
	const fake = fakeSession({...allowed, decide: () => {}});
	app = await openApp(fake.session);
	await app.press(...toRun);
	fake.emit(...working, broken);
	await app.press('s');
	expect(app.frame()).toContain(`Go on without "${stepOf('images').title}"? y/n`);
	await app.press('y');
	expect(fake.calls.at(-1)).toEqual(['decide', {decision: 'skip'}]);
});

test('whichever step is looked at, a run that waits says for whom, and by which key its page opens', async () => {
	const fake = fakeSession(allowed);
	app = await openApp(fake.session);
	await app.press(...toRun);
	fake.emit(...working, broken);
	await app.press(keys.escape, keys.up);
	for (const pane of ['steps', 'detail', 'log']) {
		expect(app.frame(), pane).toMatch(/Installing: \d+ of \d+ steps, waiting for you/u);
		expect(app.frame(), pane).toMatch(/Enter problem {2}.*Tab pane/u);
		await app.press(keys.tab);
	}
	await app.press(keys.enter);
	expect(app.frame()).toContain(`Problem: ${stepOf('images').title}`);
});

test('what a problem has cut is told as broken off: nobody sends it any more', async () => {
	const fake = fakeSession(allowed);
	app = await openApp(fake.session, 120, 40);
	await app.press(...toRun);
	fake.emit(...working, broken);
	fake.pass(20_000);
	await app.press(keys.escape);
	expect(app.frame()).toContain('broken off at 1.0/100.0 MiB');
	expect(app.frame()).not.toContain('nothing heard');
});

test('without colour the focus is still told, by pointer and brackets', async () => {
	const fake = fakeSession(allowed);
	app = await openApp(fake.session);
	expect(app.frame()).toMatch(/❯ 1 Begin/u);
	await app.press(keys.enter, keys.right);
	expect(app.frame()).toContain('[3 Save answers]');
});

test('the run shows progress, what is watched, what it waits for and warnings', async () => {
	const fake = fakeSession(allowed);
	app = await openApp(fake.session, 120, 40);
	await app.press(...toRun);
	fake.emit(...working);
	fake.pass(20_000);
	await app.press(keys.tab);
	for (const text of [
		'Working, attempt 2.',
		'1.0/100.0 MiB',
		'nothing heard for 0:20',
		'✗ pod-1: OOMKilled',
		'Waiting 0:20 of at most 15:00: the rollout',
		'! The disk is nearly full.',
		'push   registry/server:1: 412 MiB',
		'Its answers have changed',
	])
		expect(app.frame()).toContain(text);
	expect(app.frame()).not.toContain('\u001B[31m');
});

test('ten thousand lines leave the screen with the newest ones and the keys answered', async () => {
	const fake = fakeSession(allowed);
	app = await openApp(fake.session);
	await app.press(...toRun);
	fake.emit(...working);
	for (let block = 0; block < 20; block += 1) {
		fake.emit(
			...Array.from(
				{length: 500},
				(_, line): Untimed => ({
					type: 'step-detail',
					step: 'images',
					detail: {kind: 'line', level: 'info', text: `flood ${block * 500 + line}`},
				}),
			),
		);
		await app.press('j');
	}
	expect(app.frame()).toContain('flood 9999');
	expect(app.frame()).toMatch(/❯. Verification/u);
});

test.each([1, 2, 3])('any keys in any order leave a whole screen and tell no secret (seed %i)', async (seed) => {
	const fake = fakeSession({
		...allowed,
		given: [],
		keepSecret: () => {},
		decide: () => {},
		stop: () => {},
		explain: async (name) => [name, '  why      because'],
		saveAnswers: async () => './answers.yaml',
		saveReport: async () => {
			throw new Error('the disk is full');
		},
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.ctrlN, keys.tab, keys.tab, keys.tab, 'hunter2');
	expect(app.frame()).toContain('•••••••');
	const {below, pick} = randomFrom(seed);
	const pool = [
		...Object.values(keys),
		'j',
		'k',
		'x',
		'1',
		'9',
		'y',
		'n',
		'/',
		'?',
		' ',
		'日',
		'\u001B[Z',
		'\u001B[200~a\rb\u001B[201~',
	];
	for (let count = 0; count < 160; count += 1) {
		const key = pick(pool);
		if (key === keys.escape && below(5) > 0) continue;
		await app.press(key);
		if (count === 100) fake.emit(...working, broken);
		expectToFit(app.frame(), 80, 24);
	}
	expect(app.frames.join('\n')).not.toContain('hunter2');
});

test('the section in focus of a hand-over is seen, however many there are', async () => {
	const fake = fakeSession(allowed);
	app = await openApp(fake.session, 60, 18);
	await app.press(...toRun);
	fake.emit(started, handover);
	await settle();
	for (const section of [1, 2, 3, 4, 0]) {
		await app.press(keys.right);
		expect(app.frame()).toContain(`[${section + 1} Section number ${section}]`);
	}
});

test('in a small window a working step shows its progress and what is bad before its reason', async () => {
	const fake = fakeSession(allowed);
	app = await openApp(fake.session);
	await app.press(...toRun);
	fake.emit(
		...working,
		...Array.from(
			{length: 12},
			(_, index): Untimed => ({
				type: 'step-detail',
				step: 'images',
				detail: {kind: 'item', label: `ready-${index}`, state: 'ok', note: ''},
			}),
		),
	);
	await settle();
	const why = stepOf('images').why.split(' ').slice(0, 4).join(' ');
	for (const text of ['1.0/100.0 MiB', 'pod-1: OOMKilled', 'Waiting 0:00']) expect(app.frame()).toContain(text);
	expect(app.frame()).not.toContain(why);
	await app.press(keys.tab, keys.end);
	expect(app.frame()).toContain(why);
});

test('the welcome page of a rehearsal names the fault, what it does, and where the right file lies', async () => {
	const fault = [
		'Fault certificate-other-host: The certificate is for another host.',
		'The right pair lies in /w/right',
	];
	app = await openApp(fakeSession({...allowed, rehearsal: true, found: async () => ({...found, fault})}).session);
	for (const line of fault) expect(app.frame()).toContain(line);
});

test('what the first page has no room for is scrolled, and the menu stays', async () => {
	const lines = Array.from({length: 30}, (_, index) => `line ${index}`);
	app = await openApp(fakeSession({...allowed, found: async () => ({...found, lines})}).session);
	expect(app.frame()).not.toContain('line 29');
	expect(app.frame()).toMatch(/── 1-\d+ of 38 /u);
	expect(app.frame()).toContain('PgUp PgDn scroll');
	await app.press(keys.pageDown, keys.pageDown);
	expect(app.frame()).toContain('line 29');
	expect(app.frame()).toContain('❯ 1 Begin');
	await app.press(keys.down, keys.pageUp, keys.pageUp);
	expect(app.frame()).toContain('Installs ZenML Pro');
	expect(app.frame()).toContain('❯ 2 Go through all');
	await app.resize(80, 60);
	expect(app.frame()).toContain('line 29');
	expect(app.frame()).not.toContain('scroll');
});

test('a list of steps that is cut has a mark where there are more', async () => {
	const fake = fakeSession(allowed);
	app = await openApp(fake.session, 60, 18);
	await app.press(...toRun);
	fake.emit(...working);
	await settle();
	const rows = app.frame().split('\n').slice(2);
	expect(rows.some((line) => line.startsWith(' …○'))).toBe(true);
	await app.resize(80, 40);
	expect(app.frame()).not.toContain('…○');
});

test('a rehearsal says so before anything was found', async () => {
	app = await openApp(fakeSession({rehearsal: true, found: async () => new Promise(() => undefined)}).session);
	for (const text of ['rehearsal  zenml-airgap', 'This is a rehearsal', 'Looking around.'])
		expect(app.frame()).toContain(text);
});

test('the welcome page tells the cluster once and an earlier run before everything that was found', async () => {
	const server = 'https://10.0.0.1:6443';
	const fake = fakeSession({
		...allowed,
		found: async () => ({
			bundle: {path: '/bundle', ok: true, text: '4 images'},
			kubeconfig: {path: '/kubeconfig', context: '', server, ok: true, text: `Kubernetes v1.34.0 at ${server}`},
			earlier: {text: 'it was stopped, 7 of 13 steps done', finished: false, resumable: true, at: 0},
			rehearsal: true,
			lines: [`Kubernetes at ${server}`, 'Bundle /bundle', 'Registry 127.0.0.1:5000'],
		}),
	});
	app = await openApp(fake.session);
	const frame = app.frame();
	expect(frame.split(server)).toHaveLength(2);
	expect(frame.split('/bundle')).toHaveLength(2);
	expect(frame).toContain('Registry 127.0.0.1:5000');
	expect(frame.indexOf('7 of 13')).toBeLessThan(frame.indexOf('4 images'));
});

test('questions that do not fit say how many follow, until the last one is seen', async () => {
	app = await openApp(fakeSession(allowed).session, 60, 18);
	await app.press(keys.down, keys.enter, keys.ctrlA);
	const below = /^ +\d+ more below *$/mu;
	expect(app.frame()).toMatch(below);
	for (let at = 0; at < 12 && below.test(app.frame()); at++) await app.press(keys.tab);
	expect(app.frame()).toContain('Bundle and cluster');
	expect(app.frame()).not.toMatch(below);
});
