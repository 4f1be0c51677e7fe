import {describe, expect, test} from 'vitest';
import type {Release} from '../../../source/helm/types.ts';
import {sampleControlPlane} from '../../../source/steps/control-plane/release.ts';
import {readInstalled} from '../../../source/steps/upgrade/installed.ts';
import {upgradePathStep} from '../../../source/steps/upgrade/path.ts';
import {conflictProblem, pathRules} from '../../../source/steps/upgrade/rules.ts';
import {requireVerified} from '../../../source/steps/upgrade/verified.ts';
import {inOrder} from '../../../source/steps/upgrade/workspaces.ts';
import {fakeClock} from '../../base/fake-clock.ts';
import {carried, refusal, releaseOf} from '../parts.ts';
import {answersOf, code, look, refusalOf, worldOf} from '../world.ts';

const two = answersOf((input) => ({
	...input,
	workspaces: [
		...input.workspaces,
		{name: 'two', host: 'two.corp.internal', namespace: 'zenml-two', database: {name: 'two', username: 'two_user'}},
	],
}));

const at = (chart: string, more: Partial<Release> = {}): Release => releaseOf({chart, appVersion: '', ...more});

/** What the rules say of installed charts, by namespace, against zenml-pro 0.13.18 and zenml 0.95.1. */
const judged = async (installed: Readonly<Record<string, readonly Release[]>>, answers = two) => {
	const world = worldOf({
		answers,
		bundle: carried(),
		helm: {history: async (_name, namespace) => installed[namespace] ?? []},
	});
	return pathRules(world, await readInstalled(world));
};

describe('the path of an upgrade', () => {
	test('is open from older charts, and where only some are upgraded', async () => {
		const [pro, ws] = [[at('zenml-pro-0.13.15')], [at('zenml-0.94.5')]];
		expect(await judged({'zenml-pro': pro, 'zenml-workspace': ws, 'zenml-two': ws})).toEqual({
			problems: [],
			warnings: [],
		});
		const [newPro, newWs] = [[at('zenml-pro-0.13.18')], [at('zenml-0.95.1')]];
		expect((await judged({'zenml-pro': newPro, 'zenml-workspace': newWs, 'zenml-two': ws})).problems).toEqual([]);
	});

	test('is refused where nothing is installed', async () => {
		expect((await judged({})).problems).toMatchObject([
			{
				code: code('upgrade-not-installed'),
				message: 'There is nothing to upgrade: no release zenml-pro is in namespace zenml-pro.',
				cause: 'Helm knows no revision of the control plane there.',
				fix: 'Install it with "zenml-airgap install", or name the namespace and release that it has.',
			},
		]);
	});

	test('is refused where a workspace of the answers is not installed', async () => {
		const found = await judged({'zenml-pro': [at('zenml-pro-0.13.15')], 'zenml-workspace': [at('zenml-0.94.5')]});
		expect(found.problems).toMatchObject([
			{
				message: 'Not installed: workspace two.',
				cause: 'The answers name them, and Helm knows no revision of them. An upgrade makes no new workspace.',
				fix: 'Install them first with the bundle that is installed and "zenml-airgap install", or take them out of the answers for the upgrade.',
			},
		]);
	});

	test('is not judged by workspaces of a chart that cannot be compared', async () => {
		const [pro, old, other] = [[at('zenml-pro-0.13.15')], [at('zenml-0.94.5')], [at('their-own-zenml-7')]];
		expect(await judged({'zenml-pro': pro, 'zenml-workspace': old, 'zenml-two': other})).toEqual({
			problems: [],
			warnings: [],
		});
	});

	test('does not lead down', async () => {
		const ws = [at('zenml-0.96.0')];
		const found = await judged({'zenml-pro': [at('zenml-pro-0.13.18')], 'zenml-workspace': ws, 'zenml-two': ws});
		expect(found.problems).toMatchObject([
			{
				code: 'downgrade-refused',
				nextSteps: ['To go back all the same, release and database together: zenml-airgap back default'],
			},
			{
				code: 'downgrade-refused',
				nextSteps: ['To go back all the same, release and database together: zenml-airgap back two'],
			},
		]);
	});

	test('keeps the control plane as new as what is installed of the workspaces', async () => {
		const chart = (await carried().open()).controlPlaneChart;
		const world = worldOf({
			answers: two,
			bundle: carried({controlPlaneChart: {...chart, version: '0.13.14'}}),
			helm: {
				history: async (_name, namespace) => [at(namespace === 'zenml-pro' ? 'zenml-pro-0.13.10' : 'zenml-0.94.3')],
			},
		});
		expect(pathRules(world, await readInstalled(world)).problems).toEqual([]);
		const newer = worldOf({
			answers: two,
			bundle: carried({controlPlaneChart: {...chart, version: '0.13.14'}}),
			helm: {
				history: async (_name, namespace) => [at(namespace === 'zenml-pro' ? 'zenml-pro-latest' : 'zenml-0.94.5')],
			},
		});
		expect(pathRules(newer, await readInstalled(newer)).problems).toMatchObject([
			{
				code: code('upgrade-order'),
				message: 'The control plane would be older than workspace default (0.94.5), workspace two (0.94.5).',
				cause: expect.stringMatching(
					/^It is to have version 0\.13\.14, and what is installed of the workspaces needs a newer one: .* A control plane is as new as its workspaces, or newer\.$/u,
				),
				fix: 'Use a bundle whose control plane is as new as these workspaces.',
			},
		]);
	});

	test('names a first workspace that is none', async () => {
		const ws = [at('zenml-0.94.5')];
		const answers = {...two, upgrade: {...two.upgrade, canary: 'six'}};
		const installed = {'zenml-pro': [at('zenml-pro-0.13.15')], 'zenml-workspace': ws, 'zenml-two': ws};
		expect((await judged(installed, answers)).problems).toMatchObject([
			{
				code: code('upgrade-canary-unknown'),
				cause: 'The answers have: default, two.',
				fix: 'Name one of these in upgrade.canary, or leave it out: then it is the first.',
			},
		]);
	});

	test('is looked at before the lock is taken', async () => {
		const world = worldOf({
			bundle: carried(),
			cluster: {version: async () => 'v1.34.0'},
			helm: {history: async () => []},
		});
		expect(await look(upgradePathStep, world)).toMatchObject({
			status: 'blocked',
			problem: {code: 'upgrade-not-installed'},
		});
	});
});

test('a conflict shows both sides, and neither of a secret', async () => {
	const values = {zenml: {replicaCount: 3, auth: {password: {value: 'our-secret'}}}};
	const live = {zenml: {replicaCount: 5, auth: {password: {value: 'their-secret'}}}};
	const wanted = {
		...(await sampleControlPlane(worldOf({bundle: carried()}))),
		values,
		edits: {ours: values, kept: [], live},
	};
	const problem = conflictProblem(wanted, [
		{path: ['zenml', 'replicaCount'], theirs: 5, ours: 3},
		{path: ['zenml', 'auth', 'password', 'value'], theirs: 'their-secret', ours: 'our-secret'},
	]);
	expect(problem).toMatchObject({
		code: code('upgrade-conflict'),
		message: '2 values of release zenml-pro/zenml-pro were set by hand, and the upgrade would change them too.',
		cause:
			'Somebody changed them since this tool wrote the release, and the answers or the new chart want something else there: zenml.replicaCount, zenml.auth.password.value. Both sides stand below.',
		fix: 'Say for each whether it is kept or replaced: list its path in upgrade.keep or upgrade.replace, or decide for all in upgrade.conflicts.',
		evidence: [
			'zenml.replicaCount: set by hand 5; wanted 3',
			'zenml.auth.password.value: set by hand (a secret); wanted (a secret)',
		],
		answers: ['upgrade.keep', 'upgrade.replace', 'upgrade.conflicts'],
	});
	expect(conflictProblem(wanted, [])).toBeUndefined();
	const gone = [{path: ['zenml', 'debug'], theirs: undefined, ours: false}];
	expect(conflictProblem(wanted, gone)?.evidence).toEqual(['zenml.debug: set by hand (not there); wanted false']);
});

test('several checks that fail after an upgrade are told as one, once they had time to pass by themselves', async () => {
	let asked = 0;
	const failing = (name: string) => ({
		label: name,
		asks: 'servers' as const,
		run: async () => {
			asked += 1;
			throw refusal(code('zenml-not-ready'), `${name} is not ready.`);
		},
	});
	const clock = fakeClock();
	const world = worldOf({clock});
	const refused = refusalOf(requireVerified(world, 'workspace two', [failing('a'), failing('b')]));
	expect(await clock.drive(refused)).toMatchObject({
		code: code('upgrade-unverified'),
		message: '2 of 2 checks of the workspace two failed after its upgrade: all for you to mend.',
		cause: 'They are: 1. a is not ready. 2. b is not ready.',
		parts: [{fix: 'Mend zenml-not-ready.'}, {fix: 'Mend zenml-not-ready.'}],
	});
	expect(asked).toBe(16);
});

test('a server that is reached a moment after its rollout is no failure, and one that says what it is not is one at once', async () => {
	let asked = 0;
	const late = {
		label: 'late',
		asks: 'servers' as const,
		run: async () => {
			asked += 1;
			if (asked < 3) throw refusal(code('zenml-not-ready'));
			return {note: 'healthy', warnings: ['slow']};
		},
	};
	const clock = fakeClock();
	expect(await clock.drive(requireVerified(worldOf({clock}), 'workspace two', [late]))).toEqual(['slow']);
	const other = {
		...late,
		run: async () => {
			asked += 1;
			throw refusal(code('zenml-dashboard-broken'));
		},
	};
	expect(await clock.drive(refusalOf(requireVerified(worldOf({clock}), 'workspace two', [other])))).toMatchObject({
		code: 'zenml-dashboard-broken',
	});
	expect(asked).toBe(4);
});

test('the first workspace is the one that the answers name, else the first', () => {
	const names = (canary?: string) =>
		inOrder({answers: {...two, upgrade: {...two.upgrade, canary}}}).map(({name}) => name);
	expect(names('two')).toEqual(['two', 'default']);
	expect(names()).toEqual(['default', 'two']);
});
