import {generateKeyPairSync, type KeyObject} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {createRedactor, mask} from '../../source/base/redact.ts';

const pairs = {
	'P-256': generateKeyPairSync('ec', {namedCurve: 'P-256'}),
	'P-384': generateKeyPairSync('ec', {namedCurve: 'P-384'}),
	RSA: generateKeyPairSync('rsa', {modulusLength: 2048}),
	Ed25519: generateKeyPairSync('ed25519'),
};

const inLines = (bytes: Buffer, width = 64): string =>
	(bytes.toString('base64').match(new RegExp(`.{1,${width}}`, 'gu')) ?? []).join('\n');

/** As a certificate holds a public key: with other bytes before and behind it. */
const certificateWith = (publicKey: KeyObject, before: number): string => {
	const key = publicKey.export({type: 'spki', format: 'der'});
	const bytes = Buffer.concat([Buffer.alloc(before, 7), key, Buffer.alloc(90, 9)]);
	return `-----BEGIN CERTIFICATE-----\n${inLines(bytes)}\n-----END CERTIFICATE-----\n`;
};

const redactorOf = (secret: string) => {
	const redactor = createRedactor();
	redactor.register(secret);
	return redactor;
};

const kinds = Object.entries(pairs).flatMap(([name, {publicKey, privateKey}]) =>
	(
		[
			'pkcs8',
			...(name === 'RSA' ? (['pkcs1'] as const) : []),
			...(name.startsWith('P-') ? (['sec1'] as const) : []),
		] as const
	).map((type) => [`${name} as ${type}`, publicKey, String(privateKey.export({type, format: 'pem'}))] as const),
);

describe.each(kinds)('a private key, %s', (_name, publicKey, pem) => {
	test('hides nothing of the certificate that shows its public key, wherever that stands in it', () => {
		const forms = [pem, Buffer.from(pem).toString('base64'), JSON.stringify({private_key: pem})];
		for (const form of forms) {
			const {redact} = redactorOf(form);
			for (const before of [200, 201, 202, 210]) {
				const certificate = certificateWith(publicKey, before);
				expect(redact(certificate)).toBe(certificate);
				const within = Buffer.from(certificate).toString('base64');
				expect(redact(`caBundle: ${within}`)).toBe(`caBundle: ${within}`);
			}
		}
	});

	test.each([
		['in PEM', (text: string) => text],
		['in JSON', (text: string) => JSON.stringify(text)],
		['in a log of lines', (text: string) => text.replaceAll(/^/gmu, '2026-01-02T03:04:05Z stdout F ')],
	])('is hidden whole where it stands itself, %s', (_where, write) => {
		const shown = redactorOf(pem).redact(write(pem));
		expect(shown).toContain(mask);
		for (const line of pem.split('\n').filter((one) => one !== '' && !one.startsWith('-----')))
			expect(shown).not.toContain(line);
	});

	test('is hidden in base64 of the whole', () => {
		const whole = Buffer.from(pem).toString('base64');
		const shown = redactorOf(pem).redact(whole);
		for (let from = 60; from + 24 < whole.length - 60; from += 12)
			expect(shown).not.toContain(whole.slice(from, from + 24));
	});
});

/** The longest piece of some bytes that a text shows in base64. */
const longestShown = (text: string, secret: Buffer): number => {
	const flat = text.replaceAll(/\s/gu, '');
	let longest = 0;
	for (let from = 0; from < secret.length; from += 1)
		for (let size = 3; from + size <= secret.length; size += 3)
			if (flat.includes(secret.subarray(from, from + size).toString('base64'))) longest = Math.max(longest, size);
	return longest;
};

test.each(['P-256', 'P-384'] as const)('of the number of a %s key no telling part is shown', (name) => {
	const {privateKey} = pairs[name];
	const number = Buffer.from(privateKey.export({format: 'jwk'}).d ?? '', 'base64url');
	for (const type of ['pkcs8', 'sec1'] as const) {
		const pem = String(privateKey.export({type, format: 'pem'}));
		expect(longestShown(redactorOf(pem).redact(pem), number)).toBeLessThanOrEqual(3);
	}
});
