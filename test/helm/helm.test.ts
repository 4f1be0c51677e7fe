import {readdir, readFile} from 'node:fs/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {type Problem, ProblemError} from '../../source/base/problem.ts';
import {createHelm} from '../../source/helm/index.ts';
import {chartFolder, helmVersions, recordingHelm, scratch, script} from './lab.ts';

const {signal} = new AbortController();
let folder = '';
let remove: () => Promise<void>;

beforeAll(async () => {
	({folder, remove} = await scratch());
	await Promise.all(helmVersions.map((version) => fetchHelm(version)));
}, 120_000);
afterAll(() => remove());

const port = (binary: string, environment: Readonly<Record<string, string>> = {}) =>
	createHelm({
		binary,
		kubeconfig: `${folder}/no-such-kubeconfig`,
		home: `${folder}/home`,
		environment: {PATH: process.env.PATH, HOME: folder, ...environment},
	});

const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
	const error = await work.catch((caught: unknown) => caught);
	if (error instanceof ProblemError) return error.problem;
	throw new Error(`no problem came, but ${String(error)}`);
};

const canary = 'canary-Zq7!x';
const values = {
	zenml: {
		serverURL: 'https://zenml-pro.example.internal',
		database: {external: {type: 'postgres', host: 'db', username: 'u', password: canary, database: 'd'}},
		auth: {password: {adminPassword: canary}},
		ingress: {host: 'zenml-pro.example.internal'},
		environment: {A: 'on', B: '0x1F', C: 'line one\nline two\u2028\u0085', D: '1e3', E: '010'},
	},
};

describe.each(helmVersions)('Helm %s', (version) => {
	test('tells its version', async () => {
		const {helm} = await fetchHelm(version);
		expect(await port(helm).version(signal)).toBe(version);
	});

	test('renders a chart, with every text arriving as that text', async () => {
		const {helm} = await fetchHelm(version);
		const yaml = await port(helm).template({
			release: 'zenml-pro',
			namespace: 'zenml-pro',
			chart: chartFolder('zenml-pro'),
			values,
			kubeVersion: '1.30.0',
			signal,
		});
		const objects = parseAllDocuments(yaml).map((document) => document.toJS());
		const api = objects.find(({kind, metadata}) => kind === 'Deployment' && metadata.name === 'zenml-pro');
		const env = new Map(
			api.spec.template.spec.containers[0].env.map((variable: {name: string; value: string}) => [
				variable.name,
				variable.value,
			]),
		);
		expect(Object.fromEntries(env)).toMatchObject(values.zenml.environment);
	});

	test('never has a secret among its arguments or variables, nor in its folders', async () => {
		const {binary, calls} = await recordingHelm(folder, version);
		const helm = port(binary, {HELM_NAMESPACE: 'elsewhere', HELM_DEBUG: 'true'});
		await helm.template({release: 'r', namespace: 'n', chart: chartFolder('zenml-pro'), values, signal});
		const recorded = await calls();
		expect(recorded).toContain('--values');
		expect(recorded).not.toContain(canary);
		expect(recorded).not.toMatch(/HELM_NAMESPACE|HELM_DEBUG/u);
		expect(recorded).toContain(`HELM_CACHE_HOME=${folder}/home/cache`);
		const written = await readdir(folder, {recursive: true});
		expect(written.filter((name) => /values|\.ya?ml$/u.test(name))).toEqual([]);
	});

	test('a chart that does not take the values is a problem without their secrets', async () => {
		const {helm} = await fetchHelm(version);
		const problem = await problemOf(
			port(helm).template({
				release: 'r',
				namespace: 'n',
				chart: chartFolder('zenml-pro'),
				values: {zenml: {...values.zenml, database: {external: {type: canary, password: canary}}}},
				signal,
			}),
		);
		expect(problem).toMatchObject({code: 'helm-render-failed', area: 'cluster'});
		expect(problem.evidence?.join('\n')).toContain('postgres or mysql');
		expect(JSON.stringify(problem)).not.toContain(canary);
	});

	test('a chart that wants another Kubernetes is a problem that says so', async () => {
		const {helm} = await fetchHelm(version);
		const chart = chartFolder('zenml-pro');
		const problem = await problemOf(
			port(helm).template({release: 'r', namespace: 'n', chart, values, kubeVersion: '1.20.0', signal}),
		);
		expect(problem.code).toBe('helm-kube-version');
	});

	test('an unreachable cluster is a problem that points at the kubeconfig', async () => {
		const {helm} = await fetchHelm(version);
		const problem = await problemOf(port(helm).history('r', 'n', signal));
		expect(problem.area).toBe('cluster');
		expect(problem.code).toMatch(/^helm-(unreachable|kubeconfig)$/u);
		expect(problem.answers).toContain('kubernetes.kubeconfig');
	});
});

test('a program that is not there is a prerequisite, and the answer to change is named', async () => {
	const problem = await problemOf(port(`${folder}/nowhere/helm`).version(signal));
	expect(problem).toMatchObject({code: 'helm-missing', area: 'prerequisites', answers: ['helm.binary']});
});

test.each([
	['echo v3.7.2+g663a896', 'helm-too-old'],
	['echo "Client: v2.17.0+ga690bad"', 'helm-too-old'],
	['echo "GNU something 1.2"', 'helm-missing'],
])('a program that answers "%s" to the question for its version is refused: %s', async (body, code) => {
	const binary = await script(folder, `old-${code}-${body.length}`, body);
	expect(await problemOf(port(binary).version(signal))).toMatchObject({
		code,
		area: 'prerequisites',
		answers: ['helm.binary'],
	});
});

test('an abort reaches helm as SIGTERM, waits for its end, and comes back as the reason', async () => {
	const binary = await script(
		folder,
		'slow-helm',
		`case "$1" in version) echo v4.2.3; exit;; esac
trap 'echo ended > ${folder}/ended; kill $sleeper; exit 1' TERM
sleep 60 & sleeper=$!
echo started > ${folder}/started
wait`,
	);
	const stop = new AbortController();
	const reason = new Error('the operator said stop');
	const running = port(binary).history('r', 'n', stop.signal);
	while (!(await readdir(folder)).includes('started')) await new Promise((resolve) => setTimeout(resolve, 10));
	stop.abort(reason);
	await expect(running).rejects.toBe(reason);
	expect(await readdir(folder)).toContain('ended');
});

test('a helm that does not heed SIGTERM is killed after its grace period', async () => {
	const binary = await script(
		folder,
		'deaf-helm',
		`case "$1" in version) echo v4.2.3; exit;; esac
trap '' TERM
echo $$ > ${folder}/deaf
while :; do sleep 0.05; done`,
	);
	const stop = new AbortController();
	const helm = createHelm({binary, home: folder, environment: {PATH: process.env.PATH}, graceMs: 50});
	const running = helm.history('r', 'n', stop.signal);
	while (!(await readdir(folder)).includes('deaf')) await new Promise((resolve) => setTimeout(resolve, 10));
	stop.abort();
	await expect(running).rejects.toMatchObject({name: 'AbortError'});
	const pid = Number(await readFile(`${folder}/deaf`, 'utf8'));
	expect(() => process.kill(pid, 0)).toThrow(/ESRCH/u);
});
