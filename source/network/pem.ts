import {createPrivateKey, type KeyObject, X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {type Problem, problem} from '../base/problem.ts';
import type {CertificateFacts} from './types.ts';

/** Which of the three files of a TLS pair; also the last part of the answer's path. */
export type TlsFile = 'certificate' | 'key' | 'ca';

type Named<Value> = {readonly value: Value} | {readonly problem: Problem};

const expected: Readonly<Record<TlsFile, string>> = {
	certificate: 'certificate',
	key: 'private key',
	ca: 'CA certificate',
};

/** A problem with one of the files. */
export const fileProblem = (
	file: TlsFile,
	path: string,
	code: string,
	text: {readonly message: string; readonly cause: string; readonly fix: string},
): Problem => problem({code, area: 'prerequisites', answers: [`tls.${file}`], location: {file: path}, ...text});

const readCauses: Readonly<Record<string, string>> = {
	ENOENT: 'There is no such file.',
	EACCES: 'This user may not read it.',
	EISDIR: 'It is a folder.',
};

const readBytes = async (file: TlsFile, path: string): Promise<Named<Buffer>> => {
	try {
		return {value: await readFile(path)};
	} catch (error) {
		const {code = '', message} = error as NodeJS.ErrnoException;
		return {
			problem: fileProblem(file, path, 'tls-file-unreadable', {
				message: `The ${expected[file]} file ${path} cannot be read.`,
				cause: readCauses[code] ?? message,
				fix: `Correct tls.${file}, or give this user the right to read the file.`,
			}),
		};
	}
};

const parses = (parse: () => unknown): boolean => {
	try {
		parse();
		return true;
	} catch {
		return false;
	}
};

/** What a file without a PEM block holds, and how OpenSSL makes PEM of it. */
const binaryKind = (bytes: Buffer, path: string): {readonly cause: string; readonly fix: string} => {
	if (bytes.includes('-----BEGIN'))
		return {
			cause: 'It begins a PEM block that does not end; the file may be cut off.',
			fix: 'Copy the file again.',
		};
	// An ASN.1 SEQUENCE starts with 0x30 (X.690): every DER certificate, key and PKCS#12 file does.
	if (bytes[0] !== 0x30)
		return {
			cause: bytes.length === 0 ? 'It is empty.' : 'It holds no line of the form -----BEGIN ...-----.',
			fix: 'Ask those who issued it for the PEM form.',
		};
	if (parses(() => new X509Certificate(bytes)))
		return {
			cause: 'It holds a certificate in DER, not PEM.',
			fix: `Convert it: openssl x509 -inform DER -in ${path} -out ${path}.pem`,
		};
	if (
		['pkcs8', 'pkcs1', 'sec1'].some((type) =>
			parses(() => createPrivateKey({key: bytes, format: 'der', type: type as 'pkcs8'})),
		)
	)
		return {
			cause: 'It holds a private key in DER, not PEM.',
			fix: `Convert it: openssl pkey -inform DER -in ${path} -out ${path}.pem`,
		};
	return {
		cause: 'It is binary, not PEM; it may be a PKCS#12 file (.p12, .pfx).',
		fix: `Convert it: openssl pkcs12 -in ${path} -out ${path}.pem -nodes, then split certificate and key.`,
	};
};

type Block = {readonly label: string; readonly text: string};

/** The PEM blocks of a text (RFC 7468), in order. */
const blocksOf = (text: string): readonly Block[] =>
	[...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/gu)].map(([whole, label = '']) => ({
		label,
		text: whole,
	}));

const readBlocks = async (file: TlsFile, path: string): Promise<Named<readonly Block[]>> => {
	const read = await readBytes(file, path);
	if ('problem' in read) return read;
	const blocks = blocksOf(read.value.toString('utf8'));
	if (blocks.length > 0) return {value: blocks};
	return {
		problem: fileProblem(file, path, 'tls-file-not-pem', {
			message: `The ${expected[file]} file ${path} is not in PEM form.`,
			...binaryKind(read.value, path),
		}),
	};
};

const wrongContent = (file: TlsFile, path: string, cause: string): Problem =>
	fileProblem(file, path, 'tls-file-wrong-content', {
		message: `The file ${path} holds no ${expected[file]}.`,
		cause,
		fix: 'Check that tls.certificate, tls.key and tls.ca are not mixed up.',
	});

const isKey = ({label}: Block): boolean => label.endsWith('PRIVATE KEY');
const certificateLabels = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);

/** The certificates of a PEM file, in the file's order, with the text that was read. */
export const readCertificates = async (
	file: 'certificate' | 'ca',
	path: string,
): Promise<Named<{readonly certificates: readonly X509Certificate[]; readonly pem: string}>> => {
	const read = await readBlocks(file, path);
	if ('problem' in read) return read;
	const blocks = read.value;
	const certificates = blocks.filter(({label}) => certificateLabels.has(label));
	if (certificates.length === 0) {
		if (blocks.some(isKey)) return {problem: wrongContent(file, path, 'It holds a key, not a certificate.')};
		if (blocks.some(({label}) => label.endsWith('CERTIFICATE REQUEST')))
			return {problem: wrongContent(file, path, 'It holds a certificate request that the CA has yet to sign.')};
		if (blocks.some(({label}) => label === 'PKCS7'))
			return {
				problem: wrongContent(file, path, `It is PKCS#7; convert: openssl pkcs7 -print_certs -in ${path}`),
			};
		return {problem: wrongContent(file, path, `It holds ${blocks.map(({label}) => label).join(', ')}.`)};
	}
	if (blocks.some(isKey))
		return {
			problem: fileProblem(file, path, 'tls-key-among-certificates', {
				message: `The ${expected[file]} file ${path} also holds a private key.`,
				cause: 'Certificates are handed on to servers and people; the key must not go with them.',
				fix: 'Move the key into a file of its own and name that in tls.key.',
			}),
		};
	try {
		return {
			value: {
				certificates: certificates.map(({text}) => new X509Certificate(text)),
				pem: `${certificates.map(({text}) => text).join('\n')}\n`,
			},
		};
	} catch (error) {
		return {
			problem: fileProblem(file, path, 'tls-file-damaged', {
				message: `The ${expected[file]} file ${path} is damaged.`,
				cause: `A certificate in it cannot be decoded: ${(error as Error).message}`,
				fix: 'Copy the file again; lines may be missing or changed.',
			}),
		};
	}
};

/** The private key of a PEM file. No problem ever holds any of it. */
export const readKey = async (path: string): Promise<Named<{readonly key: KeyObject; readonly pem: string}>> => {
	const read = await readBlocks('key', path);
	if ('problem' in read) return read;
	const block = read.value.find(isKey);
	if (!block)
		return {
			problem: wrongContent(
				'key',
				path,
				read.value.some(({label}) => certificateLabels.has(label))
					? 'It holds a certificate, not a key.'
					: `It holds ${read.value.map(({label}) => label).join(', ')}.`,
			),
		};
	if (block.label === 'ENCRYPTED PRIVATE KEY' || block.text.includes('Proc-Type: 4,ENCRYPTED'))
		return {
			problem: fileProblem('key', path, 'tls-key-encrypted', {
				message: `The private key ${path} is encrypted.`,
				cause: 'An ingress controller cannot ask for its passphrase.',
				fix: `Make an unencrypted copy: openssl pkey -in ${path} -out ${path}.plain`,
			}),
		};
	try {
		return {value: {key: createPrivateKey(block.text), pem: `${block.text}\n`}};
	} catch {
		return {
			problem: fileProblem('key', path, 'tls-file-damaged', {
				message: `The private key ${path} is damaged.`,
				cause: 'It cannot be decoded.',
				fix: 'Copy the file again; lines may be missing or changed.',
			}),
		};
	}
};

/** DNS names and IP addresses of the SAN. Node writes `DNS:a, IP Address:b`, odd names as JSON strings. */
export const namesOf = ({subjectAltName}: X509Certificate): readonly string[] =>
	[...(subjectAltName ?? '').matchAll(/(?:^|, )(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/gu)].map(([, name = '']) =>
		name.startsWith('"') ? String(JSON.parse(name)) : name,
	);

/** A distinguished name on one line. */
export const oneLine = (name: string): string => name.replaceAll('\n', ', ');

/** What the tool shows of a certificate. */
export const factsOf = (certificate: X509Certificate): CertificateFacts => ({
	subject: oneLine(certificate.subject),
	issuer: oneLine(certificate.issuer),
	names: namesOf(certificate),
	notBefore: Date.parse(certificate.validFrom),
	notAfter: Date.parse(certificate.validTo),
	fingerprint: certificate.fingerprint256,
	isCa: certificate.ca,
});
