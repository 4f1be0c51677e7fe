import {afterEach, expect, test} from 'vitest';
import {ProblemError, problem} from '../../source/base/problem.ts';
import type {Handover} from '../../source/engine/plan.ts';
import type {PlanView} from '../../source/engine/plan-view.ts';
import {topics} from '../../source/handover/topics.ts';
import type {MadePapers, WrittenPapers} from '../../source/handover/written.ts';
import {installPlan} from '../../source/plans/install.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession, started, type Untimed} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

let app: OpenApp;
afterEach(() => app.close());

const said = {area: 'prerequisites', message: 'm.', cause: 'c.', fix: 'f.'} as const;
const dba = problem({...said, code: 'database-password', who: 'database admin'});
const pki = problem({...said, code: 'tls-expired', who: 'PKI team'});
const folder = `/home/operator/${'a-long-name/'.repeat(8)}handover/dns`;
const written = (topic: WrittenPapers['topic']): WrittenPapers => ({
	topic,
	who: topics.find(({id}) => id === topic)?.who ?? '',
	folder: topic === 'dns' ? folder : `/state/handover/${topic}`,
	files: ['README.txt', 'records.txt'],
	lacks: topic === 'dns' ? ['The address of the ingress is not known.'] : [],
});

const planned: PlanView = {
	steps: [
		{
			id: 'prerequisites',
			title: 'Prerequisites',
			state: 'problem',
			problem: {...dba, who: 'operator', parts: [dba, pki]},
		},
		{
			...{id: 'dns', title: 'DNS', state: 'todo'},
			changes: [{action: 'wait', target: 'zenml.corp', who: 'network team'}],
		},
	],
};

const onReview = async (size: readonly [number, number] = [80, 24]) => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => planned,
		start: async () => {},
		saveCopy: async () => '/state/copied.txt',
		makePapers: async (_answers, chosen) => ({
			written: chosen.map(written),
			told: ['Each README.txt has a blank for whom to ask: --contact fills it.'],
		}),
	});
	app = await openApp(fake.session, ...size);
	await app.press(keys.enter);
	return fake;
};

const inRun = async (...events: readonly Untimed[]) => {
	const fake = await onReview();
	await app.press('1');
	fake.emit(started, ...events);
	await settle();
	return fake;
};

const chosenBy = (fake: ReturnType<typeof fakeSession>): unknown => fake.calls.at(-1)?.slice(0, 3).at(2);

test.each([
	[80, 24],
	[60, 18],
	[200, 50],
] as const)(
	'at %ix%i the papers of all whom a plan waits for are made by two keys, and their folders are told whole',
	async (...size) => {
		const fake = await onReview(size);
		await app.press(keys.pageUp);
		// As many keys as fit stand in the last row; all are on the page of keys.
		if (size[0] >= 80) expect(app.frame()).toContain('t papers');
		await app.press('t');
		expect(app.frame()).toContain('1 Those concerned here: database admin, PKI team');
		await app.press(keys.enter);
		expect(fake.calls.at(-1)?.[0]).toBe('makePapers');
		expect(chosenBy(fake)).toEqual(['database', 'certificate', 'dns']);
		await app.press(keys.end);
		const frame = app.frame();
		expect(frame.replaceAll(/\s+/gu, '')).toContain(folder);
		expect(frame).toContain('The address of the ingress is not known.');
		expect(frame.replaceAll(/\s+/gu, ' ')).toContain('blank for whom to ask');
		await app.press('y', '3');
		expect(app.copied).toEqual([folder]);
		await app.press(keys.escape, keys.escape);
		expect(app.frame()).toContain('Review');
	},
);

test('a command that is longer than the page goes on behind a backslash: copied, it is one', async () => {
	const command = `zenml-airgap handover --answers /home/operator/${'site/'.repeat(9)}answers.yaml database --with-passwords`;
	const fake = fakeSession({
		...{draft: fullDraft, given: ['registry.host'], plan: async () => planned, start: async () => {}},
		saveCopy: async () => '/state/copied.txt',
		makePapers: async (_answers, chosen) => ({
			written: chosen.map((topic) => ({...written(topic), lacks: [`This writes them:\n${command}`]})),
			told: [`The command for that:\n${command}`],
		}),
	});
	app = await openApp(fake.session, 80, 40);
	await app.press(keys.enter, 't', keys.down, keys.enter);
	const shown = app
		.frame()
		.split('\n')
		.map((line) => line.replaceAll(/^\W* |[ |│]*$/gu, '').trim());
	const from = shown.flatMap((line, index) => (line.startsWith('zenml-airgap handover') ? [index] : []));
	expect(from).toHaveLength(2);
	for (const at of from) {
		const end = shown.findIndex((line, index) => index >= at && !line.endsWith('\\'));
		expect(end).toBeGreaterThan(at);
		expect(
			shown
				.slice(at, end + 1)
				.join('\n')
				.replaceAll('\\\n', ''),
		).toBe(command);
	}
	// Behind the folder.
	await app.press('y', '2');
	expect(app.copied).toEqual([command]);
});

test('the team of a problem, of a hand-over and of a finished step is the one in focus', async () => {
	const fake = await inRun({type: 'step-problem', step: 'databases', problem: dba, choices: ['retry', 'quit']});
	await app.press('t', keys.enter);
	expect(chosenBy(fake)).toEqual(['database']);
	await app.press('q');
	const handover: Handover = {
		...{id: 'ca', title: 'CA', who: 'desktop team' as const, intro: '', awaited: [], pollEveryMs: 1000},
		sections: [{title: 'a', fileName: 'a', lines: ['a']}],
	};
	fake.emit({type: 'step-waiting', step: 'ca', handover});
	await app.press('t', keys.enter);
	expect(chosenBy(fake)).toEqual(['ca']);
	await app.press(keys.enter, keys.escape, keys.up, 't', keys.enter);
	expect(chosenBy(fake)).toEqual(['dns']);
});

test('a login that the operator gave is about the team that made it', async () => {
	const login = problem({...said, area: 'registry', code: 'registry-unauthorized', who: 'operator'});
	const fake = await inRun({type: 'step-problem', step: 'prerequisites', problem: login, choices: ['retry', 'quit']});
	await app.press('t', keys.enter);
	expect(chosenBy(fake)).toEqual(['registry']);
});

test('papers that are being made can be left, and what comes of them then is told nowhere', async () => {
	const signals: AbortSignal[] = [];
	const answer = Promise.withResolvers<MadePapers>();
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => planned,
		makePapers: (_answers, _topics, signal) => {
			signals.push(signal);
			return answer.promise;
		},
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, 't', '9');
	expect(app.frame()).toContain('Making 1 set of papers');
	await app.press(keys.escape);
	expect(signals.map(({aborted}) => aborted)).toEqual([true]);
	answer.resolve({written: [written('dns')], told: []});
	await settle();
	expect(app.frame()).toContain('Which papers do you want?');
});

test('where nothing could be saved the page says why', async () => {
	const fake = fakeSession({
		draft: fullDraft,
		given: ['registry.host'],
		plan: async () => planned,
		makePapers: async () => Promise.reject(new ProblemError({...dba, message: 'No space left.'})),
	});
	app = await openApp(fake.session);
	await app.press(keys.enter, 't', '0', keys.end, keys.enter);
	expect(app.frame()).toContain('No space left.');
});

test('without whole answers there are no papers', async () => {
	const fake = fakeSession({draft: {}, given: []});
	app = await openApp(fake.session);
	await app.press(keys.enter, '\u0012', 't');
	expect(app.frame()).not.toContain('Which papers');
});

test('every step that papers go with is one of the install', () => {
	const ids = installPlan.steps.map(({id}) => id);
	expect(topics.flatMap(({steps}) => steps).filter((id) => !ids.includes(id))).toEqual([]);
});
