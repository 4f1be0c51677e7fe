import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs';
import {formatBytes} from '../../base/units.ts';

/** No kubeconfig, certificate, key or token is longer, in bytes. */
const mostFileBytes = 4 * 1024 * 1024;

const readUpTo = (file: number, size: number, most: number): Buffer => {
	// Files of /proc say that they are empty.
	const bytes = Buffer.alloc(Math.min(most, Math.max(size, 64 * 1024)) + 1);
	let length = 0;
	for (let read = -1; read !== 0 && length < bytes.length; length += read) {
		read = readSync(file, bytes, length, bytes.length - length, null);
	}
	if (length === bytes.length) throw new Error(`It is longer than ${formatBytes(most)}.`);
	return Buffer.from(bytes.subarray(0, length));
};

/**
 * Reads a file that somebody else names: a regular one, of bounded length. A pipe or a device is refused without waiting for it.
 * @throws the error of the file system, or one whose message is a sentence for people (`errnoWords` tells both)
 */
export const readNamedFile = (path: string, most = mostFileBytes): Buffer => {
	const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const status = fstatSync(file);
		if (status.isDirectory()) throw Object.assign(new Error('EISDIR'), {code: 'EISDIR'});
		if (!status.isFile()) throw new Error('It is a pipe or a device, but a file was expected.');
		return readUpTo(file, status.size, most);
	} finally {
		closeSync(file);
	}
};
