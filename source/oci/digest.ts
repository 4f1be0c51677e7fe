import {createHash, type Hash} from 'node:crypto';

/** The one form of a digest that this program takes: `sha256:` and 64 hex digits in lower case (OCI descriptor.md, "Digests"). */
export const digestPattern = /^sha256:[0-9a-f]{64}$/u;

const prefix = 'sha256:';

export const isDigest = (value: unknown): value is string => typeof value === 'string' && digestPattern.test(value);

/** @param hex 64 digits */
export const digestOfHex = (hex: string): string => `${prefix}${hex}`;

/** The 64 hex digits of a digest. */
export const hexOf = (digest: string): string => digest.slice(prefix.length);

/** The digest of bytes, or of the UTF-8 of a text. */
export const sha256Of = (bytes: Uint8Array | string): string =>
	digestOfHex(createHash('sha256').update(bytes).digest('hex'));

/** The digest of all that went into a SHA-256; the hash cannot be used afterwards. */
export const digestOfHash = (hash: Hash): string => digestOfHex(hash.digest('hex'));

/** A hash that is under way, of whichever algorithm. */
export type RunningHash = {readonly update: (bytes: Uint8Array) => void; readonly end: () => string};

/**
 * Begins the hash that a digest was made by; lists of checksums know others than SHA-256.
 * @param digest `sha256:` or the name of another algorithm that Node knows, a colon, and hex
 */
export const hashLike = (digest: string): RunningHash => {
	const algorithm = digest.slice(0, digest.indexOf(':'));
	const hash = createHash(algorithm);
	return {
		update: (bytes) => {
			hash.update(bytes);
		},
		end: () => `${algorithm}:${hash.digest('hex')}`,
	};
};
