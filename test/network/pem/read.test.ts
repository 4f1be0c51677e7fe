import {execFileSync, spawnSync} from 'node:child_process';
import {createPrivateKey, generateKeyPairSync, type JsonWebKey, X509Certificate} from 'node:crypto';
import {symlink} from 'node:fs/promises';
import {beforeAll, describe, expect, test} from 'vitest';
import type {Problem, ProblemCode} from '../../../source/base/problem.ts';
import {pemFile} from '../../../source/network/pem/file.ts';
import {readPem} from '../../../source/network/pem/read.ts';
import {pairsIn} from '../pairs.ts';
import {type Made, make} from '../pki.ts';

const {write} = pairsIn();
let one: Made;
let two: Made;
let both: string;

beforeAll(async () => {
	one = await make({name: 'One'});
	two = await make({name: 'Two'});
	both = one.pem + two.pem;
});

const answers = ['tls.ca', 'registry.ca', 'database.ca'] as const;

const readAt = async (path: string, answer: string) => readPem(pemFile(answer, path));

/** What is told of a text, the same for every answer that names a CA. */
const told = async (content: string | Buffer): Promise<Problem> => {
	const path = await write(content);
	const found = await Promise.all(answers.map(async (answer) => readAt(path, answer)));
	const problems = found.map((read, index) => {
		if (!('problem' in read)) throw new Error('It was read');
		expect(read.problem.answers).toEqual([answers[index]]);
		expect(read.problem.location?.file).toBe(path);
		const {answers: _answers, ...same} = read.problem;
		return JSON.parse(
			JSON.stringify(same)
				.replaceAll(path, 'FILE')
				.replaceAll(answers[index] ?? '', 'ANSWER'),
		);
	});
	const [first, ...others] = problems.map((problem) => ({...problem, fix: ''}));
	for (const other of others) expect(other).toEqual(first);
	return problems[0];
};

const handedOn = async (content: string | Buffer, answer = 'tls.ca'): Promise<string> => {
	const read = await readAt(await write(content), answer);
	if ('problem' in read) throw new Error(`${read.problem.message} ${read.problem.cause}`);
	return read.value;
};

const glued = (): string => both.replace('CERTIFICATE-----\n-----BEGIN', 'CERTIFICATE----------BEGIN');
const notPem: ProblemCode = 'tls-file-not-pem';
const message = 'The CA certificate file FILE is not in PEM form.';

/** Lines of the first certificate; a signature is not always of the same length. */
const end = (): number => one.pem.trimEnd().split('\n').length;

/** `LINE` stands for the line in the words. */
type Case = readonly [
	title: string,
	content: () => string | Buffer,
	cause: string,
	fix: string,
	line: (() => number) | undefined,
];

describe('a file for a CA is refused by name, whichever answer names it:', () => {
	test.each<Case>([
		[
			'two certificates glued together',
			glued,
			'In line LINE one block ends and the next begins; strict readers find neither.',
			'Put a line break between -----END ...----- and -----BEGIN ...----- in line LINE.',
			end,
		],
		[
			'line breaks that were escaped',
			() => one.pem.replaceAll('\n', '\\n'),
			'In line LINE a BEGIN or END mark is damaged, or not alone on its line.',
			'Put -----BEGIN ...----- and -----END ...----- on lines of their own, with five dashes on either side.',
			() => 1,
		],
		[
			'a dash too few at a later block',
			() => both.replace(/\n-----BEGIN/u, '\n----BEGIN'),
			'In line LINE a BEGIN or END mark is damaged, or not alone on its line.',
			'Put -----BEGIN ...----- and -----END ...----- on lines of their own, with five dashes on either side.',
			() => end() + 1,
		],
		[
			'a last certificate that is cut off',
			() => both.slice(0, -60),
			'It begins a PEM block that does not end; the file may be cut off.',
			'Copy the file again.',
			() => end() + 1,
		],
		[
			'a first certificate that is cut off',
			() => `${one.pem.slice(0, 200)}\n${two.pem}`,
			'It begins a PEM block that does not end; the file may be cut off.',
			'Copy the file again.',
			() => 5,
		],
		[
			'an end alone',
			() => one.pem.split('\n').slice(3).join('\n') + two.pem,
			'In line LINE a block ends that never began; the beginning may be missing.',
			'Copy the file again.',
			() => end() - 3,
		],
		[
			'an end of another name',
			() => one.pem.replace('END CERTIFICATE', 'END X509 CRL'),
			'In line LINE a block ends under another name than it began with.',
			'Copy the file again.',
			end,
		],
		[
			'UTF-16',
			() => Buffer.from(`\ufeff${one.pem}`, 'utf16le'),
			'Its text is in UTF-16, as some Windows programs write it.',
			'Convert it: iconv -f UTF-16 -t ASCII FILE > FILE.pem',
			undefined,
		],
		[
			'UTF-16 without a mark',
			() => Buffer.from(one.pem, 'utf16le'),
			'Its text is in UTF-16, as some Windows programs write it.',
			'Convert it: iconv -f UTF-16 -t ASCII FILE > FILE.pem',
			undefined,
		],
		[
			'a web page',
			() => '\n<!DOCTYPE html><html><title>Log in</title></html>',
			'It is a web page; a login page may have been saved in the place of the file.',
			'Fetch the file again, and look into it.',
			undefined,
		],
		[
			'base64 alone',
			() => new X509Certificate(one.pem).raw.toString('base64'),
			'It holds base64 without the lines around it.',
			'Decode it, then convert it: base64 -d FILE | openssl x509 -inform DER -out FILE.pem',
			undefined,
		],
		[
			'DER',
			() => new X509Certificate(one.pem).raw,
			'It holds a certificate in DER, not PEM.',
			'Convert it: openssl x509 -inform DER -in FILE -out FILE.pem',
			undefined,
		],
		[
			'PKCS#7 in DER',
			() => Buffer.from('3082010006092a864886f70d010702a0820100', 'hex'),
			'It is PKCS#7 (.p7b, .p7c) in DER, not PEM.',
			'Convert it: openssl pkcs7 -inform DER -print_certs -in FILE -out FILE.pem',
			undefined,
		],
		[
			'PKCS#12',
			() => Buffer.from('30820100020103308200f006092a864886f70d010701', 'hex'),
			'It is a PKCS#12 file (.p12, .pfx), not PEM.',
			'Convert it: openssl pkcs12 -in FILE -out FILE.pem -nodes, then split certificate and key.',
			undefined,
		],
		['blanks', () => '\n \n', 'It is empty.', 'Ask those who issued it for the PEM form.', undefined],
	])('%s', async (_title, content, cause, fix, line) => {
		const location = line === undefined ? {file: 'FILE'} : {file: 'FILE', line: line()};
		const spoken = (text: string): string => text.replace('LINE', String(line?.()));
		const words = {cause: spoken(cause), fix: spoken(fix)};
		expect(await told(content())).toMatchObject({code: notPem, message, ...words, location});
	});

	test('the form of OpenSSL alone, also behind a good certificate', async () => {
		const trusted = two.pem.replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE');
		for (const content of [trusted, one.pem + trusted])
			expect(await told(content)).toMatchObject({
				code: 'tls-certificate-of-openssl' satisfies ProblemCode,
				message: 'The CA certificate file FILE holds a certificate in a form of OpenSSL alone.',
				cause: 'It is labelled TRUSTED CERTIFICATE; Python, Go and browsers pass over it.',
				fix: 'Convert it: openssl x509 -in FILE -out FILE.pem',
			});
	});

	test('a block that no reader knows', async () => {
		expect(await told(one.pem + two.pem.replaceAll(' CERTIFICATE', ' CERTIFICAT'))).toMatchObject({
			code: 'tls-file-strange-block' satisfies ProblemCode,
			message: 'The CA certificate file FILE holds more than certificates.',
			cause: `The block that begins in line ${end() + 1} is labelled CERTIFICAT, which no reader of certificates knows.`,
			fix: 'Take that block out, or correct its label.',
		});
	});

	test.each([
		['one without a line of base64', () => one.pem.split('\n').toSpliced(3, 1).join('\n')],
		['one with other characters', () => one.pem.replace('\nM', '\n*')],
		['bytes behind the end of one', () => armoured(Buffer.concat([derOf(one), Buffer.from('extra')]))],
		['a length that is written the long way', () => armoured(longWay(derOf(one)))],
	])('%s', async (_title, content) => {
		expect(await told(content())).toMatchObject({
			code: 'tls-file-damaged' satisfies ProblemCode,
			message: 'The CA certificate file FILE is damaged.',
			cause: expect.stringMatching(/^A certificate in it cannot be decoded: ./u),
			location: {line: 1},
		});
	});

	test('a private key in its place or beside it', async () => {
		expect(await told(one.key)).toMatchObject({
			code: 'tls-file-wrong-content' satisfies ProblemCode,
			cause: 'It holds a key, not a certificate.',
			fix: 'Check that tls.certificate, tls.key and ANSWER are not mixed up.',
		});
		expect(await told(one.pem + one.key)).toMatchObject({
			code: 'tls-key-among-certificates' satisfies ProblemCode,
			fix: 'Move the key into a file of its own and name that in tls.key.',
		});
	});
});

const derOf = ({pem}: Made): Buffer => new X509Certificate(pem).raw;
const armoured = (der: Buffer): string =>
	['-----BEGIN CERTIFICATE-----', der.toString('base64'), '-----END CERTIFICATE-----', ''].join('\n');
/** The same certificate with a zero before the length of its outermost SEQUENCE, which BER allows and DER does not. */
const longWay = (der: Buffer): Buffer => Buffer.concat([Buffer.from([0x30, 0x83, 0]), der.subarray(2)]);

test('the moves for files of the registry and the database name their own answers', async () => {
	const fixOf = async (content: string, answer: string) => {
		const read = await readAt(await write(content), answer);
		return 'problem' in read ? read.problem.fix : undefined;
	};
	expect(await fixOf(one.key, 'registry.ca')).toBe(
		'Check that registry.ca, registry.clientCertificate and registry.clientKey are not mixed up.',
	);
	expect(await fixOf(one.key, 'database.ca')).toBe('Check that database.ca and tls.ca are not mixed up.');
	expect(await fixOf(one.key, '--ca')).toBe('Check that --ca and other files are not mixed up.');
	expect(await fixOf(one.pem + one.key, 'database.ca')).toBe('Take the key out of that file.');
	const encrypted = createPrivateKey(one.key)
		.export({format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x'})
		.toString();
	const path = await write(encrypted);
	expect(await readAt(path, 'registry.clientKey')).toMatchObject({
		problem: {
			code: 'tls-key-encrypted' satisfies ProblemCode,
			cause: 'There is no answer for its passphrase.',
			fix: `Make an unencrypted copy: openssl pkey -in ${path} -out ${path}.plain`,
			answers: ['registry.clientKey'],
		},
	});
});

test('certificate and key of a client may lie in one file, as curl takes them', async () => {
	expect(await handedOn(one.key + one.pem, 'registry.clientCertificate')).toBe(one.pem);
	expect(await handedOn(one.key + one.pem, 'registry.clientKey')).toBe(one.key);
});

test('pipes, devices and files without end are not waited for', async () => {
	const pipe = `${await write('')}-pipe`;
	execFileSync('mkfifo', [pipe]);
	const whyOf = async (path: string) => {
		const read = await readAt(path, 'database.ca');
		return 'problem' in read ? [read.problem.code, read.problem.cause, read.problem.fix] : [];
	};
	const fix = 'Correct database.ca, or give this user the right to read the file.';
	const refused = (why: string) => ['tls-file-unreadable', `Reading it failed. ${why}`, fix];
	expect(await whyOf(pipe)).toEqual(refused('It is a pipe, but a file was expected.'));
	const link = `${pipe}-link`;
	await symlink('/dev/zero', link);
	expect(await whyOf(link)).toEqual(refused('It is a device, but a file was expected.'));
	expect(await whyOf(await write(Buffer.alloc(2 * 1024 * 1024, 45)))).toEqual(
		refused('It is larger than 1.0 MiB, which no file of certificates needs.'),
	);
});

test('a line as long as a file may be is read in time', async () => {
	for (const piece of ['-', '-----BEGIN ', '----- BEGIN', 'END A', '--END KEY', 'BEGIN '])
		expect((await told(piece.repeat(Math.floor(1_000_000 / piece.length)))).code).toBe(notPem);
});

const lenient: readonly (readonly [string, (text: string) => string | Buffer])[] = [
	['line breaks of Windows', (text) => text.replaceAll('\n', '\r\n')],
	['a mark of UTF-8', (text) => `\ufeff${text}`],
	['text around', (text) => `subject=CN = Zürich\n\n${text}\n# end\n`],
	['comments with dashes', (text) => `# --- BEGIN OF OUR CAs ---\n${text}# ---- end of our CAs ----\n`],
	['the older label', (text) => text.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE')],
	['lines of another length', (text) => text.replaceAll(/(?<=[A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])/gu, '')],
	['indented lines', (text) => text.replaceAll(/^/gmu, '    ')],
	['a revocation list beside', (text) => `${text}-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n`],
];

test.each(lenient)('%s: what is handed on is what every reader takes', async (_title, change) => {
	expect(await handedOn(change(both))).toBe(both);
});

const hasPython = spawnSync('python3', ['-c', 'import ssl']).status === 0;
const load =
	'import ssl,sys; c=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); c.load_verify_locations(cadata=sys.stdin.read()); print(len(c.get_ca_certs()))';
const inPython = (input: string) => spawnSync('python3', ['-c', load], {input, encoding: 'utf8'}).stdout.trim();

test.skipIf(!hasPython)('Python loads what is handed on, and not what is refused (needs python3)', async () => {
	expect(inPython(glued())).toBe('');
	for (const [, change] of lenient) expect(inPython(await handedOn(change(both)))).toBe('2');
});

describe('a private key', () => {
	const keyFile = async (content: string) => readAt(await write(content), 'tls.key');
	const rsa = (): JsonWebKey =>
		generateKeyPairSync('rsa', {modulusLength: 2048}).privateKey.export({format: 'jwk'}) as JsonWebKey;
	const pkcs8 = (key: JsonWebKey): string =>
		createPrivateKey({key, format: 'jwk'}).export({format: 'pem', type: 'pkcs8'}).toString();

	test.each(['d', 'dp', 'dq', 'qi'] as const)('of RSA whose %s was changed is refused, as Go does', async (part) => {
		const key = rsa();
		const number = Buffer.from(key[part] ?? '', 'base64url');
		number[number.length - 1] = (number.at(-1) ?? 0) ^ 2;
		expect(await keyFile(pkcs8({...key, [part]: number.toString('base64url')}))).toMatchObject({
			problem: {code: 'tls-file-damaged' satisfies ProblemCode, cause: 'It cannot be decoded.'},
		});
		expect(await keyFile(pkcs8(key))).toEqual({value: pkcs8(key)});
	});

	test('of EC with a version that OpenSSL passes over is handed on with the right one', async () => {
		const der = createPrivateKey(one.key).export({format: 'der', type: 'pkcs8'});
		const version = der.indexOf(Buffer.from('0201010420', 'hex')) + 2;
		der[version] = 0x69;
		const odd = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
		expect(await keyFile(odd)).toEqual({value: one.key});
	});

	test.each(['pkcs1', 'pkcs8'] as const)('in the form %s stays in it', async (type) => {
		const pem = createPrivateKey({key: rsa(), format: 'jwk'}).export({format: 'pem', type}).toString();
		expect(await keyFile(`Bag Attributes\r\n${pem.replaceAll('\n', '\r\n')}`)).toEqual({value: pem});
	});

	test('of EC behind its parameters is read, as openssl ecparam writes it', async () => {
		const pem = createPrivateKey(one.key).export({format: 'pem', type: 'sec1'}).toString();
		const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
		expect(await keyFile(parameters + pem)).toEqual({value: pem});
	});
});
