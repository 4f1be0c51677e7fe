import {expect, test} from 'vitest';
import {validateField} from '../../source/answers/draft.ts';
import {load, problemsOf, shortest} from './samples.ts';

const given = (...entries: readonly (readonly [string, string | boolean])[]) =>
	entries.map(([path, value]) => ({path, value, source: 'a test'}) as const);

test.each([
	['database', {tls: 'disable'}, 'tls'],
	['controlPlane.database.server', {host: 'db.corp.internal', tls: 'disable'}, 'tls'],
	['workspaces.0.database.server', {host: 'db.corp.internal', tls: 'disable'}, 'tls'],
	['registry', {plainHttp: true}, 'plainHttp'],
])('files that only TLS looks at are refused where %s speaks without it', (at, without, key) => {
	const off = Object.entries(without).map(([name, value]) => [`${at}.${name}`, value] as const);
	const files = [
		[`${at}.ca`, '/pki/ca.crt'],
		[`${at}.clientCertificate`, '/pki/client.crt'],
		[`${at}.clientKey`, '/pki/client.key'],
	] as const;
	const told = (answer: string) => ({
		code: 'answers-conflict',
		cause: 'Certificates are shown and checked while TLS is made, and the answers ask for none.',
		fix: `Change ${at}.${key}, or take ${answer} out.`,
		answers: [answer],
	});
	expect(problemsOf(shortest, given(...off, ...files))).toMatchObject([
		told(`${at}.ca`),
		told(`${at}.clientCertificate`),
	]);
	expect(load(shortest, given(...off))).toBeDefined();
});

test.each(['artifacts', 'backup.schedule'])('a CA is of no use to a storage in clear text: %s', (at) => {
	const s3 = [
		[`${at}.kind`, 's3'],
		[`${at}.s3.endpoint`, 'http://s3.corp.internal'],
		[`${at}.s3.bucket`, 'zenml'],
		[`${at}.s3.accessKey`, 'env:ACCESS'],
		[`${at}.s3.secretKey`, 'env:SECRET'],
		[`${at}.s3.plainHttp`, true],
	] as const;
	expect(load(shortest, given(...s3))).toBeDefined();
	expect(problemsOf(shortest, given(...s3, [`${at}.s3.ca`, '/pki/s3.crt']))).toMatchObject([
		{code: 'answers-conflict', fix: `Change ${at}.s3.plainHttp, or take ${at}.s3.ca out.`},
	]);
});

test('the form says the same at the answer that turns TLS off', () => {
	const draft = {database: {host: 'db', tls: 'disable', ca: '/pki/ca.crt'}};
	expect(validateField(draft, 'database.tls')).toBe('turns TLS off, and database.ca has no effect without it');
	expect(validateField(draft, 'database.ca')).toBe('has no effect without TLS, which database.tls turns off');
});
