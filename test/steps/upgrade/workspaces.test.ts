import {describe, expect, test} from 'vitest';
import {upgradeWorkspacesStep} from '../../../source/steps/upgrade/workspaces.ts';
import {refusal} from '../parts.ts';
import {changesOf, code, type Given, linesOf, look, refusalOf} from '../world.ts';
import {oldSite} from './old-site.ts';

type Site = ReturnType<typeof oldSite>;

const applied = async (site: Site, more: Given = {}) => {
	const world = site.world(more);
	await upgradeWorkspacesStep.apply?.(world);
	return world;
};

const failure = async (site: Site, more: Given = {}) => refusalOf(applied(site, more));

/** A Helm that refuses the upgrade of this workspace. */
const refusing = ({given}: Site, name: string): NonNullable<Given['helm']> => ({
	...given.helm,
	upgrade: async (options) => {
		if (options.namespace === `zenml-${name}`) throw refusal('helm-render-failed', 'No.', {evidence: ['in its words']});
		return given.helm.upgrade(options);
	},
});

describe('what differs of workspaces', () => {
	test('is told in the order in which they are upgraded', async () => {
		const site = oldSite({others: ['two', 'three'], upgrade: {canary: 'three'}});
		const changes = changesOf(await look(upgradeWorkspacesStep, site.world({pass: 'look'})));
		expect(changes.filter((one) => one.includes('zenml-0.94.5 to zenml-0.95.1'))).toEqual([
			'update release zenml-three/zenml (zenml-0.94.5 to zenml-0.95.1)',
			'update release zenml-workspace/zenml (zenml-0.94.5 to zenml-0.95.1)',
			'update release zenml-two/zenml (zenml-0.94.5 to zenml-0.95.1)',
		]);
		expect(site.done).toEqual([]);
	});

	test('is asked of the control plane after one login for all of them, and after another at the next look', async () => {
		const site = oldSite({others: ['two', 'three']});
		await applied(site);
		let logins = 0;
		const login: typeof site.given.zenml.login = async (...given) => {
			logins += 1;
			return site.given.zenml.login(...given);
		};
		const counted = {zenml: {...site.given.zenml, login}};
		expect(await look(upgradeWorkspacesStep, site.world(counted))).toMatchObject({status: 'ok'});
		expect(logins).toBe(1);
		expect(await look(upgradeWorkspacesStep, site.world(counted))).toMatchObject({status: 'ok'});
		expect(logins).toBe(2);
	});

	test('is asked after another login where the first one was refused', async () => {
		const site = oldSite({});
		await applied(site);
		let logins = 0;
		const login: typeof site.given.zenml.login = async (...given) => {
			logins += 1;
			if (logins === 1) throw new Error('refused once');
			return site.given.zenml.login(...given);
		};
		const world = site.world({zenml: {...site.given.zenml, login}});
		await expect(upgradeWorkspacesStep.check(world)).rejects.toThrow('refused once');
		expect(await upgradeWorkspacesStep.check(world)).toMatchObject({status: 'ok'});
	});

	test('is nothing once they are upgraded: a second look finds them where they answer', async () => {
		const site = oldSite({others: ['two']});
		await applied(site);
		expect(await look(upgradeWorkspacesStep, site.world())).toMatchObject({
			status: 'ok',
			note: 'default at zenml.corp.internal, two at two.corp.internal',
		});
	});
});

describe('workspaces are upgraded', () => {
	test('one first and alone, then the others, each asked at its own host', async () => {
		const site = oldSite({others: ['two', 'three'], upgrade: {canary: 'two', atOnce: 1}});
		const {told} = await applied(site);
		expect(site.done).toEqual([
			...['upgrade two', 'ask two', 'upgrade default', 'ask default', 'upgrade three', 'ask three'],
		]);
		expect(linesOf(told).filter((line) => line.endsWith('upgraded and verified'))).toEqual([
			'info workspace two: upgraded and verified',
			'info workspace default: upgraded and verified',
			'info workspace three: upgraded and verified',
		]);
		expect(told.flatMap((one) => (one.kind === 'progress' ? [`${one.done} of ${one.total}`] : []))).toEqual([
			...['0 of 3', '1 of 3', '2 of 3', '3 of 3'],
		]);
	});

	test('those that were upgraded by a killed run are asked, and not upgraded again', async () => {
		const site = oldSite({others: ['two']});
		await applied(site);
		site.done.length = 0;
		await applied(site);
		expect(site.done).toEqual(['ask default', 'ask two']);
	});
});

describe('the first workspace that fails', () => {
	test('stops it before any other is begun, and says which are upgraded', async () => {
		const site = oldSite({others: ['two', 'three'], upgrade: {canary: 'two'}});
		expect(await failure(site, {helm: refusing(site, 'two')})).toMatchObject({
			code: code('helm-render-failed'),
			evidence: [
				'workspaces upgraded and verified: none',
				'workspaces not upgraded: two, default, three',
				'in its words',
			],
		});
		expect(site.done).toEqual([]);
	});

	test('among the others leaves those that come after it alone', async () => {
		const site = oldSite({others: ['two', 'three'], upgrade: {atOnce: 1}});
		expect(await failure(site, {helm: refusing(site, 'two')})).toMatchObject({
			evidence: ['workspaces upgraded and verified: default', 'workspaces not upgraded: two, three', 'in its words'],
		});
		expect(site.done).toEqual(['upgrade default', 'ask default']);
	});

	test('after its rollout is told as upgraded and not verified', async () => {
		const site = oldSite({others: ['two']});
		const health = async () => {
			throw refusal('zenml-dashboard-broken');
		};
		expect(await failure(site, {zenml: {...site.given.zenml, health}})).toMatchObject({
			code: 'zenml-dashboard-broken',
			evidence: [
				'workspaces upgraded and verified: none',
				'workspaces upgraded, not verified: default',
				'workspaces not upgraded: two',
			],
		});
	});

	test('with all others upgraded leaves none', async () => {
		const site = oldSite();
		const health = async () => {
			throw refusal('zenml-dashboard-broken');
		};
		expect((await failure(site, {zenml: {...site.given.zenml, health}})).evidence).toEqual([
			...[
				'workspaces upgraded and verified: none',
				'workspaces upgraded, not verified: default',
				'workspaces not upgraded: none',
			],
		]);
	});

	test('where Helm does not answer any more says that it is not known, and not that they are not upgraded', async () => {
		const site = oldSite({others: ['two']});
		let down = false;
		const helm: Given['helm'] = {
			...site.given.helm,
			release: async (name, namespace) => {
				if (down) throw refusal('kubernetes-unreachable', 'The cluster does not answer.');
				return site.given.helm.release(name, namespace);
			},
			upgrade: async () => {
				down = true;
				throw refusal('helm-render-failed');
			},
		};
		expect(await failure(site, {helm})).toMatchObject({
			code: 'helm-render-failed',
			evidence: [
				'workspaces upgraded and verified: none',
				'workspaces upgraded or not: default, two: not known. The cluster does not answer.',
			],
		});
	});

	test('with a mistake of this tool is told as that mistake', async () => {
		const site = oldSite();
		const mistake = new Error('a bug');
		const workspaceInfo = async () => Promise.reject(mistake);
		const login = async () => Promise.reject(mistake);
		await expect(applied(site, {zenml: {...site.given.zenml, login, workspaceInfo}})).rejects.toBe(mistake);
	});
});
