import {createHash} from 'node:crypto';

const secretName = /password|passwd|secret|token|credential|encryptionkey|enrollmentkey|privatekey/iu;
const reference = /refs?$/iu;
const urlWithPassword = /^[a-z][a-z0-9+.-]*:\/\/[^:/?#@\s]*:[^@\s]+@/iu;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same value with sorted keys, and every secret text replaced by its SHA-256. */
const canonical = (value: unknown, secret: boolean): unknown => {
	if (typeof value === 'string') return secret || urlWithPassword.test(value) ? {sha256: sha256(value)} : value;
	if (Array.isArray(value)) return value.map((item) => canonical(item, secret));
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, inner]) => inner !== undefined)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, inner]) => [key, canonical(inner, !reference.test(key) && (secret || secretName.test(key)))]),
	);
};

/**
 * A hash of Helm values that does not depend on the order of keys, 64 hex digits. Secrets go in by their SHA-256 only,
 * so the hashed text itself could be shown.
 */
export const valuesHash = (values: unknown): string => sha256(JSON.stringify(canonical(values, false)));
