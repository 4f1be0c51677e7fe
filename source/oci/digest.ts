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
