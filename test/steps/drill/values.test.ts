import {expect, test} from 'vitest';
import {planOf} from '../../../source/steps/drill/targets.ts';
import {scratchValues} from '../../../source/steps/drill/values.ts';
import {code, refusalOf} from '../world.ts';
import {drillSite, valuesOfControlPlane, valuesOfWorkspace} from './site.ts';

const {targets} = await planOf(drillSite().world, undefined);
const [pro, workspace] = targets;
if (!pro || !workspace) throw new Error('two targets');

const copies = new Map([['zenml-database', 'zenml-database-ws1']]);
const led = (target: typeof pro, values: Readonly<Record<string, unknown>>) =>
	scratchValues(values, target, {password: 'n/w', copies});
const {server} = valuesOfWorkspace;

test('a password in the address of a database is that of the scratch account; where a Secret has it, none is written', () => {
	expect(led(workspace, {server})).toMatchObject({
		server: {database: {url: 'mysql://zenml_drill_ws1:n%2Fw@db.corp:3306/zenml_drill_ws1'}},
	});
	const database = {url: 'mysql://zenml@db.corp/zenml', passwordSecretRef: {name: 'zenml-database'}};
	expect(led(workspace, {server: {...server, database}})).toMatchObject({
		server: {
			database: {
				url: 'mysql://zenml_drill_ws1@db.corp/zenml_drill_ws1',
				passwordSecretRef: {name: 'zenml-database-ws1'},
			},
		},
	});
});

test('the control plane is led to its scratch, with a password where it had one', () => {
	expect(led(pro, valuesOfControlPlane)).toMatchObject({
		zenml: {
			replicaCount: 1,
			serverURL: 'https://pro.drill.invalid',
			ingress: {enabled: false},
			database: {
				external: {
					type: 'postgres',
					host: 'db.corp',
					username: 'zenml_drill_pro',
					database: 'zenml_drill_pro',
					password: 'n/w',
				},
			},
		},
	});
	const external = {host: 'db.corp', passwordSecretRef: {name: 'other'}};
	expect(led(pro, {zenml: {database: {external}}})).toMatchObject({
		zenml: {
			database: {
				external: {
					...{host: 'db.corp', username: 'zenml_drill_pro', database: 'zenml_drill_pro'},
					passwordSecretRef: {name: 'other'},
				},
			},
		},
	});
	expect(JSON.stringify(led(pro, {zenml: {database: {external}}}))).not.toContain('n/w');
});

const broker = {ZENML_REDIS_BROKER_URL: 'redis://:password@redis.corp', ZENML_LOGGING_VERBOSITY: 'INFO'};
const kept = {ZENML_LOGGING_VERBOSITY: 'INFO'};

test('no variable leads out of the drill, in clear or by the Secret of the chart', () => {
	const values = {
		server: {...server, environment: broker, secretEnvironment: broker, environmentSecretKeyRefs: [{name: 'x'}]},
	};
	expect(led(workspace, values).server).toMatchObject({environment: kept, secretEnvironment: kept});
	expect(led(workspace, values).server).not.toHaveProperty('environmentSecretKeyRefs');
	expect(JSON.stringify(led(workspace, values))).not.toContain('redis');
	const {zenml} = valuesOfControlPlane;
	const ofPro = led(pro, {zenml: {...zenml, environment: broker, secretEnvironment: broker}});
	expect(ofPro.zenml).toMatchObject({environment: kept, secretEnvironment: kept});
	expect(JSON.stringify(ofPro)).not.toContain('redis');
});

test('no worker runs beside a server, and nothing of it is left in the values', () => {
	const worker = {
		enabled: true,
		command: ['plugins'],
		secretEnvironment: {ZENML_REDIS_BROKER_URL: 'redis://:password@redis.corp'},
	};
	const workers = {scheduler: worker, executor: {replicaCount: 2, autoscaling: {enabled: true}}};
	const off = {scheduler: {enabled: false}, executor: {enabled: false}};
	expect(led(workspace, {server, workerDeployments: workers}).workerDeployments).toEqual(off);
	expect(led(pro, {...valuesOfControlPlane, workerDeployments: workers}).workerDeployments).toEqual(off);
	expect(led(workspace, {server, workerDeployments: 'none'})).not.toHaveProperty('workerDeployments');
});

test('neither telemetry, a stream, a second store of secrets nor a bucket of payloads gets anything from the drill', () => {
	const ways = {
		openTelemetry: {endpoint: 'https://collector.corp'},
		streaming: {url: 'redis://redis.corp'},
		backupSecretsStore: {enabled: true, type: 'hashicorp'},
	};
	const payloadStorage = {offloadEnabled: true, backfill: {enabled: true, batchSize: 10}, path: 's3://bucket'};
	const given = {server: {...server, ...ways, database: {...server.database, payloadStorage}}};
	const found = led(workspace, given).server as Readonly<Record<string, unknown>>;
	for (const key of Object.keys(ways)) expect(found).not.toHaveProperty(key);
	expect(found.database).toMatchObject({
		payloadStorage: {offloadEnabled: false, backfill: {enabled: false, batchSize: 10}},
	});
});

test('keys that the chart may not know are not added', () => {
	const values = led(workspace, {server});
	expect(values.server).not.toHaveProperty('secretEnvironment');
	expect(values.server).not.toHaveProperty('gateway');
	expect(Object.keys(values)).toEqual(['server']);
});

test('there is no way in by a Gateway, no second server and nothing that keeps one', () => {
	const values = {
		server: {...server, gateway: {enabled: true, name: 'public'}},
		autoscaling: {enabled: true, minReplicas: 3},
		podDisruptionBudget: {enabled: true},
	};
	expect(led(workspace, values)).toMatchObject({
		server: {gateway: {enabled: false, name: 'public'}, ingress: {enabled: false}, replicaCount: 1},
		autoscaling: {enabled: false, minReplicas: 3},
		podDisruptionBudget: {enabled: false},
	});
});

test('names of Secrets are those of their copies, in lists too, and other names stay', () => {
	const volumes = [{name: 'zenml-database', secret: {name: 'zenml-database'}}, {name: 'other'}, {name: 7}];
	expect(led(workspace, {server, volumes}).volumes).toEqual([
		{name: 'zenml-database-ws1', secret: {name: 'zenml-database-ws1'}},
		{name: 'other'},
		{name: 7},
	]);
});

test.each([
	['no section', {}, workspace, 'database.url'],
	['a section that is no map', {server: 'none'}, workspace, 'database.url'],
	['an address that is no text', {server: {database: {url: 7}}}, workspace, 'database.url'],
	['no server in the address', {server: {database: {url: 'mysql://zenml@/zenml'}}}, workspace, 'database.url'],
	['no database outside', {zenml: {database: {}}}, pro, 'database.external'],
])('values with %s are refused', async (_what, values, target, key) => {
	expect(await refusalOf(Promise.resolve().then(() => led(target, values)))).toMatchObject({
		code: code('drill-values-unread'),
		message: `The values of the ${target.component.label} in the backup have no ${key} that can be read.`,
	});
});
