import {expect, test} from 'vitest';
import type {Progress} from '../../source/engine/state.ts';
import {amounts, watch} from '../../source/ui/terminal/format.ts';
import {cutRow, row} from '../../source/ui/terminal/rows.ts';
import {cells, clean, pad, shorten, shortenMiddle, wrap} from '../../source/ui/terminal/text.ts';

const mib = 1_048_576;
const progress = (change: Partial<Progress>): Progress => ({
	label: 'layer',
	unit: 'bytes',
	done: 30 * mib,
	total: 100 * mib,
	startedAt: 0,
	startedDone: 10 * mib,
	updatedAt: 5000,
	...change,
});

test('rate and time left only count what was moved since the beginning of this run', () => {
	expect(amounts(progress({}))).toBe('30.0/100.0 MiB  4.0 MiB/s  0:17 left');
});

test('nothing is guessed within the first second, without a total, or without movement', () => {
	expect(amounts(progress({updatedAt: 500}))).toBe('30.0/100.0 MiB');
	expect(amounts(progress({done: 0.9 * mib, startedDone: 0}))).toBe('921.6 KiB/100.0 MiB');
	const {total: _total, ...unknown} = progress({});
	expect(amounts(unknown)).toBe('30.0 MiB  4.0 MiB/s');
	expect(amounts(progress({done: 10 * mib}))).toBe('10.0/100.0 MiB');
});

test('items are counted, not measured in bytes', () => {
	expect(amounts(progress({unit: 'items', done: 3, total: 11, startedDone: 3}))).toBe('3/11');
});

test.each([
	[0, '0:00'],
	[59_999, '0:59'],
	[754_000, '12:34'],
	[3_723_000, '1:02:03'],
	[-5, '0:00'],
])('%i ms is %s', (ms, text) => {
	expect(watch(ms)).toBe(text);
});

test('escape sequences and control characters of foreign text never reach the screen', () => {
	expect(clean('a\u001B[31mred\u001B[0m\u0007\tb\u0085c\u202Ed')).toBe('ared    bcd');
});

test('text is cut by cells, not by code units', () => {
	expect(shorten('日本語日本語', 7)).toBe('日本語…');
	expect(cells(pad('日本', 7))).toBe(7);
	expect(shorten('abc', 0)).toBe('');
});

test.each([
	['/srv/site/pki/tls.crt', 40, '/srv/site/pki/tls.crt'],
	['/very/long/path/to/a/folder/of/the/site/pki/tls.crt', 24, '/very/long/…/pki/tls.crt'],
	['/a-name-without-parts-that-is-very-long-indeed.pem', 16, '/a-na…indeed.pem'],
	['/日本語/日本語/日本語/日本語/鍵.pem', 20, '/日本語/日本…/鍵.pem'],
	['Answers saved: /tmp/some/where/zenml-airgap-answers-2.yaml', 40, 'Answers sav…/zenml-airgap-answers-2.yaml'],
	['abcdefghij', 5, 'abcd…'],
])('%s in %i cells keeps its end', (text, width, wanted) => {
	expect(shortenMiddle(text, width)).toBe(wanted);
	expect(cells(shortenMiddle(text, width))).toBeLessThanOrEqual(width);
});

test('text is wrapped to cells and long words are cut', () => {
	expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
	expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
	for (const line of wrap('日本語日本語日本語', 5)) expect(cells(line)).toBeLessThanOrEqual(5);
});

test('a row of several pieces is cut as a whole', () => {
	const cut = cutRow([{text: 'abc'}, {text: 'defgh'}, {text: 'ij'}], 6, '~');
	expect(cut.map(({text}) => text).join('')).toBe('abcde~');
	expect(cutRow(row('abc'), 3, '~')).toEqual(row('abc'));
});
