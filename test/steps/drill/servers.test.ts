import {expect, test} from 'vitest';
import {refusal} from '../parts.ts';
import {checksOf, drilled, drillSite, valuesOfControlPlane} from './site.ts';

const namespaceOf = (labels: Readonly<Record<string, string>>) => ({
	...{apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'zenml-airgap-drill', labels}},
});

test('servers that do not start are a finding, and the others are started all the same', async () => {
	const site = drillSite();
	site.state.failing = {'upgrade drill-pro': refusal('helm-busy', 'Helm is busy.')};
	const seen = await drilled(site);
	expect(checksOf(site, 'servers started')).toEqual([
		'failed control plane: servers started: Helm is busy. Why helm-busy.',
		'passed workspace default: servers started: zenml-0.95.1, with values and Secrets of the backup',
	]);
	expect(seen.get('drill-servers')).toEqual({status: 'ok', note: '1 server ran'});
	expect(checksOf(site, 'control plane: API')).toEqual([]);
	expect([...site.objects.keys()]).not.toContain('Namespace /zenml-airgap-drill');
});

test.each([
	['are no JSON', '{'],
	['are something else', '{"items": [{}]}'],
])('Secrets of the backup that %s start no server', async (_what, text) => {
	const site = drillSite();
	site.state.texts['secrets secrets'] = text;
	await drilled(site);
	expect(site.upgrades).toEqual([]);
	expect(checksOf(site, 'scratch namespace')).toEqual([
		'failed scratch namespace and its NetworkPolicy made: Backup B1 has no readable part "secrets secrets". Servers are started with the values and Secrets of the backup, and it lacks these.',
	]);
});

test('a namespace that a drill has made is taken, and is not made again', async () => {
	const site = drillSite();
	const {cluster} = site.world;
	const labels = {'app.kubernetes.io/managed-by': 'zenml-airgap', 'zenml-airgap.io/drill': 'scratch'};
	// Made between the look at what is left and the start of the servers.
	let isMade = false;
	const world = {
		...site.world,
		cluster: {
			...cluster,
			get: async (...given: Parameters<typeof cluster.get>) => {
				if (site.deeds.includes('count zenml_drill_ws1') && !isMade) {
					isMade = true;
					await site.world.cluster.create(namespaceOf(labels), site.world.signal);
				}
				return cluster.get(...given);
			},
			create: async () => {
				throw new Error('it is there');
			},
		},
	};
	await drilled({...site, world});
	expect(checksOf(site, 'servers started')).toHaveLength(2);
	expect(site.deeds).toContain('delete Namespace zenml-airgap-drill');
});

test('where the registry asks for no login, no pod is given one', async () => {
	const site = drillSite();
	const {answers} = site.world;
	const registry = {...answers.registry, username: undefined};
	await drilled({...site, world: {...site.world, answers: {...answers, registry}}});
	expect(site.deeds).not.toContain('apply Secret internal-registry-secret');
	expect(site.upgrades).toHaveLength(2);
});

test('a backup without the Secret of the registry starts servers without it', async () => {
	const site = drillSite();
	site.state.texts['secrets secrets'] = '{"items": []}';
	await drilled(site);
	expect(site.deeds.filter((deed) => deed.startsWith('apply Secret'))).toEqual([
		'apply Secret zenml-airgap-drill-login',
	]);
	expect(site.upgrades).toHaveLength(2);
});

test('Secrets are copied with their type where they have one, and with nothing where they hold nothing', async () => {
	const site = drillSite();
	const metadata = {name: 'empty', namespace: 'of-default'};
	site.state.texts['secrets secrets'] = JSON.stringify({items: [{metadata}]});
	await drilled(site, 'drill-servers');
	expect(site.objects.get('Secret zenml-airgap-drill/empty-ws1')).toMatchObject({data: {}});
	expect(site.objects.get('Secret zenml-airgap-drill/empty-ws1')).not.toHaveProperty('type');
});

test('the password of the administrator is read as each version of the chart has it', async () => {
	for (const password of [{adminPassword: 'password of then'}, 'password of then']) {
		const site = drillSite();
		site.state.texts['values controlPlane'] = JSON.stringify({
			zenml: {...valuesOfControlPlane.zenml, auth: {password}},
		});
		await drilled(site, 'drill-servers');
		expect(site.objects.get('Secret zenml-airgap-drill/zenml-airgap-drill-login')?.data).toEqual({
			password: Buffer.from('password of then').toString('base64'),
		});
		expect(site.world.secrets).toContain('password of then');
	}
});

test('where the values hold no password, the API is asked and the login is told as not proved', async () => {
	for (const password of [undefined, '', {adminPassword: 7}]) {
		const site = drillSite();
		site.state.texts['values controlPlane'] = JSON.stringify({
			zenml: {...valuesOfControlPlane.zenml, auth: {password}},
		});
		await drilled(site);
		expect(checksOf(site, 'control plane: API')).toEqual(['passed control plane: API: /api/v1/health answers 200']);
		expect(checksOf(site, 'control plane: login')).toEqual([
			'open control plane: login: the values in the backup hold no password of admin',
		]);
		expect(site.probes[0]?.secretEnv).toBeUndefined();
	}
});

test('values that do not say where the database is start no server', async () => {
	const site = drillSite();
	site.state.texts['values default'] = JSON.stringify({server: {database: {url: 'sqlite:///zenml.db'}}});
	await drilled(site);
	expect(checksOf(site, 'workspace default: servers')).toEqual([
		'failed workspace default: servers started: The values of the workspace default in the backup have no database.url that can be read. It says where the database is; the scratch server must be led to another one.',
	]);
});
