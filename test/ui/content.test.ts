import {describe, expect, test} from 'vitest';
import {problem} from '../../source/base/problem.ts';
import type {Event} from '../../source/engine/events.ts';
import {emptyRun, reduce as fold} from '../../source/engine/reduce.ts';
import type {RunState} from '../../source/engine/state.ts';
import {planWords} from '../../source/plans/words.ts';
import {wayWords} from '../../source/report/summary.ts';
import {detailText} from '../../source/ui/content/detail.ts';
import {handoverText} from '../../source/ui/content/handover.ts';
import {buttonRow} from '../../source/ui/content/menu.ts';
import {aroundRows, planInShort, planRows} from '../../source/ui/content/plan.ts';
import {problemText} from '../../source/ui/content/problem.ts';
import {reviewLabels, reviewText} from '../../source/ui/content/review.ts';
import {stepRows} from '../../source/ui/content/steps.ts';
import {summaryText} from '../../source/ui/content/summary.ts';
import {welcomeLabel, welcomeRows} from '../../source/ui/content/welcome.ts';
import {freshRunView, pageOf, viewOf} from '../../source/ui/state/page.ts';
import {firstState} from '../../source/ui/state/reduce.ts';
import type {PlanState, Scene, UiState} from '../../source/ui/state/types.ts';
import {glyphs} from '../../source/ui/terminal/marks.ts';
import type {Row} from '../../source/ui/terminal/rows.ts';
import {fullDraft} from './helpers/answers.ts';
import {found, started, stepOf, type Untimed} from './helpers/fake-session.ts';

const marks = glyphs({ascii: false});
const scroll = {width: 78, marks};

/** What stands in rows, a line each. */
const words = (rows: readonly Row[]): readonly string[] =>
	rows.map((row) =>
		row
			.map(({text}) => text)
			.join('')
			.trimEnd(),
	);

/** A run to which an event happens each second, from second 0 on. */
const runOf = (...events: readonly Untimed[]): RunState =>
	[started, ...events].reduce<RunState>((run, event, at) => fold(run, {...event, at: at * 1000} as Event), emptyRun);
const state: UiState = {
	...firstState({words: planWords.install, rehearsal: false, draft: fullDraft, given: [], untyped: []}),
	started: true,
};
const sceneOf = (run: RunState | undefined, now = 60_000): Scene => ({columns: 80, rows: 24, run, now});
const trouble = problem({
	code: 'time-out',
	area: 'registry',
	message: 'No answer.',
	cause: 'It is down.',
	fix: 'Start it.',
});
const finished = (step: string, outcome: 'already' | 'applied' | 'not-needed' | 'skipped', note = ''): Untimed => ({
	type: 'step-finished',
	step,
	outcome,
	note,
	fingerprint: '',
});
const images = {type: 'step-started', step: 'images', stale: false} as const;

describe('the details of a step', () => {
	const told = (...events: readonly Untimed[]): string =>
		words(detailText(state, sceneOf(runOf(...events)), marks).rows).join('\n');

	test.each<[string, readonly Untimed[], string]>([
		['is looked at', [images], 'Looking at what is there.'],
		['works', [images, {type: 'step-applying', step: 'images', attempt: 1}], 'Working.'],
		['is tried again', [images, {type: 'step-applying', step: 'images', attempt: 2}], 'Working, attempt 2.'],
		[
			'waits for its next try',
			[images, {type: 'step-retrying', step: 'images', problem: trouble, attempt: 1, pauseMs: 90_000}],
			'No answer. Trying again in 0:32.',
		],
		[
			'cannot go on',
			[images, {type: 'step-problem', step: 'images', problem: trouble, choices: ['retry']}],
			'No answer. Press Enter for the page.',
		],
		['had nothing to do', [images, finished('images', 'already', '4 images')], 'There was nothing to do.'],
		['has worked', [images, finished('images', 'applied')], 'Done.'],
		['was left out by the answers', [images, finished('images', 'not-needed')], 'Not asked for by the answers.'],
		['was left out by the operator', [images, finished('images', 'skipped')], 'Skipped.'],
	])('tell that it %s', (_name, events, text) => {
		expect(told(...events)).toContain(text);
	});

	test('tell of a step that is not begun what it is for', () => {
		const [title, why] = told().split('\n');
		expect(title).toBe(stepOf('bundle').title);
		expect(stepOf('bundle').why).toContain(why);
		expect(told()).toContain('Not begun.');
	});

	test('begin with what a step does while it works, and end with what for', () => {
		const lines = told(images).split('\n');
		expect(lines[1]).toBe('Looking at what is there.');
		expect(stepOf('images').why.endsWith(lines.at(-1) ?? 'nothing')).toBe(true);
	});

	test('tell how long is waited, with and without a bound', () => {
		const waiting = (timeoutMs?: number): Untimed => ({
			type: 'step-detail',
			step: 'images',
			detail: {kind: 'waiting', reason: 'the rollout', timeoutMs},
		});
		expect(told(images, waiting())).toContain('Waiting 0:58: the rollout');
		expect(told(images, waiting(900_000))).toContain('Waiting 0:58 of at most 15:00: the rollout');
		expect(told(images, waiting(), finished('images', 'applied'))).not.toContain('the rollout');
	});

	test('put what is bad before what is open and what is well', () => {
		const item = (label: string, itemState: 'ok' | 'bad' | 'pending'): Untimed => ({
			type: 'step-detail',
			step: 'images',
			detail: {kind: 'item', label, state: itemState, note: ''},
		});
		const lines = told(images, item('well', 'ok'), item('open', 'pending'), item('broken', 'bad')).split('\n');
		expect(lines.filter((line) => /^. (?:well|open|broken)$/u.test(line))).toEqual(['✗ broken', '○ open', '✓ well']);
	});

	test('say nothing where there is no run yet', () => {
		expect(detailText(state, sceneOf(undefined), marks).rows).toEqual([]);
	});
});

describe('the plan', () => {
	test('where it goes stands before it, in few rows', () => {
		const facts = [
			{id: 'cluster', rank: 0, label: 'Cluster', lines: ['prod, https://10.0.0.1:6443'], values: {context: 'prod'}},
			{id: 'user', rank: 1, label: 'User', lines: ['ada']},
		];
		const plan = {status: 'ready', view: {steps: [], facts}} as const;
		expect(words(aroundRows(plan, 78))).toEqual([
			'Where it goes',
			'  Cluster  prod, https://10.0.0.1:6443',
			'  User     ada',
			'',
		]);
		const labels = reviewLabels({words: planWords.install, plan}, 78);
		expect(labels).toEqual(['1 Start on prod', '2 Change an answer', '3 Save answers', '4 Quit']);
		expect(aroundRows({status: 'looking', title: '', index: 0, count: 0}, 78)).toEqual([]);
	});

	const steps = [
		{id: 'bundle', title: 'Bundle', state: 'ok', note: '4 images'},
		{id: 'images', title: 'Images', state: 'todo', changes: [{action: 'push', target: 'a'}]},
		{id: 'dns', title: 'DNS', state: 'unknown'},
		{id: 'ca', title: 'CA', state: 'not-needed'},
		{id: 'databases', title: 'Databases', state: 'problem', problem: trouble},
	] as const;

	test.each<[string, PlanState, string, readonly string[]]>([
		[
			'was not looked for',
			{status: 'none'},
			'not looked at',
			['  Not looked at: some answers are missing or not valid.'],
		],
		['is begun', {status: 'looking', title: '', index: 0, count: 0}, 'looking', ['  Looking, nothing is changed.']],
		[
			'is looked for',
			{status: 'looking', title: 'Images', index: 2, count: 13},
			'looking at Images, 3 of 13',
			['  Looking, nothing is changed: 3 of 13, Images'],
		],
		[
			'is not known',
			{status: 'failed', problem: trouble},
			'not known, see below',
			['  No answer.', '  What to do: Start it.'],
		],
		[
			'is known',
			{status: 'ready', view: {steps}},
			'1 problem, 1 change, 1 step planned later',
			[
				'  ✓ Bundle: 4 images',
				'  ● Images: 1 change',
				'      push   a',
				'  ○ DNS: planned after the earlier steps',
				'  – CA: not asked for',
				'  ✗ Databases: No answer.',
				'      Why: It is down.',
				'      What to do: Start it.',
				'',
			],
		],
		[
			'holds only what is waited for',
			{status: 'ready', view: {steps: [{...steps[1], changes: [{action: 'wait', target: 'a'}]}]}},
			'nothing to change',
			['  ○ Images: 1 to wait for', '      wait   a', ''],
		],
	])('that %s is told in short and in full', (_name, plan, short, rows) => {
		expect(planInShort(plan)).toBe(short);
		expect(words(planRows(plan, scroll))).toEqual(['What will be done', ...rows]);
	});

	test('several problems of one step are counted as several, each with what was seen to choose from', () => {
		const one = {
			code: 'ingress-class-missing',
			area: 'usage',
			who: 'operator',
			message: 'No class x.',
			cause: 'c',
			nextSteps: [],
		} as const;
		const parts = [
			{
				...one,
				fix: 'Name one of these.',
				nextSteps: ['kubectl get ingressclass'],
				evidence: ['nginx', 'traefik', 'haproxy', 'kong'],
			},
			{...one, message: 'No bundle.', fix: 'Correct the path.'},
		];
		const problem = {...one, message: '2 problems were found.', fix: 'Mend each.', parts};
		const plan = {
			status: 'ready',
			view: {steps: [{id: 'prerequisites', title: 'Prerequisites', state: 'problem', problem}]},
		} as const;
		expect(planInShort(plan)).toBe('2 problems');
		expect(words(planRows(plan, scroll)).slice(2, -1)).toEqual([
			'      1. No class x.',
			...['Why: c', 'What to do: Name one of these.', '  kubectl get ingressclass', 'nginx', 'traefik', 'haproxy'].map(
				(text) => `         ${text}`,
			),
			'      2. No bundle.',
			'         Why: c',
			'         What to do: Correct the path.',
		]);
	});
});

describe('the review', () => {
	const told = (change: Partial<UiState>): readonly string[] =>
		words(reviewText({...state, ...change}, sceneOf(undefined), marks).rows);

	test('begins with why the run was not started, and what to do', () => {
		const refused = {...trouble, nextSteps: ['Look who holds it.']};
		expect(told({refused}).slice(0, 5)).toEqual([
			'The run was not started',
			'  No answer.',
			'  Why: It is down.',
			'  What to do: Start it.',
			'    Look who holds it.',
		]);
	});

	test('names the answers that are to be mended before all others', () => {
		const {registry: _registry, ...draft} = fullDraft;
		const lines = told({draft});
		expect(lines[0]).toBe('Answers to mend first');
		expect(lines[1]).toContain('registry.host');
		expect(told({})[0]).toBe('Bundle and cluster');
	});

	test('says before the start that workspaces do not take PostgreSQL', () => {
		const lines = told({draft: {...fullDraft, database: {...(fullDraft.database as object), engine: 'postgresql'}}});
		expect(lines[0]).toBe('To mend, unless the charts of the bundle take it');
		const words = lines.join(' ').replaceAll(/ +/gu, ' ');
		expect(words).toContain('cannot keep their data in PostgreSQL, as database.engine asks');
		expect(words).toContain('What to do: Workspaces take MySQL only');
	});

	test('tells the answers of each member of a list, and advanced ones where they were given', () => {
		const organization = {users: [{username: 'ada', password: 'prompt'}]};
		const lines = told({draft: {...fullDraft, organization, helm: {timeoutMinutes: 30}}}).join('\n');
		expect(lines).toMatch(/^Users\n {2}1\n {4}Login name +ada$/mu);
		expect(lines).toMatch(/Minutes for one release +30$/mu);
		expect(lines).not.toContain('helm program');
	});
});

describe('the last page', () => {
	const told = (run: RunState, change: Partial<UiState> = {}): string =>
		words(summaryText({...state, ...change}, sceneOf(run), marks).rows).join('\n');
	const ended = (outcome: 'done' | 'failed' | 'stopped'): Untimed => ({type: 'run-finished', outcome, exitCode: 0});

	test.each<[string, readonly Untimed[], string]>([
		[
			'done',
			[finished('verification', 'applied'), ended('done')],
			'ZenML Pro is installed and verified. It took 0:02.',
		],
		['failed', [ended('failed')], 'Not finished, after 0:01. What is done stays done'],
		['stopped', [ended('stopped')], 'Stopped after 0:01. What is done stays done'],
	])('tells that the run is %s', (_name, events, text) => {
		expect(told(runOf(...events))).toContain(text);
	});

	test('claims no whole install after a part of it', () => {
		const run = runOf(ended('done'));
		expect(told({...run, steps: run.steps.slice(0, 2)})).toContain('not the whole install');
	});

	test('leaves a row for where one is in it, where it is longer than the window', () => {
		const heightOf = (rows: number): number => {
			const text = summaryText(state, {...sceneOf(runOf(ended('failed'))), rows}, marks);
			expect(text.rows.length > text.height).toBe(rows < 24);
			return text.height;
		};
		expect([heightOf(50), heightOf(12)]).toEqual([47, 8]);
	});

	test('tells what became of each step', () => {
		const text = told(
			runOf(
				{type: 'step-started', step: 'bundle', stale: false},
				finished('bundle', 'already', '4 images'),
				{type: 'step-started', step: 'images', stale: false},
				{type: 'step-problem', step: 'images', problem: trouble, choices: []},
				{type: 'step-started', step: 'dns', stale: false},
				{type: 'step-warning', step: 'images', text: 'One name is short.'},
				{type: 'step-warning', step: 'dns', text: 'One name is short.'},
				{...ended('failed'), problem: trouble} as Untimed,
			),
		);
		expect(text).toMatch(/✓ Bundle +0:01 {2}nothing to do: 4 images/u);
		expect(text).toMatch(/✗ Images .*No answer\./u);
		expect(text).toMatch(/● DNS +0:0[1-9] +not finished/u);
		expect(text).toMatch(/○ Secrets .*not begun/u);
		expect(text).toContain('What to do: Start it.');
		expect(text).toContain('1 warning\n! One name is short.');
		expect(text.split('One name is short.')).toHaveLength(2);
	});

	test('says of each problem why, what to do, who has to act and its code', () => {
		const full = {...trouble, code: 'disk-full', cause: 'The disk is full.', who: 'storage admin'} as const;
		const both = {...trouble, message: 'Two.', parts: [trouble, full]} as const;
		const text = told(runOf({...ended('failed'), problem: both} as Untimed));
		expect(text).toContain(`Why: ${trouble.cause}`);
		expect(text).toContain('Why: The disk is full.');
		expect(text).toMatch(/Who has to act: .*storage.*Code: disk-full/u);
		expect(text).not.toContain('Two.');
	});

	test('does not ask for the same command again where a way back was begun in it', () => {
		const way = {id: 'back', label: 'Bring back', warning: [], done: 'back', command: 'zenml-airgap back default'};
		const stop = {...ended('stopped'), problem: {...trouble, fix: 'Start the same command again.'}} as Untimed;
		expect(told(runOf(images, stop))).toContain('Start the same command again.');
		const run = runOf(images, {type: 'step-going-back', step: 'images', way}, stop);
		expect(told(run)).not.toContain('Start the same command again.');
		expect(wayWords(run).join('\n')).toContain('Go on with it first:\nzenml-airgap back default');
		expect(wayWords(runOf(images, stop))).toEqual([]);
	});

	test('says where to go, what is next and which files there are', () => {
		const summary = {urls: [{label: 'Dashboard', url: 'https://z'}], next: ['Log in.'], files: ['/r.txt']};
		expect(told(runOf(ended('done')), {summary})).toContain(
			'\nWhere to go\nDashboard: https://z\n\nWhat is next\n1. Log in.\n\nFiles\n/r.txt\n\n',
		);
	});
});

describe('the pages over a run', () => {
	test('tell above a problem that it was tried again and is the same', () => {
		const met = {type: 'step-problem', step: 'images', problem: trouble, choices: ['retry']} as const;
		const again = runOf(images, met, {type: 'step-decided', step: 'images', decision: 'retry'}, images, met);
		const page = pageOf(again);
		if (page?.kind !== 'problem') throw new Error('there is no problem page');
		const {rows, starts} = problemText(page, viewOf(freshRunView, page), sceneOf(undefined));
		expect(words(rows)[0]).toMatch(/^Tried again at .* UTC: the same\.$/u);
		expect(words(rows)[starts?.[0] ?? 0]).toBe(trouble.message);
	});

	test('tell above a problem, in a rehearsal, how those who mend it are reminded, at that step alone', () => {
		const page = pageOf(runOf(images, {type: 'step-problem', step: 'images', problem: trouble, choices: ['retry']}));
		if (page?.kind !== 'problem') throw new Error('there is no problem page');
		const rowsWith = (reminders: Readonly<Record<string, string>>) =>
			words(problemText(page, viewOf(freshRunView, page), sceneOf(undefined), reminders).rows);
		const line = 'To remind the database admin: x';
		expect(rowsWith({images: line}).slice(0, 3)).toEqual([line, '', trouble.message]);
		expect(rowsWith({dns: line})[0]).toBe(trouble.message);
	});

	test('tell a problem with its place, its next steps and who has to act', () => {
		const told = {
			...trouble,
			who: 'vendor',
			location: {file: 'a.yaml', line: 3},
			nextSteps: ['Write to them.'],
			evidence: ['HTTP 500'],
		} as const;
		const page = pageOf(runOf(images, {type: 'step-problem', step: 'images', problem: told, choices: ['retry']}));
		if (page?.kind !== 'problem') throw new Error('there is no problem page');
		expect(words(problemText(page, viewOf(freshRunView, page), sceneOf(undefined)).rows)).toEqual([
			'No answer.',
			'in a.yaml:3',
			'',
			'Why',
			'It is down.',
			'',
			'What to do',
			'Start it.',
			'',
			'Next steps',
			'1. Write to them.',
			'',
			'Who has to act',
			'the vendor. Code: time-out',
			'',
			'Evidence',
			'  HTTP 500',
		]);
	});

	test('tell several problems: how many and whose on the first screen of 80x24, then each whole, and where each begins', () => {
		const parts = [
			{
				...trouble,
				who: 'database admin',
				message: 'The server refuses role zenml_pro.',
				code: 'database-login-refused',
			},
			{...trouble, message: 'Only 0 B are free.', code: 'disk-full', answers: ['bundle.path'], nextSteps: ['df -h']},
			{...trouble, message: 'The name is not known.', code: 'dns-unanswered', evidence: ['NXDOMAIN']},
		] as const;
		const told = {...trouble, message: '3 prerequisites are not met: 1 for the database admin, 2 for you.', parts};
		const page = pageOf(runOf(images, {type: 'step-problem', step: 'images', problem: told, choices: ['retry']}));
		if (page?.kind !== 'problem') throw new Error('there is no problem page');
		const {rows, height, starts = []} = problemText(page, viewOf(freshRunView, page), sceneOf(undefined));
		const text = words(rows);
		expect(text.slice(0, height)).toEqual(
			expect.arrayContaining([
				told.message,
				'1. the database admin: The server refuses role zenml_pro.',
				'2. you: Only 0 B are free.',
				'3. you: The name is not known.',
			]),
		);
		expect(starts.map((at) => text[at])).toEqual([
			'1. The server refuses role zenml_pro.',
			'2. Only 0 B are free.',
			'3. The name is not known.',
		]);
		expect(text.slice(starts[1], starts[2])).toEqual([
			'2. Only 0 B are free.',
			'   Why     It is down.',
			'   Do      Start it.',
			'           df -h',
			'   Who     you. Code: disk-full',
			'   Answers bundle.path',
			'',
		]);
		expect(text).toContain('     NXDOMAIN');
	});

	const handoverOf = (names: number) => ({
		id: 'dns',
		title: 'DNS',
		who: 'network team' as const,
		intro: 'Send these.',
		sections: [],
		awaited: Array.from({length: names}, (_, index) => ({label: `host-${index}`, ok: index === 0, note: ''})),
		pollEveryMs: 5000,
	});
	const headOf = (names: number, rows: number, reminders?: Readonly<Record<string, string>>): readonly string[] => {
		const page = pageOf(runOf({type: 'step-waiting', step: 'dns', handover: handoverOf(names)}));
		if (page?.kind !== 'handover') throw new Error('there is no hand-over page');
		const own = {...state, found: {...found, reminders}};
		return words(handoverText(page, own, {...sceneOf(undefined), rows}, marks).head);
	};

	test('tell first what is not there yet, and how much is', () => {
		expect(headOf(2, 24)).toEqual([
			'Send these.',
			'○ host-1: not yet',
			'✓ host-0: ok',
			'1 of 2 there, not checked yet, looks again every 0:05',
		]);
	});

	test('say for how long nobody could look, and why, in the place of how much is there', () => {
		const unseen = {since: 1000, why: 'The API server does not answer.'};
		const page = pageOf(runOf({type: 'step-waiting', step: 'dns', handover: {...handoverOf(2), unseen}}));
		if (page?.kind !== 'handover') throw new Error('there is no hand-over page');
		const text = handoverText(page, state, {...sceneOf(undefined), rows: 24, now: 131_000}, marks);
		expect(words(text.head).slice(2)).toEqual([
			'✓ host-0: ok',
			'! not seen for 2:10, looks again every 0:05: The API server does not answer.',
		]);
	});

	test('say in a rehearsal how the others are reminded, on the page of that step alone', () => {
		expect(headOf(2, 24, {dns: 'To remind the network team: x'}).slice(0, 2)).toEqual([
			'Send these.',
			'To remind the network team: x',
		]);
		expect(headOf(2, 24, {ca: 'To remind the desktop team: x'})[1]).toBe('○ host-1: not yet');
	});

	test('tell whole why something is waited for, before long words about it', () => {
		const note =
			'The database server refuses the login of the role, since there is no such role on that server yet. It was asked for at the address above, over TLS, with the password that the answers name.';
		const handover = {
			...handoverOf(1),
			intro: 'Send these files to the database admin. '.repeat(11),
			awaited: [{label: 'database zenml_pro for zenml_pro_user', ok: false, note}],
		};
		const page = pageOf(runOf({type: 'step-waiting', step: 'dns', handover}));
		if (page?.kind !== 'handover') throw new Error('there is no hand-over page');
		const {head, rows} = handoverText(page, {...state, found}, sceneOf(undefined), marks);
		expect(words(head).join(' ').replaceAll(/\s+/gu, ' ')).toContain(note);
		expect(words(rows)[0]).toContain('Send these files');
	});

	test('say how many of the awaited things are not shown in a small window', () => {
		expect(headOf(30, 18).at(-1)).toContain('; 26 more not shown');
	});

	test('mark what is cut where what is awaited has more words than rows', () => {
		const awaited = [
			{label: 'database zenml_pro', ok: false, note: 'The server refuses the password of the role. '.repeat(6).trim()},
			{label: 'database zenml', ok: false, note: 'not yet'},
		];
		const page = pageOf(runOf({type: 'step-waiting', step: 'dns', handover: {...handoverOf(1), awaited}}));
		if (page?.kind !== 'handover') throw new Error('there is no hand-over page');
		const {head} = handoverText(page, state, {...sceneOf(undefined), columns: 60, rows: 18}, marks);
		expect(words(head)[1]).toMatch(/^○ database zenml_pro: The server .*…$/u);
		expect(words(head)[2]).toBe('○ database zenml: not yet');
	});

	test('scroll long words about it with the section, so that what is awaited and the section are seen', () => {
		const sections = [{title: 'Zone file', fileName: 'zone', lines: ['host-0 IN A 10.0.0.1']}];
		const handover = {...handoverOf(1), sections, intro: 'Send these files to the database admin. '.repeat(12)};
		const page = pageOf(runOf({type: 'step-waiting', step: 'dns', handover}));
		if (page?.kind !== 'handover') throw new Error('there is no hand-over page');
		const text = handoverText(page, state, {...sceneOf(undefined), columns: 60, rows: 18}, marks);
		expect(words(text.head)).toEqual(['✓ host-0: ok', '1 of 1 there, not checked yet, looks again every 0:05']);
		expect(words(text.rows)[0]).toMatch(/^Send these files/u);
		expect(words(text.rows).at(-1)).toBe('host-0 IN A 10.0.0.1');
		expect(text.head.length + 2 + text.height).toBeLessThanOrEqual(18 - 3);
	});
});

describe('the first page', () => {
	test.each<[string, Partial<UiState>, string]>([
		['nothing is known', {}, 'Begin'],
		['answers are given', {given: ['registry.host']}, 'Begin: only missing answers are asked for'],
		[
			'a run can be gone on with',
			{found: {...found, earlier: {text: '', finished: false, resumable: true, at: 0}}},
			'Go on with the earlier run',
		],
	])('offers the way in as it is when %s', (_name, change, label) => {
		expect(welcomeLabel({...state, ...change}, 'begin')).toBe(label);
	});

	test('tells where a cluster is and by which file it was found, and that an earlier run is over', () => {
		const lines = words(
			welcomeRows(
				{...state, found: {...found, earlier: {text: 'it finished', finished: true, resumable: false, at: 0}}},
				{...scroll, width: 200},
			),
		);
		expect(lines).toContain(
			'✓ Cluster prod: answers, Kubernetes 1.31, at https://10.0.0.1:6443, kubeconfig ~/.kube/config',
		);
		expect(lines.some((line) => /^✓ Earlier run of .*: it finished$/u.test(line))).toBe(true);
	});

	test('tells first whose run is under way', () => {
		const running = 'A run is under way in this state folder.';
		const lines = words(welcomeRows({...state, found: {...found, running}}, {...scroll, width: 200}));
		const at = lines.indexOf(`! ${running}`);
		expect(at).toBeGreaterThan(0);
		expect(at).toBeLessThan(lines.findIndex((line) => line.includes('Bundle')));
	});

	test('tells no address where there is no kubeconfig', () => {
		const kubeconfig = {path: '/k', context: '', server: 'no cluster', ok: false, text: 'There is no /k.'};
		expect(words(welcomeRows({...state, found: {...found, kubeconfig}}, scroll))).toContain(
			'○ Cluster: There is no /k',
		);
	});
});

test('a step that was left out has no time, one that is not begun has none yet', () => {
	const run = runOf({type: 'step-started', step: 'bundle', stale: false}, finished('images', 'not-needed'));
	const lines = words(stepRows(state, {run, now: 61_000}, {...scroll, width: 30, height: 20}, '*'));
	expect(lines[0]).toMatch(/^ ● Bundle +1:00$/u);
	expect(lines[2]).toMatch(/– Images$/u);
	expect(lines[3]).toMatch(/○ Namespaces$/u);
});

test('the button in focus is seen in a row that is too short for all of them', () => {
	const labels = ['first button', 'second button', 'third button', 'fourth button'];
	for (const [focus, label] of labels.entries())
		expect(words([buttonRow(labels, focus, 32)])[0]).toContain(`[${label}]`);
	expect(words([buttonRow(['one', 'two'], 1, 40)])[0]).toBe(' one   [two]');
	// Where not all are seen, their number is, on the side where they are.
	const titles = ['1 README', '2 SQL for 127.0.0.1:45475', '3 SQL for 127.0.0.1:46681', '4 CA of one', '5 CA of other'];
	const rowAt = (focus: number): string => words([buttonRow(titles, focus, 76)])[0] ?? '';
	expect(rowAt(0)).toMatch(/^\[1 README\] 2 SQL .*46681 \+2$/u);
	expect(rowAt(4)).toMatch(/^\+1 2 SQL .*|^\+2 3 SQL .*/u);
	for (const focus of titles.keys()) {
		const row = rowAt(focus);
		const hidden = [...row.matchAll(/\+(\d+)/gu)].reduce((sum, [, count]) => sum + Number(count), 0);
		expect(row.length, row).toBeLessThanOrEqual(76);
		expect(titles.filter((title) => row.includes(title)).length + hidden, row).toBe(titles.length);
	}
});
