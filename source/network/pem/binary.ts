import {createPrivateKey} from 'node:crypto';
import type {CaseOf} from '../../base/problem-table.ts';
import {isDerCertificate} from '../certificate.ts';
import type {networkProblems} from '../problems.ts';
import type {BlockFault} from './blocks.ts';

type Case = Exclude<CaseOf<typeof networkProblems.table, 'tls-file-not-pem'>, BlockFault['kind']>;

const isDerKey = (key: Buffer): boolean =>
	(['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
		try {
			createPrivateKey({key, format: 'der', type});
			return true;
		} catch {
			return false;
		}
	});

// pkcs7-signedData, 1.2.840.113549.1.7.2 (RFC 2315, 14).
const signedData = Buffer.from('06092a864886f70d010702', 'hex');
// PFX begins with its version, 3 (RFC 7292, 4).
const pfxVersion = Buffer.from('020103', 'hex');

/** What stands first in an ASN.1 SEQUENCE, behind its length (X.690, 8.1.3). */
const isFirst = (bytes: Buffer, first: Buffer): boolean => {
	const length = bytes[1] ?? 0;
	const start = length > 0x80 ? 2 + (length & 0x7f) : 2;
	return bytes.subarray(start, start + first.length).equals(first);
};

const derKind = (bytes: Buffer): Case => {
	if (isDerCertificate(bytes)) return 'DER certificate';
	if (isFirst(bytes, signedData)) return 'PKCS#7';
	if (isFirst(bytes, pfxVersion)) return 'PKCS#12';
	return isDerKey(bytes) ? 'DER key' : 'binary';
};

const textKind = (text: string): Case => {
	if (text === '') return 'empty';
	if (/^<(?:!doctype|html|\?xml|head|body)\b/iu.test(text.slice(0, 64))) return 'HTML';
	// Base64 of an ASN.1 SEQUENCE that is longer than 255 bytes.
	return /^MI[I-P][A-Za-z0-9+/=\s]+$/u.test(text) ? 'base64 alone' : 'text';
};

/** Text of ASCII in UTF-16, in either order of bytes. */
export const isUtf16 = (bytes: Buffer): boolean => {
	const [first, second] = bytes;
	if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
	return bytes.includes('B\0E\0G\0I\0N');
};

/** What a file without a PEM block holds. */
export const kindWithoutBlocks = (bytes: Buffer): Case => {
	// Every DER certificate, key, PKCS#7 and PKCS#12 file is an ASN.1 SEQUENCE, 0x30 (X.690).
	if (bytes[0] === 0x30) return derKind(bytes);
	return textKind(bytes.toString('latin1').replace('\u00ef\u00bb\u00bf', '').trim());
};
