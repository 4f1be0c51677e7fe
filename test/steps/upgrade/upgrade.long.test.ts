import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Answers} from '../../../source/answers/schema.ts';
import {pagesOf, planViewOf} from '../../../source/engine/plan-view.ts';
import {type Site, startSite} from '../../helpers/world.ts';
import {carryInNewer, problemsIn, unsaved} from './site.ts';

let site: Site;
let newer: string;

beforeAll(async () => {
	site = await startSite({sample: 'older'});
	newer = await carryInNewer(site);
}, 120_000);
afterAll(async () => site?.stop());

const upgraded = (change: Partial<Answers['upgrade']> = {}): Answers =>
	site.answers((input) => ({
		...input,
		bundle: {...input.bundle, path: newer},
		upgrade: {clients: 'tell', ...change},
	}));

test('nothing installed is refused with the word for it', async () => {
	const {exitCode, problem} = await site.run(upgraded(), {plan: unsaved, until: 'upgrade-path'});
	expect(problem).toMatchObject({code: 'upgrade-not-installed'});
	expect(exitCode).toBe(3);
});

test('the older sample is installed, and upgrading to itself is nothing', {timeout: 300_000}, async () => {
	const installed = await site.run(site.answers());
	expect(problemsIn(installed.events)).toEqual([]);
	expect(installed.exitCode).toBe(0);
	const {state} = await site.run(site.answers(), {plan: unsaved, until: 'upgrade-path'});
	expect(state.steps.at(-1)?.note).toBe('nothing to upgrade: zenml-pro-0.13.15, zenml-0.94.5 are installed');
});

test('a dry run shows everything that is to be read, and changes nothing', {timeout: 300_000}, async () => {
	const look = await site.run(upgraded(), {plan: unsaved, pass: 'look'});
	expect(problemsIn(look.events)).toEqual([]);
	const pages = pagesOf(planViewOf(look.state));
	const text = pages.flatMap(({title, lines}) => [`# ${title}`, ...lines]).join('\n');
	expect(pages.map(({title}) => title)).toEqual([
		'What changes',
		'MIGRATION-GUIDE.md',
		'RELEASE-NOTES.md',
		'Changes of the control plane',
		'Changes of the workspace default',
		'Python clients',
		'Dockerfiles',
		'What works with what',
	]);
	expect(text).toContain('control plane: chart zenml-pro-0.13.15 to zenml-pro-0.13.18');
});

test('the upgrade goes through, and a second one changes nothing', {timeout: 300_000}, async () => {
	const first = await site.run(upgraded(), {plan: unsaved});
	expect(problemsIn(first.events)).toEqual([]);
	expect(first.exitCode).toBe(0);
	const again = await site.run(upgraded(), {plan: unsaved});
	expect(again.exitCode).toBe(0);
	expect(again.state.steps.filter(({outcome}) => outcome === 'applied').map(({id, changes}) => [id, changes])).toEqual(
		[],
	);
});

test('the way down is refused before anything changes', async () => {
	const down = await site.run(site.answers(), {plan: unsaved, until: 'upgrade-path'});
	expect(down.exitCode).toBe(3);
	expect(JSON.stringify(down.problem)).toContain('older than what is installed');
});
