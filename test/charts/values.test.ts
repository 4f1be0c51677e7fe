import {expect, test} from 'vitest';
import {has, workspaceFeatures} from '../../source/charts/features.ts';
import {controlPlaneValues, readChart} from '../../source/charts/index.ts';
import {
	answers,
	chartFolder,
	controlPlaneOf,
	controlPlaneSecrets,
	enrollment,
	images,
	oldChart,
	workspaceOf,
	workspaceSecrets,
} from './samples.ts';

type Json = Readonly<Record<string, unknown>>;

test.each(['zenml', 'zenml-0.93.0', 'zenml-0.73.0'])(
	'every key written for %s is known to that chart',
	async (name) => {
		const everything = {
			workloadManager: {enabled: true, nodeSelector: {pool: 'compute'}},
			workspaces: [
				{
					name: 'default',
					host: 'zenml-workspace.example.internal',
					environment: {A: '1'},
					podDisruptionBudget: {enabled: true},
				},
			],
		};
		const {unknown} = await workspaceOf(name === 'zenml' ? chartFolder(name) : oldChart(name), everything);
		expect(unknown).toEqual([]);
	},
);

test.each(['zenml-pro', 'zenml-pro-0.10.24'])('every key written for %s is known to that chart', async (name) => {
	const budget = {host: 'zenml-pro.example.internal', podDisruptionBudget: {enabled: true}};
	const folder = name === 'zenml-pro' ? chartFolder(name) : oldChart(name);
	expect((await controlPlaneOf(folder, {controlPlane: budget})).unknown).toEqual([]);
});

test('what the keys of a chart say agrees with what its version should have', async () => {
	for (const folder of [chartFolder('zenml'), oldChart('zenml-0.93.0'), oldChart('zenml-0.73.0')]) {
		const contents = await readChart(folder);
		const root = has(contents, workspaceFeatures.serverSection, 'server') ? 'server' : 'zenml';
		for (const {keys, since} of Object.values(workspaceFeatures).filter((feature) => 'keys' in feature)) {
			const newer = contents.metadata.version.localeCompare(since, undefined, {numeric: true}) >= 0;
			expect(has(contents, {keys, since}, root), `${contents.metadata.version} ${keys[0]}`).toBe(newer);
		}
	}
});

test('a chart from 0.94.2 on gets the section server, with references instead of passwords', async () => {
	const {values, warnings} = await workspaceOf(chartFolder('zenml'));
	expect(values).toMatchObject({
		imagePullSecrets: [{name: 'internal-registry-secret'}],
		resources: {requests: {cpu: '250m', memory: '512Mi'}, limits: {cpu: '1000m', memory: '2Gi'}},
		podSecurityContext: {fsGroup: 1000, runAsNonRoot: true, runAsUser: 1000},
		server: {
			analyticsOptIn: false,
			image: {
				repository: 'registry.example.internal:5000/zenml/zenml-pro-server',
				tag: '0.95.1',
				pullPolicy: 'IfNotPresent',
			},
			serverURL: 'https://zenml-workspace.example.internal',
			database: {
				url: 'mysql://zenml_workspace_user@db.example.internal:3306/zenml_workspace',
				passwordSecretRef: {name: 'zenml-database', key: 'password'},
				ssl: true,
				sslVerifyServerCert: true,
				sslCa: {secretRef: {name: 'zenml-database', key: 'ca.crt'}},
				poolSize: '10',
				maxOverflow: '-1',
			},
			pro: {
				enabled: true,
				apiURL: 'https://zenml-pro.example.internal/api/v1',
				dashboardURL: 'https://zenml-pro.example.internal',
				organizationID: enrollment.organizationId,
				workspaceID: enrollment.workspaceId,
				workspaceName: 'default',
				enrollmentKey: 'enrollment-key',
			},
			auth: {jwtSecretKey: workspaceSecrets.jwtSecretKey},
			secretsStore: {type: 'sql', sql: {encryptionKey: workspaceSecrets.encryptionKey}},
			certificates: {secretRefs: [{name: 'zenml-ca', key: 'ca.crt'}]},
			environment: {ZENML_SERVER_DISPLAY_ANNOUNCEMENTS: 'false', ZENML_SERVER_DISPLAY_UPDATES: 'false'},
		},
	});
	expect(values.zenml).toBeUndefined();
	expect(JSON.stringify(values)).not.toContain('p@ss');
	expect(warnings).toEqual([]);
});

test('a chart before 0.94.2 gets the section zenml', async () => {
	const {values} = await workspaceOf(oldChart('zenml-0.93.0'));
	expect(values).toMatchObject({zenml: {pro: {workspaceID: enrollment.workspaceId}}, resourcesMigrationPod: {}});
	expect(values.server).toBeUndefined();
});

test('a chart before 0.74 gets tenant names, the password inside the URL, and warnings about CA and database', async () => {
	const {values, warnings} = await workspaceOf(oldChart('zenml-0.73.0'));
	const {pro, database, certificates} = values.zenml as Readonly<Record<'pro' | 'database' | 'certificates', Json>>;
	expect(pro).toMatchObject({tenantID: enrollment.workspaceId, tenantName: 'default'});
	expect(pro.workspaceID).toBeUndefined();
	expect(database.url).toBe('mysql://zenml_workspace_user:p%40ss%2Fword@db.example.internal:3306/zenml_workspace');
	expect(certificates).toBeUndefined();
	expect(warnings.join('\n')).toMatch(/private CA/u);
	expect(warnings.join('\n')).toMatch(/CA of the database/u);
});

test('annotations of the ingress are a map even when there are none', async () => {
	const {values} = await workspaceOf(chartFolder('zenml'), {ingress: {annotations: {}}});
	expect(values).toMatchObject({server: {ingress: {annotations: {}, tls: {enabled: true, secretName: 'zenml-tls'}}}});
});

test('a port other than 443 stands in every URL', async () => {
	const {values} = await workspaceOf(chartFolder('zenml'), {ingress: {httpsPort: 8443}});
	expect(values).toMatchObject({
		server: {
			serverURL: 'https://zenml-workspace.example.internal:8443',
			pro: {
				apiURL: 'https://zenml-pro.example.internal:8443/api/v1',
				dashboardURL: 'https://zenml-pro.example.internal:8443',
			},
		},
	});
});

test('the workload manager is environment, all of it text, with the runner image of the bundle', async () => {
	const tolerations = {dedicated: 'ml:NoSchedule', spot: ':NoExecute'};
	const manager = {
		enabled: true,
		tolerations,
		jobBackoffLimit: 0,
		ttlSecondsAfterFinished: 1_209_600,
		nodeSelector: {'node-pool': 'compute'},
	};
	const {values} = await workspaceOf(chartFolder('zenml'), {workloadManager: manager});
	const {environment} = values.server as {readonly environment: Json};
	expect(environment).toMatchObject({
		ZENML_SERVER_WORKLOAD_MANAGER_IMPLEMENTATION_SOURCE:
			'zenml_cloud_plugins.kubernetes_workload_manager.KubernetesWorkloadManager',
		ZENML_KUBERNETES_WORKLOAD_MANAGER_NAMESPACE: 'zenml-workload-manager',
		ZENML_KUBERNETES_WORKLOAD_MANAGER_BUILD_RUNNER_IMAGE: 'false',
		ZENML_KUBERNETES_WORKLOAD_MANAGER_RUNNER_IMAGE: 'registry.example.internal:5000/zenml/zenml:0.95.1',
		ZENML_KUBERNETES_WORKLOAD_MANAGER_TTL_SECONDS_AFTER_FINISHED: '1209600',
		ZENML_KUBERNETES_WORKLOAD_MANAGER_NODE_SELECTOR: '{"node-pool":"compute"}',
		ZENML_KUBERNETES_WORKLOAD_MANAGER_JOB_BACKOFF_LIMIT: '0',
		ZENML_SERVER_MAX_CONCURRENT_SNAPSHOT_RUNS: '2',
	});
	expect(JSON.parse(String(environment.ZENML_KUBERNETES_WORKLOAD_MANAGER_TOLERATIONS))).toEqual([
		{key: 'dedicated', operator: 'Equal', value: 'ml', effect: 'NoSchedule'},
		{key: 'spot', operator: 'Exists', effect: 'NoExecute'},
	]);
	const built = await workspaceOf(chartFolder('zenml'), {workloadManager: {enabled: true, buildRunnerImage: true}});
	expect(built.values).toMatchObject({
		server: {environment: {ZENML_RUNNER_PARENT_IMAGE: 'registry.example.internal:5000/zenml/zenml:0.95.1'}},
	});
	expect(Object.values(environment).every((value) => typeof value === 'string')).toBe(true);
	const old = await workspaceOf(oldChart('zenml-0.73.0'), {workloadManager: manager});
	expect(old.values).toMatchObject({zenml: {environment: {ZENML_SERVER_MAX_CONCURRENT_TEMPLATE_RUNS: '2'}}});
	expect(old.warnings.join('\n')).toContain('0.90.0');
});

test('a disruption budget is set where the chart has one', async () => {
	const podDisruptionBudget = {enabled: true, minAvailable: 2};
	const workspaces = [{name: 'default', host: 'zenml-workspace.example.internal', podDisruptionBudget}];
	const without = await workspaceOf(chartFolder('zenml'), {workspaces});
	expect(without.values.podDisruptionBudget).toBeUndefined();
	const controlPlane = {host: 'zenml-pro.example.internal', podDisruptionBudget};
	const having = await controlPlaneOf(chartFolder('zenml-pro'), {controlPlane});
	expect(having.values.podDisruptionBudget).toEqual(podDisruptionBudget);
});

test('the control plane gets engine postgres, and its administrator as its chart writes him', async () => {
	const {values} = await controlPlaneOf(chartFolder('zenml-pro'));
	expect(values).toMatchObject({
		zenml: {
			database: {external: {type: 'postgres', passwordSecretRef: controlPlaneSecrets.databaseSecret}},
			auth: {password: {enabled: true, adminUsername: 'admin', adminPassword: 'admin-pass'}},
			certificates: {secretRefs: [{name: 'zenml-ca', key: 'ca.crt'}]},
		},
	});
	const old = await controlPlaneOf(oldChart('zenml-pro-0.10.24'));
	expect(old.values).toMatchObject({
		zenml: {database: {external: {type: 'postgres', password: 'p@ss/word'}}, auth: {password: 'admin-pass'}},
	});
	expect(old.warnings.join('\n')).toMatch(/name of the administrator/u);
});

test('an image that the bundle does not have is a problem of the bundle', async () => {
	const contents = await readChart(chartFolder('zenml-pro'));
	expect(() =>
		controlPlaneValues({
			answers: answers(),
			chart: contents,
			images: {...images, tags: {zenml: '1'}},
			secrets: controlPlaneSecrets,
		}),
	).toThrow(/no image zenml-pro-api/u);
});

const client = {clientCertificate: '/pki/db.crt', clientKey: '/pki/db.key'} as const;
const onOwnServer = (more: object) => ({
	workspaces: [
		{
			name: 'default',
			host: 'zenml-workspace.example.internal',
			database: {server: {engine: 'mysql' as const, host: 'own.example.internal', port: 3307, ...more}},
		},
	],
});

test('a workspace with a server of its own is led there, and shows its client certificate', async () => {
	const {values, warnings, unknown} = await workspaceOf(chartFolder('zenml'), onOwnServer(client));
	expect(unknown).toEqual([]);
	expect((values.server as Json).database).toMatchObject({
		url: 'mysql://zenml_workspace_user@own.example.internal:3307/zenml_workspace',
		ssl: true,
		sslCert: {secretRef: {name: 'zenml-database', key: 'client-cert.pem'}},
		sslKey: {secretRef: {name: 'zenml-database', key: 'client-key.pem'}},
	});
	expect(warnings.join()).not.toContain('clientCertificate');
});

test('without encryption no certificate is shown or checked', async () => {
	const {values} = await workspaceOf(chartFolder('zenml'), onOwnServer({tls: 'disable'}));
	const {database} = values.server as Readonly<Record<'database', Json>>;
	expect(database.ssl).toBe(false);
	expect(Object.keys(database).filter((key) => /^ssl(?:Ca|Cert|Key)$/u.test(key))).toEqual([]);
});

test('a chart without a key for the client certificate says that it does not get there', async () => {
	const {warnings} = await workspaceOf(oldChart('zenml-0.73.0'), onOwnServer(client));
	expect(warnings).toContainEqual(
		expect.stringContaining('workspaces.0.database.server.clientCertificate does not reach the workspace'),
	);
	const database = {engine: 'mysql' as const, host: 'db.example.internal', ...client};
	const controlPlane = {host: 'zenml-pro.example.internal'};
	expect((await controlPlaneOf(chartFolder('zenml-pro'), {database, controlPlane})).warnings).toContainEqual(
		expect.stringContaining('database.clientCertificate does not reach the control plane'),
	);
});
