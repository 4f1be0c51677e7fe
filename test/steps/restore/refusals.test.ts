import {describe, expect, test} from 'vitest';
import {installedVersions} from '../../../source/steps/prerequisites/installed-versions.ts';
import {accessesOfRestore} from '../../../source/steps/shared/accesses.ts';
import {refuseUnfinishedRestore} from '../../../source/steps/shared/marks/restore-mark.ts';
import {bundle, carried, facts, generatedAndEnrolled, refusal, releaseOf, secretObject} from '../parts.ts';
import {answersOf, code, look, refusalOf} from '../world.ts';
import {
	carry,
	databasePart,
	dumped,
	manifestOf,
	ownSteps,
	type RestoreSite,
	restoreSite,
	stepNamed,
	storedUnder,
} from './site.ts';

const id = '20261129T010000Z-0a1b2c';
const workspace = {kind: 'workspace', name: 'default'} as const;
const database = {kind: 'database', name: 'default'} as const;

const refusedAtFirst = async (site: RestoreSite, ...asked: Parameters<typeof ownSteps>) => {
	const problem = await refusalOf(look(stepNamed(ownSteps(...asked), 'restore-backup'), site.world()));
	expect(site.state.done).toEqual([]);
	return problem;
};

describe('a backup that does not fit is refused before anything is changed', () => {
	test('where no backup is whole and none is named', async () => {
		const site = restoreSite();
		const {createSource} = await import('../../../source/steps/restore/source.ts');
		const {noFlags} = await import('../../../source/steps/restore/options.ts');
		const source = createSource({only: {kind: 'whole'}, flags: noFlags});
		const world = site.world({backups: {folder: '/backups', list: async () => []}});
		expect(await refusalOf(source.open(world))).toMatchObject({
			code: code('restore-no-backup'),
			cause: 'No backup is named, and none that is there is whole.',
			fix: 'Name the folder of your backups in backup.folder, or the folder of one backup in the command.',
		});
	});

	test('where nothing of what is asked for is in it, or in the answers', async () => {
		const site = restoreSite();
		site.state.manifest = manifestOf({parts: [databasePart('controlPlane', 'zenml_pro')]});
		expect(await refusedAtFirst(site, workspace)).toMatchObject({
			code: code('restore-part-missing'),
			message: `The backup ${id} lacks what is to be restored: the database of default.`,
			cause: 'It has controlPlane.',
			fix: 'Take a backup that has it, or name one of these: --workspace NAME or --database NAME.',
			nextSteps: ['zenml-airgap backup list', `zenml-airgap restore ${id} --database controlPlane`],
		});
		expect(await refusedAtFirst(restoreSite(), {kind: 'workspace', name: 'other'})).toMatchObject({
			code: code('restore-component'),
			message: 'There is no workspace "other" in these answers.',
			cause: 'They have: default.',
			fix: 'Name one of these, --workspace NAME, or give the answers of the site that has it.',
			nextSteps: [`zenml-airgap restore ${id} --workspace default`],
		});
	});

	test('where its keys are not in it', async () => {
		const site = restoreSite();
		site.state.secrets = [];
		expect(await refusedAtFirst(site)).toMatchObject({
			code: code('restore-part-missing'),
			cause: 'What was generated for this site, its encryption keys among them, is in none of its parts.',
			fix: 'Take another backup; to restore one database over keys that are still in the cluster add --database NAME.',
			nextSteps: [
				'zenml-airgap backup list',
				`zenml-airgap restore ${id} --database controlPlane`,
				`zenml-airgap restore ${id} --database default`,
			],
		});
		site.state.secrets = [secretObject('zenml-pro', 'zenml-airgap-generated', {'controlPlane.admin.password': 'one'})];
		expect(await refusedAtFirst(site)).toMatchObject({
			code: code('restore-part-missing'),
			cause: 'The Secret of what was generated is in it, and this value is not.',
			fix: 'Take a backup that has it: without this key nobody can read the secrets in the database.',
		});
	});

	test('where it cannot be decrypted', async () => {
		const site = restoreSite();
		site.state.unreadable = refusal('backup-passphrase-wrong');
		expect(await refusedAtFirst(site)).toMatchObject({code: 'backup-passphrase-wrong'});
		expect(await refusedAtFirst(site, database)).toMatchObject({code: 'backup-passphrase-wrong'});
	});

	test('where this login may not stop servers, or run the tools in a pod', async () => {
		const site = restoreSite();
		const stop = {verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'zenml-workspace'};
		site.state.denied = [{...stop, reason: 'no RBAC policy matched'}];
		expect(await refusedAtFirst(site, database)).toMatchObject({
			code: code('kubernetes-permissions'),
			evidence: ['patch deployments.apps in zenml-workspace: no RBAC policy matched'],
		});
		const inPods = answersOf((input) => ({...input, backup: {tools: 'cluster'}}));
		expect(accessesOfRestore(inPods, ['zenml-workspace'])).toContainEqual({
			verb: 'create',
			group: '',
			resource: 'pods/exec',
			namespace: 'zenml-pro',
		});
	});

	test('where namespace, release, database or engine are others', async () => {
		const site = restoreSite();
		const other = answersOf((input) => ({
			...input,
			workspaces: [{name: 'default', host: 'zenml.corp.internal', namespace: 'elsewhere'}],
		}));
		const step = stepNamed(ownSteps(), 'restore-backup');
		expect(await refusalOf(look(step, site.world({answers: other})))).toMatchObject({
			code: code('restore-names-differ'),
			cause:
				'The workspace default was in the namespace zenml-workspace when the backup was made; these answers say elsewhere.',
			fix: 'Restore it under the name that it had: --set workspaces.0.namespace=zenml-workspace.',
			answers: ['workspaces.0.namespace'],
			nextSteps: [`zenml-airgap restore ${id} --set workspaces.0.namespace=zenml-workspace`],
		});
		const mysql = answersOf((input) => ({...input, database: {engine: 'mysql', host: 'db.corp'}}));
		expect(await refusalOf(look(step, site.world({answers: mysql})))).toMatchObject({
			code: code('restore-names-differ'),
			fix: 'Name a server of postgresql: a dump cannot be read by another engine.',
		});
	});

	test('where other components are in it, unless these are left out', async () => {
		const site = restoreSite();
		const {parts} = manifestOf();
		site.state.manifest = manifestOf({parts: [...parts, databasePart('old', 'zenml_old')]});
		expect(await refusedAtFirst(site)).toMatchObject({
			code: code('restore-names-differ'),
			cause: 'It has these, and the answers do not: workspace old.',
			fix: 'Add them to the answers; or add --partial to leave them out.',
			nextSteps: [`zenml-airgap restore ${id} --partial`],
		});
		site.state.manifest = manifestOf({parts: parts.slice(0, 2)});
		expect(await refusedAtFirst(site)).toMatchObject({
			cause: 'The answers have these, and it does not: workspace default.',
			fix: 'Take them out of the answers; or add --partial to leave them as they are, or to have them made new.',
		});
		const partial = stepNamed(ownSteps({kind: 'whole'}, {partial: true}), 'restore-backup');
		expect(await look(partial, site.world())).toMatchObject({status: 'ok'});
	});

	test.each([
		[
			'zenml-0.99.0',
			{kind: 'whole'},
			'older',
			'Bring the bundle of that version, or a later one, and name it: --bundle PATH.',
			[],
		],
		[
			'zenml-0.90.0',
			{kind: 'whole'},
			'newer',
			'Bring the bundle of that version; or add --newer to have the data migrated.',
			[`zenml-airgap restore ${id} --newer`],
		],
		['zenml-0.99.0', database, 'older', 'Upgrade first, or restore an older backup.', ['zenml-airgap backup list']],
		[
			'zenml-0.90.0',
			database,
			'newer',
			'Add --newer to have the data migrated; or restore the whole from a bundle of that version.',
			[`zenml-airgap restore ${id} --database default --newer`],
		],
		[
			'zenml-main',
			{kind: 'whole'},
			'unknown',
			'Find out whether the data fits these servers; where they are newer, add --newer.',
			[`zenml-airgap restore ${id} --newer`],
		],
	] as const)('where its data is of %s for %o: servers are %s', async (chart, only, age, fix, nextSteps) => {
		const site = restoreSite();
		const {components} = manifestOf();
		site.state.manifest = manifestOf({
			components: components.map((one) => (one.name === 'default' ? {...one, chart} : one)),
		});
		expect(await refusedAtFirst(site, only)).toMatchObject({
			code: code('restore-version'),
			cause: {
				older: 'Databases are migrated forward only: older servers fail on newer data, or damage it.',
				newer:
					'The newer servers would migrate the data as soon as they start, and there is no way back but this backup.',
				unknown: 'These versions cannot be compared.',
			}[age],
			fix,
			nextSteps,
		});
		const agreed = await look(stepNamed(ownSteps(only, {newer: true}), 'restore-backup'), site.world());
		expect(agreed.status).toBe(age === 'older' ? 'blocked' : 'ok');
	});

	test('by an older bundle, but for its data alone under the servers that are installed', async () => {
		const site = restoreSite();
		const {components} = manifestOf();
		const chart = 'zenml-0.99.0';
		site.state.chart = chart;
		site.state.manifest = manifestOf({
			components: components.map((one) => (one.name === 'default' ? {...one, chart} : one)),
		});
		expect(await refusedAtFirst(site)).toMatchObject({
			code: code('restore-version'),
			cause: 'Databases are migrated forward only: older servers fail on newer data, or damage it.',
			fix: 'The servers that are installed are of that version: restore the data alone under them, --database default; or bring the bundle of that version, or a later one, and name it: --bundle PATH.',
			nextSteps: [`zenml-airgap restore ${id} --database default`],
		});
		expect(await look(stepNamed(ownSteps(database), 'restore-backup'), site.world())).toMatchObject({status: 'ok'});
	});

	test('of a workspace that is older than its control plane, but for its data alone', async () => {
		const [pro, old] = ['zenml-pro-0.13.18', 'zenml-0.94.5'];
		const older = carried({
			controlPlaneChart: {...bundle.controlPlaneChart, version: '0.13.15'},
			workspaceChart: {...bundle.workspaceChart, version: '0.94.5'},
		});
		const site = restoreSite();
		const {components} = manifestOf();
		site.state.chart = old;
		site.state.manifest = manifestOf({
			components: components.map((one) => ({...one, chart: one.name === 'default' ? old : pro})),
		});
		// The bundle of the control plane would migrate the workspace.
		expect(await refusedAtFirst(site, workspace)).toMatchObject({
			code: code('restore-version'),
			cause:
				'The newer servers would migrate the data as soon as they start, and there is no way back but this backup.',
			fix: 'The servers that are installed are of that version: restore the data alone under them, --database default; or bring the bundle of that version; or add --newer to have the data migrated.',
			nextSteps: [
				`zenml-airgap restore ${id} --database default`,
				`zenml-airgap restore ${id} --workspace default --newer`,
			],
		});
		// A Helm that does not answer hides the refusal from nobody.
		const mute = site.world({helm: {release: async () => Promise.reject(new Error('no helm'))}});
		expect(await refusalOf(look(stepNamed(ownSteps(workspace), 'restore-backup'), mute))).toMatchObject({
			code: code('restore-version'),
			nextSteps: [`zenml-airgap restore ${id} --workspace default --newer`],
		});
		// That of the workspace would take the control plane down.
		const history = async (name: string) => [releaseOf({name, chart: name === 'zenml' ? old : pro})];
		const byOlder = site.world({
			bundle: older,
			helm: {...site.given().helm, history},
			cluster: {...site.given().cluster, version: async () => 'v1.34.0'},
		});
		expect(await look(stepNamed(ownSteps(workspace), 'restore-backup'), byOlder)).toMatchObject({status: 'ok'});
		expect(await refusalOf(installedVersions.run(byOlder))).toMatchObject({
			code: code('downgrade-refused'),
			nextSteps: [expect.stringContaining('zenml-airgap back controlPlane')],
		});
		// Under the servers that are installed it fits.
		expect(await look(stepNamed(ownSteps(database), 'restore-backup'), site.world())).toMatchObject({status: 'ok'});
	});

	test('where data alone is to be restored, and no server of it is installed', async () => {
		const site = restoreSite();
		const world = site.world({helm: {release: async () => undefined}});
		expect(await refusalOf(look(stepNamed(ownSteps(database), 'restore-backup'), world))).toMatchObject({
			code: code('restore-not-installed'),
			cause: 'Helm knows no release zenml in the namespace zenml-workspace, and --database restores data alone.',
			fix: 'Restore the workspace with its keys and servers, --workspace default, or the whole without either.',
			nextSteps: [
				'helm -n zenml-workspace list --all',
				`zenml-airgap restore ${id} --workspace default`,
				`zenml-airgap restore ${id}`,
			],
		});
		const ofControlPlane = stepNamed(ownSteps({kind: 'database', name: 'controlPlane'}), 'restore-backup');
		expect(await refusalOf(look(ofControlPlane, world))).toMatchObject({
			fix: 'Restore the whole: leave --database out.',
			nextSteps: ['helm -n zenml-pro list --all', `zenml-airgap restore ${id}`],
		});
	});

	test('where the server of the database is of another product or older, before servers are stopped', async () => {
		const site = restoreSite();
		const step = stepNamed(ownSteps(), 'restore-servers');
		site.state.facts = {...facts, version: '14.9'};
		expect(await refusalOf(look(step, site.world()))).toMatchObject({
			code: code('restore-database-unfit'),
			cause: 'It is PostgreSQL 14.9, older than PostgreSQL 15.18, which the dump is of.',
			fix: 'Name a server of that version or a later one.',
			who: 'database admin',
		});
		site.state.facts = {...facts, product: 'MariaDB', version: '15.18'};
		expect(await refusalOf(look(step, site.world()))).toMatchObject({
			cause: 'It is MariaDB 15.18; the dump is of PostgreSQL 15.18.',
			fix: 'Name a server of that product: their dumps differ.',
		});
		expect(site.state.done).toEqual([]);
	});
});

describe('keys', () => {
	test('that differ in the cluster are replaced only where somebody says so', async () => {
		const site = restoreSite();
		const before = generatedAndEnrolled();
		site.cluster.all.set('Secret zenml-pro/zenml-airgap-generated', {
			...before,
			data: {...(before.data as object), 'workspaces.default.encryptionKey': Buffer.from('other').toString('base64')},
		});
		expect(await refusalOf(look(stepNamed(ownSteps(), 'restore-secrets'), site.world()))).toMatchObject({
			code: code('restore-secret-differs'),
			cause:
				'These differ: workspaces.default.encryptionKey. What was stored with the keys that are there now cannot be read with those of the backup.',
			fix: 'Find out which are right. Where those of the backup are, add --replace-secrets; save those that are there first.',
			nextSteps: [
				'kubectl -n zenml-pro get secret zenml-airgap-generated -o yaml > before-restore.yaml',
				`zenml-airgap restore ${id} --replace-secrets`,
			],
		});
		await carry([stepNamed(ownSteps({kind: 'whole'}, {replaceSecrets: true}), 'restore-secrets')], site.world());
		expect(site.cluster.all.get('Secret zenml-pro/zenml-airgap-generated')?.data).toEqual(before.data);
	});

	test('that are gone are put back exactly, and known to the redactor', async () => {
		const site = restoreSite();
		site.cluster.all.clear();
		const world = site.world();
		await carry([stepNamed(ownSteps(), 'restore-secrets')], world);
		expect(site.cluster.all.get('Secret zenml-pro/zenml-airgap-generated')?.data).toEqual(generatedAndEnrolled().data);
		expect(world.secrets).toContain('e'.repeat(64));
		expect(world.secrets).toContain('enrollment-key');
	});

	test('that do not open the data let no server start', async () => {
		const site = restoreSite();
		site.state.stored = [storedUnder('another key')];
		expect(await refusalOf(carry(ownSteps(database), site.world()))).toMatchObject({
			code: code('restore-key-wrong'),
			cause: `The database is as in backup ${id}, and none of the secrets in it were stored with the key in zenml-pro/zenml-airgap-generated. Its servers were not started.`,
			fix: 'Bring the key of the time of that backup: restore the whole workspace with its keys, --workspace default, with --replace-secrets where others are in the cluster; or take another backup.',
			nextSteps: ['zenml-airgap backup list', `zenml-airgap restore ${id} --workspace default --replace-secrets`],
		});
		expect(site.state.deployments.zenml?.replicas).toBe(0);
		expect(
			await refusalOf(refuseUnfinishedRestore(site.world(), {name: 'zenml', namespace: 'zenml-workspace'})),
		).toMatchObject({
			code: code('restore-unfinished'),
			cause:
				'Its database holds a part of the backup, or nobody has tried yet whether its key opens it; servers would change it.',
			fix: 'End the restore first; it goes on where it was.',
			nextSteps: [`zenml-airgap restore ${id} --database default`],
		});
	});
});

test('a database that is not what its dump was is refused, and no server starts on it', async () => {
	const site = restoreSite();
	site.state.restored = {...dumped, tables: [{name: 'pipeline_run', rows: 11}]};
	expect(await refusalOf(carry(ownSteps(database), site.world()))).toMatchObject({
		code: code('restore-differs'),
		cause: 'After the restore it differs from the dump: pipeline_run: 11 rows, were 10.',
		fix: 'Find out who else writes to it, have that stopped, and try again: the dump is restored anew.',
	});
	expect(site.state.deployments.zenml?.replicas).toBe(0);
});

test('servers that do not become ready are told', async () => {
	const site = restoreSite();
	let now = 0;
	const clock = {
		now: () => {
			now += 60_000;
			return now;
		},
		sleep: async () => undefined,
	};
	const steps = ownSteps(database);
	await carry(
		steps.filter(({id: step}) => step !== 'restore-start' && step !== 'restored'),
		site.world(),
	);
	const {podOf} = await import('../parts.ts');
	const {cluster} = site.given();
	const world = site.world({
		clock,
		cluster: {...cluster, pods: async () => [podOf('zenml-1', {ready: false, reason: 'no image'})]},
	});
	expect(await refusalOf(Promise.resolve(stepNamed(steps, 'restore-start').apply?.(world)))).toMatchObject({
		code: code('restore-servers-not-ready'),
		cause: 'These pods are not ready: zenml-1: no image.',
		fix: 'Look at their events and logs, mend what they say, then try again: what is restored stays.',
	});
});
