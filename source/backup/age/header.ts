import type {FileHandle} from 'node:fs/promises';
import {Decrypter, type Identity} from 'age-encryption';
import {readStart} from '../../base/reading/regular.ts';
import {nonceBytes, payloadKey} from './payload.ts';

/** Far above the header of a file with a hundred recipients. */
const mostHeaderBytes = 64 * 1024;
const firstLine = 'age-encryption.org/v1\n';

/** What stands before the contents of an age file. */
export type AgeHeader = {
	readonly header: Buffer;
	readonly nonce: Buffer;
	/** Where its payload begins, bytes from the start of the file. */
	readonly end: number;
	/** Whether a passphrase opens it; else private keys do. */
	readonly byPassphrase: boolean;
};

/** Reads the header of an age file. @returns undefined where the file does not begin as one */
export const readHeader = async (handle: FileHandle): Promise<AgeHeader | undefined> => {
	const start = await readStart(handle, mostHeaderBytes);
	const text = start.toString('latin1');
	// Every header ends with a line of its own kind: its check sum.
	const end = /\n--- [A-Za-z0-9+/]{43}\n/u.exec(text);
	if (!text.startsWith(firstLine) || !end) return undefined;
	const length = end.index + end[0].length;
	const nonce = start.subarray(length, length + nonceBytes);
	if (nonce.length < nonceBytes) return undefined;
	const header = start.subarray(0, length);
	return {header, nonce, end: length + nonceBytes, byPassphrase: text.slice(0, length).includes('\n-> scrypt ')};
};

/**
 * The key of the payload, where one of these identities opens the header.
 * @returns undefined where none does; `damaged` where the header was changed
 */
export const openHeader = async (
	{header, nonce}: AgeHeader,
	identities: readonly (string | Identity)[],
): Promise<Buffer | 'damaged' | undefined> => {
	const decrypter = new Decrypter();
	for (const identity of identities) decrypter.addIdentity(identity);
	// It comes last: it is asked only when no other one opened the header.
	let asked = false;
	decrypter.addIdentity({
		unwrapFileKey: () => {
			asked = true;
			return null;
		},
	});
	try {
		return payloadKey(await decrypter.decryptHeader(header), nonce);
	} catch {
		return asked ? undefined : 'damaged';
	}
};
