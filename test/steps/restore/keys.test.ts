import {describe, expect, test} from 'vitest';
import {noFlags, type RestoreScope} from '../../../source/steps/restore/options.ts';
import {afterKeys} from '../../../source/steps/restore/secrets.ts';
import {createSource} from '../../../source/steps/restore/source.ts';
import {generated, generatedAndEnrolled} from '../parts.ts';
import {changesOf, code, linesOf, look, refusalOf} from '../world.ts';
import {carry, databasePart, id, manifestOf, ownSteps, restoreSite, stepNamed} from './site.ts';

const whole: RestoreScope = {kind: 'whole'};
const database: RestoreScope = {kind: 'database', name: 'default'};
const secret = 'Secret zenml-pro/zenml-airgap-generated';

describe('the keys of a backup', () => {
	test('are those of one workspace alone where that is restored', async () => {
		const site = restoreSite();
		site.cluster.all.clear();
		await carry([stepNamed(ownSteps({kind: 'workspace', name: 'default'}), 'restore-secrets')], site.world());
		const keys = Object.keys(site.cluster.all.get(secret)?.data as object);
		expect(keys).toContain('workspaces.default.encryptionKey');
		expect(keys.filter((key) => !key.startsWith('workspaces.default.'))).toEqual([]);
	});

	test('are told apart before they are put back: what is absent, and what is replaced', async () => {
		const site = restoreSite();
		const {'workspaces.default.encryptionKey': _absent, ...data} = generatedAndEnrolled().data as Record<
			string,
			string
		>;
		const other = {...data, 'controlPlane.admin.password': Buffer.from('other').toString('base64')};
		site.cluster.all.set(secret, {...generatedAndEnrolled(), data: other});
		const step = stepNamed(ownSteps(whole, {replaceSecrets: true}), 'restore-secrets');
		expect(changesOf(await look(step, site.world()))).toEqual([
			'create secret zenml-pro/zenml-airgap-generated (1 value of the backup)',
			"update secret zenml-pro/zenml-airgap-generated (replaced by the backup's: controlPlane.admin.password)",
		]);
		await carry([step], site.world());
		expect(site.cluster.all.get(secret)?.data).toEqual(generatedAndEnrolled().data);
	});

	test('of an enrolment that cannot be read are known to the redactor as a whole', async () => {
		const site = restoreSite();
		site.state.secrets = [generated({'workspaces.default.enrollment': 'of another kind'})];
		const world = site.world();
		await look(stepNamed(ownSteps(whole, {replaceSecrets: true}), 'restore-secrets'), world);
		expect(world.secrets).toContain('of another kind');
	});

	test('are left as they are once the data runs with them', async () => {
		const site = restoreSite();
		await carry(ownSteps(), site.world());
		const rotated = generated({'workspaces.default.jwtSecretKey': 'rotated since'});
		site.cluster.all.set(secret, rotated);
		await carry(ownSteps(), site.world());
		expect(site.cluster.all.get(secret)).toBe(rotated);
	});
});

describe('the step that makes all other Secrets', () => {
	const step = {
		...stepNamed(ownSteps(), 'restore-secrets'),
		check: async () => ({status: 'ok', note: 'all are there'}) as const,
	};
	const after = afterKeys(createSource({backup: id, only: whole, flags: noFlags}), step);

	test('tells in a dry run of what it will make with keys that are not there yet', async () => {
		const site = restoreSite();
		const world = site.world({pass: 'look'});
		expect(await look(after, world)).toEqual({status: 'ok', note: 'all are there'});
		site.cluster.all.clear();
		expect(changesOf(await look(after, world))).toEqual(['create secrets of every namespace (with those keys)']);
	});

	test('looks for itself once the keys are put back', async () => {
		const site = restoreSite();
		site.cluster.all.clear();
		expect(await look(after, site.world())).toEqual({status: 'ok', note: 'all are there'});
		expect(site.state.opened).toBe(0);
	});
});

describe('a key that is tried', () => {
	test('opens what is stored, or says that nothing is; the control plane has none', async () => {
		const site = restoreSite();
		site.state.stored = [];
		const world = site.world();
		await carry(ownSteps(), world);
		expect(linesOf(world.told)).toEqual(
			expect.arrayContaining([
				'info control plane: stores nothing under a key of its own',
				'info workspace default: no secret is stored yet',
			]),
		);
	});

	test('is tried on nothing that is not restored, and lets nothing start', async () => {
		const site = restoreSite();
		const keys = stepNamed(ownSteps(database), 'restore-keys');
		expect(changesOf(await look(keys, site.world()))).toEqual(['check the key of the data of the workspace default']);
		expect(await refusalOf(Promise.resolve(keys.apply?.(site.world())))).toMatchObject({
			code: code('restore-differs'),
			cause: 'After the restore it differs from the dump: it is not restored.',
		});
		expect(site.state.done).toEqual([]);
	});
});

test('data alone needs no keys of the backup: one small part is decrypted, where there is one', async () => {
	const ofInventory = {...databasePart('inventory', ''), kind: 'inventory', database: undefined} as const;
	const site = restoreSite();
	const {database: _none, ...inventory} = ofInventory;
	const {parts} = manifestOf();
	const readOf = async (more: typeof parts) => {
		const read: string[] = [];
		site.state.manifest = manifestOf({parts: more});
		const {backups} = site.given();
		const open: NonNullable<typeof backups>['open'] = async (...asked) => {
			const opened = await backups?.open?.(...asked);
			if (!opened) throw new Error('no backup');
			return {
				...opened,
				read: async (part, signal) => {
					read.push(part.file);
					return opened.read(part, signal);
				},
			};
		};
		const found = await look(
			stepNamed(ownSteps(database), 'restore-backup'),
			site.world({backups: {...backups, open}}),
		);
		expect(found.status).toBe('ok');
		return read;
	};
	expect(await readOf(parts)).toEqual(['secrets.json.age']);
	expect(await readOf([...parts, {...inventory, file: 'inventory.json.age'}])).toEqual(['inventory.json.age']);
	expect(await readOf(parts.slice(1))).toEqual([]);
});
