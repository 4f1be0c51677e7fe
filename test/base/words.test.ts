import {expect, test} from 'vitest';
import {asciiMarks, harmlessJson, harmlessText, printable, printableText} from '../../source/base/printable.ts';
import {counted, firstOf, isMap, oneLine, sentence} from '../../source/base/text.ts';
import {formatBytes, formatDuration} from '../../source/base/units.ts';

test('a count goes with its noun', () => {
	expect([counted(0, 'file'), counted(1, 'file'), counted(2, 'file')]).toEqual(['0 files', '1 file', '2 files']);
	expect([counted(1, 'entry', 'entries'), counted(3, 'entry', 'entries')]).toEqual(['1 entry', '3 entries']);
});

test('foreign text becomes one line without signs that steer', () => {
	expect(oneLine('  a\r\n\tb\u202Ec\u200B \u0007d ')).toBe('a b c d');
	expect(printable('a\u001B[2Jb\tc')).toBe('a\\u{1b}[2Jb  c');
	expect(printableText('one\ntw\ro')).toBe('one\ntw\\u{d}o');
});

test('a message that only names a thing gets its full stop', () => {
	expect(['No route', 'Is it?', 'Done.', 'They are:'].map(sentence)).toEqual([
		'No route.',
		'Is it?',
		'Done.',
		'They are:',
	]);
});

test('of many the first are named, and that there are more', () => {
	expect(firstOf(['a', 'b'], 2)).toBe('a, b');
	expect(firstOf(['a', 'b', 'c'], 2, '; ')).toBe('a; b; …');
});

test('maps are objects of keys and values', () => {
	expect([{}, {a: 1}].every(isMap)).toBe(true);
	expect([[], null, undefined, 'a', 1].some(isMap)).toBe(false);
});

test.each([
	[0, '0 B'],
	[1023, '1023 B'],
	[1024, '1.0 KiB'],
	[1_048_540, '1.0 MiB'],
	[25_270_000, '24.1 MiB'],
	[5 * 1024 ** 5, '5120.0 TiB'],
])('%i bytes read as %s', (bytes, text) => {
	expect(formatBytes(bytes)).toBe(text);
});

test.each([
	[-5, '0.0 s'],
	[9949, '9.9 s'],
	[9950, '10 s'],
	[59_499, '59 s'],
	[185_000, '3 min 05 s'],
	[7_800_000, '2 h 10 min'],
])('%i ms read as %s', (ms, text) => {
	expect(formatDuration(ms)).toBe(text);
});

test('text that is redirected keeps tabs and letters of every script, and loses what steers a terminal', () => {
	const kept = 'a:\n\tb \u00E9 \u05D0 \u200D \u{1F469}';
	expect(harmlessText(kept)).toBe(kept);
	expect(harmlessText('a\u001B[2J\u009B1m\r\u202E\u2028b')).toBe(String.raw`a\u{1b}[2J\u{9b}1m\u{d}\u{202e}\u{2028}b`);
});

test('JSON loses what steers a terminal, and means the same', () => {
	const value = {'k\u009B': '\u001B\u007F\u009B2J\u202E\u2028\t"'};
	const text = harmlessJson(`${JSON.stringify(value)}\n`);
	expect(text).not.toMatch(/(?!\n)[\p{Cc}\u2028-\u202E]/u);
	expect(JSON.parse(text)).toEqual(value);
});

test('marks of our own become ASCII, on a screen cell by cell; names of others stay as they are', () => {
	expect(asciiMarks('équipe: 0 tables → 7 …')).toBe('équipe: 0 tables -> 7 ...');
	expect(asciiMarks('équipe: 0 tables → 7 …', 'cell')).toBe('équipe: 0 tables > 7 ~');
});
