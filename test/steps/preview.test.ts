import {expect, test} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import {atMost, diffLines} from '../../source/steps/shared/preview/diff-lines.ts';
import {maskedPair} from '../../source/steps/shared/preview/masked.ts';
import {objectParts} from '../../source/steps/shared/preview/object.ts';

const secretOf = (password: string): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {name: 'login', namespace: 'site'},
	data: {username: 'YWRhCg==', password},
});

test('what comes, what goes and what stays around it is told by the first sign of a line', () => {
	const before = {replicas: 1, image: 'a:1', name: 'server'};
	expect(diffLines(before, {...before, replicas: 3})).toEqual([
		'  image: a:1',
		'  name: server',
		'- replicas: 1',
		'+ replicas: 3',
	]);
	expect(diffLines(undefined, {a: 1})).toEqual(['+ a: 1']);
	expect(diffLines({a: 1}, undefined)).toEqual(['- a: 1']);
	expect(diffLines(before, {...before})).toEqual([]);
});

test('parts that are far from each other are set apart, and the order of keys is no difference', () => {
	const many = Object.fromEntries(
		Array.from({length: 30}, (_, index) => [`key${String(index).padStart(2, '0')}`, index]),
	);
	const lines = diffLines(many, {...Object.fromEntries(Object.entries(many).toReversed()), key00: 'x', key29: 'y'});
	expect(lines.filter((line) => /^[+-]/u.test(line))).toEqual([
		'- key00: 0',
		'+ key00: x',
		'- key29: 29',
		'+ key29: y',
	]);
	expect(lines).toContain('  …');
});

test('a line cannot steer a terminal, and is of bounded length', () => {
	const [line = ''] = diffLines(undefined, {note: `\u001B[31mred${'x'.repeat(5000)}`});
	expect(line).not.toContain('\u001B');
	expect(line.length).toBeLessThan(520);
	expect(atMost(['a', 'b', 'c'], 2)).toEqual(['a', 'b', '  and 1 lines more, left out here']);
});

test('no secret is told, and one that becomes another is', () => {
	const values = (password: string) => ({
		auth: {password},
		url: `mysql://user:${password}@db/zenml`,
		environment: [{name: 'SMTP_PASSWORD', value: password}],
		replicas: 1,
	});
	const told = JSON.stringify(maskedPair(values('canary-1'), values('canary-2')));
	expect(told).not.toContain('canary');
	expect(told).toContain('another one');
	expect(JSON.stringify(maskedPair(values('canary-1'), values('canary-1')))).not.toContain('another one');
	expect(maskedPair(undefined, {auth: {password: 'canary'}})).toEqual([undefined, {auth: {password: '********'}}]);
});

test('of a Secret only its keys are told, and of what lives only that which is wanted', () => {
	const wanted = secretOf('Y2FuYXJ5');
	const [made] = objectParts({pass: 'look'}, undefined, wanted) ?? [];
	expect(made?.lines).toContain('+   password: "********"');
	expect(made?.lines.join('\n')).not.toMatch(/YWRh|Y2FuYXJ5/u);
	const live: KubeObject = {...secretOf('b3RoZXI='), metadata: {...wanted.metadata, uid: 'u-1'}};
	const [changed] = objectParts({pass: 'look'}, live, wanted) ?? [];
	expect(changed?.lines).toContain('+   password: "******** (another one)"');
	expect(changed?.lines.join('\n')).not.toContain('uid');
	expect(objectParts({pass: 'apply'}, undefined, wanted)).toBeUndefined();
});
