import {expect, test} from 'vitest';
import {choose, partNames} from '../../lab/choice.ts';

test('the newest minor with a node is started where nothing else is asked for', () => {
	expect(choose({}, undefined)).toEqual({minor: '1.34', node: true});
	expect(choose({minor: '1.24', node: false}, undefined)).toEqual({minor: '1.24', node: false});
});

test('a lab that runs is attached to as it is, a node is added and never taken away', () => {
	expect(choose({}, {minor: '1.24', node: false})).toEqual({minor: '1.24', node: true});
	expect(choose({node: false}, {minor: '1.24', node: true})).toEqual({minor: '1.24', node: true});
});

test('another minor than the one that runs is refused with the way out', () => {
	expect(() => choose({minor: '1.24'}, {minor: '1.34', node: true})).toThrow(/runs Kubernetes 1\.34.*lab -- down/u);
});

test('a lab without a node lacks nothing of a node', () => {
	expect(partNames({minor: '1.34', node: false})).not.toContain('kubelet');
	expect(partNames({minor: '1.34', node: true})).toEqual(expect.arrayContaining(['kubelet', 'nginx', 'token-server']));
});
