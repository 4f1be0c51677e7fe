import {expect, test} from 'vitest';
import type {PodRow} from '../../source/engine/plan.ts';
import type {Item} from '../../source/engine/state.ts';
import {podRows} from '../../source/ui/content/run/pods.ts';
import {age} from '../../source/ui/terminal/format.ts';
import {glyphs} from '../../source/ui/terminal/marks.ts';
import {cells} from '../../source/ui/terminal/text.ts';

const marks = glyphs({ascii: true});
const itemOf = (more: Partial<Item> = {}, pod: Partial<PodRow> = {}): Item => ({
	label: 'pod a/zenml-pro-server-5d9f7c6b8-x2x4z',
	state: 'ok',
	note: 'ready',
	...more,
	pod: {
		namespace: 'a',
		name: 'zenml-pro-server-5d9f7c6b8-x2x4z',
		ready: 1,
		containers: 1,
		status: 'Running',
		restarts: 0,
		createdAt: 0,
		node: 'node-1',
		images: ['registry.corp:5000/zenml/busybox:1', 'registry.corp:5000/zenml/zenml-pro-api:0.13.18@sha256:abc'],
		...pod,
	},
});
const textOf = (items: readonly Item[], width: number): readonly string[] =>
	podRows(items, {width, marks}, 190_000).map((row) => row.map(({text}) => text).join(''));

test.each([
	[50, ['POD', 'READY', 'STATUS', 'AGE'], ['RESTARTS', 'NODE', 'IMAGE']],
	[64, ['POD', 'READY', 'STATUS', 'RESTARTS', 'AGE'], ['NODE', 'IMAGE']],
	[90, ['RESTARTS', 'NODE'], ['IMAGE']],
	[160, ['RESTARTS', 'NODE', 'IMAGE'], []],
])('a table of pods in %d columns has as many columns as fit', (width, has, hasNot) => {
	const [head = '', pod = ''] = textOf([itemOf()], width);
	for (const title of has) expect(head).toContain(title);
	for (const title of hasNot) expect(head).not.toContain(title);
	for (const line of [head, pod]) expect(cells(line)).toBeLessThanOrEqual(width);
	expect(pod).toMatch(/^\+ zenml-pr.*x2x4z +1\/1 +Running/u);
	expect(pod).toContain('3m');
});

test('in a wide table stand node and the image of the server, without registry and digest', () => {
	const [, pod = ''] = textOf([itemOf()], 160);
	expect(pod).toContain('node-1');
	expect(pod).toContain('zenml-pro-api:0.13.18, busybox:1');
	expect(pod).not.toMatch(/registry|sha256/u);
});

test('a pod that is not well comes first, with why below it', () => {
	const bad = itemOf(
		{state: 'bad', note: 'Pending, the image is not in the registry (ImagePullBackOff)'},
		{name: 'b', ready: 0, status: 'ImagePullBackOff', node: undefined, createdAt: undefined},
	);
	const lines = textOf([itemOf(), bad], 80);
	expect(lines[1]).toMatch(/^x b +0\/1 +ImagePullBackOff/u);
	expect(lines[2]?.trim()).toBe('Pending, the image is not in the registry (ImagePullBackOff)');
	expect(lines[3]).toMatch(/^\+ zenml/u);
});

test('of a name that is too long its beginning is seen, and what tells it from its twins', () => {
	expect(textOf([itemOf()], 50)[1]).toMatch(/^\+ zenml-pro-server-~-x2x4z +1\/1/u);
});

test('what is no pod is in no table', () => {
	expect(textOf([{label: 'a', state: 'ok', note: ''}], 80)).toEqual([]);
});

test.each([
	[0, '0s'],
	[-5, '0s'],
	[59_999, '59s'],
	[60_000, '1m'],
	[3_600_000, '1h'],
	[200_000_000, '2d'],
])('the age of %d ms is %s', (ms, text) => {
	expect(age(ms)).toBe(text);
});
