import type {KeyObject, X509Certificate} from 'node:crypto';
import {printable} from '../../base/printable.ts';
import type {Problem} from '../../base/problem.ts';
import {certificateOf} from '../certificate.ts';
import {networkProblems} from '../problems.ts';
import {isUtf16, kindWithoutBlocks} from './binary.ts';
import {type Block, blocksOf, bytesOf, pemOf} from './blocks.ts';
import {type PemFile, placeOf, type Read, readBytes, wordsFor} from './file.ts';
import {keyOf} from './key.ts';

const notPem = (file: PemFile, bytes: Buffer): {readonly problem: Problem} => {
	const given = {case: isUtf16(bytes) ? 'UTF-16' : kindWithoutBlocks(bytes), ...wordsFor(file)} as const;
	return {problem: networkProblems.problem('tls-file-not-pem', given, placeOf(file))};
};

const blocksIn = (file: PemFile, bytes: Buffer): Read<readonly Block[]> => {
	if (isUtf16(bytes)) return notPem(file, bytes);
	// The lines that count are ASCII; what stands between them may be in any encoding, a mark before them is no part of them.
	const found = blocksOf(bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/u, ''));
	if ('blocks' in found) return found.blocks.length > 0 ? {value: found.blocks} : notPem(file, bytes);
	const {kind, line} = found.fault;
	const given = {case: kind, line, ...wordsFor(file)};
	return {problem: networkProblems.problem('tls-file-not-pem', given, placeOf(file, line))};
};

const isKey = ({label}: Block): boolean => label.endsWith('PRIVATE KEY');
// The second is the older name of the first (RFC 7468, 5.3).
const certificateLabels = new Set(['CERTIFICATE', 'X509 CERTIFICATE']);
const isCertificate = ({label}: Block): boolean => certificateLabels.has(label);
const isTrusted = ({label}: Block): boolean => label === 'TRUSTED CERTIFICATE';

// What tools write beside certificates, and every reader passes over.
const isUsualCompany = ({label}: Block): boolean => /PARAMETERS$|^X509 CRL$|PUBLIC KEY$/u.test(label);

/** The one thing that a file holds in the place of what it should; undefined where it is something that nobody thought of. */
const mixedUp = (blocks: readonly Block[]) => {
	if (blocks.some(isKey)) return 'key';
	if (blocks.some((one) => isCertificate(one) || isTrusted(one))) return 'certificate';
	if (blocks.some(({label}) => label.endsWith('CERTIFICATE REQUEST'))) return 'request';
	return blocks.some(({label}) => label === 'PKCS7') ? 'PKCS#7' : undefined;
};

/** The answers whose files are easily taken for each other. */
const neighbours = (answer: string): string => {
	if (answer.startsWith('tls.')) return 'tls.certificate, tls.key and tls.ca';
	if (answer.startsWith('registry.')) return 'registry.ca, registry.clientCertificate and registry.clientKey';
	return /(?:^|\.)database(?:\.server)?\.ca$/u.test(answer) ? `${answer} and tls.ca` : `${answer} and other files`;
};

const wrongContent = (file: PemFile, blocks: readonly Block[]): Problem => {
	const which = mixedUp(blocks);
	const labels = blocks.map(({label}) => printable(label)).join(', ');
	const given = {...wordsFor(file), neighbours: neighbours(file.answer)};
	return which === undefined
		? networkProblems.problem('tls-file-wrong-content', {case: 'other', ...given, labels}, placeOf(file))
		: networkProblems.problem('tls-file-wrong-content', {case: which, ...given}, placeOf(file));
};

/** What keeps the blocks of a file from being handed on as its certificates. */
const faultAmong = (file: PemFile, blocks: readonly Block[]): Problem | undefined => {
	const trusted = blocks.find(isTrusted);
	if (trusted)
		return networkProblems.problem('tls-certificate-of-openssl', wordsFor(file), placeOf(file, trusted.line));
	if (!blocks.some(isCertificate)) return wrongContent(file, blocks);
	// The two of a client often lie in one file, and go to nobody from here.
	if (blocks.some(isKey) && file.what !== 'client certificate') {
		const which = file.answer.startsWith('tls.') ? 'servers' : 'others';
		return networkProblems.problem('tls-key-among-certificates', {case: which, ...wordsFor(file)}, placeOf(file));
	}
	const strange = blocks.find((one) => !isCertificate(one) && !isKey(one) && !isUsualCompany(one));
	if (!strange) return;
	const given = {...wordsFor(file), label: printable(strange.label), line: strange.line};
	return networkProblems.problem('tls-file-strange-block', given, placeOf(file, strange.line));
};

/** Certificates of a file, in the file's order, and the same as PEM that every reader takes. */
export type Certificates = {readonly certificates: readonly X509Certificate[]; readonly pem: string};

/** The certificates in what a file holds. */
export const certificatesIn = (file: PemFile, bytes: Buffer): Read<Certificates> => {
	const read = blocksIn(file, bytes);
	if ('problem' in read) return read;
	const problem = faultAmong(file, read.value);
	if (problem) return {problem};
	const certificates: X509Certificate[] = [];
	for (const block of read.value.filter(isCertificate)) {
		try {
			const der = bytesOf(block);
			if (!der) throw new Error('its base64 is cut, or holds other characters.');
			certificates.push(certificateOf(der));
		} catch (error) {
			const given = {case: 'certificate', ...wordsFor(file), words: (error as Error).message} as const;
			return {problem: networkProblems.problem('tls-file-damaged', given, placeOf(file, block.line))};
		}
	}
	return {value: {certificates, pem: certificates.map(({raw}) => pemOf('CERTIFICATE', raw)).join('')}};
};

/** The certificates of a file. */
export const readCertificates = async (file: PemFile): Promise<Read<Certificates>> => {
	const read = await readBytes(file);
	return 'problem' in read ? read : certificatesIn(file, read.value);
};

/** PKCS#8 says so in its label, the older forms in a header (RFC 1421, 4.6.1.1). */
const isEncrypted = ({label, headers}: Block): boolean =>
	label === 'ENCRYPTED PRIVATE KEY' || headers.some((line) => /^Proc-Type:\s*4,\s*ENCRYPTED/u.test(line));

/** The private key of a PEM file. No problem ever holds any of it. */
export const readKey = async (file: PemFile): Promise<Read<{readonly key: KeyObject; readonly pem: string}>> => {
	const bytes = await readBytes(file);
	if ('problem' in bytes) return bytes;
	const read = blocksIn(file, bytes.value);
	if ('problem' in read) return read;
	const block = read.value.find(isKey);
	if (!block) return {problem: wrongContent(file, read.value)};
	const {path} = file;
	if (isEncrypted(block)) {
		const which = file.what === 'client key' ? 'client' : 'server';
		return {problem: networkProblems.problem('tls-key-encrypted', {case: which, file: path}, placeOf(file))};
	}
	try {
		return {value: keyOf(pemOf(block.label, bytesOf(block) ?? Buffer.alloc(0)), block.label)};
	} catch {
		return {problem: networkProblems.problem('tls-file-damaged', {case: 'key', file: path}, placeOf(file))};
	}
};

/**
 * What a file of certificates or of a key holds, as PEM that OpenSSL, Python and Go all load, without the text around it. The same
 * words are told of every such file, whichever answer names it.
 */
export const readPem = async (file: PemFile): Promise<Read<string>> => {
	const isForKey = file.what === 'private key' || file.what === 'client key';
	const read = isForKey ? await readKey(file) : await readCertificates(file);
	return 'problem' in read ? read : {value: read.value.pem};
};
