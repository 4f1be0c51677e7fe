import {expect, test} from 'vitest';
import {parsePartSize} from '../../../source/bundle/split/part-size.ts';

test.each([
	['4G', 4095 * 1024 * 1024],
	['4GiB', 4095 * 1024 * 1024],
	['700M', 700 * 1024 * 1024],
	['25GiB', 25 * 1024 ** 3],
	['25g', 25 * 1024 ** 3],
	['4.7GB', 4482 * 1024 * 1024],
	['1.5 G', 1536 * 1024 * 1024],
	['2097152', 2 * 1024 * 1024],
])('%s is %i bytes', (text, bytes) => {
	expect(parsePartSize(text)).toBe(bytes);
});

test.each(['', '4', '-1G', '4X', '1e9', '900K', 'G', '4G4'])('"%s" is no size of a part', (text) => {
	expect(() => parsePartSize(text)).toThrow(`--size ${text} cannot be used.`);
});
