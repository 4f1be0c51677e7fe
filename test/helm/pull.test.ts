import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {ProblemError} from '../../source/base/problem.ts';
import {createChartPuller} from '../../source/helm/index.ts';
import {problemOf, scratch, script} from './lab.ts';

const {signal} = new AbortController();
const chart = 'oci://public.ecr.aws/zenml/zenml-pro';
let folder = '';
let remove: () => Promise<void>;
let count = 0;
beforeAll(async () => {
	({folder, remove} = await scratch());
});
afterAll(() => remove());

/** A helm that does as its body says; `more` are further options of the puller. */
const puller = async (body: string, more: {readonly dockerConfig?: string} = {}) => {
	const binary = await script(folder, `helm-${count++}`, body);
	return createChartPuller({binary, home: path.join(folder, 'home'), environment: {PATH: process.env.PATH}, ...more});
};
const emptyFolder = (): string => path.join(folder, `charts-${count++}`);

describe('a chart', () => {
	test('is pulled into the folder that is named, with CA, logins and plain HTTP where they are asked for', async () => {
		const to = emptyFolder();
		const log = path.join(folder, 'arguments');
		const helm = await puller(`printf '%s\\n' "$@" > '${log}'; echo packed > '${to}/zenml-pro-1.2.3.tgz'`, {
			dockerConfig: '/root/config.json',
		});
		const wanted = {chart, version: '1.2.3', folder: to, signal};
		expect(await helm.pull({...wanted, ca: '/ca.pem', plainHttp: true})).toBe(`${to}/zenml-pro-1.2.3.tgz`);
		expect((await readFile(log, 'utf8')).trim().split('\n')).toEqual([
			...['pull', chart, '--version', '1.2.3', '--destination', to],
			...['--registry-config', '/root/config.json', '--ca-file', '/ca.pem', '--plain-http'],
		]);
		await (await puller(`printf '%s\\n' "$@" > '${log}'; echo > '${to}/a.tgz'`)).pull(wanted);
		expect((await readFile(log, 'utf8')).trim().split('\n')).toEqual([
			...['pull', chart, '--version', '1.2.3', '--destination', to],
		]);
	});

	test('tells its default values, and the program its version', async () => {
		const helm = await puller('case "$1" in version) echo v4.2.3+gabc;; show) echo "values of $3";; esac');
		expect(await helm.version(signal)).toBe('4.2.3');
		expect(await helm.values('/charts/zenml-1.tgz', signal)).toBe('values of /charts/zenml-1.tgz');
	});

	test('whose values cannot be read is a failure of helm, not of a registry', async () => {
		const helm = await puller('echo "Error: gzip: invalid header" >&2; exit 1');
		expect(await problemOf(helm.values('/charts/zenml-1.tgz', signal))).toMatchObject({
			code: 'helm-chart-unreadable',
			message: 'Helm failed: reading the values of zenml-1.tgz.',
		});
	});
});

const login =
	'Log in (docker login HOST, or a credential helper), or name the folder of the right config.json with --docker-config. An expired login to a public registry has to be taken out: docker logout HOST.';
const place = 'Check the version, and the place of the chart in the spec (charts).';
const way = 'Check its name and the way to it; a proxy is taken from HTTPS_PROXY.';

describe('a chart that does not come', () => {
	test.each([
		['failed to authorize: 401 Unauthorized', 'The registry refuses this login, or wants one.', login],
		['denied: requested access to the resource is denied', 'The registry refuses this login, or wants one.', login],
		['response status code 403', 'The registry refuses this login, or wants one.', login],
		['zenml-pro:9.9.9: not found', 'There is no chart of that version at that place.', place],
		// A port is no HTTP status.
		['127.0.0.1:40103/charts/zenml:9.9.9: not found', 'There is no chart of that version at that place.', place],
		['dial tcp 127.0.0.1:40404: connect: connection refused', 'The registry cannot be reached from this host.', way],
		[
			'tls: failed to verify certificate: x509: certificate signed by unknown issuer',
			"The registry's certificate is not trusted here.",
			'Name its CA in the spec: hosts, then ca.',
		],
		[
			'http: server gave HTTP response to HTTPS client',
			'The registry speaks plain HTTP.',
			'If it is meant to, say so in the spec: hosts, then plainHttp: true.',
		],
		['dial tcp: lookup registry.lab: no such host', 'The registry cannot be reached from this host.', way],
		['something new', "Helm's own words are below.", 'Run the same by hand, then try again.'],
	])('"%s": %s', async (said, cause, fix) => {
		const helm = await puller(`echo 'Error: ${said}' >&2; exit 1`);
		expect(await problemOf(helm.pull({chart, version: '9.9.9', folder: emptyFolder(), signal}))).toEqual({
			code: 'chart-pull-failed',
			area: 'bundle',
			who: 'operator',
			message: `The chart ${chart} 9.9.9 could not be pulled.`,
			cause,
			fix,
			nextSteps: [`helm pull ${chart} --version 9.9.9`],
			evidence: [`Error: ${said}`],
		});
	});

	test('although helm says so is not taken for one', async () => {
		const helm = await puller('exit 0');
		expect(await problemOf(helm.pull({chart, version: '1', folder: emptyFolder(), signal}))).toMatchObject({
			code: 'chart-pull-failed',
			cause: 'Helm said that it was, but wrote no .tgz file.',
			fix: 'Use the plain helm program: --helm PATH.',
			nextSteps: [],
		});
	});

	test('as there is no helm is a prerequisite', async () => {
		const helm = createChartPuller({binary: '/nowhere/helm', home: folder, environment: {}});
		const work = helm.pull({chart, version: '1', folder: emptyFolder(), signal});
		await expect(work).rejects.toSatisfy(
			(error: ProblemError) => error.problem.code === 'helm-missing' && error.problem.area === 'prerequisites',
		);
	});
});
