import {describe, expect, test} from 'vitest';
import {refusal} from '../parts.ts';
import {linesOf, look} from '../world.ts';
import {carry, dumped, Killed, ownSteps, restoreSite, stepNamed, writtenSince} from './site.ts';

const database = {kind: 'database', name: 'default'} as const;
const id = '20261129T010000Z-0a1b2c';

describe('a restore', () => {
	test('says what is lost before anything is changed', async () => {
		const site = restoreSite();
		const finding = await look(stepNamed(ownSteps(), 'restore-backup'), site.world({pass: 'look'}));
		expect(finding).toMatchObject({
			status: 'ok',
			note: `backup ${id} of 2026-11-29 01:02 UTC, 2 databases, 18 B, not signed`,
			warnings: [
				'The database "zenml_pro" of the control plane is replaced by its dump of 2026-11-29 01:00 UTC. Written since and lost, by table: pipeline_run: 12 rows, were 10. Rows that were changed since are lost as well.',
				'The database "zenml_workspace" of the workspace default is replaced by its dump of 2026-11-29 01:00 UTC. Written since and lost, by table: pipeline_run: 12 rows, were 10. Rows that were changed since are lost as well.',
			],
		});
		expect(site.state.done).toEqual([]);
	});

	test('warns of files that no sum covers', async () => {
		const site = restoreSite();
		const {backups} = site.world({pass: 'look'});
		const unnamed = ['evil.dump', 'more.dump'];
		const open: typeof backups.open = async (...given) => ({...(await backups.open(...given)), unnamed});
		const world = site.world({pass: 'look', backups: {...backups, open}});
		const finding = await look(stepNamed(ownSteps(), 'restore-backup'), world);
		expect('warnings' in finding && finding.warnings?.[0]).toBe(
			'The manifest of the backup does not name 2 files in /backups: evil.dump, more.dump. No sum and no signature covers them; they are not read.',
		);
	});

	test('of one database stops its servers alone, and starts as many as there were', async () => {
		const site = restoreSite();
		const world = site.world();
		await carry(ownSteps(database), world);
		expect(site.state.data).toEqual({zenml_pro: writtenSince, zenml_workspace: dumped});
		expect(site.state.deployments).toMatchObject({
			zenml: {replicas: 2, annotations: {}},
			'zenml-pro': {replicas: 1, version: 0},
		});
		expect(site.state.uses).toMatchObject([{kind: 'restore', note: 'the database of the workspace default'}]);
		expect(linesOf(world.told)).toContain('info workspace default: its key opens what is stored');
		expect(linesOf(world.told)).toContain('warn database zenml_workspace: ended what was left');
		expect(site.state.saved.get(`restored-${id}.txt`)).toContain(
			'Log in again:  zenml login https://zenml.corp.internal',
		);
	});

	test('that was done is not done again over what was written since, unless that is asked for', async () => {
		const site = restoreSite();
		await carry(ownSteps(database), site.world());
		site.state.data.zenml_workspace = writtenSince;
		const {length} = site.state.done;
		await carry(ownSteps(database), site.world());
		expect(site.state.data.zenml_workspace).toBe(writtenSince);
		expect(site.state.done).toHaveLength(length);
		const told = await look(stepNamed(ownSteps(database), 'restore-backup'), site.world());
		expect(told).toMatchObject({warnings: [expect.stringContaining('To restore it once more add --again.')]});
		await carry(ownSteps(database, {again: true}), site.world());
		expect(site.state.data.zenml_workspace).toEqual(dumped);
	});

	test('reads the sums of a backup once in a run', async () => {
		const site = restoreSite();
		await carry(ownSteps(database), site.world());
		expect(site.state.opened).toBe(1);
	});

	test('whose page for the users has no room on the disk is gone on with, and its data stays', async () => {
		const site = restoreSite();
		const full = site.world({
			host: {
				...site.given().host,
				saveState: async () => {
					throw refusal('state-unwritable', 'The disk is full.');
				},
			},
		});
		await expect(carry(ownSteps(database), full)).rejects.toThrow('The disk is full.');
		site.state.data.zenml_workspace = writtenSince;
		await carry(ownSteps(database), site.world());
		expect(site.state.data.zenml_workspace).toBe(writtenSince);
		expect(site.state.deployments.zenml?.replicas).toBe(2);
	});

	test('from a medium that nobody can write to comes to its end, and says so', async () => {
		const site = restoreSite();
		const {backups} = site.given();
		const noteUse = async () => {
			throw refusal('backup-unwritable', 'It cannot be written.');
		};
		const world = site.world({backups: {...backups, noteUse}});
		await carry(ownSteps(database), world);
		expect(linesOf(world.told)).toContain(
			`warn that backup ${id} was restored could not be noted beside it: It cannot be written.`,
		);
		expect(site.cluster.all.get('ConfigMap zenml-workspace/zenml-airgap-restore-zenml')?.data).toMatchObject({
			phase: 'done',
			backup: id,
		});
	});
});

test('killed after any write it goes on, and never do servers run on a part of the data', async () => {
	const whole = restoreSite();
	await carry(ownSteps(database), whole.world());
	const writes = whole.state.done.length;
	expect(writes).toBeGreaterThan(8);
	for (let killAfter = 0; killAfter < writes; killAfter += 1) {
		const site = restoreSite();
		site.state.killAfter = killAfter;
		await expect(carry(ownSteps(database), site.world())).rejects.toThrow(Killed);
		site.state.killAfter = Number.POSITIVE_INFINITY;
		await carry(ownSteps(database), site.world());
		expect(site.state).toMatchObject({data: {zenml_workspace: dumped}, wrong: [], deployments: {zenml: {replicas: 2}}});
	}
});

test('killed twice in the middle of the data it goes on', async () => {
	const site = restoreSite();
	for (const more of [4, 2, 3]) {
		site.state.killAfter = site.state.done.length + more;
		await carry(ownSteps(database), site.world()).catch((error: unknown) => {
			if (!(error instanceof Killed)) throw error;
		});
	}
	site.state.killAfter = Number.POSITIVE_INFINITY;
	await carry(ownSteps(database), site.world());
	expect(site.state).toMatchObject({data: {zenml_workspace: dumped}, wrong: [], deployments: {zenml: {replicas: 2}}});
});

test('of the whole, killed at the second database, the first is not restored again', async () => {
	const site = restoreSite();
	const {dumps} = site.given();
	const restore: NonNullable<typeof dumps>['restore'] = async (login, options) => {
		if (login.database === 'zenml_workspace') throw new Killed('the second database');
		return dumps?.restore?.(login, options);
	};
	await expect(carry(ownSteps(), site.world({dumps: {...dumps, restore}}))).rejects.toThrow(Killed);
	await carry(ownSteps(), site.world());
	expect(site.state.done.filter((what) => what.endsWith(' begins'))).toEqual([
		'restore of zenml_pro begins',
		'restore of zenml_workspace begins',
	]);
	expect(site.state.data).toEqual({zenml_pro: dumped, zenml_workspace: dumped});
});
