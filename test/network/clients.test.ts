import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {ProblemCode} from '../../source/base/problem.ts';
import {pairsIn} from './pairs.ts';
import {ExtendedKeyUsageExtension, Extension, excluding, KeyUsageFlags, type Made, make, usages} from './pki.ts';

const host = 'zenml-pro.corp.internal';
const hosts = [host];
const {judge} = pairsIn();
const code: ProblemCode = 'tls-clients-refuse';

/** The one problem of a leaf under these authorities; `between` are sent with it. */
const refusalOf = async (leaf: Made, root: Made, between: readonly Made[] = []) => {
	const certificate = [leaf, ...between].map(({pem}) => pem).join('');
	const {problems} = await judge({certificate, key: leaf.key, ca: root.pem}, hosts);
	expect(problems).toHaveLength(1);
	const {code: found, message, cause, fix, answers} = problems[0] ?? {};
	expect(found).toBe(code);
	expect(message).toMatch(/^Clients refuse the certificate .+\.$/u);
	expect(answers).toEqual(['tls.certificate', 'tls.ca']);
	return {cause, fix};
};

test('a CA that excludes the names is refused, be it the root or one below it', async () => {
	const told = {
		cause: 'A CA above it may not issue for all of its names: excluded subtree violation.',
		fix: 'Have it issued by a CA whose name constraints let it, and for no further names.',
	};
	const limited = await make({name: 'Limited root', extensions: [excluding('corp.internal')]});
	expect(await refusalOf(await make({name: host, hosts, issuer: limited}), limited)).toEqual(told);
	const root = await make({name: 'Root'});
	const below = await make({name: 'Limited', issuer: root, extensions: [excluding('corp.internal')]});
	expect(await refusalOf(await make({name: host, hosts, issuer: below}), root, [below])).toEqual(told);
	const elsewhere = await make({name: 'Limited elsewhere', extensions: [excluding('example.com')]});
	const leaf = await make({name: host, hosts, issuer: elsewhere});
	expect((await judge({certificate: leaf.pem, key: leaf.key, ca: elsewhere.pem}, hosts)).problems).toEqual([]);
});

test('a CA that may have no CA below it is refused with one below it', async () => {
	const root = await make({name: 'Root', pathLength: 0});
	const below = await make({name: 'Issuing', issuer: root});
	expect(await refusalOf(await make({name: host, hosts, issuer: below}), root, [below])).toEqual({
		cause: 'A CA above it allows fewer intermediate CAs than stand between them: path length constraint exceeded.',
		fix: 'Have it issued by a CA that is allowed to issue, or have that limit changed.',
	});
});

test('usages of the certificate or of a CA that leave servers out are refused', async () => {
	const told = {
		cause: 'It, or a CA above it, is not for TLS servers by its key usages: unsuitable certificate purpose.',
		fix: 'Have it issued with the profile for web servers, by a CA that is not limited to other uses.',
	};
	const root = await make({name: 'Root'});
	const signing = await make({name: host, hosts, issuer: root, extensions: [usages(KeyUsageFlags.cRLSign)]});
	expect(await refusalOf(signing, root)).toEqual(told);
	const mail = new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.4']);
	const forMail = await make({name: 'Mail CA', issuer: root, extensions: [mail]});
	expect(await refusalOf(await make({name: host, hosts, issuer: forMail}), root, [forMail])).toEqual(told);
});

test('a CA whose key usage does not let it sign is told apart from one with another key', async () => {
	const root = await make({name: 'Root', extensions: [usages(KeyUsageFlags.digitalSignature)]});
	const leaf = await make({name: host, hosts, issuer: root});
	const {problems} = await judge({certificate: leaf.pem, key: leaf.key, ca: root.pem}, hosts);
	expect(problems.map((one) => one.code)).toEqual(['tls-ca-is-no-ca', 'tls-chain-not-to-ca']);
	expect(problems[1]).toMatchObject({
		cause:
			'It is signed by "CN=Root" in the CA file, whose key usage does not let it sign, or which has another key identifier.',
		fix: 'Name a certificate of that CA that may sign certificates (keyCertSign).',
	});
});

test('signatures with SHA-1 are refused, but not that of a root with itself', async () => {
	const root = await make({name: 'Root', hash: 'SHA-1'});
	expect(await refusalOf(await make({name: host, hosts, issuer: root, hash: 'SHA-1'}), root)).toEqual({
		cause: `"CN=${host}" is signed with ecdsa-with-SHA1, which can be forged.`,
		fix: 'Have it issued anew, signed with SHA-256.',
	});
	const leaf = await make({name: host, hosts, issuer: root});
	expect((await judge({certificate: leaf.pem, key: leaf.key, ca: root.pem}, hosts)).problems).toEqual([]);
});

test('what a client does not understand but must is told in its own words', async () => {
	const root = await make({name: 'Root'});
	const unknown = new Extension('1.2.3.4.5', true, Buffer.from([5, 0]));
	expect(await refusalOf(await make({name: host, hosts, issuer: root, extensions: [unknown]}), root)).toEqual({
		cause: 'A server with this certificate was tried on this host, and its client said: unhandled critical extension',
		fix: 'Have those who issued the certificate look at these words.',
	});
});

test('a certificate without a subject is as good as one with', async () => {
	const root = await make({name: 'Root'});
	const leaf = await make({name: '', subject: '', hosts, issuer: root});
	const {problems} = await judge({certificate: leaf.pem, key: leaf.key, ca: root.pem}, hosts);
	expect(problems).toEqual([]);
	expect(await judge({certificate: leaf.pem, key: leaf.key, ca: root.pem}, ['other.corp'])).toMatchObject({
		problems: [{code: 'tls-host-not-covered' satisfies ProblemCode}],
	});
});

test('a short RSA key of a CA is refused', async () => {
	const root = await make({name: 'Root', rsaBits: 1024});
	expect(await refusalOf(await make({name: host, hosts, issuer: root}), root)).toEqual({
		cause: 'The key of the CA "CN=Root" above it is RSA with 1024 bits; clients refuse fewer than 2048.',
		fix: 'Have it issued by a CA with a longer key.',
	});
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const openssl = `set -e
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 9 -subj /CN=Root
printf 'subjectAltName=DNS:${host}' > names
`;

/** What a script with openssl leaves as server.pem, server.key and ca.pem. */
const withOpenssl = async (script: string) => {
	const cwd = await mkdtemp(join(tmpdir(), 'zenml-airgap-openssl-'));
	try {
		execFileSync('sh', ['-c', openssl + script], {cwd, stdio: 'pipe'});
		const [certificate = '', key = '', ca = ''] = await Promise.all(
			['server.pem', 'server.key', 'ca.pem'].map(async (name) => readFile(join(cwd, name), 'utf8')),
		);
		return judge({certificate, key, ca}, hosts);
	} finally {
		await rm(cwd, {recursive: true, force: true});
	}
};

const sign = 'openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days 5 -extfile names -out server.pem';

test.skipIf(!hasOpenssl)('a DSA key is refused by its kind (needs openssl)', async () => {
	const {problems} = await withOpenssl(`openssl dsaparam -out parameters 1024
openssl gendsa -out server.key parameters
openssl req -new -key server.key -subj /CN=server -out server.csr
${sign}`);
	expect(problems).toMatchObject([
		{
			code,
			cause: 'The key of "CN=server" is of the kind dsa, which clients do not take.',
			fix: 'Have it issued for a new key: RSA 2048 or longer, or EC P-256.',
		},
	]);
});

test.skipIf(!hasOpenssl)('a signature with MD5 is refused (needs openssl)', async () => {
	const {problems} =
		await withOpenssl(`openssl req -new -newkey rsa:2048 -nodes -keyout server.key -subj /CN=server -out server.csr
${sign} -md5`);
	expect(problems).toMatchObject([
		{code, cause: '"CN=server" is signed with md5WithRSAEncryption, which can be forged.'},
	]);
});

test.skipIf(!hasOpenssl)('a curve that Go does not know is refused by its name (needs openssl)', async () => {
	const {problems} = await withOpenssl(`openssl ecparam -name secp256k1 -genkey -noout -out server.key
openssl req -new -key server.key -subj /CN=server -out server.csr
${sign}`);
	expect(problems).toMatchObject([
		{code, cause: 'The key of "CN=server" is of the kind secp256k1, which clients do not take.'},
	]);
});

test.skipIf(!hasOpenssl)(
	'what is weak in another way is refused in the words of the client (needs openssl)',
	async () => {
		const {problems} =
			await withOpenssl(`openssl req -new -newkey rsa:2048 -nodes -keyout server.key -subj /CN=server -out server.csr
${sign} -sha1 -sigopt rsa_padding_mode:pss`);
		expect(problems).toMatchObject([
			{
				code,
				cause: 'A key or signature is weaker than clients allow: CA signature digest algorithm too weak.',
				fix: 'Have it issued anew, for a key of RSA 2048 or EC P-256 and signed with SHA-256.',
			},
		]);
	},
);
