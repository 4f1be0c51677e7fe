import {afterEach, expect, test} from 'vitest';
import type {Answers} from '../../source/answers/schema.ts';
import {ProblemError, problem} from '../../source/base/problem.ts';
import type {PlanView} from '../../source/engine/plan-view.ts';
import {plans} from '../../source/plans/index.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession, found, started} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

const plan: PlanView = {
	steps: [
		{id: 'bundle', title: 'Bundle', state: 'ok'},
		{id: 'images', title: 'Images', state: 'todo', changes: [{action: 'push', target: 'registry/zenml/server:1'}]},
		{id: 'databases', title: 'Databases', state: 'unknown'},
	],
};

/** A refusal with these words; of what nobody expected only the kind is told. */
const refusing = (message: string): ProblemError =>
	new ProblemError({code: 'time-out', area: 'bug', message, cause: 'So it is.', fix: 'Mend it.'});

let app: OpenApp | undefined;
afterEach(() => app?.close());

test('a first run goes from welcome over every question and the review to the summary', async () => {
	const fake = fakeSession({
		keepSecret: () => {},
		plan: async () => plan,
		start: async () => {},
		summary: () => ({
			urls: [{label: 'Dashboard', url: 'https://zenml-pro.corp.example'}],
			next: ['Log in.'],
			files: ['./acceptance.md'],
		}),
	});
	app = await openApp(fake.session);
	expect(app.frame()).toContain('ZenML Pro 0.13.0, 11 images');
	await app.press(keys.enter);
	expect(app.frame()).toContain('1/13 Bundle and cluster');
	await app.press(keys.ctrlN, 'registry.corp.example', keys.enter, keys.enter, 'pusher', keys.enter);
	await app.press('hunter2-secret', keys.enter, keys.ctrlN);
	await app.press('/pki/tls.crt', keys.enter, keys.enter, keys.enter, keys.ctrlN);
	expect(app.frame()).toContain('4/13 Control plane');
	await app.press(keys.enter, 'admin', keys.enter, keys.ctrlN);
	expect(app.frame()).toContain('5/13 Workspaces');
	await app.press('+', keys.enter, keys.enter, keys.ctrlN, keys.ctrlN);
	expect(app.frame()).toContain('6/13 Database');
	await app.press(keys.enter, keys.enter, keys.ctrlS);
	expect(app.frame()).toContain('Review');
	expect(app.frame()).toContain('plan: 1 change, 1 step planned later');
	await app.press(keys.enter);
	expect(fake.calls.map(([name]) => name)).toEqual(['keepSecret', 'plan', 'start']);
	const answers = fake.calls[2]?.[1] as Answers;
	expect(answers.registry).toMatchObject({host: 'registry.corp.example', username: 'pusher', password: 'prompt'});
	expect(answers.workspaces.map(({name, host}) => [name, host])).toEqual([['default', 'zenml-workspace.corp.example']]);
	fake.emit(started, {type: 'step-started', step: 'images', stale: false});
	await settle();
	expect(app.frame()).toContain(`Installing: 0 of ${plans.install.stepIds.length} steps`);
	fake.pass(65_000);
	fake.emit(
		{type: 'step-finished', step: 'images', outcome: 'applied', note: '11 pushed', fingerprint: ''},
		{type: 'step-finished', step: 'verification', outcome: 'applied', note: '', fingerprint: ''},
		{type: 'run-finished', outcome: 'done', exitCode: 0},
	);
	await settle();
	expect(app.frame()).toContain('ZenML Pro is installed and verified. It took 1:05.');
	expect(app.frame()).toContain('https://zenml-pro.corp.example');
	await app.press(keys.end);
	expect(app.frame()).toContain('done: 11 pushed');
	await app.press('x', keys.escape, 'v');
	expect(app.results).toEqual([]);
	await app.press(keys.enter);
	expect(app.results).toMatchObject([{ended: 'finished', run: {outcome: 'done'}}]);
	expect(app.frames.join('\n')).not.toContain('hunter2');
});

test('with every answer given the questions are skipped and the review comes', async () => {
	const fake = fakeSession({draft: fullDraft, given: ['registry.host'], plan: async () => plan});
	app = await openApp(fake.session);
	await app.press(keys.enter);
	expect(app.frame()).toContain('Review');
	expect(app.frame()).toContain('from env:REGISTRY_PASSWORD');
});

test('with some answers given only the missing ones are asked', async () => {
	const {database: _database, ...draft} = fullDraft;
	const fake = fakeSession({draft, given: ['registry.host'], plan: async () => plan});
	app = await openApp(fake.session);
	await app.press(keys.enter);
	expect(app.frame()).toContain('1/1 Database');
	expect(app.frame()).not.toContain('Encryption');
	await app.press('pg.corp.example', keys.enter);
	expect(app.frame()).toContain('Review');
});

test('secrets that an earlier run was told are asked for again, masked, before the review', async () => {
	const draft = {...fullDraft, registry: {host: 'registry.corp.example', username: 'pusher', password: 'prompt'}};
	const fake = fakeSession({
		draft,
		given: ['registry.host'],
		untyped: ['registry.password'],
		plan: async () => plan,
		start: async () => {},
		keepSecret: () => {},
	});
	app = await openApp(fake.session);
	await app.press(keys.enter);
	expect(app.frame()).toContain('to be typed');
	expect(app.frame()).toContain('To be typed: secrets are never kept between runs.');
	expect(app.frame()).toContain('Password or token of pusher at the registry registry.corp.example;');
	expect(app.frame()).not.toContain('Empty keeps it');
	// Neither Enter on nothing nor the way round leads past it.
	await app.press(keys.enter);
	expect(app.frame()).toContain('type it again');
	await app.press(keys.ctrlS);
	expect(app.frame()).not.toContain('Review');
	expect(fake.calls).toEqual([]);
	await app.press('hunter2-secret', keys.ctrlS);
	expect(app.frame()).toContain('Review');
	expect(app.frame()).toContain('typed in, kept in memory');
	await app.press(keys.enter);
	expect(fake.calls.map(([name]) => name)).toEqual(['keepSecret', 'plan', 'start']);
	expect(fake.calls[0]).toEqual(['keepSecret', 'registry.password', 'hunter2-secret']);
	expect(app.frames.join('\n')).not.toContain('hunter2');
});

test('what is only waited for is not counted among the changes', async () => {
	const wait = {action: 'wait', target: 'look at the dashboard'} as const;
	const check = {action: 'check', target: 'login'} as const;
	const view: PlanView = {
		steps: [
			{id: 'images', title: 'Images', state: 'todo', changes: [{action: 'push', target: 'an image'}]},
			{id: 'dns', title: 'DNS', state: 'todo', changes: [wait]},
			{id: 'verification', title: 'Verification', state: 'todo', changes: [check, check]},
		],
	};
	app = await openApp(fakeSession({draft: fullDraft, given: ['registry.host'], plan: async () => view}).session);
	await app.press(keys.enter, keys.end);
	expect(app.frame()).toContain('plan: 1 change ');
	expect(app.frame()).toContain('DNS: 1 to wait for');
	expect(app.frame()).toContain('Verification: 2 checks later');
});

test('all questions can be gone through although the answers are given', async () => {
	const fake = fakeSession({draft: fullDraft, given: ['registry.host']});
	app = await openApp(fake.session);
	await app.press(keys.down, keys.enter);
	expect(app.frame()).toContain('1/13 Bundle and cluster');
});

test('a problem is mended by other answers and the run goes on with them', async () => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => plan,
		start: async () => {},
		decide: () => {},
		keepSecret: () => {},
		saveReport: async () => './report.md',
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.enter);
	fake.emit(
		started,
		{type: 'step-started', step: 'images', stale: false},
		{
			type: 'step-problem',
			step: 'images',
			choices: ['retry', 'edit', 'quit'],
			problem: {
				code: 'registry-unauthorized',
				area: 'registry',
				who: 'operator',
				message: 'The registry refused the login.',
				cause: 'It answered 401.',
				fix: 'Give the password again.',
				nextSteps: ['Look whether the account is locked.'],
				answers: ['registry.password'],
				evidence: ['HTTP/1.1 401 Unauthorized'],
			},
		},
	);
	await settle();
	for (const text of [
		'refused the login',
		'It answered 401',
		'Give the password again',
		'account is locked',
		'401 Unauthorized',
	])
		expect(app.frame()).toContain(text);
	expect(app.frame()).not.toContain('Skip');
	await app.press('s');
	await app.press('w');
	expect(app.frame()).toContain('Report saved: ./report.md');
	await app.press('e');
	expect(app.frame()).toContain('1/1 Registry');
	expect(app.frame()).toContain('── Password or token');
	await app.press('n3w-secret', keys.enter, keys.ctrlS);
	expect(fake.calls.slice(-2)).toMatchObject([
		['keepSecret', 'registry.password', 'n3w-secret'],
		['decide', {decision: 'edit', answers: {registry: {password: 'prompt'}}}],
	]);
	expect(app.frames.join('\n')).not.toContain('n3w');
});

test('a hand-over page shows what is waited for and goes on by itself', async () => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => plan,
		start: async () => {},
		saveHandover: async () => './hand-over',
		acknowledge: () => {},
	});
	const handover = (ok: boolean) =>
		({
			type: 'step-waiting',
			step: 'dns',
			handover: {
				id: 'dns',
				title: 'DNS records for the network team',
				who: 'network team',
				intro: 'Send these records to the network team.',
				sections: [
					{title: 'BIND', fileName: 'zone.txt', lines: ['zenml-pro 300 IN A 10.0.0.5']},
					{title: 'Windows', fileName: 'dns.ps1', lines: ['Add-DnsServerResourceRecordA']},
				],
				awaited: [{label: 'zenml-pro.corp.example', ok, note: ok ? '10.0.0.5' : 'no such name'}],
				pollEveryMs: 5000,
				acknowledge: 'The records are there for all users.',
			},
		}) as const;
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.enter);
	fake.emit(started, {type: 'step-started', step: 'dns', stale: false}, handover(false));
	fake.pass(7000);
	await app.press(keys.right);
	expect(app.frame()).toContain('[2 Windows]');
	expect(app.frame()).toContain('Add-DnsServerResourceRecordA');
	expect(app.frame()).toContain('○ zenml-pro.corp.example: no such name');
	expect(app.frame()).toContain('0 of 1 there, checked 7 s ago');
	fake.emit(handover(true));
	await settle();
	expect(app.frame()).toContain('✓ zenml-pro.corp.example: 10.0.0.5');
	expect(app.frame()).toContain('[2 Windows]');
	await app.press('w');
	expect(app.frame()).toContain('Files for the network team saved: ./hand-over');
	await app.press('c');
	expect(app.frame()).toContain('The records are there for all users. y/n');
	await app.press('y');
	expect(fake.calls.at(-1)).toEqual(['acknowledge', 'dns']);
	fake.emit({type: 'step-finished', step: 'dns', outcome: 'applied', note: '', fingerprint: ''});
	await settle();
	expect(app.frame()).toContain(`Installing: 1 of ${plans.install.stepIds.length} steps`);
});

test('Ctrl-C asks before it stops the run, and a second one stops at once', async () => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => plan,
		start: async () => {},
		stop: () => {},
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.enter);
	fake.emit(started, {type: 'step-started', step: 'images', stale: false});
	await app.press(keys.ctrlC);
	expect(app.frame()).toContain('Stop at a safe point? y/n');
	await app.press('n');
	expect(app.frame()).toContain('Installing');
	await app.press(keys.ctrlC, 'y');
	expect(fake.calls.at(-1)).toEqual(['stop', 'safe']);
	fake.emit({type: 'stopping', reason: 'asked by the operator'});
	await settle();
	expect(app.frame()).toContain('stopping at a safe point');
	await app.press(keys.ctrlC);
	expect(fake.calls.at(-1)).toEqual(['stop', 'now']);
	expect(app.results).toEqual([{ended: 'interrupted'}]);
});

test('leaving before the start says that nothing was changed', async () => {
	const fake = fakeSession();
	app = await openApp(fake.session);
	await app.press(keys.ctrlC);
	expect(app.frame()).toContain('Nothing has been changed.');
	await app.press('y');
	expect(app.results).toEqual([{ended: 'quit'}]);
});

test('a run that is refused before it begins comes back to the review with the reason', async () => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => plan,
		start: async () => {
			throw refusing('held by another run');
		},
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.enter);
	expect(app.frame()).toContain('The run was not started');
	expect(app.frame()).toContain('held by another run');
});

test('what cannot be found at the start is told, and the questions are still open', async () => {
	const fake = fakeSession({
		found: async () => {
			throw refusing('cannot read the bundle');
		},
	});
	app = await openApp(fake.session);
	expect(app.frame()).toContain('cannot read the bundle');
	await app.press(keys.enter);
	expect(app.frame()).toContain('1/13');
});

test('an earlier run is told with its time and offered to be gone on with', async () => {
	const at = Date.UTC(2026, 10, 22, 14, 3);
	const fake = fakeSession({
		found: async () => ({...found, earlier: {text: 'stopped in Images', finished: false, resumable: true, at}}),
	});
	app = await openApp(fake.session);
	expect(app.frame()).toContain('Earlier run of 2026-11-22 14:03 UTC: stopped in Images');
	expect(app.frame()).toContain('Go on with the earlier run');
});

test('a plan that cannot be made is told, looked at again by a key, and tells what it looks at meanwhile', async () => {
	const answers: ((view: PlanView) => void)[] = [];
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async (_answers, _signal, onProgress) => {
			onProgress({title: 'Images', index: 2, count: 13});
			if (fake.calls.length === 1) throw refusing('no cluster');
			return new Promise((resolve) => answers.push(resolve));
		},
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.end);
	expect(app.frame()).toContain('plan: not known, see below');
	expect(app.frame()).toContain('no cluster');
	await app.press('p');
	expect(app.frame()).toContain('plan: looking at Images, 3 of 13');
	await app.press('p');
	answers[0]?.({steps: [{id: 'x', title: 'An old look', state: 'ok'}]});
	answers[1]?.(plan);
	await settle();
	await app.press(keys.end);
	expect(app.frame()).toContain('plan: 1 change, 1 step planned later');
	expect(app.frame()).not.toContain('An old look');
});

test('what a hand-over waits for is looked at now by a key, and a full disk is told when its texts are saved', async () => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => plan,
		start: async () => {},
		checkNow: () => {},
		saveHandover: async () => {
			throw Object.assign(new Error('write'), {code: 'ENOSPC'});
		},
		saveReport: async () => {
			throw new ProblemError({code: 'time-out', area: 'bug', message: 'No report.', cause: 'c', fix: 'Try later.'});
		},
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.enter);
	const handover = {
		id: 'dns',
		title: 'DNS',
		who: 'network team',
		intro: 'i',
		sections: [],
		awaited: [],
		pollEveryMs: 1,
	};
	fake.emit(started, {type: 'step-waiting', step: 'dns', handover: {...handover, who: 'network team'}});
	await app.press('r');
	expect(fake.calls.at(-1)).toEqual(['checkNow']);
	await app.press('w');
	expect(app.frame()).toContain('Files for the network team not saved: The disk is full.');
	fake.emit({
		type: 'step-problem',
		step: 'dns',
		choices: ['retry'],
		problem: problem({code: 'time-out', area: 'people', message: 'm', cause: 'c', fix: 'f'}),
	});
	await app.press('w');
	expect(app.frame()).toContain('Report not saved: No report. Try later.');
});
