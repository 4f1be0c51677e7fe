import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {packChart} from '../../rehearsal/sample-bundle/chart-package.ts';
import {createContentsCache} from '../../source/charts/contents.ts';
import {readChart} from '../../source/charts/index.ts';
import {sliceOf} from '../archive/helpers.ts';
import {chartOf, problemOf, tarOf, temporary, writeFiles} from '../bundle/helpers.ts';

const chartFolder = fileURLToPath(new URL('../../rehearsal/charts/zenml', import.meta.url));

test('a packed chart and its folder have the same contents', async () => {
	const file = path.join(await temporary(), 'zenml-0.95.1.tgz');
	await writeFile(file, (await packChart(chartFolder, '0.95.1')).bytes);
	expect(await readChart(file)).toEqual(await readChart(chartFolder));
});

test('contents are kept by the bytes of the chart, not by its name', async () => {
	const file = path.join(await temporary(), 'a.tgz');
	await writeFile(file, await chartOf('zenml', '1.0.0'));
	const first = await readChart(file);
	const copy = path.join(await temporary(), 'b.tgz');
	await writeFile(copy, await readFile(file));
	expect(await readChart(copy)).toBe(first);
	await writeFile(file, await chartOf('zenml', '2.0.0'));
	expect((await readChart(file)).metadata.version).toBe('2.0.0');
});

test('the chart that was asked for longest ago is dropped first', async () => {
	const cache = createContentsCache(2);
	const [a, b, c] = await Promise.all(
		['1.0.0', '2.0.0', '3.0.0'].map(async (version) => sliceOf(await chartOf('x', version))),
	);
	if (!a || !b || !c) throw new Error('There are three.');
	const [first, second] = [await cache.read(a), await cache.read(b)];
	expect(await cache.read(a)).toBe(first);
	await cache.read(c);
	expect(await cache.read(a)).toBe(first);
	expect(await cache.read(b)).not.toBe(second);
});

test('a dependency is known by its alias, and versions may be numbers', async () => {
	const file = path.join(await temporary(), 'a.tgz');
	const yaml =
		'name: a\nversion: 1.5\nappVersion: 2\ndependencies: [{name: b, alias: c}, {name: d}]\nannotations: {n: 1}\n';
	const members = {'a/Chart.yaml': yaml, 'a/values.yaml': 'own: 1', 'a/templates/x.yaml': '{{ .Values.own }}'};
	await writeFile(file, gzipSync(await tarOf(members)));
	const {metadata, values, known} = await readChart(file);
	expect(metadata).toEqual({name: 'a', version: '1.5', appVersion: '2', annotations: {n: '1'}});
	expect(values).toEqual({own: 1});
	expect([...known.children.keys()]).toEqual(expect.arrayContaining(['own', 'c', 'd']));
	expect(known.children.has('b')).toBe(false);
});

test.each([
	['a folder without a Chart.yaml', {'values.yaml': 'a: 1'}],
	['a folder whose Chart.yaml has no version', {'Chart.yaml': 'name: a'}],
])('%s is unreadable', async (_what, files) => {
	const folder = await temporary();
	await writeFiles(folder, files as Record<string, string>);
	expect(await problemOf(readChart(folder))).toMatchObject({
		code: 'chart-unreadable',
		cause: 'It has no Chart.yaml with a name and a version.',
		fix: 'Verify the bundle, and copy it anew if it is damaged.',
		location: {file: folder},
	});
});

test('values that are no YAML, and a file that is not there, are told as an unreadable chart', async () => {
	const file = path.join(await temporary(), 'a.tgz');
	await writeFile(file, gzipSync(await tarOf({'a/Chart.yaml': 'name: a\nversion: 1.0.0', 'a/values.yaml': '{'})));
	for (const at of [file, '/nowhere/a.tgz']) {
		expect(await problemOf(readChart(at))).toMatchObject({
			code: 'chart-unreadable',
			cause: expect.stringMatching(/^It is damaged, or no chart: /u),
			location: {file: at},
		});
	}
});
