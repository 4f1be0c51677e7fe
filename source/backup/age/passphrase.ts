import {createCipheriv, createDecipheriv, randomBytes, scrypt} from 'node:crypto';
import {type Identity, type Recipient, Stanza} from 'age-encryption';

/** What age calls a recipient of a passphrase (c2sp.org/age, "The scrypt recipient type"). */
const kind = 'scrypt';
const label = 'age-encryption.org/v1/scrypt';
const cipherName = 'chacha20-poly1305';
const [saltBytes, tagBytes, keyBytes] = [16, 16, 16] as const;

/** Binary logarithm of the work: 64 MiB of memory and a quarter of a second. The `age` program takes 18, which are 256 MiB. */
const work = 16;
/** More than anybody needs: a gibibyte of memory. */
const mostWork = 20;

/** With scrypt in a thread of its own. */
const derive = (passphrase: string, salt: Buffer, log: number): Promise<Buffer> =>
	new Promise((resolve, reject) => {
		const cost = {N: 2 ** log, r: 8, p: 1, maxmem: 2 ** log * 1024 + 1024 ** 2};
		scrypt(passphrase, Buffer.concat([Buffer.from(label), salt]), 32, cost, (error, key) => {
			if (error) reject(error);
			else resolve(key);
		});
	});

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/u, '');

/** Locks the key of a file with a passphrase; it must be the only recipient. */
export const passphraseRecipient = (passphrase: string): Recipient => ({
	wrapFileKey: async (fileKey) => {
		const salt = randomBytes(saltBytes);
		const key = await derive(passphrase, salt, work);
		const cipher = createCipheriv(cipherName, key, Buffer.alloc(12), {authTagLength: tagBytes});
		const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
		return [new Stanza([kind, unpadded(salt), String(work)], body)];
	},
});

/** Opens the key of a file that a passphrase locks. */
export const passphraseIdentity = (passphrase: string): Identity => ({
	unwrapFileKey: async (stanzas) => {
		const [stanza, ...others] = stanzas;
		const [name, written = '', logarithm = ''] = stanza?.args ?? [];
		const salt = Buffer.from(written, 'base64');
		const fits = salt.length === saltBytes && /^[1-9]\d?$/u.test(logarithm) && Number(logarithm) <= mostWork;
		if (!stanza || name !== kind || others.length > 0 || !fits || stanza.body.length !== keyBytes + tagBytes)
			return null;
		const key = await derive(passphrase, salt, Number(logarithm));
		const decipher = createDecipheriv(cipherName, key, Buffer.alloc(12), {authTagLength: tagBytes});
		decipher.setAuthTag(stanza.body.subarray(keyBytes));
		const plain = decipher.update(stanza.body.subarray(0, keyBytes));
		try {
			decipher.final();
		} catch {
			return null;
		}
		return plain;
	},
});
