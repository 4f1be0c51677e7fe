import {expect, test} from 'vitest';
import {systemClock} from '../../source/base/clock.ts';
import {stepProblems} from '../../source/steps/problems.ts';
import {type Check, runChecks} from '../../source/steps/shared/checks.ts';
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
