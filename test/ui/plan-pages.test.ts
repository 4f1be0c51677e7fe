import {afterEach, expect, test} from 'vitest';
import {planLines} from '../../source/app/plain/pages.ts';
import type {PlanView} from '../../source/engine/plan-view.ts';
import {trouble} from '../engine/events.ts';
import {fullDraft} from './helpers/answers.ts';
import {fakeSession} from './helpers/fake-session.ts';
import {keys, type OpenApp, openApp, settle} from './helpers/screen.tsx';

let app: OpenApp | undefined;
afterEach(() => app?.close());

const view: PlanView = {
	steps: [
		{
			id: 'upgrade-path',
			title: 'Upgrade path',
			state: 'ok',
			note: '0.13.15 to 0.13.18',
			pages: [
				{
					title: 'What changes',
					lines: ['control plane: 0.13.15 -> 0.13.18', ...Array.from({length: 40}, (_, n) => `line ${n}`)],
				},
				{title: 'Release notes', lines: ['Dashboards are faster.']},
			],
		},
	],
};

const reviewOf = async (plan: PlanView): Promise<OpenApp> => {
	const {session} = fakeSession({draft: fullDraft, given: ['registry.host'], plan: async () => plan});
	const open = await openApp(session, 100, 24);
	await open.press(keys.enter);
	return open;
};

test('what is to be read before the start is named on the review and opened with Enter', async () => {
	app = await reviewOf(view);
	await app.press(keys.end);
	expect(app.frame()).toContain('Release notes (1 line)');
	await app.press('6');
	expect(app.frame()).toContain('control plane: 0.13.15 -> 0.13.18');
	await app.press(keys.end);
	expect(app.frame()).toContain('line 39');
	await app.press(keys.enter);
	expect(app.frame()).toContain('Dashboards are faster.');
	await app.press(keys.left);
	expect(app.frame()).toContain('control plane: 0.13.15 -> 0.13.18');
	await app.press(keys.escape);
	expect(app.frame()).toContain('[6 Read pages]');
});

test('until the plan was on the screen, the button in focus is the one that reads on', async () => {
	app = await reviewOf(view);
	expect(app.frame()).not.toContain('Upgrade path');
	expect(app.frame()).toContain('[6 Read pages]');
	await app.press(keys.end);
	expect(app.frame()).toContain('Upgrade path');
	expect(app.frame()).toContain('[1 Start]');
	await app.press(keys.home);
	expect(app.frame()).not.toContain('Upgrade path');
	expect(app.frame()).toContain('[1 Start]');
	app.close();
	app = await reviewOf(view);
	await app.resize(100, 200);
	expect(app.frame()).toContain('[1 Start]');
});

test('End before there is a plan leads to its first problem, later to the last row; x leads to the problem', async () => {
	const steps = Array.from({length: 60}, (_, n) => ({id: `s${n}`, title: `Step ${n}`, state: 'ok'}) as const);
	const lost = {id: 'lost', title: 'Lost', state: 'problem', problem: trouble} as const;
	let ready: (plan: PlanView) => void = () => undefined;
	const plan = async () =>
		new Promise<PlanView>((resolve) => {
			ready = resolve;
		});
	const {session} = fakeSession({draft: fullDraft, given: ['registry.host'], plan});
	app = await openApp(session, 100, 24);
	await app.press(keys.enter, keys.end);
	expect(app.frame()).toContain('Looking, nothing is changed');
	ready({steps: [...steps, lost, ...steps]});
	await settle();
	expect(app.frame()).toContain(`Lost: ${trouble.message}`);
	await app.press(keys.home, keys.end);
	expect(app.frame()).toContain('Step 59');
	await app.press(keys.home, 'x');
	expect(app.frame()).toContain(`Lost: ${trouble.message}`);
	await app.press(keys.down);
	expect(app.frame()).not.toContain(`Lost: ${trouble.message}`);
	app.close();
	app = await reviewOf({steps});
	await app.press(keys.end);
	expect(app.frame()).toContain('Step 59');
});

test('a plan without pages has no button for them', async () => {
	app = await reviewOf({steps: [{id: 'bundle', title: 'Bundle', state: 'ok'}]});
	expect(app.frame()).not.toContain('Read pages');
	await app.press('6');
	expect(app.frame()).not.toContain('Quit?');
	await app.press('4');
	expect(app.frame()).toContain('Quit? y/n');
});

test('in lines the pages stand behind the steps', () => {
	expect(planLines(view).slice(0, 5)).toEqual([
		'What will be done',
		'  Upgrade path: 0.13.15 to 0.13.18',
		'',
		'--- What changes',
		'control plane: 0.13.15 -> 0.13.18',
	]);
});
