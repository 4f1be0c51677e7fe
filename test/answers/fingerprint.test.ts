import {describe, expect, it} from 'vitest';
import {fingerprint, stableJson} from '../../source/answers/fingerprint.ts';

describe('a fingerprint', () => {
	it('is the SHA-256 of the JSON text', () => {
		// printf '{"a":1}' | sha256sum
		expect(fingerprint({a: 1})).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862');
	});

	it.each([
		[
			{a: 1, b: {c: 2, d: 3}},
			{b: {d: 3, c: 2}, a: 1},
		],
		[[{a: 1, b: 2}], [{b: 2, a: 1}]],
		[{a: undefined, b: 1}, {b: 1}],
	])('is the same for %j and %j', (one, other) => {
		expect(fingerprint(one)).toBe(fingerprint(other));
	});

	it.each([
		[
			[1, 2],
			[2, 1],
		],
		[{a: '1'}, {a: 1}],
		[{}, []],
		[{a: {b: 1}}, {a: 1, b: 1}],
	])('differs for %j and %j', (one, other) => {
		expect(fingerprint(one)).not.toBe(fingerprint(other));
	});

	it('sorts keys at every level, but not the items of lists', () => {
		expect(stableJson({b: 1, a: {z: 1, y: [{q: 1, p: 2}]}})).toBe('{"a":{"y":[{"p":2,"q":1}],"z":1},"b":1}');
	});

	it('takes nothing at all as null', () => {
		expect(fingerprint(undefined)).toBe(fingerprint(null));
	});

	it('refuses a value that contains itself', () => {
		const loop: Record<string, unknown> = {};
		loop.loop = loop;
		expect(() => fingerprint(loop)).toThrow(Error);
	});
});
