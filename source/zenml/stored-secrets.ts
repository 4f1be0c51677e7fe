import {createDecipheriv, createHash} from 'node:crypto';

/** Lengths in a stored value, bytes: nonce and tag of AES-GCM, in front of what is encrypted. */
const [nonceBytes, tagBytes] = [12, 16];

const opens = (key: Buffer, value: string): boolean => {
	const bytes = Buffer.from(value, 'base64');
	if (bytes.length < nonceBytes + tagBytes) return false;
	const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {authTagLength: tagBytes});
	decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
	try {
		decipher.update(bytes.subarray(nonceBytes + tagBytes));
		// Throws unless it was this key that made the tag; what was encrypted is of no interest.
		decipher.final();
		return true;
	} catch {
		return false;
	}
};

/**
 * Whether an encryption key is the one that a workspace's secrets were stored with. One value that it opens proves it: others may be
 * of an earlier key.
 * @param key the answer's or Secret's text, as the chart's `zenml.secretsStore.encryptionKey` has it
 * @param values as `DatabasePort.storedSecrets` reads them: base64 of nonce, tag and ciphertext, under the SHA-256 of the key
 * (AesGcmEngine of sqlalchemy-utils 0.38 to 0.43, which zenml 0.93 to 0.98 use); one that was stored without a key opens by none
 */
export const keyOpens = (key: string, values: readonly string[]): 'yes' | 'no' | 'nothing to try' => {
	if (values.length === 0) return 'nothing to try';
	const hashed = createHash('sha256').update(key, 'utf8').digest();
	return values.some((value) => opens(hashed, value)) ? 'yes' : 'no';
};
