import {expect, test} from 'vitest';
import {isDirect} from '../../source/http/no-proxy.ts';

test.each([
	['registry.example.com', 'https://registry.example.com/', true],
	['example.com', 'https://registry.example.com/v2/', true],
	['example.com', 'https://example.com/', true],
	['example.com', 'https://notexample.com/', false],
	['.example.com', 'https://registry.example.com/', true],
	['.example.com', 'https://example.com/', false],
	['*.example.com', 'https://a.b.example.com/', true],
	['*.example.com', 'https://example.com/', false],
	['EXAMPLE.com', 'https://Registry.example.COM/', true],
	['example.com:5000', 'https://registry.example.com:5000/', true],
	['example.com:5000', 'https://registry.example.com/', false],
	['example.com:443', 'https://registry.example.com/', true],
	['example.com:80', 'http://registry.example.com/', true],
	['example.com', 'https://registry.example.com./', true],
	['*', 'https://anything.test/', true],
	['10.0.0.0/8', 'https://10.1.2.3:5000/', true],
	['10.0.0.0/8', 'https://11.1.2.3/', false],
	['10.0.0.0/8', 'https://ten.example.com/', false],
	['10.0.0.0/99', 'https://10.1.2.3/', false],
	['10.1.2.3', 'https://10.1.2.3/', true],
	['10.1.2.3:5000', 'https://10.1.2.3:5000/', true],
	['10.1.2.3:5000', 'https://10.1.2.3/', false],
	['fd00::/8', 'https://[fd12:3456::1]/', true],
	['fd00::/8', 'https://[fe80::1]/', false],
	['fd12::1', 'https://[fd12:0::1]:5000/', true],
	['[fd12::1]:5000', 'https://[fd12::1]:5000/', true],
	['[fd12::1]:5000', 'https://[fd12::1]/', false],
	['a.test, .b.test ,10.0.0.0/8', 'https://x.b.test/', true],
	['a.test b.test', 'https://b.test/', true],
	['', 'https://registry.example.com/', false],
	[',,', 'https://registry.example.com/', false],
	['', 'https://localhost:5000/', true],
	['', 'http://127.0.0.5/', true],
	['', 'https://[::1]/', true],
	['', 'https://localhost.example.com/', false],
])('NO_PROXY=%j and %s: direct is %s', (list, url, direct) => {
	expect(isDirect(new URL(url), {NO_PROXY: list})).toBe(direct);
});

test('the name in upper case counts before that in lower case, as in Go', () => {
	const url = new URL('https://a.test/');
	expect(isDirect(url, {no_proxy: 'a.test', NO_PROXY: 'b.test'})).toBe(false);
	expect(isDirect(url, {no_proxy: 'b.test', NO_PROXY: 'a.test'})).toBe(true);
	expect(isDirect(url, {})).toBe(false);
});
