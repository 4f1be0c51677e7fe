import {describe, expect, test} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import {secretsStep} from '../../source/steps/secrets/index.ts';
import {readGenerated, requireSecret, storeGenerated} from '../../source/steps/shared/generated.ts';
import {userPassword} from '../../source/steps/shared/secret-sources.ts';
import {files, generated, kept, releaseOf, secretObject} from './parts.ts';
import {answersOf, changesOf, code, type Given, linesOf, look, refusalOf, worldOf} from './world.ts';

const nothingInstalled = {release: async () => undefined};
const site = (cluster: Given['cluster'], more: Given = {}): Given => ({
	host: files,
	helm: nothingInstalled,
	cluster: cluster ?? kept(),
	...more,
});
const textOf = (object: KubeObject | undefined, key: string): string =>
	Buffer.from(((object?.data ?? {}) as Record<string, string>)[key] ?? '', 'base64').toString('utf8');

describe('secrets', () => {
	test('all are to come on an empty cluster; those with a generated password are named too', async () => {
		expect(changesOf(await look(secretsStep, worldOf(site(kept()))))).toEqual([
			'create secret zenml-pro/zenml-airgap-generated (5 generated values)',
			'create secret zenml-pro/zenml-database',
			'create secret zenml-workspace/zenml-database',
			'create secret zenml-pro/internal-registry-secret',
			'create secret zenml-pro/zenml-ca',
			'create secret zenml-workspace/internal-registry-secret',
			'create secret zenml-workspace/zenml-ca',
			'create secret zenml-pro/zenml-tls',
			'create secret zenml-workspace/zenml-tls',
		]);
	});

	test('each opens to its keys, with a password that is generated first too, and no value', async () => {
		const found = await look(secretsStep, worldOf({...site(kept()), pass: 'look'}));
		const changes = found.status === 'todo' ? found.changes : [];
		expect(changes).toHaveLength(9);
		expect(changes.filter(({opens = []}) => opens.length === 0)).toEqual([]);
		const database = changes.find(({target}) => target === 'secret zenml-pro/zenml-database');
		const lines = (database?.opens ?? []).flatMap((part) => part.lines).join('\n');
		expect(lines).toMatch(/password: .*\*{8}/u);
		expect(lines).not.toContain('text of');
	});

	test('applied once, nothing is left to do, and every secret was registered with the redactor', async () => {
		const cluster = kept();
		const world = worldOf(site(cluster));
		await secretsStep.apply?.(world);
		expect(await look(secretsStep, world)).toEqual({status: 'ok', note: '9 secrets in 2 namespaces'});
		expect(linesOf(world.told)).toHaveLength(8);
		const pull = cluster.all.get('Secret zenml-pro/internal-registry-secret');
		expect(JSON.parse(textOf(pull, '.dockerconfigjson'))).toEqual({
			auths: {
				'registry.corp': {
					username: 'installer',
					password: 'behind env:REGISTRY',
					auth: Buffer.from('installer:behind env:REGISTRY').toString('base64'),
				},
			},
		});
		const database = cluster.all.get('Secret zenml-workspace/zenml-database');
		expect(textOf(database, 'ca.pem')).toBe('text of /pki/ca.crt');
		const encoded = [
			Buffer.from('installer:behind env:REGISTRY').toString('base64'),
			Buffer.from(textOf(pull, '.dockerconfigjson')).toString('base64'),
		];
		for (const secret of [textOf(database, 'password'), ...encoded, 'text of /pki/tls.key'])
			expect(world.secrets).toContain(secret);
		// Its host and user are shown everywhere, and a telling part of a secret is masked.
		expect(world.secrets).not.toContain(textOf(pull, '.dockerconfigjson'));
	});

	test('a second apply keeps what was generated', async () => {
		const cluster = kept(generated());
		const before = cluster.all.get('Secret zenml-pro/zenml-airgap-generated')?.data;
		await secretsStep.apply?.(worldOf(site(cluster)));
		expect(cluster.all.get('Secret zenml-pro/zenml-airgap-generated')?.data).toEqual(before);
	});

	test('one that somebody edited is named with its field', async () => {
		const cluster = kept();
		await secretsStep.apply?.(worldOf(site(cluster)));
		await cluster.apply(secretObject('zenml-pro', 'zenml-tls', {'tls.crt': 'another'}));
		expect(changesOf(await look(secretsStep, worldOf(site(cluster))))).toEqual([
			'update secret zenml-pro/zenml-tls (data)',
		]);
	});

	test('a registry without login needs no pull secret; a CA of the database goes where its password is', async () => {
		const answers = answersOf((input) => ({
			...input,
			registry: {host: 'registry.corp'},
			database: {...input.database, ca: '/pki/db.crt'},
		}));
		const cluster = kept();
		await secretsStep.apply?.(worldOf(site(cluster, {answers})));
		expect([...cluster.all.keys()].filter((name) => name.includes('registry'))).toEqual([]);
		expect(textOf(cluster.all.get('Secret zenml-pro/zenml-database'), 'ca.pem')).toBe('text of /pki/db.crt');
	});

	test('passwords that the answers refer to are not generated', async () => {
		const answers = answersOf((input) => ({
			...input,
			controlPlane: {...input.controlPlane, admin: {password: 'env:ADMIN'}, database: {password: 'env:PRO'}},
			organization: {users: [{username: 'ada'}, {username: 'grace', password: 'env:GRACE'}]},
		}));
		const cluster = kept();
		await secretsStep.apply?.(worldOf(site(cluster, {answers})));
		expect(Object.keys(cluster.all.get('Secret zenml-pro/zenml-airgap-generated')?.data as object).sort()).toEqual([
			'users.ada.password',
			'workspaces.default.database.password',
			'workspaces.default.encryptionKey',
			'workspaces.default.jwtSecretKey',
		]);
		expect(textOf(cluster.all.get('Secret zenml-pro/zenml-database'), 'password')).toBe('behind env:PRO');
	});

	test('keys that are lost while their workspace is installed are never made anew', async () => {
		const helm = {release: async () => releaseOf()};
		const world = worldOf(site(kept(), {helm}));
		expect(await refusalOf(look(secretsStep, world))).toMatchObject({
			code: code('generated-secret-lost'),
			area: 'cluster',
			message: 'Workspace default is installed, but its keys are not in the cluster.',
			cause:
				'The Secret zenml-pro/zenml-airgap-generated has none under this name: it was deleted or lost its keys, or the name of the workspace or the namespace of the control plane was changed in the answers. A new encryption key would make all secrets that the workspace stores unreadable, so none is made.',
			fix: 'Give both the names of before, if they were changed; else restore that Secret from a backup. The keys also stand in the values of the release.',
			nextSteps: ['helm -n zenml-workspace get values zenml'],
		});
		expect(changesOf(await look(secretsStep, worldOf(site(kept(generated()), {helm}))))).toHaveLength(8);
	});
});

describe('generated values', () => {
	test('names may hold any character, though keys of a Secret may not', async () => {
		const cluster = kept();
		const world = worldOf({cluster});
		await storeGenerated(world, {'users.ada@corp.password': 'secret'});
		expect(Object.keys(cluster.all.get('Secret zenml-pro/zenml-airgap-generated')?.data as object)).toEqual([
			'users.ada_40_corp.password',
		]);
		expect(await readGenerated(world, 'users.ada@corp.password')).toBe('secret');
		expect(await readGenerated(world, 'users.grace.password')).toBeUndefined();
	});

	test('whoever was faster keeps the word: a name that is there is not written over', async () => {
		const cluster = kept();
		let tries = 0;
		const create = async () => {
			tries += 1;
			await cluster.create(secretObject('zenml-pro', 'zenml-airgap-generated', {a: 'theirs'}));
			return undefined;
		};
		const world = worldOf({cluster: {...cluster, create}});
		await storeGenerated(world, {a: 'ours', b: 'ours'});
		expect(tries).toBe(1);
		expect(await readGenerated(world, 'a')).toBe('theirs');
		expect(await readGenerated(world, 'b')).toBe('ours');
	});

	test('a Secret that keeps changing is given up', async () => {
		const world = worldOf({cluster: {...kept(generated()), patch: async () => undefined}});
		expect(await refusalOf(storeGenerated(world, {a: 'ours'}))).toMatchObject({
			code: code('generated-secret-contended'),
			message: 'The Secret zenml-airgap-generated keeps changing while it is written.',
			cause: 'Another program writes to it at the same time.',
			fix: 'End the other run, then try again.',
		});
	});

	test.each([
		['no data', undefined],
		['empty data', {}],
		['keys without values', {'workspaces.default.encryptionKey': ''}],
		['data that is no map', 'hidden'],
	])('a Secret that is there and shows %s is neither read as empty nor written to', async (_what, data) => {
		const get = async () => ({...secretObject('zenml-pro', 'zenml-airgap-generated', {}), data});
		const hidden = {
			code: code('generated-secret-hidden'),
			area: 'cluster',
			message: 'The Secret zenml-pro/zenml-airgap-generated is there, but shows none of its keys.',
			cause:
				'It was emptied, or a proxy or policy before the API server keeps its data back. New keys might replace those that installed workspaces need, so none are made.',
			fix: 'Use a login that is shown its data; if it really is empty, restore it from a backup, or delete it where nothing is installed yet.',
			nextSteps: ['kubectl -n zenml-pro get secret zenml-airgap-generated -o yaml'],
		};
		const world = worldOf({cluster: {get}});
		expect(await refusalOf(storeGenerated(world, {a: 'ours'}))).toMatchObject(hidden);
		expect(await refusalOf(readGenerated(world, 'a'))).toMatchObject(hidden);
		const helm = {release: async () => releaseOf()};
		expect(await refusalOf(look(secretsStep, worldOf(site({get}, {helm}))))).toMatchObject(hidden);
	});

	test('a read that was not shown all keys replaces none of them', async () => {
		const cluster = kept(generated());
		const before = cluster.all.get('Secret zenml-pro/zenml-airgap-generated')?.data;
		const get = async () => secretObject('zenml-pro', 'zenml-airgap-generated', {'users.ada.password': 'shown'});
		const stored = storeGenerated(worldOf({cluster: {...cluster, get}}), {'workspaces.default.encryptionKey': 'new'});
		expect((await refusalOf(stored)).code).toBe(code('generated-secret-contended'));
		expect(cluster.all.get('Secret zenml-pro/zenml-airgap-generated')?.data).toEqual(before);
	});

	test('keys that get lost between check and apply are not made anew', async () => {
		const helm = {release: async () => releaseOf()};
		const applied = secretsStep.apply?.(worldOf(site(kept(), {helm}))) ?? Promise.resolve();
		expect((await refusalOf(applied)).code).toBe(code('generated-secret-lost'));
	});

	test('one that an earlier step should have made is refused by its name', async () => {
		const source = {reference: 'generate', answer: 'a.b', generated: 'a.password'};
		expect(await refusalOf(requireSecret(worldOf({cluster: kept()}), source))).toMatchObject({
			code: code('generated-secret-missing'),
			message: 'The generated secret a.password is not in the cluster.',
			cause:
				'The Secret zenml-pro/zenml-airgap-generated has no such key: the step "secrets" has not run, or the Secret was deleted.',
			fix: 'Restore that Secret from a backup if this is an existing installation; otherwise run the install from the step "secrets".',
		});
	});

	test("a user's password is asked for by the path of its answer, so that a typed one is found", async () => {
		const answers = answersOf((input) => ({
			...input,
			organization: {users: [{username: 'ada'}, {username: 'grace', password: 'prompt'}]},
		}));
		const [, grace] = answers.organization.users;
		if (!grace) throw new Error('no grace');
		const asked: string[] = [];
		const resolveSecret = async (reference: string, answer: string) => {
			asked.push(`${answer} ${reference}`);
			return 'typed';
		};
		expect(await requireSecret(worldOf({answers, resolveSecret}), userPassword(answers, grace))).toBe('typed');
		expect(asked).toEqual(['organization.users.1.password prompt']);
	});
});
