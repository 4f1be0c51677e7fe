import {promisify} from 'node:util';
import {gunzip, gzip} from 'node:zlib';

const [zip, unzip] = [promisify(gzip), promisify(gunzip)];

/** A Secret has at most 1 MiB; what is packed in it, charts included, some ten times that. Bytes. */
const mostReleaseBytes = 64 * 1024 * 1024;

/**
 * What Helm keeps of a revision under `release` in its Secret: JSON, gzip, base64, and base64 again as every value of a Secret
 * (pkg/storage/driver, Helm 3 and 4). @throws an error of what it is not
 */
export const unpackRevision = async (data: string): Promise<unknown> => {
	const packed = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
	return JSON.parse((await unzip(packed, {maxOutputLength: mostReleaseBytes})).toString('utf8'));
};

/** The same way back. */
export const packRevision = async (stored: unknown): Promise<string> =>
	Buffer.from((await zip(JSON.stringify(stored), {level: 9})).toString('base64'), 'latin1').toString('base64');
