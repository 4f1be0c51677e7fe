import {expect, test} from 'vitest';
import {type Problem, type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import {
	auditProblem,
	imageOf,
	imagePlaces,
	inspectRendered,
	kubeVersionFits,
	versionsFit,
} from '../../source/charts/index.ts';
import {answers} from './samples.ts';

const chart = {name: 'zenml', version: '0.84.0', annotations: {}};
const registryHost = 'r.example:5000';
const otherBundle = 'Use a bundle with supported chart versions; nothing was changed.';

const inspect = (yaml: string, component: 'control-plane' | 'workspace' = 'control-plane'): readonly Problem[] =>
	inspectRendered(yaml, {registryHost, component}).problems;

const deployment = (container: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: zenml}
spec: {template: {spec: {containers: [${container}]}}}
`;
const sound = `{name: c, image: ${registryHost}/a, resources: {limits: {cpu: 1}}}`;
const ids = ['ORGANIZATION', 'WORKSPACE'].map(
	(part) => `{name: ZENML_SERVER_PRO_${part}_ID, value: 11111111-1111-4111-8111-111111111111}`,
);
const server = (...env: readonly string[]): string =>
	deployment(sound.replace('resources', `env: [${[...ids, ...env].join(', ')}], resources`));
const job = `---
apiVersion: batch/v1
kind: Job
metadata: {name: migration, annotations: {helm.sh/hook: "pre-install, pre-upgrade"}}
spec: {template: {spec: {containers: [${sound}]}}}
`;
const secret = `---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {ZENML_STORE_URL: x}
`;

type Told = {readonly code: ProblemCode} & Pick<Problem, 'message' | 'cause' | 'fix' | 'area' | 'who'> & {
		readonly evidence?: readonly string[];
	};
const ofVendor = {area: 'bundle', who: 'vendor', fix: otherBundle} as const;

test.each<readonly [string, () => readonly (Problem | undefined)[], Told]>([
	[
		'a key that the chart does not know',
		() => [auditProblem([{path: 'server.a', suggestion: 'server.b'}], chart)],
		{
			...ofVendor,
			code: 'chart-keys-unknown',
			message: 'The chart zenml 0.84.0 does not know a key that the answers need: server.a',
			cause: 'Helm would ignore these keys without a word, and the installed system would be a wrong one.',
			evidence: ['server.a (the chart has server.b)'],
		},
	],
	[
		'several such keys',
		() => [auditProblem([{path: 'a'}, {path: 'b.c'}], chart)],
		{
			...ofVendor,
			code: 'chart-keys-unknown',
			message: 'The chart zenml 0.84.0 does not know 2 keys that the answers need: a, b.c',
			cause: 'Helm would ignore these keys without a word, and the installed system would be a wrong one.',
			evidence: ['a', 'b.c'],
		},
	],
	[
		'charts of different times',
		() => versionsFit({name: 'zenml-pro', version: '0.12.0'}, chart).problems,
		{
			...ofVendor,
			code: 'chart-versions-do-not-fit',
			message: 'The charts of the bundle do not fit each other: zenml-pro 0.12.0 with zenml 0.84.0.',
			cause: "By the vendor's release notes a control plane from 0.12.0 on needs workspace servers from 0.85.0 on.",
			fix: 'Ask for a bundle in which control plane and workspace server were released together.',
		},
	],
	[
		'a cluster that is too old',
		() => [kubeVersionFits({...chart, kubeVersion: '>=1.24.0-0'}, 'v1.23.17+k3s1')],
		{
			code: 'kubernetes-version-unfit',
			area: 'prerequisites',
			who: 'cluster admin',
			message: 'The chart zenml 0.84.0 does not support Kubernetes v1.23.17+k3s1.',
			cause: 'It asks for Kubernetes >=1.24.0-0.',
			fix: 'Upgrade the cluster, or ask for a bundle whose charts support it.',
		},
	],
	[
		'a stream that is no YAML',
		() => inspect('a: ['),
		{
			code: 'rendered-not-yaml',
			area: 'prerequisites',
			who: 'operator',
			message: 'The helm program helm did not answer "helm template" with manifests.',
			cause: 'What it printed is not YAML.',
			fix: 'Name Helm itself in helm.binary; a script in its place must print what Helm prints, and nothing else.',
		},
	],
	[
		'a document that is no object',
		() => inspect('{kind: Pod, metadata: {name: p}}\n---\njust words'),
		{
			code: 'rendered-not-yaml',
			area: 'prerequisites',
			who: 'operator',
			message: 'The helm program helm did not answer "helm template" with manifests.',
			cause: 'What it printed holds something that is no object of Kubernetes.',
			fix: 'Name Helm itself in helm.binary; a script in its place must print what Helm prints, and nothing else.',
			evidence: ['Document 2 has no kind.'],
		},
	],
	[
		'an image from elsewhere',
		() => inspect(deployment('{name: c, image: docker.io/a, resources: {limits: {cpu: 1}}}')),
		{
			...ofVendor,
			code: 'image-from-outside',
			message: `The chart would pull from outside the internal registry ${registryHost}.`,
			cause: 'An image of the chart is not set by the answers; behind an air gap such a pod never starts.',
			evidence: ['Deployment zenml: docker.io/a'],
		},
	],
	[
		'a container without resources',
		() => inspect(deployment(`{name: c, image: ${registryHost}/a}`)),
		{
			...ofVendor,
			code: 'resources-missing',
			message: 'The chart did not take the CPU and memory of the answers: Deployment zenml.',
			cause: 'Its key for resources is another one.',
		},
	],
	[
		'a workspace server without its migration',
		() => inspect(server() + secret, 'workspace'),
		{
			...ofVendor,
			code: 'migration-missing',
			message: 'The rendered workspace server has no Job that migrates its database.',
			cause:
				'The chart did not take the database settings; the server would fall back to a file that is lost with its pod.',
		},
	],
	[
		'a workspace server without its database',
		() => inspect(server() + job, 'workspace'),
		{
			...ofVendor,
			code: 'database-not-set',
			message: 'The rendered workspace server does not use the database of the answers.',
			cause: 'No Secret has ZENML_STORE_URL; the server would fall back to a file that is lost with its pod.',
		},
	],
	[
		"a workspace server that calls the vendor's service",
		() =>
			inspect(
				server('{name: ZENML_SERVER_PRO_API_URL, value: "https://cloudapi.zenml.io"}') + job + secret,
				'workspace',
			),
		{
			...ofVendor,
			code: 'public-control-plane',
			message: "The rendered workspace server would call the vendor's public service.",
			cause: "The chart did not take the control plane's addresses.",
			evidence: ['ZENML_SERVER_PRO_API_URL=https://cloudapi.zenml.io'],
		},
	],
	[
		'a workspace server that was not enrolled',
		() =>
			inspect(
				deployment(sound.replace('resources', 'env: [{name: ZENML_SERVER_PRO_WORKSPACE_ID}], resources')) +
					job +
					secret,
				'workspace',
			),
		{
			...ofVendor,
			code: 'workspace-not-enrolled',
			message: 'The rendered workspace server is not a member of the control plane.',
			cause: 'The chart did not take the identity from the enrolment: organization and workspace must be UUIDs.',
			evidence: ['ZENML_SERVER_PRO_WORKSPACE_ID='],
		},
	],
])('%s is refused with its cause and the next move', (_title, problems, told) => {
	const found = problems();
	expect(found).toHaveLength(1);
	expect(found[0]).toMatchObject(told);
});

test('what is sound is not refused', () => {
	expect(inspect(server() + job + secret, 'workspace')).toEqual([]);
	expect(inspect('')).toEqual([]);
	expect(auditProblem([], chart)).toBeUndefined();
	expect(kubeVersionFits({...chart, kubeVersion: 'not a range'}, 'v1.30.0')).toBeUndefined();
	expect(kubeVersionFits({...chart, kubeVersion: '>=1.24'}, 'nightly')).toBeUndefined();
});

test('an image that the bundle lacks is refused, with those that it has', () => {
	const {registry} = answers({registry: {host: registryHost, prefix: ''}});
	const places = imagePlaces({registry}, [{name: 'zenml', tag: '1'}]);
	expect(imageOf(places, 'zenml')).toEqual({repository: `${registryHost}/zenml`, tag: '1'});
	expect(imagePlaces({registry: {...registry, prefix: 'a/b'}}, []).prefix).toBe(`${registryHost}/a/b`);
	const refusal = (images: typeof places): Problem => {
		try {
			imageOf(images, 'zenml-pro-api');
		} catch (error) {
			if (error instanceof ProblemError) return error.problem;
		}
		throw new Error('It was not refused');
	};
	expect(refusal(places)).toMatchObject({
		code: 'image-not-in-bundle' satisfies ProblemCode,
		area: 'bundle',
		who: 'vendor',
		message: 'The bundle has no image zenml-pro-api.',
		cause: 'It has zenml.',
		fix: 'Ask for a complete bundle.',
	});
	expect(refusal({prefix: 'r', tags: {}}).cause).toBe('It has no images.');
});

test('an image that lies at the registry but not in the bundle is refused, also where it runs first', () => {
	const init = `${deployment(sound).trimEnd().slice(0, -3)}, initContainers: [{name: i, image: ${registryHost}/b}]}}}\n`;
	const carried = new Set([`${registryHost}/a`]);
	const {problems} = inspectRendered(init, {registryHost, component: 'control-plane', carried});
	expect(problems).toMatchObject([
		{
			code: 'image-not-carried',
			area: 'bundle',
			who: 'vendor',
			message: `The chart would pull images that the bundle does not hold: ${registryHost}/b.`,
			cause: 'The registry will have the images of the bundle only; a pod with another one never starts.',
			fix: otherBundle,
			evidence: [`Deployment zenml: ${registryHost}/b`],
		},
	]);
	const both = new Set([...carried, `${registryHost}/b`]);
	expect(inspectRendered(init, {registryHost, component: 'control-plane', carried: both}).problems).toEqual([]);
});
