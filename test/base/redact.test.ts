import {expect, test} from 'vitest';
import {createRedactor, mask} from '../../source/base/redact.ts';

const pem = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2
OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r
1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G
-----END PRIVATE KEY-----
`;

const secrets: readonly string[] = [
	'correct-horse',
	'p@ss/w0rd+x=?&#%',
	'quote"back\\slash\'tick',
	'a.*(b)[c]{d}^$|e',
	'<tag>&amp;',
	'tab\tand\nnewline',
	'Größe-Straße-ß€',
	'🔑 key of keys',
	'with space and +plus',
	'1234',
	'$1$&$`',
];

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const goJson = (text: string): string =>
	JSON.stringify(text).replaceAll(/[<>&]/gu, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
const asciiJson = (text: string): string =>
	JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** How the world writes a secret. */
const spellings: readonly (readonly [name: string, write: (secret: string) => string])[] = [
	['as it is', (secret) => secret],
	['in JSON', (secret) => JSON.stringify(secret)],
	['in JSON as Go writes it', goJson],
	['in JSON of ASCII only', asciiJson],
	['in JSON within JSON', (secret) => JSON.stringify({text: JSON.stringify(secret).slice(1, -1)})],
	['in a query', (secret) => `?${new URLSearchParams({password: secret})}`],
	['in a part of a URL', (secret) => `https://user:${encodeURIComponent(secret)}@db:5432/`],
	[
		'in a URL of lower-case digits',
		(secret) => encodeURIComponent(secret).replaceAll(/%../gu, (one) => one.toLowerCase()),
	],
	['in a URL that escapes only what must be', (secret) => secret.replaceAll(/[@:/?#%"\\ ]/gu, encodeURIComponent)],
	['in a whole URL', (secret) => encodeURI(secret)],
	['in hex', (secret) => Buffer.from(secret).toString('hex')],
	['in upper-case hex', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
	['in SQL', (secret) => `ALTER ROLE a PASSWORD '${secret.replaceAll("'", "''")}'`],
	[
		'in HTML',
		(secret) =>
			secret
				.replaceAll('&', '&amp;')
				.replaceAll('<', '&lt;')
				.replaceAll('>', '&gt;')
				.replaceAll('"', '&#34;')
				.replaceAll("'", '&#39;'),
	],
];

const cases = secrets.flatMap((secret) => spellings.map(([name, write]) => [secret, name, write] as const));

test.each(cases)('%j does not show %s', (secret, _name, write) => {
	const {register, redact} = createRedactor();
	register(secret);
	const written = write(secret);
	const shown = redact(`before ${written} after`);
	expect(shown).toContain(mask);
	expect(shown.startsWith('before ')).toBe(true);
	expect(shown.endsWith(' after')).toBe(true);
	expect(shown).not.toContain(secret);
	expect(shown.length).toBeLessThan(`before ${write('')} after`.length + mask.length + 40);
});

/** What base64 gives away of a secret: decode what is left and see how long the longest piece of the secret in it is. */
const leaked = (shown: string, secret: string): number => {
	let longest = 0;
	for (const piece of shown.split(mask)) {
		for (let skip = 0; skip < 4; skip += 1) {
			const plain = Buffer.from(piece.slice(skip), 'base64').toString('latin1');
			for (let from = 0; from < secret.length; from += 1) {
				for (let to = secret.length; to > from + longest; to -= 1) {
					if (plain.includes(Buffer.from(secret.slice(from, to)).toString('latin1'))) longest = to - from;
				}
			}
		}
	}
	return longest;
};

test.each(
	['correct-horse', 'slash/plus+q?', 'twelve-chars', '???>>>~~~'].flatMap((secret) =>
		[0, 1, 2, 3, 4, 5].map((before) => [secret, before] as const),
	),
)('%j does not show in base64 after %i other bytes', (secret, before) => {
	const {register, redact} = createRedactor();
	register(secret);
	for (const after of ['', 'y', 'yy', 'yyy']) {
		const encoded = base64(`${'\u0001'.repeat(before)}${secret}${after}`);
		const shown = redact(encoded);
		expect(shown).toContain(mask);
		expect(leaked(shown, secret)).toBe(0);
		expect(redact(encoded.replaceAll('+', '-').replaceAll('/', '_'))).toContain(mask);
	}
});

test('a login does not show in Docker auth JSON, nor in a Secret that holds that in base64', () => {
	const {register, redact} = createRedactor();
	const password = 'harbor-Secret-77';
	register(password);
	const config = JSON.stringify({
		auths: {'registry.corp.internal:5000': {username: 'robot', password, auth: base64(`robot:${password}`)}},
	});
	const shown = redact(config);
	expect(shown).not.toContain(password);
	const {auths} = JSON.parse(shown) as {readonly auths: Readonly<Record<string, {readonly auth: string}>>};
	expect(auths['registry.corp.internal:5000']?.auth).toContain(mask);
	expect(leaked(auths['registry.corp.internal:5000']?.auth ?? '', password)).toBeLessThan(3);
	for (const before of ['', ' ', '  ']) {
		const outer = redact(base64(before + config));
		const pieces = outer.split(mask);
		expect(pieces.length).toBeGreaterThanOrEqual(3);
		// The inner base64 is hidden as well: what is left of it decodes to nothing of the password.
		for (const piece of pieces) {
			for (let skip = 0; skip < 4; skip += 1)
				expect(leaked(Buffer.from(piece.slice(skip), 'base64').toString('latin1'), password)).toBeLessThan(4);
		}
	}
});

test.each([
	['as it is', (text: string) => text],
	['with Windows line ends', (text: string) => text.replaceAll('\n', '\r\n')],
	['in JSON', (text: string) => JSON.stringify(text)],
	[
		'line by line',
		(text: string) =>
			text
				.split('\n')
				.map((line) => `  | ${line}`)
				.join('\n'),
	],
])('a key of several lines does not show %s', (_name, write) => {
	for (const registered of [pem, pem.replaceAll('\n', '\r\n')]) {
		const {register, redact} = createRedactor();
		register(registered);
		const shown = redact(write(pem));
		for (const line of pem.split('\n').filter((one) => one !== '' && !one.startsWith('-----')))
			expect(shown).not.toContain(line);
		expect(shown).toContain('BEGIN PRIVATE KEY');
	}
});

test('a short key of several lines is hidden by lines too', () => {
	const {register, redact} = createRedactor();
	register(
		'-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n',
	);
	expect(redact('> MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF')).toBe(`> ${mask}`);
});

test('a key of several lines does not show in base64 of the whole', () => {
	const {register, redact} = createRedactor();
	register(pem);
	const shown = redact(base64(pem));
	for (const line of pem.split('\n').filter((one) => one !== '' && !one.startsWith('-----')))
		expect(leaked(shown, line)).toBeLessThan(4);
});

test('the short lines of a long secret stay readable elsewhere', () => {
	const {register, redact} = createRedactor();
	register(`{\n\t"private_key_id": "${'k'.repeat(200)}",\n\t"x": 1\n}\n`);
	expect(redact('status {\n} 1')).toBe('status {\n} 1');
	expect(redact(`> \t"private_key_id": "${'k'.repeat(200)}",`)).toBe(`> ${mask}`);
});

test.each([
	['a password a of ab', 'a', `${mask} password ${mask} of ab`],
	['abc-def abc_d xabc abc', 'abc', `${mask}-def abc_d xabc ${mask}`],
	['user:abc@host', 'abc', `user:${mask}@host`],
	['abcd and abcdef', 'abcd', `${mask} and ${mask}ef`],
])('in %j the secret %j is masked as %j', (text, secret, wanted) => {
	const {register, redact} = createRedactor();
	register(secret);
	expect(redact(text)).toBe(wanted);
});

test.each([
	[
		['hunter2', 'hunter2-and-more', 'more-hunter2-more'],
		'a hunter2 b hunter2-and-more c more-hunter2-more d',
		`a ${mask} b ${mask} c ${mask} d`,
	],
	[['abc', 'abc-long-secret'], 'x abc-long-secret abc y', `x ${mask} ${mask} y`],
	[['abc-long-secret', 'abc'], 'x abc-long-secret abc y', `x ${mask} ${mask} y`],
])('of secrets that contain each other the longest goes: %j', (registered, text, wanted) => {
	const {register, redact} = createRedactor();
	for (const secret of registered) register(secret);
	expect(redact(text)).toBe(wanted);
});

test('nothing is masked where nothing is registered, nor by an empty secret', () => {
	const {register, redact} = createRedactor();
	expect(redact('plain')).toBe('plain');
	register('');
	expect(redact('plain')).toBe('plain');
});

test('a secret registered later counts from then on', () => {
	const {register, redact} = createRedactor();
	register('first-one');
	expect(redact('first-one second-one')).toBe(`${mask} second-one`);
	register('second-one');
	expect(redact('first-one second-one')).toBe(`${mask} ${mask}`);
});

test('values are cleaned to their depth, and stay as they were themselves', () => {
	const {register, redactDeep} = createRedactor();
	register('hunter22');
	const value = {a: ['x hunter22', {hunter22: 1, b: null, c: undefined, d: true}]};
	expect(redactDeep(value)).toEqual({a: [`x ${mask}`, {[mask]: 1, b: null, c: undefined, d: true}]});
	expect(value.a[0]).toBe('x hunter22');
});

test('a secret that equals a word of the events does not turn them into others', () => {
	const {register, redactDeep} = createRedactor();
	for (const secret of ['step-finished', 'images', 'done', 'install', 'retry']) register(secret);
	const event = {type: 'step-finished', step: 'images', outcome: 'done', choices: ['retry'], note: 'images'};
	expect(redactDeep(event)).toEqual({...event, note: mask});
});

test('a hundred secrets of every kind cost little', () => {
	const {register, redact} = createRedactor();
	for (let index = 0; index < 100; index += 1) register(`secret-${index}-${'x'.repeat(index)}/+"'é`);
	const line = 'an ordinary line of a log that says nothing '.repeat(20);
	for (let index = 0; index < 2000; index += 1) redact(line);
	expect(redact(`${line}secret-7-xxxxxxx/+"'é`)).toBe(`${line}${mask}`);
});
