import {createHash} from 'node:crypto';

const sorted = (_key: string, value: unknown): unknown =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
		: value;

/**
 * JSON that is the same for equal values, whatever the order of their keys. Keys with `undefined` are left out.
 * Throws `TypeError` for a value that JSON cannot hold, such as one that contains itself.
 */
export const stableJson = (value: unknown): string => JSON.stringify(value, sorted) ?? 'null';

/** SHA-256 of the stable JSON of any value, 64 hex digits. Throws as `stableJson` does. */
export const fingerprint = (value: unknown): string => createHash('sha256').update(stableJson(value)).digest('hex');
