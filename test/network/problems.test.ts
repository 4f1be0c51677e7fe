import 'reflect-metadata';
import {generateKeyPairSync, X509Certificate} from 'node:crypto';
import {createSocket} from 'node:dgram';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ExtendedKeyUsageExtension, PemConverter, X509CertificateGenerator} from '@peculiar/x509';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Authority, createAuthority, type Issued} from '../../rehearsal/authority/index.ts';
import {type Problem, type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import {createDns} from '../../source/network/dns.ts';
import {createHttps} from '../../source/network/https.ts';
import {type Failure, httpsProblem} from '../../source/network/https-problems.ts';
import type {Peer} from '../../source/network/peer.ts';
import {createTls} from '../../source/network/tls.ts';
import {selfSigned} from './self-signed.ts';

type Told = {readonly code: ProblemCode; readonly message: string; readonly cause: string; readonly fix: string};

const host = 'zenml-pro.internal.mycompany.com';
const place = `https://${host}:8443 (10.0.0.1)`;
const peer: Peer = {
	subject: 'CN=other',
	issuer: 'CN=Some CA',
	names: ['a.example.com', 'b.example.com'],
	notBefore: Date.UTC(2200, 0, 2, 3, 4),
	notAfter: Date.UTC(2001, 0, 2, 3, 4),
};
const failure: Failure = {
	error: new Error('words'),
	kind: 'failed',
	stage: 'handshake',
	host,
	address: '10.0.0.1',
	port: 8443,
	timeoutMs: 1500,
	peer,
	area: 'verification',
};
const coded = (code: string, message = 'words'): Error => Object.assign(new Error(message), {code});

const openPort = 'Check that the ingress controller listens on port 8443 there and that no firewall is in between.';
const nameTheCa = 'Name the CA that signed it in tls.ca, and serve the certificate with its intermediates.';
const seeWhoServes = `Serve a certificate with the name ${host}, or check that the name leads to the right address.`;
const endTls = 'Check ingress.httpsPort, and that the ingress controller ends TLS there.';
const cannotBeReached = `${place} cannot be reached.`;

const untrusted = (cause: string): Told => ({
	code: 'https-certificate-untrusted',
	message: `The certificate that ${place} shows is not from the given CA.`,
	cause,
	fix: nameTheCa,
});
const otherHost = (cause: string): Told => ({
	code: 'https-certificate-other-host',
	message: `The certificate that ${place} shows is not for ${host}.`,
	cause,
	fix: seeWhoServes,
});
const expired = (cause: string): Told => ({
	code: 'https-certificate-expired',
	message: `The certificate that ${place} shows has expired.`,
	cause,
	fix: 'Have it renewed, and update the TLS secret.',
});
const notYet = (cause: string): Told => ({
	code: 'https-certificate-not-yet-valid',
	message: `The certificate that ${place} shows is not valid yet.`,
	cause,
	fix: 'Check the clock of this host.',
});
const unreachable = (code: ProblemCode, cause: string, fix = openPort): Told => ({
	code,
	message: cannotBeReached,
	cause,
	fix,
});
const silent = (cause: string): Told => ({
	code: 'https-time-out',
	message: `${place} does not answer.`,
	cause,
	fix: 'Look at the pods behind it and their logs.',
});
const noTls = (cause: string): Told => ({
	code: 'https-no-tls',
	message: `${place} does not speak TLS as it should.`,
	cause,
	fix: endTls,
});

describe('a request that fails', () => {
	test.each<[string, Partial<Failure>, Told, Problem['who']?]>([
		[
			'self-signed',
			{error: coded('DEPTH_ZERO_SELF_SIGNED_CERT')},
			untrusted('It is self-signed. Its issuer: "CN=Some CA".'),
		],
		[
			'of another root',
			{error: coded('SELF_SIGNED_CERT_IN_CHAIN')},
			untrusted('Its chain ends in a root that is not the given CA. Its issuer: "CN=Some CA".'),
		],
		[
			'of another CA, by a server that then said nothing',
			{error: coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), peer: undefined},
			untrusted('Another CA signed it, or an intermediate is missing. Its issuer: not known.'),
		],
		[
			'without its root',
			{error: coded('UNABLE_TO_GET_ISSUER_CERT')},
			untrusted('The given CA file lacks the root of the chain. Its issuer: "CN=Some CA".'),
		],
		[
			'of another key',
			{error: coded('CERT_SIGNATURE_FAILURE')},
			untrusted('A CA of the same name but with another key signed it. Its issuer: "CN=Some CA".'),
		],
		[
			'for clients',
			{error: coded('INVALID_PURPOSE')},
			untrusted('It is not for servers: its key usage does not allow that. Its issuer: "CN=Some CA".'),
		],
		[
			'signed by a server',
			{error: coded('INVALID_CA')},
			untrusted('What signed it may not sign certificates. Its issuer: "CN=Some CA".'),
		],
		[
			'for other names',
			{error: coded('ERR_TLS_CERT_ALTNAME_INVALID')},
			otherHost('It is for a.example.com, b.example.com.'),
		],
		[
			'for no name',
			{error: coded('ERR_TLS_CERT_ALTNAME_INVALID'), peer: {...peer, names: []}},
			otherHost('It names no host at all; its subject is "CN=other".'),
		],
		[
			'for a name nobody saw',
			{error: coded('ERR_TLS_CERT_ALTNAME_INVALID'), peer: undefined},
			otherHost('The check of its names says: words'),
		],
		['expired', {error: coded('CERT_HAS_EXPIRED')}, expired('It was valid until 2001-01-02 03:04 UTC.')],
		[
			'under an expired one',
			{error: coded('CERT_HAS_EXPIRED'), peer: {...peer, notAfter: Date.UTC(2200, 0)}},
			expired('It is a certificate above it in the chain that has expired.'),
		],
		[
			'expired, which nobody saw',
			{error: coded('CERT_HAS_EXPIRED'), peer: undefined},
			expired('The check of its dates says: words'),
		],
		['too new', {error: coded('CERT_NOT_YET_VALID')}, notYet('It is valid from 2200-01-02 03:04 UTC.')],
		[
			'too new, which nobody saw',
			{error: coded('CERT_NOT_YET_VALID'), peer: undefined},
			notYet('The check of its dates says: words'),
		],
		[
			'made by an ingress controller',
			{peer: {...peer, subject: 'CN=TRAEFIK DEFAULT CERT'}},
			{
				code: 'https-ingress-default-certificate',
				message: `${place} answers with the built-in certificate of the ingress controller.`,
				cause: `The controller knows no Ingress for ${host}, or cannot read the TLS secret it names ("CN=TRAEFIK DEFAULT CERT").`,
				fix: 'Check the Ingress, its class and that the TLS secret is in the same namespace.',
			},
			'cluster admin',
		],
		[
			'refused',
			{error: coded('ECONNREFUSED')},
			unreachable('https-unreachable', 'The host answers, but nothing listens on that port.'),
			'network team',
		],
		[
			'without a route to the host',
			{error: coded('EHOSTUNREACH')},
			unreachable('https-unreachable', 'There is no route to that host.'),
			'network team',
		],
		[
			'without a route to the network',
			{error: coded('ENETUNREACH')},
			unreachable('https-unreachable', 'There is no route to that network.'),
			'network team',
		],
		[
			'given up by the system',
			{error: coded('ETIMEDOUT')},
			unreachable('https-time-out', 'It did not answer; a firewall may drop the packets.'),
			'network team',
		],
		[
			'cut in the handshake',
			{error: coded('ECONNRESET')},
			unreachable(
				'https-reset',
				'It cut the connection during the TLS handshake; a firewall or proxy may inspect TLS.',
			),
			'network team',
		],
		[
			'cut later',
			{error: coded('ECONNRESET'), stage: 'answer'},
			unreachable('https-reset', 'It cut the connection before it had answered.'),
			'network team',
		],
		[
			'to a name that does not exist',
			{error: coded('ENOTFOUND')},
			unreachable('https-host-unknown', `The name ${host} does not exist.`, 'Have the name added to the internal DNS.'),
			'network team',
		],
		[
			'to a name nobody answers for',
			{error: coded('EAI_AGAIN')},
			unreachable('https-host-unknown', `No name server answered for ${host}.`, 'Check the name servers of this host.'),
			'network team',
		],
		[
			'to plain text',
			{error: coded('ERR_SSL_WRONG_VERSION_NUMBER')},
			noTls('Something answers in plain text; it may be an HTTP port.'),
		],
		[
			'to plain text, while writing',
			{error: coded('EPROTO', 'write EPROTO 80:error:0A0000C6:SSL routines:x:packet length too long:')},
			noTls('Something answers in plain text; it may be an HTTP port.'),
		],
		['to broken TLS', {error: coded('EPROTO')}, noTls('The TLS handshake failed.')],
		['to old TLS', {error: coded('ERR_SSL_UNSUPPORTED_PROTOCOL')}, noTls('The TLS handshake failed.')],
		[
			'not connected in time',
			{kind: 'timeout', stage: 'connection'},
			unreachable('https-time-out', 'It did not take the connection; a firewall may drop the packets. Waited 1.5 s.'),
			'network team',
		],
		[
			'without a handshake in time',
			{kind: 'timeout', stage: 'handshake'},
			unreachable('https-time-out', 'It took the connection but did not finish the TLS handshake. Waited 1.5 s.'),
			'network team',
		],
		[
			'without an answer in time',
			{kind: 'timeout', stage: 'answer'},
			silent('It took the request but did not answer. Waited 1.5 s.'),
		],
		[
			'without an end in time',
			{kind: 'timeout', stage: 'body'},
			silent('It began to answer but did not finish. Waited 1.5 s.'),
		],
		[
			'with too much',
			{kind: 'too-large'},
			{
				code: 'https-body-too-large',
				message: `${place} answered with more than 1 MiB.`,
				cause: 'That is not the answer this tool asked for; something else may listen there.',
				fix: 'Open the address in a browser and see what answers.',
			},
		],
		[
			'for a reason nobody thought of',
			{error: coded('EWEIRD')},
			{
				code: 'https-failed',
				message: `The request to ${place} failed.`,
				cause: 'The error was: words',
				fix: 'Try again; if it comes back, look at the ingress controller.',
			},
		],
	])('%s has its cause and the next move', (_title, change, told, who = 'operator') => {
		const {problem} = httpsProblem({...failure, ...change});
		expect(problem).toMatchObject({...told, who, area: 'verification'});
	});

	test('shows the words of the error as evidence, and the address only where it is another', () => {
		const {problem} = httpsProblem({...failure, error: 'thrown text', address: undefined, port: 443});
		expect(problem).toMatchObject({message: `The request to https://${host} failed.`, evidence: ['thrown text']});
		expect(httpsProblem({...failure, error: coded('EPROTO')}).problem.evidence).toEqual(['EPROTO: words']);
		const steps = httpsProblem({...failure, error: coded('INVALID_CA')}).problem.nextSteps;
		expect(steps).toEqual([`openssl s_client -connect 10.0.0.1:8443 -servername ${host} -showcerts </dev/null`]);
	});
});

const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
	const error = await work.catch((thrown: unknown) => thrown);
	if (!(error instanceof ProblemError)) throw new Error(`It was not refused: ${String(error)}`);
	return error.problem;
};

test.each<[string, string, string]>([
	['http://a.example', '-----BEGIN CERTIFICATE-----', 'It is not a URL that starts with https://.'],
	['https://a.example', '', 'No CA certificate was given to check the server with.'],
])('a request to %s with the CA "%s" is a mistake of this tool', async (url, ca, cause) => {
	const {signal} = new AbortController();
	expect(await problemOf(createHttps().request({method: 'GET', url, ca, timeoutMs: 9, signal}))).toMatchObject({
		code: 'https-url-invalid' satisfies ProblemCode,
		who: 'bug',
		message: `${url} cannot be asked over HTTPS.`,
		cause,
		fix: 'Report this to the authors with the saved report.',
	});
});

describe('a name server that does not help', () => {
	const {signal} = new AbortController();

	test('is refused where it is no address', () => {
		expect(() => createDns({server: 'ns1.example'})).toThrow(
			expect.objectContaining({
				problem: expect.objectContaining({
					code: 'dns-server-invalid' satisfies ProblemCode,
					message: 'ns1.example cannot be asked: a name server is given by its address.',
					cause: 'A name would have to be looked up at a name server first.',
					fix: 'Give its address, with :port when that is not 53, e.g. 10.0.0.2 or [fd00::2]:5353.',
				}),
			}),
		);
	});

	/** A name server over UDP that answers each question with a return code (RFC 1035, 4.1.1). */
	const answering = async (code: number) => {
		const server = createSocket('udp4');
		server.on('message', (question, from) => {
			const answer = Buffer.from(question);
			answer[2] = 0x80 | (answer[2] ?? 0);
			answer[3] = code;
			server.send(answer, from.port, from.address);
		});
		server.bind(0, '127.0.0.1');
		await once(server, 'listening');
		return {address: `127.0.0.1:${server.address().port}`, close: () => server.close()};
	};

	test.each([
		[2, 'It answered SERVFAIL: it cannot reach the servers of that zone.'],
		[5, 'It answered REFUSED: it does not serve this host or this zone.'],
		[4, 'The error was ENOTIMP.'],
	])('is told by its return code %i', async (code, words) => {
		const {address, close} = await answering(code);
		const found = await problemOf(createDns({server: address, timeoutMs: 2000}).resolve('a.example', signal));
		close();
		expect(found).toMatchObject({
			code: 'dns-unanswered' satisfies ProblemCode,
			message: 'No name server answered for a.example.',
			cause: `Asked: ${address}. ${words}`,
			fix: 'Name a server that answers in network.nameServer, or have this one repaired.',
			nextSteps: [`nslookup -port=${address.split(':')[1]} a.example 127.0.0.1`],
		});
	});

	test('is told where nothing listens', async () => {
		const peer = createServer().listen(0, '127.0.0.1');
		await once(peer, 'listening');
		const {port} = peer.address() as {port: number};
		peer.close();
		const found = await problemOf(createDns({server: `127.0.0.1:${port}`}).resolve('a.example', signal));
		expect(found.cause).toBe(`Asked: 127.0.0.1:${port}. No name server listens there.`);
	});
});

/** What a company's own CA has to issue anew; the rest is a matter of files. */
const forPki: ReadonlySet<string> = new Set([
	'tls-key-too-short',
	'tls-host-not-covered',
	'tls-clients-refuse',
	'tls-not-for-servers',
]);

describe('files of a certificate', () => {
	let folder = '';
	let authority: Authority;
	let good: Issued;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'network-problems-'));
		authority = await createAuthority({name: 'Internal CA'});
		good = await authority.issue({hosts: [host]});
	});
	afterAll(() => rm(folder, {recursive: true, force: true}));

	type Files = {readonly certificate: string | Buffer; readonly key: string | Buffer; readonly ca: string | Buffer};

	/** What is wrong with files of this content, with the folder left out of the words. */
	const problemsOf = async (change: Partial<Files>, now = Date.now()): Promise<readonly Problem[]> => {
		const files: Files = {certificate: good.cert, key: good.key, ca: authority.caPem, ...change};
		for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
		const paths = {certificate: join(folder, 'certificate'), key: join(folder, 'key'), ca: join(folder, 'ca')};
		const result = await createTls().readPair(paths, [host], now);
		const problems = 'problems' in result ? result.problems : [];
		return JSON.parse(JSON.stringify(problems).replaceAll(`${folder}/`, '')) as readonly Problem[];
	};
	const copyAgain = 'Copy the file again; lines may be missing or changed.';
	const notMixedUp = 'Check that tls.certificate, tls.key and tls.ca are not mixed up.';
	const without = (text: string, line: number): string => text.split('\n').toSpliced(line, 1).join('\n');
	const labelled = (label: string): string => good.cert.replaceAll('CERTIFICATE', label);

	type Case = readonly [title: string, change: () => Partial<Files> | Promise<Partial<Files>>, told: Told];

	test.each<Case>([
		[
			'a certificate cut off',
			() => ({certificate: good.cert.slice(0, 100)}),
			{
				code: 'tls-file-not-pem',
				message: 'The certificate file certificate is not in PEM form.',
				cause: 'It begins a PEM block that does not end; the file may be cut off.',
				fix: 'Copy the file again.',
			},
		],
		[
			'an empty CA',
			() => ({ca: ''}),
			{
				code: 'tls-file-not-pem',
				message: 'The CA certificate file ca is not in PEM form.',
				cause: 'It is empty.',
				fix: 'Ask those who issued it for the PEM form.',
			},
		],
		[
			'a text',
			() => ({key: 'hello'}),
			{
				code: 'tls-file-not-pem',
				message: 'The private key file key is not in PEM form.',
				cause: 'It holds no line of the form -----BEGIN ...-----.',
				fix: 'Ask those who issued it for the PEM form.',
			},
		],
		[
			'a certificate in DER',
			() => ({certificate: new X509Certificate(good.cert).raw}),
			{
				code: 'tls-file-not-pem',
				message: 'The certificate file certificate is not in PEM form.',
				cause: 'It holds a certificate in DER, not PEM.',
				fix: 'Convert it: openssl x509 -inform DER -in certificate -out certificate.pem',
			},
		],
		[
			'a key in DER, of the old form',
			() => ({
				key: generateKeyPairSync('ec', {namedCurve: 'P-256'}).privateKey.export({format: 'der', type: 'sec1'}),
			}),
			{
				code: 'tls-file-not-pem',
				message: 'The private key file key is not in PEM form.',
				cause: 'It holds a private key in DER, not PEM.',
				fix: 'Convert it: openssl pkey -inform DER -in key -out key.pem',
			},
		],
		[
			'something binary',
			() => ({ca: Buffer.from([0x30, 0x82, 1, 2, 3])}),
			{
				code: 'tls-file-not-pem',
				message: 'The CA certificate file ca is not in PEM form.',
				cause: 'It is binary, not PEM; it may be a PKCS#12 file (.p12, .pfx).',
				fix: 'Convert it: openssl pkcs12 -in ca -out ca.pem -nodes, then split certificate and key.',
			},
		],
		[
			'a key in the place of the CA',
			() => ({ca: good.key}),
			{
				code: 'tls-file-wrong-content',
				message: 'The file ca holds no CA certificate.',
				cause: 'It holds a key, not a certificate.',
				fix: notMixedUp,
			},
		],
		[
			'a certificate in the place of the key',
			() => ({key: good.cert}),
			{
				code: 'tls-file-wrong-content',
				message: 'The file key holds no private key.',
				cause: 'It holds a certificate, not a key.',
				fix: notMixedUp,
			},
		],
		[
			'a request',
			() => ({certificate: labelled('NEW CERTIFICATE REQUEST')}),
			{
				code: 'tls-file-wrong-content',
				message: 'The file certificate holds no certificate.',
				cause: 'It holds a certificate request that the CA has yet to sign.',
				fix: notMixedUp,
			},
		],
		[
			'a PKCS#7 file',
			() => ({certificate: labelled('PKCS7')}),
			{
				code: 'tls-file-wrong-content',
				message: 'The file certificate holds no certificate.',
				cause: 'It is PKCS#7; convert: openssl pkcs7 -print_certs -in certificate',
				fix: notMixedUp,
			},
		],
		[
			'parameters alone',
			() => ({key: labelled('DH PARAMETERS')}),
			{
				code: 'tls-file-wrong-content',
				message: 'The file key holds no private key.',
				cause: 'It holds DH PARAMETERS.',
				fix: notMixedUp,
			},
		],
		[
			'a key among certificates',
			() => ({certificate: good.cert + good.key}),
			{
				code: 'tls-key-among-certificates',
				message: 'The certificate file certificate also holds a private key.',
				cause: 'Certificates are handed on to servers and people; the key must not go with them.',
				fix: 'Move the key into a file of its own and name that in tls.key.',
			},
		],
		[
			'a damaged certificate',
			() => ({certificate: without(good.cert, 2)}),
			{
				code: 'tls-file-damaged',
				message: 'The certificate file certificate is damaged.',
				cause: expect.stringMatching(/^A certificate in it cannot be decoded: ./u) as string,
				fix: copyAgain,
			},
		],
		[
			'a damaged key',
			() => ({key: without(good.key, 1)}),
			{
				code: 'tls-file-damaged',
				message: 'The private key key is damaged.',
				cause: 'It cannot be decoded.',
				fix: copyAgain,
			},
		],
		[
			'an encrypted key of the old form',
			() => ({
				key: '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAA==\n-----END RSA PRIVATE KEY-----\n',
			}),
			{
				code: 'tls-key-encrypted',
				message: 'The private key key is encrypted.',
				cause: 'An ingress controller cannot ask for its passphrase.',
				fix: 'Make an unencrypted copy: openssl pkey -in key -out key.plain',
			},
		],
		[
			'a key of another certificate',
			async () => ({key: (await authority.issue({hosts: [host]})).key}),
			{
				code: 'tls-key-mismatch',
				message: 'The key key does not belong to the certificate certificate.',
				cause: 'Their public keys differ.',
				fix: 'Name the key that the certificate was requested with.',
			},
		],
		[
			'a short key',
			async () => {
				const {cert, key} = await authority.issue({hosts: [host], key: {rsaBits: 1024}});
				return {certificate: cert, key};
			},
			{
				code: 'tls-key-too-short',
				message: 'The key of the certificate certificate is too short.',
				cause: 'It is RSA with 1024 bits; clients refuse fewer than 2048.',
				fix: 'Have a certificate issued for a new key: RSA 2048 or longer, or EC P-256.',
			},
		],
		[
			'other names',
			async () => {
				const {cert, key} = await authority.issue({hosts: ['a.example.com', '*.mycompany.com']});
				return {certificate: cert, key};
			},
			{
				code: 'tls-host-not-covered',
				message: `The certificate certificate is not for ${host}.`,
				cause: 'It is for a.example.com, *.mycompany.com. "*.mycompany.com" covers one further label only.',
				fix: `Have a certificate issued with these subject alternative names: ${host}`,
			},
		],
		[
			'the name in the subject only',
			async () => {
				const {cert, key} = await authority.issue({hosts: [host], alternativeNames: false});
				return {certificate: cert, key};
			},
			{
				code: 'tls-host-not-covered',
				message: `The certificate certificate is not for ${host}.`,
				cause: 'The name is only in the subject (CN); clients look at the subject alternative names, and it has none.',
				fix: `Have a certificate issued with these subject alternative names: ${host}`,
			},
		],
		[
			'another subject and no names',
			async () => {
				const {cert, key} = await authority.issue({hosts: ['a.example'], alternativeNames: false});
				return {certificate: cert, key};
			},
			{
				code: 'tls-host-not-covered',
				message: `The certificate certificate is not for ${host}.`,
				cause: 'It has no subject alternative names.',
				fix: `Have a certificate issued with these subject alternative names: ${host}`,
			},
		],
		[
			'another CA',
			async () => ({ca: (await createAuthority({name: 'Another CA'})).caPem}),
			{
				code: 'tls-chain-not-to-ca',
				message: 'The certificate certificate does not lead to the CA ca.',
				cause: 'It leads to the issuer "CN=Internal CA"; the CA file holds "CN=Another CA".',
				fix: 'Append the missing intermediate certificates to certificate, or name the CA that signed it.',
			},
		],
		[
			'a CA of the same name',
			async () => ({ca: (await createAuthority({name: 'Internal CA'})).caPem}),
			{
				code: 'tls-chain-not-to-ca',
				message: 'The certificate certificate does not lead to the CA ca.',
				cause:
					'It leads to the issuer "CN=Internal CA"; the CA file holds "CN=Internal CA", of that name but with another key.',
				fix: 'Append the missing intermediate certificates to certificate, or name the CA that signed it.',
			},
		],
		[
			'an intermediate for a root',
			async () => {
				const issuing = await authority.intermediate({name: 'Issuing CA'});
				const {cert, key} = await issuing.issue({hosts: [host]});
				return {certificate: cert, key, ca: issuing.caPem.split(/(?<=-----END CERTIFICATE-----\n)/u)[0] ?? ''};
			},
			{
				code: 'tls-root-missing',
				message: 'The CA file ca does not hold the root certificate.',
				cause: 'It holds "CN=Issuing CA", issued by "CN=Internal CA"; most clients trust roots only.',
				fix: 'Append the certificate of "CN=Internal CA" to ca.',
			},
		],
		[
			'an intermediate in the CA file alone',
			async () => {
				const issuing = await authority.intermediate({name: 'Issuing CA'});
				const {cert, key} = await issuing.issue({hosts: [host]});
				const [leaf = '', above = ''] = cert.split(/(?<=-----END CERTIFICATE-----\n)/u);
				return {certificate: leaf, key, ca: above + authority.caPem};
			},
			{
				code: 'tls-intermediate-missing',
				message: 'The certificate file certificate lacks an intermediate certificate.',
				cause: '"CN=Issuing CA" is in the CA file only; clients know the root alone and get the rest from the server.',
				fix: 'Append it to certificate.',
			},
		],
		[
			'a CA in front of the certificate it issued',
			async () => {
				const issuing = await authority.intermediate({name: 'Issuing CA'});
				const {cert, key} = await issuing.issue({hosts: [host]});
				const [leaf = '', above = ''] = cert.split(/(?<=-----END CERTIFICATE-----\n)/u);
				return {certificate: `${leaf}${authority.caPem}${above}`, key};
			},
			{
				code: 'tls-chain-order',
				message: 'The certificates in certificate are in the wrong order.',
				cause: `Each must be followed by its issuer. Right: CN=${host} <- CN=Issuing CA <- CN=Internal CA.`,
				fix: 'Put the server certificate first, then its issuer, and so on; leave unrelated certificates out.',
			},
		],
		[
			'a server in the place of the CA',
			async () => {
				const {cert, key} = await selfSigned(host);
				return {certificate: cert, key, ca: cert};
			},
			{
				code: 'tls-ca-is-no-ca',
				message: 'The CA file ca holds a certificate that is not of a CA.',
				cause: `"CN=${host}" may not sign certificates (basic constraints).`,
				fix: 'Name the certificate of the CA itself, not that of a server.',
			},
		],
	])('%s is refused with its cause and the next move', async (_title, change, told) => {
		const problems = await problemsOf(await change());
		expect(problems).toHaveLength(1);
		const who = forPki.has(told.code) ? 'PKI team' : 'operator';
		expect(problems[0]).toMatchObject({...told, area: who === 'PKI team' ? 'prerequisites' : 'usage', who});
	});

	test('a certificate whose key is one further down is told which to put first', async () => {
		const other = await authority.issue({hosts: [host]});
		expect(await problemsOf({certificate: other.cert + good.cert})).toContainEqual(
			expect.objectContaining({
				code: 'tls-key-mismatch' satisfies ProblemCode,
				cause: `It belongs to "CN=${host}", which is not the first certificate of the file.`,
				fix: 'Put that certificate first in the file.',
			}),
		);
	});

	test('dates that are over or yet to come are told with the dates', async () => {
		const {cert, key} = await authority.issue({hosts: [host], validFrom: new Date(Date.UTC(2026, 0, 2)), days: 30});
		const soon = Date.UTC(2026, 5, 1);
		const early = Date.UTC(2026, 0, 1);
		const old = await createAuthority({name: 'Internal CA'});
		const find = async (now: number): Promise<Problem | undefined> =>
			(await problemsOf({certificate: cert, key, ca: old.caPem}, now)).find(
				({location}) => location?.file === 'certificate',
			);
		expect(await find(soon)).toMatchObject({
			code: 'tls-expired' satisfies ProblemCode,
			message: `The certificate "CN=${host}" in certificate has expired.`,
			cause: 'It was valid until 2026-02-01 00:00 UTC.',
			fix: 'Have it renewed.',
			answers: ['tls.certificate'],
		});
		expect(await find(early)).toMatchObject({
			code: 'tls-not-yet-valid' satisfies ProblemCode,
			message: `The certificate "CN=${host}" in certificate is not valid yet.`,
			cause: "It is valid from 2026-01-02 00:00 UTC; this host's clock says 2026-01-01 00:00 UTC.",
			fix: "Check this host's clock, or wait until then.",
		});
	});

	test('a file that is not there is told as such, a trust store too', async () => {
		const paths = {certificate: join(folder, 'none'), key: folder, ca: join(folder, 'none')};
		const result = await createTls().readPair(paths, [host], Date.now());
		expect('problems' in result && result.problems[0]).toMatchObject({
			code: 'tls-file-unreadable' satisfies ProblemCode,
			message: `There is no certificate file at ${join(folder, 'none')}.`,
			cause: 'No file has that name.',
			fix: 'Correct tls.certificate, or put the file there.',
		});
		expect(await problemOf(createTls({trustStore: folder}).hostTrusts(authority.caPem))).toMatchObject({
			code: 'trust-store-unreadable' satisfies ProblemCode,
			message: `The trust store ${folder} cannot be read.`,
			cause: 'Reading it failed. It is a folder, but a file was expected.',
			fix: 'Name the file with the CA certificates that this host trusts in network.trustStore.',
		});
	});

	test('a certificate for clients alone is refused as one for servers', async () => {
		const algorithm = {name: 'ECDSA', namedCurve: 'P-256'};
		const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
		const certificate = await X509CertificateGenerator.createSelfSigned({
			name: `CN=${host}`,
			keys,
			signingAlgorithm: {name: 'ECDSA', hash: 'SHA-256'},
			extensions: [new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2'])],
		});
		const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
		expect(await problemsOf({certificate: `${certificate.toString('pem')}\n`, key})).toContainEqual(
			expect.objectContaining({
				code: 'tls-not-for-servers' satisfies ProblemCode,
				message: 'The certificate certificate is not for servers.',
				cause: 'Its extended key usage lacks server authentication (serverAuth).',
				fix: 'Have one issued with the profile for web servers.',
			}),
		);
	});
});
