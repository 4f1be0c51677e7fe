import {describe, expect, it} from 'vitest';
import {shapeOf} from '../../../rehearsal/kubernetes/objects/shapes.ts';
import {applyJsonPatch, applyMergePatch} from '../../../rehearsal/kubernetes/patches/json.ts';
import {applyStrategicPatch} from '../../../rehearsal/kubernetes/patches/strategic.ts';

describe('a JSON patch', () => {
	it.each([
		['adds a member', {a: 1}, [{op: 'add', path: '/b', value: 2}], {a: 1, b: 2}],
		['appends to a list', {a: [1]}, [{op: 'add', path: '/a/-', value: 2}], {a: [1, 2]}],
		['inserts into a list', {a: [1, 3]}, [{op: 'add', path: '/a/1', value: 2}], {a: [1, 2, 3]}],
		['replaces a member', {a: 1}, [{op: 'replace', path: '/a', value: 2}], {a: 2}],
		['removes an item', {a: [1, 2]}, [{op: 'remove', path: '/a/0'}], {a: [2]}],
		['moves a member', {a: 1}, [{op: 'move', from: '/a', path: '/b'}], {b: 1}],
		['copies a member', {a: 1}, [{op: 'copy', from: '/a', path: '/b'}], {a: 1, b: 1}],
		['replaces the whole document', {a: 1}, [{op: 'replace', path: '', value: {b: 2}}], {b: 2}],
		['adds a whole document', {a: 1}, [{op: 'add', path: '', value: [1]}], [1]],
		['goes through lists', {a: [{b: 1}]}, [{op: 'replace', path: '/a/0/b', value: 2}], {a: [{b: 2}]}],
		['reads escaped names', {'x/y~z': 1}, [{op: 'replace', path: '/x~1y~0z', value: 2}], {'x/y~z': 2}],
		[
			'goes on after a test that holds',
			{a: 1},
			[
				{op: 'test', path: '/a', value: 1},
				{op: 'remove', path: '/a'},
			],
			{},
		],
	])('%s', (_, before, patch, after) => {
		expect(applyJsonPatch(before, patch)).toEqual(after);
	});

	it('does not change the document it is given', () => {
		const before = {a: {b: [1]}};
		applyJsonPatch(before, [{op: 'add', path: '/a/b/-', value: 2}]);
		expect(before).toEqual({a: {b: [1]}});
	});

	it.each([
		['a path that is not there', [{op: 'remove', path: '/x'}], /rejected our request/],
		['a test that fails', [{op: 'test', path: '/a', value: 9}], /rejected our request/],
		['a member of a text', [{op: 'add', path: '/a/b', value: 1}], /rejected our request/],
		['a way that is not there', [{op: 'add', path: '/x/y', value: 1}], /rejected our request/],
		['a member to replace that is not there', [{op: 'replace', path: '/x', value: 1}], /rejected our request/],
		['a pointer without a slash', [{op: 'remove', path: 'a'}], /pointer "a" must start with "\/"/],
		['an operation of no kind', [{op: 'constructor', path: '/a'}], /unexpected kind: constructor/],
		['an index behind the end', [{op: 'replace', path: '/l/3', value: 9}], /rejected our request/],
	])('refuses %s', (_, patch, message) => {
		expect(() => applyJsonPatch({a: 1, l: [1]}, patch)).toThrow(message);
	});
});

describe('a merge patch', () => {
	it.each([
		['merges objects', {a: {b: 1}}, {a: {c: 2}}, {a: {b: 1, c: 2}}],
		['removes with null', {a: 1, b: 2}, {a: null}, {b: 2}],
		['replaces lists', {a: [1, 2]}, {a: [3]}, {a: [3]}],
		['drops nulls in what it adds', {}, {a: {b: null, c: 1}}, {a: {c: 1}}],
	])('%s', (_, before, patch, after) => {
		expect(applyMergePatch(before, patch)).toEqual(after);
	});
});

describe('a strategic merge patch', () => {
	const pod = (spec: unknown): unknown => ({spec});
	const two = {
		containers: [
			{name: 'a', image: '1', env: [{name: 'X', value: '1'}]},
			{name: 'b', image: '1'},
		],
	};
	it.each([
		[
			'joins containers by name and env by name',
			two,
			{containers: [{name: 'a', env: [{name: 'Y', value: '2'}]}]},
			{
				containers: [
					{
						name: 'a',
						image: '1',
						env: [
							{name: 'Y', value: '2'},
							{name: 'X', value: '1'},
						],
					},
					{name: 'b', image: '1'},
				],
			},
		],
		[
			'puts an item that is new first, as a real server does',
			two,
			{containers: [{name: 'c', image: '3'}]},
			{containers: [{name: 'c', image: '3'}, ...two.containers]},
		],
		['deletes an item', two, {containers: [{name: 'a', $patch: 'delete'}]}, {containers: [{name: 'b', image: '1'}]}],
		[
			'replaces a list on request',
			two,
			{containers: [{$patch: 'replace'}, {name: 'z', image: '9'}]},
			{containers: [{name: 'z', image: '9'}]},
		],
		[
			'replaces a map on request',
			{nodeSelector: {a: '1'}},
			{nodeSelector: {$patch: 'replace', b: '2'}},
			{nodeSelector: {b: '2'}},
		],
		[
			'obeys the order it is given',
			{volumes: [{name: 'a'}, {name: 'b'}]},
			{'$setElementOrder/volumes': [{name: 'b'}, {name: 'a'}]},
			{volumes: [{name: 'b'}, {name: 'a'}]},
		],
		[
			'keeps only the keys it retains',
			{volumes: [{name: 'v', emptyDir: {}}]},
			{volumes: [{name: 'v', $retainKeys: ['name', 'secret'], secret: {secretName: 's'}}]},
			{volumes: [{name: 'v', secret: {secretName: 's'}}]},
		],
		[
			'replaces tolerations, which have no key',
			{tolerations: [{key: 'a'}]},
			{tolerations: [{key: 'b'}]},
			{tolerations: [{key: 'b'}]},
		],
		[
			'joins volume mounts by path',
			{containers: [{name: 'a', volumeMounts: [{name: 'v', mountPath: '/a'}]}]},
			{containers: [{name: 'a', volumeMounts: [{name: 'w', mountPath: '/b'}]}]},
			{
				containers: [
					{
						name: 'a',
						volumeMounts: [
							{name: 'w', mountPath: '/b'},
							{name: 'v', mountPath: '/a'},
						],
					},
				],
			},
		],
		[
			'joins pull secrets by name',
			{imagePullSecrets: [{name: 'a'}]},
			{imagePullSecrets: [{name: 'b'}]},
			{imagePullSecrets: [{name: 'b'}, {name: 'a'}]},
		],
	])('%s', (_, before, patch, after) => {
		expect(applyStrategicPatch(pod(before), pod(patch), shapeOf('pods'))).toEqual(pod(after));
	});

	it('treats finalizers as a set and removes from it by directive', () => {
		const before = {metadata: {finalizers: ['a', 'b']}};
		const patch = {metadata: {finalizers: ['c'], '$deleteFromPrimitiveList/finalizers': ['a']}};
		expect(applyStrategicPatch(before, patch, shapeOf('configmaps'))).toEqual({metadata: {finalizers: ['b', 'c']}});
	});

	it('refuses an item without its merge key', () => {
		expect(() => applyStrategicPatch(pod(two), pod({containers: [{image: '2'}]}), shapeOf('pods'))).toThrow(
			/does not contain declared merge key: name/,
		);
	});
});
