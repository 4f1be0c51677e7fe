import {setTimeout as sleep} from 'node:timers/promises';
import {expect, onTestFinished, test} from 'vitest';
import type {Answers} from '../../source/answers/schema.ts';
import {installPlan} from '../../source/plans/install.ts';
import {dumpOf} from '../helpers/dump.ts';
import {changesOf, plannedIn, type Site, startSite} from '../helpers/world.ts';

/** The steps that a site without anything optional goes through. */
const steps = installPlan.steps.filter(({when}) => when === undefined);

/** What each step says of a world in which everything before it is done. */
const due: Partial<Record<string, (registry: string) => readonly string[]>> = {
	images: (registry) =>
		[
			'client-tools:1.0',
			'zenml-pro-api:0.13.18',
			'zenml-pro-dashboard:0.13.18',
			'zenml-pro-server:0.95.1',
			'zenml:0.95.1',
		].map((image) => `push ${registry}/zenml/${image}`),
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
		'create role zenml_pro_user',
		'create database zenml_pro',
		'update access to database zenml_pro',
		'create account zenml_workspace_user',
		'create database zenml_workspace',
		'update privileges of account zenml_workspace_user',
	],
	'control-plane': () => ['create release zenml-pro/zenml-pro'],
	onboarding: () => ['create organization default'],
	workspaces: () => ['create enrollment of workspace default', 'create release zenml-workspace/zenml'],
};

/** A dry run lists every change of an empty world, `verify` says what is missing; neither leaves a trace. */
const lookAtNothing = async (site: Site, answers: Answers): Promise<void> => {
	const before = await dumpOf(site);
	const {exitCode, events} = await site.run(answers, {pass: 'look'});
	expect(exitCode).toBe(0);
	const planned = plannedIn(events);
	expect(Object.keys(planned)).toEqual([...Object.keys(due), 'dns', 'ca', 'verification']);
	expect(planned.images).toHaveLength(5);
	for (const id of ['namespaces', 'control-plane', 'workspaces']) expect(planned[id]).toEqual(due[id]?.(''));
	expect(planned.databases?.toSorted()).toEqual(due.databases?.('').toSorted());
	expect(await site.run(answers, {pass: 'verify'})).toMatchObject({exitCode: 9});
	expect(await dumpOf(site)).toEqual(before);
};

/** A step says what differs, mends it, and then finds nothing to do. */
const converge = async (site: Site, answers: Answers, id: string): Promise<void> => {
	const wanted = due[id]?.(answers.registry.host);
	let before = await site.check(id, answers);
	// People outside are awaited, as the engine does; the rehearsed ones act within moments.
	for (let round = 0; before.status === 'waiting' && round < 200; round += 1) {
		await sleep(50);
		before = await site.check(id, answers);
	}
	expect([id, ...[...changesOf(before)].sort()]).toEqual([id, ...[...(wanted ?? [])].sort()]);
	if (wanted) await site.apply(id, answers);
	expect([id, await site.check(id, answers)]).toEqual([id, expect.objectContaining({status: 'ok'})]);
};

/** Once all is there, nothing changes it: not even the same again is written. */
const changeNothing = async (site: Site, answers: Answers): Promise<void> => {
	const before = await dumpOf(site);
	for (const {id, apply} of steps) if (apply) await site.apply(id, answers);
	expect(await dumpOf(site)).toEqual(before);
	const again = await site.run(answers);
	expect(again.exitCode).toBe(0);
	expect(again.events.filter(({type}) => type === 'step-applying')).toEqual([]);
	const plan = await site.run(answers, {pass: 'look'});
	expect([plan.exitCode, plannedIn(plan.events)]).toEqual([0, {}]);
	expect(await site.run(answers, {pass: 'verify'})).toMatchObject({exitCode: 0});
	expect(await dumpOf(site)).toEqual(before);
};

test('from an empty site to an install that nothing changes any more, step by step', async () => {
	const site = await startSite();
	onTestFinished(site.stop);
	const answers = site.answers();
	await lookAtNothing(site, answers);
	for (const {id} of steps) await converge(site, answers, id);
	await changeNothing(site, answers);
});
