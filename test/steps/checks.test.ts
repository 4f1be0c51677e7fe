import {describe, expect, test} from 'vitest';
import {systemClock} from '../../source/base/clock.ts';
import {type Problem, type ProblemArea, type ProblemCode, ProblemError, problem} from '../../source/base/problem.ts';
import {cutOff} from '../../source/steps/prerequisites/cut-off.ts';
import {stepProblems} from '../../source/steps/problems.ts';
import {type Check, type Outcome, runChecks} from '../../source/steps/shared/checks.ts';
import {code, worldOf} from './world.ts';

const hangs: Check = {
	label: 'Registry',
	asks: 'registry',
	run: async ({signal}) =>
		new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
};
const refuses: Check = {
	label: 'Disk',
	asks: 'files',
	run: async () => {
		throw stepProblems.error('disk-full', {free: '1 MB', folder: '/state', needed: '50 MB'});
	},
};
const warns: Check = {label: 'Helm', asks: 'helm', run: async () => ({note: 'helm 4', warnings: ['helm is old']})};

test('a check that does not end is told with whom it waited for, beside what the others found', async () => {
	const slept: number[] = [];
	const sleep = async (ms: number): Promise<void> => {
		slept.push(ms);
		await systemClock.sleep(5);
	};
	const {problems, warnings} = await runChecks(worldOf({clock: {sleep}}), [hangs, refuses, warns]);
	expect(problems.map((one) => one.code)).toEqual([code('check-unanswered'), code('disk-full')]);
	expect(problems[0]).toMatchObject({
		area: 'registry',
		message: 'The check "Registry" did not end within 80 s.',
		cause: expect.stringContaining('the registry registry.corp'),
	});
	expect(warnings).toEqual(['helm is old']);
});

test.each([
	['cluster', 'cluster', 'the cluster https://api.corp:6443'],
	['database', 'database', 'the database server db.corp'],
	['servers', 'verification', 'the servers of ZenML Pro'],
	['helm', 'prerequisites', 'the program helm'],
] as const)('one that waits for %s belongs to the area %s', async (asks, area, name) => {
	const clock = {sleep: async () => systemClock.sleep(5)};
	const world = worldOf({clock, cluster: {server: 'https://api.corp:6443'}});
	const {problems} = await runChecks(world, [{...hangs, asks}]);
	expect(problems).toMatchObject([{code: 'check-unanswered', area, cause: expect.stringContaining(name)}]);
});

test('a run that is stopped ends its checks with the reason of the stop', async () => {
	const stop = new AbortController();
	const run = runChecks(worldOf({signal: stop.signal}), [hangs]);
	stop.abort(new Error('stopped by hand'));
	await expect(run).rejects.toThrow('stopped by hand');
});

test('rows that meet the same trouble tell it once, and the others where to read it', async () => {
	const silent = (label: string, asked: string): Check => ({
		label,
		asks: 'cluster',
		run: async () => {
			const told = stepProblems.problem('disk-full', {free: '1', folder: '/state', needed: '2'});
			throw new ProblemError({...told, message: `No answer (asked to ${asked}).`, evidence: ['ECONNREFUSED']});
		},
	});
	const world = worldOf();
	const {answered} = await runChecks(world, [silent('Kubernetes', 'tell'), silent('Nodes', 'list'), refuses, warns]);
	const rows = world.told.flatMap((one) =>
		one.kind === 'item' && one.state !== 'pending' ? [`${one.label}: ${one.note}`] : [],
	);
	expect(rows.sort()).toEqual([
		'Disk: Only 1 MB are free in /state.',
		'Helm: helm 4',
		'Kubernetes: No answer (asked to tell).',
		'Nodes: not looked at: the same as at Kubernetes',
	]);
	expect(answered).toEqual(['helm']);
});

test('a trouble is told at the check that asks first by its place in the list, not at the quickest', async () => {
	const trouble = stepProblems.error('disk-full', {free: '1', folder: '/state', needed: '2'});
	const after = (label: string, ms: number): Check => ({
		label,
		asks: 'cluster',
		run: async () => {
			await systemClock.sleep(ms);
			throw trouble;
		},
	});
	const world = worldOf();
	await runChecks(world, [after('Kubernetes', 20), after('Clocks', 0)]);
	const rows = world.told.flatMap((one) => (one.kind === 'item' && one.state === 'bad' ? [one.label] : []));
	expect(rows).toEqual(['Kubernetes', 'Clocks']);
	expect(world.told.at(-1)).toMatchObject({note: 'not looked at: the same as at Kubernetes'});
});

describe('several servers that cannot be reached', () => {
	const of = (problemCode: ProblemCode, area: ProblemArea) =>
		problem({code: problemCode, area, message: 'm', cause: 'c', fix: 'f'});
	const cluster = of('kubernetes-unreachable', 'cluster');
	const registry = of('registry-unreachable', 'registry');
	const starved = of('check-unanswered', 'database');
	const world = worldOf({cluster: {server: 'https://api.corp:6443'}});
	const toldOf = (problems: readonly Problem[], answered: Outcome['answered'] = ['files', 'helm']) =>
		cutOff(world, {problems, answered}).map(({code: found, message}) => [found, message]);

	test('are one trouble of this host, which is told first', () => {
		expect(toldOf([cluster, registry])).toEqual([
			[
				code('host-cut-off'),
				'This host reaches none of the servers that were asked: the cluster https://api.corp:6443, the registry registry.corp.',
			],
		]);
		expect(toldOf([starved, cluster])).toHaveLength(1);
	});

	test('are none of this host where one of them answers, or where only one was asked', () => {
		expect(toldOf([cluster, registry], ['database'])).toEqual([]);
		expect(toldOf([cluster, cluster])).toEqual([]);
		expect(toldOf([cluster, of('registry-unauthorized', 'registry')])).toEqual([]);
	});
});
