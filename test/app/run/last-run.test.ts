import {describe, expect, test} from 'vitest';
import {answersSchema} from '../../../source/answers/schema.ts';
import {changedAnswers} from '../../../source/app/run/changed-answers.ts';
import {lastRunFact, partFact} from '../../../source/app/run/last-run.ts';
import type {Journal} from '../../../source/engine/journal.ts';

const journal: Journal = {
	schema: 3,
	plan: 'install',
	tool: '0.2.0',
	runId: 'r1',
	startedAt: Date.UTC(2026, 10, 28, 1, 0),
	savedAt: Date.UTC(2026, 10, 28, 1, 14),
	host: 'jump-1',
	pid: 1,
	outcome: 'done',
	steps: [
		{id: 'images', outcome: 'applied'},
		{id: 'dns', outcome: 'already'},
	],
	acknowledged: [],
};

const told = (earlier: Journal | undefined): readonly string[] => lastRunFact(earlier).lines;

test('the last run says when it ended, how long it took and how many of its steps changed something', () => {
	expect(told(journal)).toEqual([
		expect.stringMatching(
			/^finished at 2026-11-28 01:14 UTC on jump-1 after 14 min.*, 1 of 2 steps changed something$/u,
		),
	]);
	const held = {step: 'workspaces', title: 'Workspaces', code: 'rollout-failed', message: 'It crashes.'};
	expect(told({...journal, outcome: 'failed', problem: held})).toEqual([
		expect.stringMatching(/^failed at .*, 1 of 2 steps changed something, "Workspaces" was not ended$/u),
	]);
	expect(told({...journal, outcome: undefined})).toEqual(['begun at 2026-11-28 01:00 UTC on jump-1, and not ended']);
	expect(told(undefined)).toEqual(['no earlier run known here']);
});

test('steps that are not all of the plan are told with how they were chosen', () => {
	const plan = {steps: ['Bundle', 'Images', 'DNS'].map((title) => ({id: title.toLowerCase(), title}))};
	const lines = (chosen: {from?: string; until?: string}) => partFact(plan, chosen).flatMap((fact) => fact.lines);
	expect(lines({})).toEqual([]);
	expect(lines({until: 'images'})).toEqual(['2 of 3: Bundle to Images (--until images)']);
	expect(lines({from: 'images', until: 'images'})).toEqual(['1 of 3: Images (--from images --until images)']);
	expect(lines({from: 'bundle'})).toEqual([]);
});

describe('answers that differ from those of the last run', () => {
	const answers = answersSchema.parse({
		registry: {host: 'registry.corp.example', username: 'pusher', password: 'env:REGISTRY_PASSWORD'},
		tls: {certificate: '/etc/pki/tls.crt', key: '/etc/pki/tls.key', ca: '/etc/pki/ca.crt'},
		database: {host: 'mysql.corp.example', admin: {username: 'root', password: 'file:/run/pw'}},
		controlPlane: {host: 'zenml-pro.corp.example'},
		workspaces: [{name: 'default', host: 'zenml-workspace.corp.example'}],
	});

	test('are named and counted, and open to what they were; of secrets the references', () => {
		const now = {...answers, registry: {...answers.registry, host: 'new.corp.example', password: 'file:/run/registry'}};
		expect(changedAnswers({...journal, answers}, now)).toMatchObject([
			{
				label: 'Answers',
				lines: ['2 differ from the last run: registry.host, registry.password'],
				opens: [
					{
						lines: [
							...['registry.host', '- registry.corp.example', '+ new.corp.example'],
							...['registry.password', '- env:REGISTRY_PASSWORD', '+ file:/run/registry'],
						],
					},
				],
			},
		]);
	});

	test('are not told where there was no run, where its answers cannot be read, and where none differs', () => {
		expect(changedAnswers(undefined, answers)).toEqual([]);
		expect(changedAnswers(journal, answers)).toEqual([]);
		expect(changedAnswers({...journal, answers: {registry: 'x'}}, answers)).toEqual([]);
		expect(changedAnswers({...journal, answers}, answers)).toEqual([]);
	});

	test('one that was left out or given anew has one side', () => {
		const now = {...answers, registry: {...answers.registry, ca: '/etc/pki/registry.crt'}};
		const [fact] = changedAnswers({...journal, answers}, now);
		expect(fact?.lines).toEqual(['1 differs from the last run: registry.ca']);
		expect(fact?.opens?.[0]?.lines).toEqual(['registry.ca', '+ /etc/pki/registry.crt']);
	});
});
