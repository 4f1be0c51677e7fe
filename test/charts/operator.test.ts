import {describe, expect, test} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import {
	mergeValues,
	operatorProblems,
	readOperatorValues,
	setByChart,
	variablesUndoing,
} from '../../source/charts/index.ts';

const place = {file: '/etc/zenml/values.yaml', answer: 'workspaces.0.helmValues'};

const ours = {
	imagePullSecrets: [{name: 'internal'}],
	resources: {requests: {cpu: '250m'}},
	server: {
		analyticsOptIn: false,
		image: {repository: 'r.corp/zenml/zenml-pro-server', tag: '1'},
		pro: {enabled: true, apiURL: 'https://cp.corp/api/v1'},
		database: {url: 'mysql://u@db/z', ssl: true},
		certificates: {secretRefs: [{name: 'zenml-ca', key: 'ca.crt'}]},
		ingress: {host: 'ws.corp', annotations: {a: 'b'}},
	},
};

describe("the operator's values over ours", () => {
	test('maps are laid together, lists stand one after the other, texts are replaced', () => {
		const theirs = {
			imagePullSecrets: [{name: 'second'}],
			resources: {requests: {cpu: '1'}},
			server: {ingress: {annotations: {c: 'd'}}},
			nodeSelector: {zone: 'a'},
		};
		expect(mergeValues(ours, theirs)).toEqual({
			...ours,
			imagePullSecrets: [{name: 'internal'}, {name: 'second'}],
			resources: {requests: {cpu: '1'}},
			server: {...ours.server, ingress: {host: 'ws.corp', annotations: {a: 'b', c: 'd'}}},
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
		['other resources', {resources: {requests: {cpu: '1'}}}],
		['telemetry that stays off', {server: {environment: {ZENML_ANALYTICS_OPT_IN: 'False'}}}],
		['a Secret that is named', {server: {database: {sslKey: {secretRef: {name: 's', key: 'k'}}}}}],
	])('%s is taken', (_what, theirs) => {
		expect(refusals(theirs)).toEqual([]);
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

	test('a list is refused', () => {
		expect(refusal('- a\n')).toMatchObject({code: 'helm-values-unreadable'});
	});
});

describe('variables of the server', () => {
	test('those that other answers decide are found, telemetry only where it is switched on', () => {
		const of = (environment: Record<string, unknown>) => variablesUndoing({server: {environment}}, 'server');
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
	});
});
