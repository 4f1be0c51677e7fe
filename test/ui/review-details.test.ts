import {afterEach, expect, test} from 'vitest';
import type {PlanView} from '../../source/engine/plan-view.ts';
import {changeLabels, openedText} from '../../source/ui/content/review-parts/changes.ts';
import {openings} from '../../source/ui/state/review-parts/details.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

const long = Array.from({length: 40}, (_, index) => `+ key${index}: value`);

const plan: PlanView = {
	steps: [
		{
			id: 'databases',
			title: 'Databases',
			state: 'todo',
			changes: [
				{action: 'run', target: 'role zenml_user', opens: [{title: 'SQL', lines: ['CREATE ROLE "zenml_user";']}]},
				{action: 'wait', target: 'somebody'},
				{action: 'push', target: 'an image'},
			],
		},
		{
			id: 'control-plane',
			title: 'Control plane',
			state: 'todo',
			changes: [
				{
					action: 'update',
					target: 'release zenml-pro/zenml-pro',
					opens: [
						{title: 'Values', lines: ['  zenml:', '-   replicaCount: 1', '+   replicaCount: 3']},
						{title: 'Manifests', lines: long},
					],
				},
			],
		},
	],
};

let app: OpenApp | undefined;
afterEach(() => app?.close());

const onReview = async (): Promise<OpenApp> => {
	const fake = fakeSession({plan: async () => plan, draft: fullDraft, given: ['registry.host']});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.ctrlS);
	await settle();
	return app;
};

test('the changes of a plan stand in a list, and each opens to all that it does', async () => {
	const {press, frame} = await onReview();
	await press('d');
	expect(frame()).toContain('run role zenml_user');
	expect(frame()).toContain('Not here: 1 change (a push or a call).');
	expect(frame()).toContain('+41 -1');
	await press(keys.down, keys.enter);
	expect(frame()).toContain('-   replicaCount: 1');
	expect(frame()).toContain('+   replicaCount: 3');
	expect(frame()).toContain('change 2 of 2');
	await press(keys.end);
	expect(frame()).toContain('+ key39: value');
	await press(keys.enter);
	expect(frame()).toContain('CREATE ROLE "zenml_user";');
	await press(keys.escape, keys.escape);
	expect(frame()).toContain('Change an answer');
});

test('the button of the review opens the same list', async () => {
	const {press, frame} = await onReview();
	expect(frame()).toContain('5 Details');
	await press('5');
	expect(frame()).toContain('Which one do you want to read?');
});

test('twenty workspaces stay one row each, as wide as the window', () => {
	const all = Array.from({length: 20}, (_, index) => ({
		of: 'Workspaces',
		what: `create release a-rather-long-namespace-for-team-${index}/zenml-workspace`,
		whole: '',
		parts: [{title: 'Values', lines: long}],
	}));
	for (const label of changeLabels(all, 78)) expect(label.length).toBeLessThanOrEqual(74);
});

test('a sign and a colour say what a line is', () => {
	const state = {plan: {status: 'ready', view: plan}} as never;
	expect(openings(state)).toHaveLength(2);
	const {rows} = openedText(state, {columns: 80, rows: 24, run: undefined, now: 0}, 1);
	const roleOf = (text: string) => rows.flat().find((span) => span.text.startsWith(text))?.role;
	expect([roleOf('+   replica'), roleOf('-   replica'), roleOf('  zenml')]).toEqual(['ok', 'bad', 'plain']);
});

test('answers that differ from the last run stand at the top and are the first that opens', async () => {
	const fact = {
		...{id: 'changed-answers', rank: 0, label: 'Answers', lines: ['1 differs from the last run: registry.host']},
		opens: [{title: 'Before and now', lines: ['registry.host', '- old.corp.example', '+ new.corp.example']}],
	};
	const fake = fakeSession({plan: async () => ({...plan, facts: [fact]}), draft: fullDraft, given: ['registry.host']});
	app = await openApp(fake.session);
	await app.press(keys.enter, keys.ctrlS);
	await settle();
	expect(app.frame()).toContain('1 differs from the last run: registry.host (d opens them)');
	await app.press('d');
	expect(app.frame()).toContain('+1 -1');
	await app.press(keys.enter);
	expect(app.frame()).toContain('- old.corp.example');
	expect(app.frame()).toContain('change 1 of 3');
});
