import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';

import {installPlan} from '../../source/plans/install.ts';
import {dumpOf} from '../helpers/dump.ts';
import {changesOf, type Site, startSite} from '../helpers/world.ts';

let site: Site;
beforeAll(async () => {
	site = await startSite();
});
afterAll(async () => site?.stop());

/** What each step says of a world in which everything before it is done. */
const due: Partial<Record<string, (registry: string) => readonly string[]>> = {
	images: (registry) =>
		['zenml-pro-api:0.13.18', 'zenml-pro-dashboard:0.13.18', 'zenml-pro-server:0.95.1', 'zenml:0.95.1'].map(
			(image) => `push ${registry}/zenml/${image}`,
		),
	namespaces: () => ['create namespace zenml-pro', 'create namespace zenml-workspace'],
	secrets: () => [
		'create secret zenml-pro/zenml-airgap-generated',
		'create secret zenml-pro/zenml-database',
		'create secret zenml-workspace/zenml-database',
		...['zenml-pro', 'zenml-workspace'].flatMap((namespace) =>
			['internal-registry-secret', 'zenml-ca', 'zenml-tls'].map((name) => `create secret ${namespace}/${name}`),
		),
	],
	databases: () => [
		'run role zenml_pro_user',
		'run database zenml_pro',
		'run access to database zenml_pro',
		'run role zenml_workspace_user',
		'run database zenml_workspace',
		'run access to database zenml_workspace',
	],
	'control-plane': () => ['create release zenml-pro/zenml-pro'],
	onboarding: () => ['create organization default'],
	workspaces: () => ['run enroll workspace default', 'create release zenml-workspace/zenml'],
};

describe('every step, in order, on a world that starts empty', () => {
	it.each(installPlan.steps.filter(({when}) => when === undefined).map(({id}) => id))(
		'%s says what differs, mends it, and then finds nothing to do',
		async (id) => {
			const answers = site.answers();
			const wanted = due[id]?.(answers.registry.host);
			let before = await site.check(id, answers);
			// People outside are awaited, as the engine does; the rehearsed ones act within moments.
			for (let round = 0; before.status === 'waiting' && round < 200; round += 1) {
				await sleep(50);
				before = await site.check(id, answers);
			}
			expect([...changesOf(before)].sort()).toEqual([...(wanted ?? [])].sort());
			if (wanted) await site.apply(id, answers);
			expect(await site.check(id, answers)).toMatchObject({status: 'ok'});
		},
	);

	it('changes nothing at all when everything is applied a second time', async () => {
		const answers = site.answers();
		const before = await dumpOf(site);
		for (const {id, when, apply} of installPlan.steps) if (!when && apply) await site.apply(id, answers);
		const after = await dumpOf(site);
		expect(after.databases).toEqual(before.databases);
		expect(after.registry).toEqual(before.registry);
		expect(after.objects).toEqual(before.objects);
	});

	it('changes nothing when the whole install is run again, and every step says that it was done', async () => {
		const answers = site.answers();
		const before = await dumpOf(site);
		const {exitCode, events} = await site.run(answers);
		expect(exitCode).toBe(0);
		expect(events.filter(({type}) => type === 'step-applying')).toEqual([]);
		expect(await dumpOf(site)).toEqual(before);
	});
});
