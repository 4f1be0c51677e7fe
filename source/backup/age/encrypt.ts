import {randomBytes} from 'node:crypto';
import type {Transform} from 'node:stream';
import {Encrypter} from 'age-encryption';
import {backupProblems} from '../problems.ts';
import {passphraseRecipient} from './passphrase.ts';
import {nonceBytes, payloadKey, sealing} from './payload.ts';

/** Who can read what is encrypted: the owners of these public keys, or whoever knows the passphrase. */
export type Readers = {readonly recipients: readonly string[]} | {readonly passphrase: string};

const encrypterFor = (readers: Readers): Encrypter => {
	const encrypter = new Encrypter();
	if ('passphrase' in readers) {
		encrypter.addRecipient(passphraseRecipient(readers.passphrase));
		return encrypter;
	}
	for (const recipient of readers.recipients) {
		try {
			encrypter.addRecipient(recipient);
		} catch (error) {
			throw backupProblems.error('backup-recipient-bad', {recipient}, {error});
		}
	}
	return encrypter;
};

/** @throws ProblemError `backup-recipient-bad` for a public key that was mistyped */
export const requireRecipients = (recipients: readonly string[]): void => {
	encrypterFor({recipients});
};

/**
 * Encrypts one file for these readers, as the `age` program reads it.
 * @returns what stands before its contents, and what encrypts these
 * @throws ProblemError `backup-recipient-bad`
 */
export const encryptFor = async (readers: Readers): Promise<{readonly head: Buffer; readonly encrypt: Transform}> => {
	const encrypter = encrypterFor(readers);
	let fileKey = Buffer.alloc(0);
	// It locks nothing, and tells the key that the others lock.
	encrypter.addRecipient({
		wrapFileKey: (key) => {
			fileKey = Buffer.from(key);
			return [];
		},
	});
	const empty = Buffer.from(await encrypter.encrypt(new Uint8Array()));
	// Of an empty file all but the header are the nonce and one tag.
	const header = empty.subarray(0, empty.length - nonceBytes - 16);
	const nonce = randomBytes(nonceBytes);
	return {head: Buffer.concat([header, nonce]), encrypt: sealing(payloadKey(fileKey, nonce))};
};
