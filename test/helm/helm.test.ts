import {appendFile, cp, readdir, readFile, writeFile} from 'node:fs/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {createHelm} from '../../source/helm/index.ts';
import {notStarted} from '../../source/helm/not-started.ts';
import {chartFolder, helmVersions, problemOf, recordingHelm, scratch, script} from './lab.ts';

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
});

describe.each(helmVersions)('what Helm %s refuses', (version) => {
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
		const chart = `${folder}/wants-kubernetes-${version}`;
		await cp(chartFolder('zenml-pro'), chart, {recursive: true});
		await appendFile(`${chart}/Chart.yaml`, 'kubeVersion: ">=1.24.0-0"\n');
		const problem = await problemOf(
			port(helm).template({release: 'r', namespace: 'n', chart, values, kubeVersion: '1.20.0', signal}),
		);
		expect(problem.code).toBe('helm-kube-version');
	});

	test('an unreachable cluster is a problem that points at the kubeconfig', async () => {
		const {helm} = await fetchHelm(version);
		const problem = await problemOf(port(helm).release('r', 'n', signal));
		expect(problem.area).toBe('cluster');
		expect(problem.code).toMatch(/^helm-(unreachable|kubeconfig)$/u);
		expect(problem.answers).toContain('kubernetes.kubeconfig');
	});
});

const copyHelm = 'Copy Helm 3.8.0 or newer to this host and set helm.binary to its path.';
const absent = 'There is no such program on this host, or not in its PATH.';

describe('a program that cannot be started', () => {
	test.each([
		['is not there', 'nowhere', absent],
		['lies below a file', 'file/helm', absent],
		['may not be executed', 'file', 'The file is there but may not be executed.'],
	])('as it %s is a prerequisite, and the answer to change is named', async (_why, name, cause) => {
		await writeFile(`${folder}/file`, 'text', {mode: 0o644});
		const binary = `${folder}/${name}`;
		expect(await problemOf(port(binary).version(signal))).toMatchObject({
			code: 'helm-missing',
			area: 'prerequisites',
			message: `The helm program cannot be started: ${binary}.`,
			cause,
			fix: copyHelm,
			answers: ['helm.binary'],
		});
	});

	test('as it is for another machine is told as such where the operating system says so', () => {
		const error = Object.assign(new Error('spawn ENOEXEC'), {code: 'ENOEXEC'});
		expect(notStarted(error, '/helm')?.problem).toMatchObject({
			code: 'helm-missing',
			cause: 'The file is not a program for this machine.',
			fix: copyHelm,
		});
		expect(notStarted(new Error('it ended with exit code 1'), '/helm')).toBeUndefined();
	});
});

describe('a program that is not the Helm that is needed', () => {
	test.each([
		['echo v3.7.2+g663a896', '3.7.2'],
		['echo "Client: v2.17.0+ga690bad"', '2.17.0'],
	])('as "%s" is too old', async (body, version) => {
		const binary = await script(folder, `old-${version}`, body);
		expect(await problemOf(port(binary).version(signal))).toMatchObject({
			code: 'helm-too-old',
			area: 'prerequisites',
			message: `Helm ${version} is too old; 3.8.0 or newer is needed.`,
			cause: `${binary} is Helm ${version}.`,
			fix: 'Install a newer Helm, or set helm.binary to one that is on this host already.',
			answers: ['helm.binary'],
		});
	});

	test('as it gives another answer is told with that answer', async () => {
		const binary = await script(folder, 'other', 'echo "GNU something 1.2"');
		expect(await problemOf(port(binary).version(signal))).toMatchObject({
			code: 'helm-missing',
			area: 'prerequisites',
			message: `${binary} is not the Helm program.`,
			cause: 'Asked for its version, it gave an answer that Helm does not give.',
			fix: 'Set helm.binary to the path of Helm 3.8.0 or newer.',
			answers: ['helm.binary'],
			evidence: ['GNU something 1.2'],
		});
	});
});

test('a program that fails without a word is told by how it ended', async () => {
	const binary = await script(folder, 'silent', 'case "$1" in version) echo v4.2.3;; *) exit 7;; esac');
	const problem = await problemOf(port(binary).release('r', 'n', signal));
	expect(problem).toMatchObject({code: 'helm-failed', cause: 'Helm ended with exit code 7; its own words are below.'});
});

test('a signal that is aborted already starts nothing', async () => {
	const reason = new Error('too late');
	await expect(port(`${folder}/nowhere/helm`).version(AbortSignal.abort(reason))).rejects.toBe(reason);
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
	const running = port(binary).release('r', 'n', stop.signal);
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
	const running = helm.release('r', 'n', stop.signal);
	while (!(await readdir(folder)).includes('deaf')) await new Promise((resolve) => setTimeout(resolve, 10));
	stop.abort();
	await expect(running).rejects.toMatchObject({name: 'AbortError'});
	const pid = Number(await readFile(`${folder}/deaf`, 'utf8'));
	expect(() => process.kill(pid, 0)).toThrow(/ESRCH/u);
});
