import {createHash, createHmac, pbkdf2Sync, randomBytes} from 'node:crypto';

// PostgreSQL's default (src/include/common/scram-common.h, SCRAM_SHA_256_DEFAULT_ITERATIONS); RFC 7677 asks for 4096 at least.
const defaultIterations = 4096;

/**
 * SASLprep (RFC 4013) as far as it changes bytes: other spaces become a space (RFC 3454 C.1.2), characters that map to nothing
 * go (B.1), then NFKC. PostgreSQL, libpq and the pg client do the same before they hash a password.
 */
const saslprep = (password: string): string =>
	password
		.replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu, ' ')
		.replace(/\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu, '')
		.normalize('NFKC');

/**
 * What `PASSWORD '…'` takes instead of the password, so that no log of the server and no activity view shows it:
 * `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, base64. The keys are those of RFC 5802 section 3 with the
 * hash of RFC 7677; the format is PostgreSQL's (documentation, pg_authid.rolpassword), version 10 and newer.
 * @param salt 16 random bytes unless told.
 */
export const scramVerifier = (
	password: string,
	salt: Buffer = randomBytes(16),
	iterations: number = defaultIterations,
): string => {
	const salted = pbkdf2Sync(saslprep(password), salt, iterations, 32, 'sha256');
	const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
	const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
	return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`;
};
