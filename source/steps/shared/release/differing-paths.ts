import {isMap} from '../../../base/text.ts';
import {fingerprintOf} from '../../../engine/fingerprint.ts';

/**
 * Dotted paths at which two values differ, sorted; empty when they are equal. Values themselves are not told: they may
 * be secrets. Empty maps and lists count as absent, since Helm keeps no difference between them.
 */
export const differingPaths = (before: unknown, after: unknown, at = ''): readonly string[] => {
	if (isMap(before) || isMap(after)) {
		const [left, right] = [isMap(before) ? before : {}, isMap(after) ? after : {}];
		const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
		return keys.flatMap((key) => differingPaths(left[key], right[key], at === '' ? key : `${at}.${key}`));
	}
	const plain = (value: unknown): unknown => (Array.isArray(value) && value.length === 0 ? null : (value ?? null));
	return fingerprintOf(plain(before)) === fingerprintOf(plain(after)) ? [] : [at];
};
