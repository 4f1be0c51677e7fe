import {createPrivateKey, type KeyObject, X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {errnoWords} from '../base/errno.ts';
import type {Problem} from '../base/problem.ts';
import type {CaseOf, Circumstances} from '../base/problem-table.ts';
import {networkProblems} from './problems.ts';
import type {CertificateFacts} from './types.ts';

/** One of the three files of a TLS pair; `part` is also the last part of the answer's path. */
export type TlsFile<Part extends 'certificate' | 'key' | 'ca' = 'certificate' | 'key' | 'ca'> = {
	readonly part: Part;
	readonly path: string;
};

/** What a file holds, or why it is of no use. */
export type Read<Value> = {readonly value: Value} | {readonly problem: Problem};

const expected = {certificate: 'certificate', key: 'private key', ca: 'CA certificate'} as const;

/** What problems with a file say of it. */
const wordsFor = ({part, path}: TlsFile) => ({file: path, what: expected[part]});

/** Where a problem with a file is, and which answer mends it. */
export const placeOf = ({part, path}: TlsFile): Circumstances => ({
	answers: [`tls.${part}`],
	location: {file: path},
});

const readBytes = async (file: TlsFile): Promise<Read<Buffer>> => {
	try {
		return {value: await readFile(file.path)};
	} catch (error) {
		const why = errnoWords(error, 'read');
		const given = {...wordsFor(file), answer: `tls.${file.part}`, why};
		return {problem: networkProblems.problem('tls-file-unreadable', given, placeOf(file))};
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

const isDerKey = (key: Buffer): boolean =>
	(['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => parses(() => createPrivateKey({key, format: 'der', type})));

/** What a file without a PEM block holds. */
const binaryKind = (bytes: Buffer): CaseOf<typeof networkProblems.table, 'tls-file-not-pem'> => {
	if (bytes.includes('-----BEGIN')) return 'cut off';
	if (bytes.length === 0) return 'empty';
	// An ASN.1 SEQUENCE starts with 0x30 (X.690): every DER certificate, key and PKCS#12 file does.
	if (bytes[0] !== 0x30) return 'text';
	if (parses(() => new X509Certificate(bytes))) return 'DER certificate';
	return isDerKey(bytes) ? 'DER key' : 'binary';
};

type Block = {readonly label: string; readonly text: string};

/** The PEM blocks of a text (RFC 7468), in order. */
const blocksOf = (text: string): readonly Block[] =>
	[...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/gu)].map(([whole, label = '']) => ({
		label,
		text: whole,
	}));

const readBlocks = async (file: TlsFile): Promise<Read<readonly Block[]>> => {
	const read = await readBytes(file);
	if ('problem' in read) return read;
	const blocks = blocksOf(read.value.toString('utf8'));
	if (blocks.length > 0) return {value: blocks};
	const given = {case: binaryKind(read.value), ...wordsFor(file)};
	return {problem: networkProblems.problem('tls-file-not-pem', given, placeOf(file))};
};

const isKey = ({label}: Block): boolean => label.endsWith('PRIVATE KEY');
const certificateLabels = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);
const isCertificate = ({label}: Block): boolean => certificateLabels.has(label);

/** The one thing that a file holds in the place of what it should; undefined where it is something that nobody thought of. */
const mixedUp = (blocks: readonly Block[]) => {
	if (blocks.some(isKey)) return 'key';
	if (blocks.some(isCertificate)) return 'certificate';
	if (blocks.some(({label}) => label.endsWith('CERTIFICATE REQUEST'))) return 'request';
	return blocks.some(({label}) => label === 'PKCS7') ? 'PKCS#7' : undefined;
};

const wrongContent = (file: TlsFile, blocks: readonly Block[]): Problem => {
	const which = mixedUp(blocks);
	const labels = blocks.map(({label}) => label).join(', ');
	return which === undefined
		? networkProblems.problem('tls-file-wrong-content', {case: 'other', ...wordsFor(file), labels}, placeOf(file))
		: networkProblems.problem('tls-file-wrong-content', {case: which, ...wordsFor(file)}, placeOf(file));
};

/** The certificates of a PEM file, in the file's order, with the text that was read. */
export const readCertificates = async (
	file: TlsFile<'certificate' | 'ca'>,
): Promise<Read<{readonly certificates: readonly X509Certificate[]; readonly pem: string}>> => {
	const read = await readBlocks(file);
	if ('problem' in read) return read;
	const texts = read.value.filter(isCertificate).map(({text}) => text);
	if (texts.length === 0) return {problem: wrongContent(file, read.value)};
	if (read.value.some(isKey))
		return {problem: networkProblems.problem('tls-key-among-certificates', wordsFor(file), placeOf(file))};
	try {
		return {value: {certificates: texts.map((text) => new X509Certificate(text)), pem: `${texts.join('\n')}\n`}};
	} catch (error) {
		const given = {case: 'certificate', ...wordsFor(file), words: (error as Error).message} as const;
		return {problem: networkProblems.problem('tls-file-damaged', given, placeOf(file))};
	}
};

/** PKCS#8 says so in its label, the older forms in a header (RFC 1421, 4.6.1.1). */
const isEncrypted = ({label, text}: Block): boolean =>
	label === 'ENCRYPTED PRIVATE KEY' || text.includes('Proc-Type: 4,ENCRYPTED');

/** The private key of a PEM file. No problem ever holds any of it. */
export const readKey = async (path: string): Promise<Read<{readonly key: KeyObject; readonly pem: string}>> => {
	const file = {part: 'key', path} as const;
	const read = await readBlocks(file);
	if ('problem' in read) return read;
	const block = read.value.find(isKey);
	if (!block) return {problem: wrongContent(file, read.value)};
	const {location} = placeOf(file);
	if (isEncrypted(block)) return {problem: networkProblems.problem('tls-key-encrypted', {file: path}, {location})};
	try {
		return {value: {key: createPrivateKey(block.text), pem: `${block.text}\n`}};
	} catch {
		return {problem: networkProblems.problem('tls-file-damaged', {case: 'key', file: path}, placeOf(file))};
	}
};

/** DNS names and IP addresses of the SAN. Node writes `DNS:a, IP Address:b`, odd names as JSON strings. */
export const namesOf = ({subjectAltName}: X509Certificate): readonly string[] =>
	[...(subjectAltName ?? '').matchAll(/(?:^|, )(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/gu)].map(([, name = '']) =>
		name.startsWith('"') ? String(JSON.parse(name)) : name,
	);

/** A distinguished name on one line; Node gives each part a line of its own. */
export const distinguishedName = (name: string): string => name.replaceAll('\n', ', ');

/** What the tool shows of a certificate. */
export const factsOf = (certificate: X509Certificate): CertificateFacts => ({
	subject: distinguishedName(certificate.subject),
	issuer: distinguishedName(certificate.issuer),
	names: namesOf(certificate),
	notBefore: Date.parse(certificate.validFrom),
	notAfter: Date.parse(certificate.validTo),
	fingerprint: certificate.fingerprint256,
	isCa: certificate.ca,
});
