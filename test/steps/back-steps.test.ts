import {describe, expect, test} from 'vitest';
import {backSteps} from '../../source/steps/back/index.ts';
import {findWayBack} from '../../source/steps/back/source.ts';
import {verificationStep} from '../../source/steps/back/verification.ts';
import {waysBack} from '../../source/steps/back/way.ts';
import {workspaceOf} from '../../source/steps/shared/names.ts';
import type {World} from '../../source/steps/world.ts';
import {backSite, manifestOf, revisionOf, summaryOf} from './back-site.ts';
import {refusal} from './parts.ts';
import {answersOf, changesOf, code, linesOf, look, refusalOf} from './world.ts';

/** Goes the way back of the workspace to its end. */
const goBack = async (world: World): Promise<void> => {
	const [workspace] = world.answers.workspaces;
	if (!workspace) throw new Error('no workspace');
	const [way] = await waysBack(world, [workspaceOf(world.answers, workspace)]);
	if (!way) throw new Error('no way');
	await way.run(world);
};

describe('once a way was gone', () => {
	test('every step of the plan says what is so, and none has anything to do', async () => {
		const site = backSite();
		await goBack(site.world());
		const seen = await Promise.all(backSteps('default').map(async (step) => look(step, site.world())));
		expect(seen).toEqual([
			{status: 'ok', note: 'revision 1 (zenml-0.93.0) and the dump of backup before: came back before'},
			{status: 'ok', note: 'those that run are those that come back'},
			{status: 'ok', note: '2 tables as in the dump'},
			{status: 'ok', note: 'revision 3 is deployed'},
			{status: 'ok', note: '2 checks passed', warnings: []},
		]);
	});

	test('the next upgrade has a way back of its own, with the backup of its time', async () => {
		const site = backSite();
		await goBack(site.world());
		const [component] = manifestOf().components;
		if (!component) throw new Error('no component');
		const second = manifestOf({id: 'second', components: [{...component, revision: 3}]});
		site.state.backups = [summaryOf(second), ...site.state.backups];
		site.state.history = [...site.state.history, revisionOf(4, 'failed', 'zenml-0.98.0')];
		expect(await findWayBack(site.world(), 'default')).toMatchObject({
			...{backup: 'second', revision: 3, phase: 'not begun', from: 4},
		});
	});
});

describe('what came back is asked what it is', () => {
	test.each([
		['that is reached a moment later', 'zenml-not-ready'],
		['in whose place a page of the way answers for a moment', 'zenml-api-not-itself'],
	] as const)('a server %s is asked again, and each refusal is told', async (_what, refused) => {
		const site = backSite();
		let asked = 0;
		const health = async (): Promise<void> => {
			asked += 1;
			if (asked < 3) throw refusal(refused, `Not ready at ${asked}.`);
		};
		const world = site.world({zenml: {...site.given().zenml, health}});
		await goBack(world);
		expect(linesOf(world.told).filter((line) => line.startsWith('warn Not'))).toEqual([
			'warn Not ready at 1.',
			'warn Not ready at 2.',
		]);
		expect(asked).toBe(3);
	});

	test('one that says something else for good is a problem of the way, asked once where no rule tries it again', async () => {
		const site = backSite();
		let asked = 0;
		const health = async (): Promise<void> => {
			asked += 1;
			throw refusal('https-certificate-untrusted', 'Another CA.');
		};
		const world = site.world({zenml: {...site.given().zenml, health}});
		expect(await refusalOf(goBack(world))).toMatchObject({
			...{code: code('https-certificate-untrusted'), message: 'Another CA.', area: 'verification'},
		});
		expect(asked).toBe(1);
		// The release is back all the same: only its proof is missing.
		expect(site.state.done).toContain('mark done');
	});

	test('several that fail are told as one', async () => {
		const site = backSite();
		const health = async () => Promise.reject(refusal('zenml-not-ready', 'Not ready.'));
		const workspaceInfo = async () => Promise.reject(refusal('https-reset', 'The connection broke.'));
		const world = site.world({zenml: {...site.given().zenml, health, workspaceInfo}});
		expect(await look(verificationStep('default'), world)).toMatchObject({
			status: 'blocked',
			problem: {
				code: code('verification-failed'),
				area: 'verification',
				message: '2 of 2 checks failed: all for you to mend.',
				cause: 'They are: 1. Not ready. 2. The connection broke.',
			},
		});
	});

	test('the control plane is logged in to, and its dashboard opened', async () => {
		const site = backSite();
		const step = verificationStep('controlPlane');
		expect(changesOf(await look(step, site.world({pass: 'look'})))).toEqual([
			'check the administrator can log in',
			'check the dashboard opens',
		]);
		expect(await look(step, site.world())).toEqual({status: 'ok', note: '2 checks passed', warnings: []});
	});
});

test('a rollback of which Helm tells and its history does not is no way back: it says what is still to be done', async () => {
	const site = backSite();
	const given = site.given();
	const rollback = async () => revisionOf(3, 'deployed', 'zenml-0.93.0');
	expect(await refusalOf(goBack(site.world({helm: {...given.helm, rollback}})))).toMatchObject({
		code: code('did-not-converge'),
		area: 'cluster',
	});
});

test('a way depends on the answers of its own component alone, and on where backups lie', () => {
	const [before, after] = [
		answersOf(),
		answersOf((input) => ({...input, controlPlane: {...input.controlPlane, replicas: 3}})),
	];
	const inputsOf = (name: string, answers: typeof before) => verificationStep(name).inputs(answers);
	expect(inputsOf('controlPlane', after)).not.toEqual(inputsOf('controlPlane', before));
	expect(inputsOf('default', after)).toEqual(inputsOf('default', before));
	const elsewhere = {...before, backup: {...before.backup, folder: '/elsewhere'}};
	expect(inputsOf('default', elsewhere)).not.toEqual(inputsOf('default', before));
	const [workspace] = before.workspaces;
	const other = {...before, workspaces: workspace ? [{...workspace, host: 'other.corp.internal'}] : []};
	expect(inputsOf('default', other)).not.toEqual(inputsOf('default', before));
});
