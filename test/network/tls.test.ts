import {createPrivateKey, X509Certificate} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Authority, createAuthority, type Issued} from '../../rehearsal/authority/index.ts';
import type {Problem} from '../../source/base/problem.ts';
import {createTls} from '../../source/network/tls.ts';
import {selfSigned} from './self-signed.ts';

const tls = createTls();
const day = 86_400_000;
const hosts = ['zenml-pro.internal.mycompany.com', 'zenml-workspace.internal.mycompany.com'];
let folder: string;
let authority: Authority;
let good: Issued;
let count = 0;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-tls-test-'));
	authority = await createAuthority({name: 'Internal CA'});
	good = await authority.issue({hosts});
});

afterAll(async () => rm(folder, {recursive: true, force: true}));

const write = async (content: string | Buffer): Promise<string> => {
	const path = join(folder, `file-${count++}`);
	await writeFile(path, content);
	return path;
};

type Contents = {
	readonly certificate?: string | Buffer;
	readonly key?: string | Buffer;
	readonly ca?: string | Buffer;
	readonly hosts?: readonly string[];
	readonly now?: number;
};

const read = async (contents: Contents = {}) => {
	const paths = {
		certificate: await write(contents.certificate ?? good.cert),
		key: await write(contents.key ?? good.key),
		ca: await write(contents.ca ?? authority.caPem),
	};
	return {paths, result: await tls.readPair(paths, contents.hosts ?? hosts, contents.now ?? Date.now())};
};

const problemsOf = async (contents: Contents): Promise<readonly Problem[]> => {
	const {result} = await read(contents);
	if (!('problems' in result)) throw new Error('No problem was found');
	for (const problem of result.problems) {
		// Another file mends it, or else only another certificate.
		const area = problem.who === 'PKI team' ? 'prerequisites' : 'usage';
		expect(problem).toMatchObject({area, location: {file: expect.stringContaining(folder)}});
		expect(problem.answers?.every((answer) => answer.startsWith('tls.'))).toBe(true);
		expect(JSON.stringify(problem)).not.toContain('PRIVATE KEY-----');
	}
	return result.problems;
};

const codesOf = async (contents: Contents) => (await problemsOf(contents)).map(({code}) => code);
const only = async (contents: Contents): Promise<Problem> => {
	const problems = await problemsOf(contents);
	expect(problems.map(({code}) => code)).toHaveLength(1);
	return problems[0] as Problem;
};

test('a good pair comes back whole, with what its certificates say', async () => {
	const {result} = await read();
	expect(result).toMatchObject({
		warnings: [],
		pair: {
			certificate: good.cert,
			key: good.key,
			facts: {subject: `CN=${hosts[0]}`, issuer: 'CN=Internal CA', names: hosts, isCa: false},
			caFacts: {
				subject: 'CN=Internal CA',
				isCa: true,
				fingerprint: new X509Certificate(authority.caPem).fingerprint256,
			},
		},
	});
});

test('chains over intermediates, wildcards, addresses and RSA keys are good too', async () => {
	const under = await (await authority.intermediate({name: 'Issuing CA 1'})).intermediate({name: 'Issuing CA 2'});
	const pair = await under.issue({
		hosts: ['*.internal.mycompany.com'],
		ips: ['10.0.0.5', 'fd00::5'],
		key: {rsaBits: 2048},
	});
	const {result} = await read({certificate: pair.cert, key: pair.key, hosts: [...hosts, '10.0.0.5']});
	expect(result).toMatchObject({pair: {caFacts: {subject: 'CN=Internal CA'}, facts: {issuer: 'CN=Issuing CA 2'}}});
	const withRoot = await read({certificate: pair.cert + authority.caPem, key: pair.key});
	expect(withRoot.result).toHaveProperty('pair');
});

test('files that are not there, empty or mixed up are named with their cause', async () => {
	const result = await tls.readPair(
		{certificate: join(folder, 'nope'), key: folder, ca: await write('')},
		hosts,
		Date.now(),
	);
	expect('problems' in result && result.problems.map(({code, cause, answers}) => [code, cause, answers])).toEqual([
		['tls-file-unreadable', 'No file has that name.', ['tls.certificate']],
		['tls-file-unreadable', 'Reading it failed. It is a folder, but a file was expected.', ['tls.key']],
		['tls-file-not-pem', 'It is empty.', ['tls.ca']],
	]);
	expect((await problemsOf({certificate: good.key, key: good.cert})).map(({cause}) => cause)).toEqual([
		'It holds a key, not a certificate.',
		'It holds a certificate, not a key.',
	]);
});

test('DER files are recognized, with the command that converts them', async () => {
	const {raw} = new X509Certificate(good.cert);
	const key = createPrivateKey(good.key).export({format: 'der', type: 'pkcs8'});
	const problems = await problemsOf({certificate: raw, key, ca: Buffer.from([0x30, 0x82, 1, 2, 3])});
	expect(problems.map(({code}) => code)).toEqual(['tls-file-not-pem', 'tls-file-not-pem', 'tls-file-not-pem']);
	expect(problems[0]?.cause).toBe('It holds a certificate in DER, not PEM.');
	expect(problems[0]?.fix).toMatch(/^Convert it: openssl x509 -inform DER -in /u);
	expect(problems[1]?.fix).toMatch(/^Convert it: openssl pkey -inform DER -in /u);
	expect(problems[2]?.cause).toContain('PKCS#12');
});

test('an encrypted key, a damaged file, a request and a key among certificates are refused', async () => {
	const encrypted = createPrivateKey(good.key)
		.export({format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x'})
		.toString();
	expect(await codesOf({key: encrypted})).toEqual(['tls-key-encrypted']);
	const without = (text: string, line: number) => text.split('\n').toSpliced(line, 1).join('\n');
	expect(await codesOf({certificate: without(good.cert, 2)})).toEqual(['tls-file-damaged']);
	expect(await codesOf({key: without(good.key, 1)})).toEqual(['tls-file-damaged']);
	expect((await only({key: good.key.slice(0, 100)})).cause).toContain('cut off');
	const request = good.cert.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST');
	expect((await only({certificate: request})).cause).toContain('has yet to sign');
	expect(await codesOf({certificate: good.cert + good.key})).toEqual(['tls-key-among-certificates']);
});

test('a key of another certificate is told, also when it fits one further down', async () => {
	const other = await authority.issue({hosts});
	expect(await only({key: other.key})).toMatchObject({code: 'tls-key-mismatch', cause: 'Their public keys differ.'});
	const found = await problemsOf({certificate: other.cert + good.cert, key: good.key});
	expect(found.find(({code}) => code === 'tls-key-mismatch')?.cause).toContain('not the first certificate');
});

test('a chain in the wrong order is told with the right one', async () => {
	const under = await (await authority.intermediate({name: 'Issuing CA 1'})).intermediate({name: 'Issuing CA 2'});
	const pair = await under.issue({hosts});
	const [leaf, two, one] = pair.cert.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/gu) ?? [];
	const found = await only({certificate: [leaf, one, two].join('\n'), key: pair.key});
	expect(found).toMatchObject({
		code: 'tls-chain-order',
		cause: `Each must be followed by its issuer. Right: CN=${hosts[0]} <- CN=Issuing CA 2 <- CN=Issuing CA 1.`,
	});
});

test('a missing intermediate and a CA that did not sign are told apart by the issuers', async () => {
	const pair = await (await authority.intermediate({name: 'Issuing CA'})).issue({hosts});
	const [leaf = '', issuing = ''] = pair.cert.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----\n/gu) ?? [];
	expect(await only({certificate: leaf, key: pair.key})).toMatchObject({
		code: 'tls-chain-not-to-ca',
		cause: 'It leads to the issuer "CN=Issuing CA"; the CA file holds "CN=Internal CA".',
	});
	expect(await only({certificate: leaf, key: pair.key, ca: issuing + authority.caPem})).toMatchObject({
		code: 'tls-intermediate-missing',
		answers: ['tls.certificate'],
	});
	expect(await only({certificate: pair.cert, key: pair.key, ca: issuing})).toMatchObject({
		code: 'tls-root-missing',
		answers: ['tls.ca'],
	});
	const twin = await createAuthority({name: 'Internal CA'});
	expect((await only({ca: twin.caPem})).cause).toContain('of that name but with another key');
});

test('a CA file with a certificate that is no CA is refused', async () => {
	const self = await selfSigned(hosts[0] ?? '');
	expect(await codesOf({certificate: self.cert, key: self.key, ca: self.cert, hosts: hosts.slice(0, 1)})).toEqual([
		'tls-ca-is-no-ca',
	]);
});

test('hosts that the certificate does not name are listed together', async () => {
	const pair = await authority.issue({hosts: ['other.internal.mycompany.com']});
	expect(await only({certificate: pair.cert, key: pair.key})).toMatchObject({
		code: 'tls-host-not-covered',
		message: expect.stringContaining(hosts.join(', ')),
		cause: 'It is for other.internal.mycompany.com.',
	});
	const wild = await authority.issue({hosts: ['*.mycompany.com']});
	expect((await only({certificate: wild.cert, key: wild.key})).cause).toContain('covers one further label only');
	const commonName = await authority.issue({hosts: hosts.slice(0, 1), alternativeNames: false});
	expect((await only({certificate: commonName.cert, key: commonName.key, hosts: hosts.slice(0, 1)})).cause).toContain(
		'only in the subject (CN)',
	);
});

test('expired and not yet valid certificates are problems, one that ends soon is a warning', async () => {
	const validFrom = new Date(Date.now() - 10 * day);
	const pair = await authority.issue({hosts, validFrom, days: 30});
	const contents = {certificate: pair.cert, key: pair.key};
	expect(await only({...contents, now: Date.now() + 21 * day})).toMatchObject({code: 'tls-expired'});
	expect(await codesOf({...contents, now: Date.now() - 11 * day})).toEqual(['tls-not-yet-valid', 'tls-not-yet-valid']);
	const {result} = await read(contents);
	expect(result).toMatchObject({warnings: [expect.stringContaining('expires in 19 days')]});
	expect(await codesOf({...contents, now: Date.now() + 4000 * day})).toEqual(['tls-expired', 'tls-expired']);
});

test('a short RSA key is refused', async () => {
	const pair = await authority.issue({hosts, key: {rsaBits: 1024}});
	expect(await only({certificate: pair.cert, key: pair.key})).toMatchObject({
		code: 'tls-key-too-short',
		cause: expect.stringContaining('1024'),
	});
});

test('all problems come at once', async () => {
	const stranger = await createAuthority({name: 'Another CA'});
	const pair = await stranger.issue({hosts: ['x.example.com'], key: {rsaBits: 1024}, validFrom: new Date(0), days: 1});
	expect((await codesOf({certificate: pair.cert})).toSorted()).toEqual([
		'tls-chain-not-to-ca',
		'tls-expired',
		'tls-host-not-covered',
		'tls-key-mismatch',
		'tls-key-too-short',
	]);
});

test('a trust store is searched for the CA itself or a root that issued it', async () => {
	const others = await Promise.all(['A', 'B'].map((name) => createAuthority({name})));
	const store = await write(`# comment\n${others.map(({caPem}) => caPem).join('\n')}${authority.caPem}`);
	const withStore = createTls({trustStore: store});
	expect(await withStore.hostTrusts(authority.caPem)).toEqual({trusted: true, file: store});
	const issuing = await authority.intermediate({name: 'Issuing CA'});
	expect(await withStore.hostTrusts(issuing.caPem + authority.caPem)).toEqual({trusted: true, file: store});
	expect(await withStore.hostTrusts(issuing.caPem)).toEqual({trusted: true, file: store});
	const twin = await createAuthority({name: 'Internal CA'});
	expect(await withStore.hostTrusts(twin.caPem)).toEqual({trusted: false, file: store});
	expect(await withStore.hostTrusts(authority.caPem + twin.caPem)).toEqual({trusted: false, file: store});
	expect(await withStore.hostTrusts('')).toEqual({trusted: false, file: store});
});

test("the host's own store does not hold a CA made a moment ago, and a store that is named must be there", async () => {
	expect((await tls.hostTrusts(authority.caPem)).trusted).toBe(false);
	await expect(createTls({trustStore: join(folder, 'none')}).hostTrusts(authority.caPem)).rejects.toMatchObject({
		problem: {code: 'trust-store-unreadable', answers: ['network.trustStore']},
	});
});
