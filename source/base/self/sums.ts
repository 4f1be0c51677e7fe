import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {pipeline} from 'node:stream/promises';

/** The SHA-256 of a file on this host as hex. @throws the error of the file system; the signal's reason */
export const sha256OfFile = async (file: string, signal?: AbortSignal): Promise<string> => {
	const hash = createHash('sha256');
	await pipeline(createReadStream(file, {highWaterMark: 1 << 20}), hash, {signal});
	return hash.digest('hex');
};
