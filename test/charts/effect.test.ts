import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {findEffects, type Render} from '../../source/charts/effect/find.ts';
import {
	controlPlaneValues,
	createEffectMemo,
	type Effects,
	effectProblem,
	effectWarnings,
	readChart,
	shapeOf,
	workspaceValues,
} from '../../source/charts/index.ts';
import {createHelm} from '../../source/helm/index.ts';
import {answers, chartFolder, controlPlaneSecrets, enrollment, images, workspaceSecrets} from './samples.ts';

const {signal} = new AbortController();
let folder = '';
let binary = '';
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-effect-'));
	binary = (await fetchHelm('4.2.3')).helm;
}, 120_000);
afterAll(() => rm(folder, {recursive: true, force: true}));

/** Helm as a renderer, and how often it was asked. */
const renderer = (chart: string): {readonly render: Render; readonly count: () => number} => {
	const helm = createHelm({binary, home: folder, environment: {PATH: process.env.PATH, HOME: folder}});
	let count = 0;
	const render: Render = async (values) => {
		count += 1;
		const options = {release: 'r', namespace: 'n', chart, values, kubeVersion: '1.30.0', signal};
		return helm.template(options).catch(() => undefined);
	};
	return {render, count: () => count};
};

const effectsOf = async (chart: string, values: unknown): Promise<Effects & {readonly count: number}> => {
	const {values: defaults, literals} = await readChart(chart);
	const {render, count} = renderer(chart);
	const effects = await findEffects(values, {defaults, literals}, render);
	return {...effects, count: count()};
};

const template = `apiVersion: v1
kind: ConfigMap
metadata: {name: one, annotations: {random: {{ randAlphaNum 20 | quote }}}}
data:
  replicas: {{ .Values.replicas | quote }}
  {{- if not (has .Values.mode (list "small" "large")) }}{{ fail "mode is small or large" }}{{ end }}
  {{- if eq .Values.mode "large" }}
  size: {{ .Values.size | quote }}
  {{- end }}
  {{- if .Values.proxy.enabled }}
  proxy: {{ .Values.proxy.url }}
  {{- end }}
  {{- range .Values.certificates }}
  ca: {{ .name | quote }}
  {{- end }}
---
apiVersion: v1
kind: Secret
metadata: {name: two}
data:
  password: {{ .Values.password | b64enc | quote }}
  key: {{ randAlphaNum 20 | b64enc }}
`;
const chartValues = `replicas: 1
mode: small
size: 1
password: ""
proxy: {enabled: false, url: ""}
certificates: []
forgotten: 1
switch: true
`;

const smallChart = async (): Promise<string> => {
	const chart = path.join(folder, 'small');
	await mkdir(path.join(chart, 'templates'), {recursive: true});
	await writeFile(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: small\nversion: 1.0.0\n');
	await writeFile(path.join(chart, 'values.yaml'), chartValues);
	await writeFile(path.join(chart, 'templates/all.yaml'), template);
	return chart;
};

describe('keys of values', () => {
	test.each<[string, Record<string, unknown>, Partial<Effects>]>([
		['a number and a text that are rendered', {replicas: 3, password: 'pass'}, {dead: []}],
		['the same as the default', {replicas: 1, mode: 'small'}, {dead: []}],
		['a key that no template reads', {forgotten: 7}, {dead: ['forgotten']}],
		['a switch that no template reads', {switch: false}, {dead: ['switch']}],
		['a text that the chart compares, and refuses where it is another', {mode: 'large', size: 9}, {dead: []}],
		['a wrong key in an item of a list', {certificates: [{nam: 'ca'}]}, {dead: ['certificates[0].nam']}],
		['a right key in an item of a list', {certificates: [{name: 'ca'}]}, {dead: []}],
		[
			'a key that a switch keeps without effect',
			{proxy: {url: 'http://p'}},
			{dead: [], idle: [{path: 'proxy.url', switch: 'proxy.enabled'}]},
		],
		['the same with its switch', {proxy: {enabled: true, url: 'http://p'}}, {dead: [], idle: []}],
	])('%s', async (_what, values, expected) => {
		expect(await effectsOf(await smallChart(), values)).toMatchObject(expected);
	});

	test('values that the chart refuses have no effects to be found', async () => {
		expect(await effectsOf(await smallChart(), {mode: 'tiny', forgotten: 1})).toMatchObject({dead: []});
	});
});

describe('what the answers make', () => {
	const scheduling = {nodeSelector: {'kubernetes.io/os': 'linux'}, tolerations: {dedicated: 'ml:NoSchedule'}};
	const everything = answers({
		ingress: {proxyAddresses: '10.244.0.0/16'},
		controlPlane: {
			host: 'zenml-pro.example.internal',
			replicas: 2,
			podDisruptionBudget: {enabled: true},
			...scheduling,
		},
		workspaces: [{name: 'default', host: 'zenml-workspace.example.internal', ...scheduling}],
		workloadManager: {enabled: true},
	});

	test('every key of the control plane has an effect', async () => {
		const chart = chartFolder('zenml-pro');
		const input = {answers: everything, chart: await readChart(chart), images, secrets: controlPlaneSecrets};
		const found = await effectsOf(chart, controlPlaneValues(input).values);
		expect(found).toMatchObject({dead: [], idle: [], unproven: []});
		expect(found.count).toBeLessThan(40);
	});

	test('every key of a workspace server has an effect', async () => {
		const [workspace] = everything.workspaces;
		if (!workspace) throw new Error('the sample has no workspace');
		const chart = chartFolder('zenml');
		const given = {answers: everything, workspace, chart: await readChart(chart), images, enrollment};
		const found = await effectsOf(chart, workspaceValues({...given, secrets: workspaceSecrets}).values);
		expect(found).toMatchObject({dead: [], idle: [], unproven: []});
		expect(found.count).toBeLessThan(40);
	});
});

const chart = {name: 'zenml', version: '0.98.0', annotations: {}};

test('a key without effect is refused by name', () => {
	const [problem] = effectProblem({dead: ['server.debug'], idle: [], unproven: []}, chart);
	expect(problem).toMatchObject({code: 'chart-key-without-effect', evidence: ['server.debug']});
	expect(problem?.message).toContain('server.debug');
});

test('a key that a switch keeps without effect, and one that nobody tried, are told', () => {
	const idle = [{path: 'proxy.url', switch: 'proxy.enabled'}];
	const [first, second] = effectWarnings({dead: [], idle, unproven: ['a.b']}, chart);
	expect(first).toContain('proxy.enabled');
	expect(second).toContain('a.b');
});

describe('what was found is kept', () => {
	const found: Effects = {dead: ['a'], idle: [], unproven: []};
	const notAgain = async (): Promise<Effects> => {
		throw new Error('it was looked for again');
	};

	test('beyond the process, and without any value', async () => {
		const file = path.join(folder, 'cache', 'effects.json');
		await createEffectMemo(file).of('key', async () => found);
		expect(await createEffectMemo(file).of('key', notAgain)).toEqual(found);
		expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({version: 1, found: {key: found}});
	});

	test('not where some keys were not tried, nor where the search failed', async () => {
		const file = path.join(folder, 'other', 'effects.json');
		await createEffectMemo(file).of('key', async () => ({...found, unproven: ['b']}));
		const memo = createEffectMemo(file);
		await expect(memo.of('key', notAgain)).rejects.toThrow('again');
		expect(await memo.of('key', async () => found)).toEqual(found);
	});

	test('a damaged file is found out anew', async () => {
		const file = path.join(folder, 'damaged.json');
		await writeFile(file, '{"version": 1, "found": {"key": 3}}');
		expect(await createEffectMemo(file).of('key', async () => found)).toEqual(found);
	});

	test('texts may change without another search, switches and what templates compare may not', () => {
		const literals = new Set(['large']);
		const shape = (values: unknown): string => JSON.stringify(shapeOf(values, literals));
		expect(shape({a: 'one'})).toBe(shape({a: 'other'}));
		expect(shape({a: 'one'})).not.toContain('one');
		expect(shape({a: 'one'})).not.toBe(shape({a: 'large'}));
		expect(shape({a: 'one'})).not.toBe(shape({a: ''}));
		expect(shape({a: true})).not.toBe(shape({a: false}));
	});
});
