import {expect, test} from 'vitest';
import {inspectRendered, kubeVersionFits, versionsFit} from '../../source/charts/index.ts';

const chart = (name: string, version: string, annotations: Readonly<Record<string, string>> = {}) => ({
	name,
	version,
	annotations,
});

/** Control plane, workspace server, whether they are refused, and a word of each warning. */
test.each<[string, string, boolean, readonly RegExp[]]>([
	['0.13.18', '0.95.1', false, []],
	['0.13.18', '0.95.2', true, []],
	['0.13.18', '0.97.5', true, []],
	['0.13.19', '0.95.1', false, []],
	['0.13.19', '0.97.5', false, [/newer than any pair that this tool knows/u]],
	['0.14.0', '0.98.0', false, [/newer than any pair that this tool knows/u]],
	['0.13.18', '0.73.0', true, [/private CA/u]],
	['0.12.0', '0.84.9', true, [/PyPI/u, /passwords only as text/u]],
	['0.12.0', '0.85.0', false, [/PyPI/u, /passwords only as text/u]],
	['0.10.24', '0.73.0', false, [/private CA/u, /passwords only as text/u]],
	['0.10.24', '0.94.3', false, [/older than the workspace/u, /passwords only as text/u]],
	['0.13.13', '0.94.2', false, [/PyPI/u]],
])('control plane %s with workspace server %s: refused %s', (controlPlane, workspace, refused, warnings) => {
	const verdict = versionsFit(chart('zenml-pro', controlPlane), chart('zenml', workspace));
	expect(verdict.problems.map(({code}) => code)).toEqual(refused ? ['chart-versions-do-not-fit'] : []);
	expect(verdict.warnings).toHaveLength(warnings.length);
	for (const [index, word] of warnings.entries()) expect(verdict.warnings[index]).toMatch(word);
});

test('a version that is no version is said to be incomparable', () => {
	const {problems, warnings} = versionsFit(chart('zenml-pro', 'nightly'), chart('zenml', '0.95.1'));
	expect(problems).toEqual([]);
	expect(warnings.join()).toContain('"nightly"');
});

test.each([
	['>=1.24.0-0', 'v1.24.0', true],
	['>=1.24.0-0', 'v1.34.2-eks-113cf36', true],
	['>=1.24.0-0', 'v1.23.17+k3s1', false],
	['>= 1.26.0-0 < 1.30.0-0', 'v1.31.0-gke.100', false],
	[undefined, 'v1.10.0', true],
])('a chart that asks for Kubernetes %s fits %s: %s', (kubeVersion, cluster, fits) => {
	const asked = {...chart('zenml', '1.0.0'), ...(kubeVersion === undefined ? {} : {kubeVersion})};
	expect(kubeVersionFits(asked, cluster)?.code).toBe(fits ? undefined : 'kubernetes-version-unfit');
});

test('a variable that stands twice in a container is a warning that names it', () => {
	const {warnings} = inspectRendered(
		`apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - {name: c, image: r.example/a, env: [{name: A, value: "1"}, {name: A, value: "2"}]}
`,
		{registryHost: 'r.example'},
	);
	expect(warnings).toEqual([
		'Pod p, container c: set twice, the last one counts, and Kubernetes may refuse the next upgrade: A.',
	]);
});

test.each(['[]', 'just words', '{}'])('a document that is no manifest is told of the program: %s', (stream) => {
	const [problem] = inspectRendered(stream, {registryHost: 'r', program: '/opt/bin/helm'}).problems;
	expect(problem).toMatchObject({
		code: 'rendered-not-yaml',
		message: 'The helm program /opt/bin/helm did not answer "helm template" with manifests.',
		evidence: ['Document 1 has no kind.'],
		answers: ['helm.binary'],
	});
});

test('a stream that is not YAML is a problem', () => {
	expect(inspectRendered('a: [', {registryHost: 'r'}).problems.map(({code}) => code)).toEqual(['rendered-not-yaml']);
});

test.each([
	['nesting without an end', '['.repeat(20_000)],
	['a bomb of aliases', `a: &a [x]\n${Array.from({length: 200}, () => '- *a').join('\n')}`],
])('%s is a problem as well', (_what, stream) => {
	expect(inspectRendered(stream, {registryHost: 'r'}).problems.map(({code}) => code)).toEqual(['rendered-not-yaml']);
});

test.each([
	'{kind: Deployment}',
	'{kind: constructor, metadata: null, spec: {containers: [{image: r/a}]}}',
	'{kind: Pod, metadata: {annotations: {helm.sh/hook: 7}}, spec: {containers: {image: a}, initContainers: [null]}}',
	'{kind: Pod, metadata: {name: [x]}, spec: {containers: [{image: "r/a", env: [null, {name: {}, value: 5}]}]}}',
])('what of an object has another form counts as not there: %s', (object) => {
	expect(inspectRendered(object, {registryHost: 'r'}).problems).toEqual([]);
});
