import {expect, test} from 'vitest';
import {retryAfterOf} from '../../source/http/retry-after.ts';
import {wordsOfPage} from '../../source/http/words.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

test.each([
	['120', 120_000],
	['0', 0],
	['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
	['Wed, 31 Dec 2025 23:59:00 GMT', undefined],
	['soon', undefined],
	['-5', undefined],
	[undefined, undefined],
	[['1', '2'], undefined],
])('a server that asks to wait %j means %s ms', (header, ms) => {
	expect(retryAfterOf(header, now)).toBe(ms);
});

test('the words of a page are one line without tags, and without what could move a cursor', () => {
	expect(wordsOfPage(Buffer.from('<h1>502\n Bad</h1>\u001b[2J gateway<br>'))).toBe('502 Bad [2J gateway');
});
