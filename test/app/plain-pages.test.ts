import {expect, test} from 'vitest';
import {foundLines, planLines, reviewLines} from '../../source/app/plain/pages.ts';
import {problem} from '../../source/base/problem.ts';
import {planWords} from '../../source/plans/words.ts';
import {fullDraft} from '../ui/helpers/answers.ts';
import {found} from '../ui/helpers/fake-session.ts';

test('the first lines of a rehearsal name its fault before all else that was found', () => {
	const fault = ['Fault wrong-database-password: it is out of date.', 'The right password lies in /w/right'];
	const lines = foundLines({...found, rehearsal: true, fault}, planWords.install);
	expect(lines).toEqual(expect.arrayContaining(fault));
	expect(lines.indexOf(fault[0] ?? '')).toBeLessThan(lines.findIndex((line) => line.startsWith('Bundle')));
	expect(foundLines(found, planWords.install).join('\n')).not.toContain('Fault');
});

test('the plan in lines tells what is only waited for apart from changes', () => {
	const check = {action: 'check', target: 'look'} as const;
	expect(
		planLines({steps: [{id: 'verification', title: 'Verification', state: 'todo', changes: [check, check]}]}),
	).toContain('  Verification: 2 checks later');
});

test('what was found is told with an earlier run, and nothing twice', () => {
	const lines = foundLines(
		{
			...found,
			earlier: {text: 'it was stopped', finished: false, resumable: true, at: 0},
			kubeconfig: {...found.kubeconfig, context: ''},
			lines: ['Registry 127.0.0.1:5000', `Kubernetes at ${found.kubeconfig.server}`],
		},
		planWords.install,
	);
	expect(lines).toContain('Earlier run of 1970-01-01 00:00 UTC: it was stopped');
	expect(lines).toContain(`Cluster: ${found.kubeconfig.text}`);
	expect(lines).toContain('  Registry 127.0.0.1:5000');
	expect(lines.join('\n')).not.toContain(found.kubeconfig.server);
});

test('a run of somebody else in the same state folder is told before what was found', () => {
	const running =
		'A run is under way in this state folder: process 4711 of grace on jump-1, since 2026-11-29 02:30 UTC.';
	const lines = foundLines({...found, running}, planWords.install);
	expect(lines.indexOf(running)).toBeGreaterThan(0);
	expect(lines.indexOf(running)).toBeLessThan(lines.findIndex((line) => line.startsWith('Bundle')));
});

test('each state of a step in the plan has its line', () => {
	const trouble = problem({
		code: 'time-out',
		area: 'database',
		message: 'No login.',
		cause: 'It is locked.',
		fix: 'Unlock it.',
	});
	expect(
		planLines({
			steps: [
				{id: 'bundle', title: 'Bundle', state: 'ok', note: '4 images'},
				{id: 'images', title: 'Images', state: 'ok'},
				{id: 'secrets', title: 'Secrets', state: 'todo', changes: [{action: 'create', target: 'secret a/b'}]},
				{id: 'dns', title: 'DNS', state: 'unknown'},
				{id: 'verification', title: 'Verification', state: 'held'},
				{id: 'ca', title: 'CA', state: 'not-needed'},
				{id: 'databases', title: 'Databases', state: 'problem', problem: trouble},
			],
		}),
	).toEqual([
		'What will be done',
		'  Bundle: 4 images',
		'  Images: nothing to do',
		'  Secrets: 1 change',
		'    create secret a/b',
		'  DNS: planned after the earlier steps',
		'  Verification: held by the problem above: planned once that is mended',
		'  CA: not asked for',
		'  Databases: problem',
		'    No login.',
		'      why:   It is locked.',
		'      do:    Unlock it.',
		'      who:   you',
		'      code:  time-out',
	]);
});

test('the review numbers the members of a list and tells advanced answers only where they were given', () => {
	const draft = {
		...fullDraft,
		organization: {users: [{username: 'ada', password: 'prompt'}]},
		helm: {timeoutMinutes: 30},
	};
	const lines = reviewLines({draft, untyped: []});
	expect(lines).toContain('Users');
	expect(lines).toContain('  Login name (1): ada');
	expect(lines).toContain('  Minutes for one release: 30');
	expect(lines.join('\n')).not.toContain('helm program');
});

test('where a plan goes stands apart from what will be done, each under its heading', () => {
	const facts = [{id: 'cluster', rank: 0, label: 'Cluster', lines: ['prod, https://10.0.0.5:6443']}];
	expect(planLines({facts, steps: [{id: 'bundle', title: 'Bundle', state: 'ok', note: '4 images'}]})).toEqual([
		'Where it goes',
		'  Cluster: prod, https://10.0.0.5:6443',
		'',
		'What will be done',
		'  Bundle: 4 images',
	]);
});
