import {expect, test} from 'vitest';
import {restoreCommand} from '../../../source/steps/restore/options.ts';
import {code, linesOf, refusalOf} from '../world.ts';
import {carry, id, ownSteps, restoreSite, stepNamed} from './site.ts';

test('users of the whole read which time they see, of whom, and where', async () => {
	const site = restoreSite();
	await carry(ownSteps(), site.world());
	const page = site.state.saved.get(`restored-${id}.txt`) ?? '';
	expect(page).toContain('Restored:     everything (control plane, workspace default)\n');
	expect(page).toContain('- control plane: users, teams, roles and workspaces are those of that time.');
	expect(page).toContain('  Log in again:  zenml login https://zenml.corp.internal\n');
	expect(page).toContain(
		'Where:\n  control plane: https://zenml-pro.corp.internal\n  workspace default: https://zenml.corp.internal\n',
	);
	expect(site.state.uses).toMatchObject([{note: 'everything (control plane, workspace default)'}]);
});

test('users of one workspace read nothing of the control plane', async () => {
	const site = restoreSite();
	await carry(ownSteps({kind: 'workspace', name: 'default'}), site.world());
	const page = site.state.saved.get(`restored-${id}.txt`) ?? '';
	expect(page).toContain('Restored:     the workspace default\n');
	expect(page).not.toContain('control plane');
});

test('a run that begins with the page tells nobody of what was not restored', async () => {
	const site = restoreSite();
	const last = stepNamed(ownSteps(), 'restored');
	const world = site.world();
	expect(await refusalOf(Promise.resolve(last.apply?.(world)))).toMatchObject({
		code: code('restore-differs'),
		cause: 'After the restore it differs from the dump: it is not restored.',
	});
	const unopened = ownSteps().filter(({id: step}) => step !== 'restore-keys' && step !== 'restored');
	await carry(
		unopened.filter(({id: step}) => step !== 'restore-start'),
		site.world(),
	);
	expect(await refusalOf(Promise.resolve(last.apply?.(world)))).toMatchObject({code: code('restore-unfinished')});
	expect([site.state.uses, [...site.state.saved], linesOf(world.told)]).toEqual([[], [], []]);
});

test('one that was restored before keeps its time when the page is written again', async () => {
	const site = restoreSite();
	await carry(ownSteps({kind: 'database', name: 'default'}), site.world());
	const before = site.cluster.all.get('ConfigMap zenml-workspace/zenml-airgap-restore-zenml');
	await carry(ownSteps(), site.world());
	expect(site.cluster.all.get('ConfigMap zenml-workspace/zenml-airgap-restore-zenml')).toBe(before);
	expect(site.cluster.all.get('ConfigMap zenml-pro/zenml-airgap-restore-zenml-pro')?.data).toMatchObject({
		phase: 'done',
	});
});

test('the command that goes on with it has every word that was agreed to', () => {
	const flags = {newer: true, replaceSecrets: true, again: true, partial: true};
	expect(restoreCommand({only: {kind: 'workspace', name: 'default'}, flags}, id)).toBe(
		`zenml-airgap restore ${id} --workspace default --newer --replace-secrets --again --partial`,
	);
	const none = {newer: false, replaceSecrets: false, again: false, partial: false};
	expect(restoreCommand({only: {kind: 'whole'}, flags: none}, id)).toBe(`zenml-airgap restore ${id}`);
});
