import {expect, test} from 'vitest';
import {maskerOf} from '../../source/helm/mask.ts';

const values = {
	imagePullSecrets: [{name: 'internal-registry-secret'}],
	server: {
		database: {
			url: 'postgresql://user:p%40ss-one@db:5432/d',
			passwordSecretRef: {name: 'zenml-database', key: 'password'},
		},
		auth: {jwtSecretKey: 'signing-canary', password: {enabled: true, adminUsername: 'admin', adminPassword: 'pw'}},
		secretsStore: {type: 'sql', sql: {encryptionKey: 'abcdef012345'}},
		pro: {enrollmentKey: 'enrol-canary', workspaceName: 'default'},
		environment: {MY_TOKEN: 'token-canary', LEVEL: 'info'},
		secretEnvironment: {ANYTHING: 'hidden-canary'},
		ingress: {tls: {secretName: 'zenml-tls'}},
	},
};

test.each([
	['p@ss-one'],
	['p%40ss-one'],
	['signing-canary'],
	['abcdef012345'],
	['enrol-canary'],
	['token-canary'],
	['hidden-canary'],
	[Buffer.from('signing-canary').toString('base64')],
])('%s does not come through', (secret) => {
	expect(maskerOf(values)(`Error: ${secret} is wrong`)).not.toContain(secret);
});

test('a short password is masked where it stands alone', () => {
	expect(maskerOf(values)('Invalid value: "pw": too short, powder')).toBe(
		'Invalid value: "[secret]": too short, powder',
	);
});

test('names that only sound like secrets come through, so that errors stay readable', () => {
	const text =
		'secret "internal-registry-secret" or "zenml-tls" or "zenml-database" not found for admin, sql, default, info';
	expect(maskerOf(values)(text)).toBe(text);
});

test('a password in a URL that cannot be decoded is masked as it is written', () => {
	const odd = {url: 'postgresql://user:100%zz-secret@db:5432/d', list: ['plain'], count: 3};
	expect(maskerOf(odd)('dial 100%zz-secret')).toBe('dial [secret]');
});

test('texts in a list under a secret name are secrets too', () => {
	expect(maskerOf({tokens: 1, apiToken: ['listed-canary']})('Error: listed-canary')).toBe('Error: [secret]');
});
