import {createHash} from 'node:crypto';

const sorted = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(sorted);
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, inner]) => inner !== undefined)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, inner]) => [key, sorted(inner)]),
	);
};

/** SHA-256, in hex, of any JSON value; the order of keys does not matter. */
export const fingerprintOf = (value: unknown): string =>
	createHash('sha256')
		.update(JSON.stringify(sorted(value)) ?? '')
		.digest('hex');
