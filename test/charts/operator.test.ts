import {readFile} from 'node:fs/promises';
import {describe, expect, test} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import {
	mergeValues,
	operatorProblems,
	operatorWarnings,
	readOperatorValues,
	setByChart,
	variablesUndoing,
} from '../../source/charts/index.ts';

const place = {file: '/etc/zenml/values.yaml', answer: 'workspaces.0.helmValues'};

const ours = {
	imagePullSecrets: [{name: 'internal'}],
	resources: {requests: {cpu: '250m'}},
	podSecurityContext: {runAsUser: 1000},
	server: {
		replicaCount: 2,
		threadPoolSize: 20,
		analyticsOptIn: false,
		image: {repository: 'r.corp/zenml/zenml-pro-server', tag: '1'},
		pro: {enabled: true, apiURL: 'https://cp.corp/api/v1'},
		database: {url: 'mysql://u@db/z', ssl: true},
		certificates: {secretRefs: [{name: 'zenml-ca', key: 'ca.crt'}]},
		ingress: {enabled: true, className: 'nginx', host: 'ws.corp', annotations: {a: 'b'}},
		environment: {ZENML_KUBERNETES_WORKLOAD_MANAGER_NAMESPACE: 'runs', ZENML_SERVER_DISPLAY_UPDATES: 'false'},
	},
};

describe("the operator's values over ours", () => {
	test('maps are laid together, lists stand one after the other, texts are replaced', () => {
		const theirs = {
			imagePullSecrets: [{name: 'second'}],
			podSecurityContext: {runAsUser: 1001},
			server: {ingress: {annotations: {c: 'd'}}},
			nodeSelector: {zone: 'a'},
		};
		expect(mergeValues(ours, theirs)).toEqual({
			...ours,
			imagePullSecrets: [{name: 'internal'}, {name: 'second'}],
			podSecurityContext: {runAsUser: 1001},
			server: {...ours.server, ingress: {...ours.server.ingress, annotations: {a: 'b', c: 'd'}}},
			nodeSelector: {zone: 'a'},
		});
	});

	const refusals = (theirs: Record<string, unknown>): readonly string[] =>
		operatorProblems({ours, theirs, together: mergeValues(ours, theirs), root: 'server'}, place).flatMap(
			({code, evidence = []}) => evidence.map((key) => `${code} ${key}`),
		);

	test.each<[string, Record<string, unknown>, readonly string[]]>([
		['telemetry', {server: {analyticsOptIn: true}}, ['server.analyticsOptIn']],
		['another store', {server: {database: {url: 'mysql://u@other/z'}}}, ['server.database.url']],
		['a store without TLS', {server: {database: {ssl: false}}}, ['server.database.ssl']],
		['another registry', {server: {image: {repository: 'docker.io/zenml'}}}, ['server.image.repository']],
		['no membership', {server: {pro: {enabled: false}}}, ['server.pro.enabled']],
		['a value that is taken away', {server: {pro: {apiURL: null}}}, ['server.pro.apiURL']],
		[
			'a section that is taken away',
			{server: {certificates: null}},
			['server.certificates.secretRefs[0].name', 'server.certificates.secretRefs[0].key'],
		],
		['a pull secret that is taken away', {imagePullSecrets: null}, ['imagePullSecrets[0].name']],
		['no way in', {server: {ingress: {enabled: false}}}, ['server.ingress.enabled']],
		['another ingress class', {server: {ingress: {className: 'zz'}}}, ['server.ingress.className']],
		['another number of replicas', {server: {replicaCount: 9}}, ['server.replicaCount']],
		['other resources', {resources: {requests: {cpu: '1'}}}, ['resources.requests.cpu']],
		['a Gateway beside the Ingress', {server: {gateway: {enabled: true}}}, ['server.gateway.enabled']],
		['a path of the Ingress', {server: {ingress: {path: '/zenml'}}}, ['server.ingress.path']],
		['secrets in clear', {server: {secretsStore: {enabled: false}}}, ['server.secretsStore.enabled']],
		[
			'a variable that an answer is written into',
			{server: {environment: {ZENML_KUBERNETES_WORKLOAD_MANAGER_NAMESPACE: 'zenml-pro'}}},
			['server.environment.ZENML_KUBERNETES_WORKLOAD_MANAGER_NAMESPACE'],
		],
		[
			'the same by reference',
			{
				server: {
					environmentSecretKeyRefs: [
						{name: 'ZENML_KUBERNETES_WORKLOAD_MANAGER_NAMESPACE', secretName: 's', secretKey: 'k'},
					],
				},
			},
			['ZENML_KUBERNETES_WORKLOAD_MANAGER_NAMESPACE'],
		],
		['a variable in another section', {workers: {env: [{name: 'zenml_store_url', value: 'x'}]}}, ['zenml_store_url']],
		['a variable of the store', {server: {environment: {ZENML_STORE_URL: 'x'}}}, ['ZENML_STORE_URL']],
		[
			'a variable by reference',
			{server: {environmentSecretKeyRefs: [{name: 'ZENML_STORE_PASSWORD', secretName: 's', secretKey: 'k'}]}},
			['ZENML_STORE_PASSWORD'],
		],
		['the old section', {zenml: {debug: true}}, ['zenml']],
		['a password', {server: {auth: {password: 'in clear'}}}, ['server.auth.password']],
		['secret variables', {server: {secretEnvironment: {MY_TOKEN: 'in clear'}}}, ['server.secretEnvironment.MY_TOKEN']],
		['a password in a URL', {server: {proxy: {httpProxy: 'http://me:secret@proxy'}}}, ['server.proxy.httpProxy']],
		[
			'a private key',
			{server: {certificates: {customCAs: [{name: 'a', certificate: '-----BEGIN PRIVATE KEY-----'}]}}},
			['server.certificates.customCAs[0].certificate'],
		],
	])('%s is refused by name', (_what, theirs, keys) => {
		expect(refusals(theirs)).toEqual(keys.map((key) => `helm-values-unfit ${key}`));
	});

	test.each<[string, Record<string, unknown>]>([
		['the same value again', {server: {analyticsOptIn: false}}],
		['more of a section', {server: {database: {backupStrategy: 'disabled'}, pro: {extraCorsOrigins: ['https://a']}}}],
		['a further CA', {server: {certificates: {secretRefs: [{name: 'other-ca', key: 'ca.crt'}]}}}],
		['more of the resources', {resources: {requests: {'ephemeral-storage': '1Gi'}}}],
		['what is a default alone', {server: {threadPoolSize: 30, ingress: {annotations: {a: 'c'}}}}],
		['what leaves a switch as it is', {server: {gateway: {enabled: false}, ingress: {path: '/'}}}],
		['telemetry that stays off', {server: {environment: {ZENML_ANALYTICS_OPT_IN: 'False'}}}],
		['a Secret that is named', {server: {database: {sslKey: {secretRef: {name: 's', key: 'k'}}}}}],
	])('%s is taken', (_what, theirs) => {
		expect(refusals(theirs)).toEqual([]);
	});

	test('a default that is replaced is told by name', () => {
		const theirs = {podSecurityContext: {runAsUser: 0}, server: {ingress: {annotations: {a: 'c'}}}};
		const beside = {ours, theirs, together: mergeValues(ours, theirs), root: 'server'};
		expect(operatorWarnings(beside, place)).toEqual([
			'/etc/zenml/values.yaml replaces what this tool sets: podSecurityContext.runAsUser, server.ingress.annotations.a.',
		]);
		expect(operatorWarnings({...beside, together: mergeValues(ours, {})}, place)).toEqual([]);
	});
});

describe("the operator's file", () => {
	const refusal = (text: string) => {
		try {
			return readOperatorValues(text, place);
		} catch (error) {
			if (error instanceof ProblemError) return error.problem;
			throw error;
		}
	};

	test('is a map; an empty one adds nothing', () => {
		expect(readOperatorValues('server:\n  debug: true\n', place)).toEqual({server: {debug: true}});
		expect(readOperatorValues('# nothing yet\n', place)).toEqual({});
	});

	test('a line that is no YAML is told by its number, and not by its words', () => {
		const problem = refusal('a: 1\npassword: "hunter2\nb: [');
		expect(problem).toMatchObject({code: 'helm-values-unreadable', answers: ['workspaces.0.helmValues']});
		expect(JSON.stringify(problem)).toMatch(/Line \d is no YAML/u);
		expect(JSON.stringify(problem)).not.toContain('hunter2');
	});

	const bomb = [
		'a0: &a0 [x]',
		...Array.from({length: 30}, (_none, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`),
	];
	test.each([
		['a bomb of aliases', bomb.join('\n')],
		['an alias of nothing', 'a: *nobody\n'],
	])('%s is refused, and is no error of this tool', (_what, text) => {
		expect(refusal(text)).toMatchObject({
			code: 'helm-values-unreadable',
			area: 'usage',
			message: 'The file of values /etc/zenml/values.yaml cannot be read.',
			cause: 'Its aliases repeat too much or name nothing, or its lists and maps stand too deep in each other.',
			fix: 'Write the values out, without anchors and aliases.',
		});
	});

	test('a list is refused', () => {
		expect(refusal('- a\n')).toMatchObject({code: 'helm-values-unreadable'});
	});
});

/** Variables in the charts' objects that no answer decides: defaults, and what charts say of themselves. */
const free =
	/^(NODE_OPTIONS|PROXY_HINT|ZENML_DEFAULT_PROJECT_NAME|ZENML_\w*LOGGING_VERBOSITY|ZENML_DEBUG|ZENML_SERVER_DISPLAY_\w+|ZENML_SERVER_\w*THREAD_POOL_SIZE|ZENML_STORE_BACKUP_STRATEGY|ZENML_(STORE|SERVER)_(MAX_OVERFLOW|POOL_SIZE))$/u;
/** Those that this tool writes itself: another value is a change of what it wrote. */
const written = /^ZENML_(KUBERNETES_WORKLOAD_MANAGER_\w+|SERVER_WORKLOAD_MANAGER_\w+|SERVER_MAX_CONCURRENT_\w+)$/u;

describe('variables of the server', () => {
	test.each(['zenml-0.73.0', 'zenml-0.93.0', 'zenml-0.95.1', 'zenml-pro-0.13.18'])(
		'whatever %s makes of an answer is decided elsewhere',
		async (name) => {
			const text = await readFile(new URL(`golden/${name}.yaml`, import.meta.url), 'utf8');
			const names = new Set(text.match(/\b(?:ZENML|REQUESTS|SSL|UVICORN|FORWARDED|DISABLE)_[A-Z0-9_]+\b/gu));
			expect(names.size).toBeGreaterThan(8);
			const open = [...names].filter((one) => !free.test(one) && !written.test(one));
			expect(open.filter((one) => variablesUndoing({e: {[one]: 'on'}}).length === 0)).toEqual([]);
		},
	);

	test.each([
		'ZENML_STORE_DATABASE',
		'ZENML_STORE_USERNAME',
		'ZENML_SERVER_AUTH_SCHEME',
		'ZENML_SERVER_server_url',
		'ZENML_CLOUD_ANALYTICS_OPT_IN',
		'ZENML_CLOUD_SERVER_URL',
		'ZENML_CLOUD_DATABASE_HOST',
		'ZENML_CLOUD_DATABASE_TYPE',
		'FORWARDED_ALLOW_IPS',
	])('%s is decided elsewhere', (name) => {
		expect(variablesUndoing({zenml: {environment: {[name]: 'on'}}})).toEqual([name]);
	});

	test('those that other answers decide are found, telemetry only where it is switched on', () => {
		const of = (environment: Record<string, unknown>) => variablesUndoing({server: {environment}});
		expect(of({ZENML_SERVER_PRO_API_URL: 'x', ZENML_LOGGING_VERBOSITY: 'DEBUG'})).toEqual(['ZENML_SERVER_PRO_API_URL']);
		expect(of({ZENML_ANALYTICS_OPT_IN: 'true'})).toEqual(['ZENML_ANALYTICS_OPT_IN']);
		expect(of({ZENML_ANALYTICS_OPT_IN: 'no', ZENML_STORE_POOL_SIZE: '5'})).toEqual([]);
	});

	test('those that the chart sets as well are found in what it renders without them', () => {
		const deployment = {
			kind: 'Deployment',
			metadata: {name: 'zenml'},
			spec: {template: {spec: {containers: [{name: 'server', image: 'a', env: [{name: 'A', value: '1'}]}]}}},
		};
		expect(setByChart([deployment], ['A', 'B'])).toEqual(['A']);
		const pod = {
			kind: 'Pod',
			metadata: {name: 'p'},
			spec: {containers: [{name: 'server', image: 'a', envFrom: [{secretRef: {name: 'whole'}}]}]},
		};
		const secrets = ['whole', 'other'].map((name) => ({kind: 'Secret', metadata: {name}, data: {[name]: ''}}));
		expect(setByChart([pod, ...secrets], ['whole', 'other'])).toEqual(['whole']);
	});
});
