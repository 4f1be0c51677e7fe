import {expect, test} from 'vitest';
import {upgradeControlPlaneStep} from '../../../source/steps/upgrade/control-plane.ts';
import {controlPlaneVerifiedStep} from '../../../source/steps/upgrade/verified.ts';
import {upgradeWorkspacesStep} from '../../../source/steps/upgrade/workspaces.ts';
import {refusal} from '../parts.ts';
import {changesOf, code, look, refusalOf, rowsOf} from '../world.ts';
import {oldSite} from './old-site.ts';

test('a dry run names what will be asked of the control plane, and asks nothing', async () => {
	const {world, done} = oldSite();
	const dry = world({pass: 'look'});
	expect(changesOf(await look(controlPlaneVerifiedStep, dry))).toEqual([
		'check the administrator can log in',
		'check the dashboard opens',
	]);
	expect([dry.told, done]).toEqual([[], []]);
});

test('a control plane that serves is told by what it answered', async () => {
	const world = oldSite().world();
	expect(await look(controlPlaneVerifiedStep, world)).toEqual({status: 'ok', note: '2 checks passed', warnings: []});
	expect(rowsOf(world.told)).toEqual([
		'the administrator can log in: ok, admin, superuser',
		'the dashboard opens: ok, ZenML Pro, with /assets/index.js',
	]);
});

test('one that does not serve stops the upgrade before any workspace', async () => {
	const {given, world} = oldSite();
	const dashboard = async () => Promise.reject(refusal('zenml-dashboard-broken', 'No page.'));
	const found = await look(controlPlaneVerifiedStep, world({zenml: {...given.zenml, dashboard}}));
	expect(found).toMatchObject({status: 'blocked', problem: {code: code('zenml-dashboard-broken')}});
});

test('no step of an upgrade offers a way back where no backup was made: it says why', async () => {
	const {given, world} = oldSite();
	const bare = world({...given, backups: {folder: '/backups', list: async () => []}});
	const {problem} = refusal('helm-timeout');
	for (const step of [upgradeControlPlaneStep, controlPlaneVerifiedStep, upgradeWorkspacesStep])
		expect(await refusalOf(step.ways?.(bare, problem) ?? Promise.resolve())).toMatchObject({
			code: code('back-nothing'),
			cause: 'No whole backup in /backups was made before an upgrade and has a dump of its database.',
		});
});
