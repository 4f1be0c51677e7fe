import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {ProblemError} from '../../../source/base/problem.ts';
import {imageValues, mergeValues, placeholderValues} from '../../../source/bundle/create/charts/chart-images.ts';
import {type ChartPort, planChart} from '../../../source/bundle/create/charts/charts.ts';
import {problemOf} from '../helpers.ts';
import {chartsIn, never, quietCharts, temporary} from './helpers.ts';

const wanted = {kind: 'workspace', name: 'zenml', version: '0.95.1'} as const;

/** What Helm says of a chart that does not render. */
const refused = (area: 'cluster' | 'prerequisites', evidence?: readonly string[]) =>
	new ProblemError({
		code: 'helm-failed',
		area,
		message: 'The chart cannot be rendered.',
		cause: 'A value is missing.',
		fix: 'Give it.',
		...(evidence && {evidence}),
	});

/** A port whose renderings are answered one after the other. */
const answering = (...answers: ReadonlyArray<string | Error>): ChartPort & {readonly given: unknown[]} => {
	const given: unknown[] = [];
	return {
		...quietCharts(),
		given,
		render: async (_chart, values) => {
			const answer = answers[given.push(values) - 1] ?? '';
			if (typeof answer === 'string') return answer;
			throw answer;
		},
	};
};

const plan = async (port: ChartPort, signal = never) => {
	const location = await temporary();
	await chartsIn(location);
	return planChart({...wanted, location}, ['a.example.com/zenml-pro-server:0.95.1'], port, signal);
};

const pod = (image: string) => `kind: Pod\nspec: {containers: [{name: c, image: "${image}"}]}\n`;

test('a chart is rendered with what the installer sets', async () => {
	const port = answering(pod('redis:7.2'));
	expect((await plan(port)).images).toEqual(['redis:7.2']);
	const image = {repository: 'a.example.com/zenml-pro-server', tag: '0.95.1'};
	expect(port.given).toEqual([{zenml: {image}, server: {image}}]);
});

test('one that does not render like that is rendered with what every site has to give', async () => {
	const port = answering(refused('cluster'), pod('redis:7.2'));
	expect((await plan(port)).images).toEqual(['redis:7.2']);
	expect(port.given[1]).toMatchObject({server: {serverURL: 'https://zenml.example.internal', image: {tag: '0.95.1'}}});
});

test('one that does not render at all is planned without its images, with the words of Helm', async () => {
	const words = await plan(answering(refused('cluster'), refused('cluster', ['a line', 'nil pointer'])));
	expect(words).toMatchObject({images: undefined, unrendered: 'nil pointer'});
	const cause = await plan(answering(refused('cluster'), refused('cluster')));
	expect(cause.unrendered).toBe('A value is missing.');
});

test('without a Helm that can render, and after a stop, nothing is planned', async () => {
	const missing = refused('prerequisites');
	expect((await problemOf(plan(answering(missing, missing)))).area).toBe('prerequisites');
	const stop = new AbortController();
	const port: ChartPort = {
		...quietCharts(),
		render: async () => {
			stop.abort();
			throw refused('prerequisites');
		},
	};
	expect((await problemOf(plan(port, stop.signal))).area).toBe('prerequisites');
	await expect(plan(answering(new Error('a mistake')))).rejects.toThrow('a mistake');
});

test('a chart that does not lie in its folder is told by its file', async () => {
	const location = await temporary();
	const problem = await problemOf(planChart({...wanted, location}, [], quietCharts(), never));
	expect(problem).toMatchObject({
		code: 'bundle-not-found',
		message: `There is no file or folder at ${join(location, 'zenml-0.95.1.tgz')}.`,
	});
	expect(await readdir(location)).toEqual([]);
});

test('only images that are listed are set, and a control plane has two of them', () => {
	expect(imageValues('workspace', [])).toEqual({});
	expect(imageValues('control-plane', ['a/zenml-pro-api:1', 'no reference'])).toEqual({
		zenml: {image: {api: {repository: 'docker.io/a/zenml-pro-api', tag: '1'}}},
	});
	expect(placeholderValues('control-plane')).toMatchObject({zenml: {database: {external: {type: 'postgres'}}}});
});

test('values are merged deeply, and the later ones win', () => {
	expect(mergeValues({a: {b: 1, c: 2}, d: 3, e: {f: 4}}, {a: {b: 5}, e: 6, g: 7})).toEqual({
		a: {b: 5, c: 2},
		d: 3,
		e: 6,
		g: 7,
	});
});
