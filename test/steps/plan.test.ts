import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {dumpOf} from '../helpers/dump.ts';
import {uninstall} from '../helpers/uninstall.ts';
import {plannedIn, type Site, startSite} from '../helpers/world.ts';

let site: Site;
const never = new AbortController().signal;
beforeAll(async () => {
	site = await startSite();
});
afterAll(async () => site?.stop());

describe('plan and verify', () => {
	it('plan lists every change of an empty world and makes none', async () => {
		const answers = site.answers();
		const before = await dumpOf(site);
		const {exitCode, events} = await site.run(answers, {pass: 'look'});
		expect(await dumpOf(site)).toEqual(before);
		expect(exitCode).toBe(0);
		const planned = plannedIn(events);
		expect(Object.keys(planned)).toEqual([
			'images',
			'namespaces',
			'secrets',
			'databases',
			'control-plane',
			'onboarding',
			'workspaces',
			'dns',
			'ca',
			'verification',
		]);
		expect(planned.images).toHaveLength(4);
		expect(planned.namespaces).toEqual(['create namespace zenml-pro', 'create namespace zenml-workspace']);
		expect(planned.databases).toEqual(['create database zenml_pro', 'create database zenml_workspace']);
		expect(planned['control-plane']).toEqual(['create release zenml-pro/zenml-pro']);
		expect(planned.workspaces).toEqual(['run enroll workspace default', 'create release zenml-workspace/zenml']);
	});

	it('verify of an empty world says what is missing, ends with 9 and makes nothing', async () => {
		const before = await dumpOf(site);
		expect(await site.run(site.answers(), {pass: 'verify'})).toMatchObject({exitCode: 9});
		expect(await dumpOf(site)).toEqual(before);
	});

	it('after the install plan lists nothing, verify ends with 0, and neither changes anything', async () => {
		const answers = site.answers();
		expect(await site.run(answers)).toMatchObject({exitCode: 0});
		const before = await dumpOf(site);
		const plan = await site.run(answers, {pass: 'look'});
		expect(plan).toMatchObject({exitCode: 0});
		expect(plannedIn(plan.events)).toEqual({});
		expect(await site.run(answers, {pass: 'verify'})).toMatchObject({exitCode: 0});
		expect(await dumpOf(site)).toEqual(before);
	});

	it('after drift verify looks at everything, ends with 9, and mends nothing', async () => {
		const answers = site.answers();
		const {helm, cluster} = await site.world(answers);
		await uninstall(answers, 'zenml', 'zenml-workspace');
		const at = {apiVersion: 'v1', kind: 'Secret', namespace: 'zenml-pro', name: 'zenml-ca'};
		await cluster.delete(at, never);
		const {exitCode, events} = await site.run(answers, {pass: 'verify'});
		expect(exitCode).toBe(9);
		expect(events.flatMap((event) => (event.type === 'step-problem' ? [event.step] : []))).toEqual([
			'secrets',
			// Its pods would be restarted once the secret they read is back.
			'control-plane',
			'workspaces',
			'verification',
		]);
		expect(await cluster.get(at, never)).toBeUndefined();
		expect(await helm.release('zenml', 'zenml-workspace', never)).toBeUndefined();
	});
});
