import {expect, test} from 'vitest';
import {digCommand, nslookupCommand, shownServer} from '../../source/network/ask-name.ts';

test.each([
	['10.0.0.2', '10.0.0.2:53', 'dig @10.0.0.2 +short a.corp', 'nslookup a.corp 10.0.0.2'],
	['10.0.0.2:53', '10.0.0.2:53', 'dig @10.0.0.2 +short a.corp', 'nslookup a.corp 10.0.0.2'],
	['10.0.0.2:5353', '10.0.0.2:5353', 'dig @10.0.0.2 -p 5353 +short a.corp', 'nslookup -port=5353 a.corp 10.0.0.2'],
	['fd00::2', '[fd00::2]:53', 'dig @fd00::2 +short a.corp', 'nslookup a.corp fd00::2'],
	['[fd00::2]', '[fd00::2]:53', 'dig @fd00::2 +short a.corp', 'nslookup a.corp fd00::2'],
	['[fd00::2]:5353', '[fd00::2]:5353', 'dig @fd00::2 -p 5353 +short a.corp', 'nslookup -port=5353 a.corp fd00::2'],
])('a name is asked of %s, with its port', (server, shown, dig, nslookup) => {
	expect(shownServer(server)).toBe(shown);
	expect(digCommand(server, 'a.corp')).toBe(dig);
	expect(nslookupCommand(server, 'a.corp')).toBe(nslookup);
});

test('without a server the commands ask those of the host, and no name is more than one word of a shell', () => {
	expect(digCommand(undefined, 'a.corp')).toBe('dig +short a.corp');
	expect(nslookupCommand(undefined, 'a.corp')).toBe('nslookup a.corp');
	expect(nslookupCommand(undefined, 'a b;c')).toBe("nslookup 'a b;c'");
});
