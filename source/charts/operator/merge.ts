import {isMap} from '../../base/text.ts';

type Values = Readonly<Record<string, unknown>>;

const merged = (ours: unknown, theirs: unknown): unknown => {
	if (Array.isArray(ours) && Array.isArray(theirs)) return [...ours, ...theirs];
	return isMap(ours) && isMap(theirs) ? mergeValues(ours, theirs) : theirs;
};

/**
 * The operator's values over ours: maps key by key, lists one after the other, everything else replaced. Helm itself would replace a list,
 * and with it the pull secret or the CA.
 */
export const mergeValues = (ours: Values, theirs: Values): Values =>
	Object.fromEntries(
		[...new Set([...Object.keys(ours), ...Object.keys(theirs)])].map((key) => [
			key,
			Object.hasOwn(theirs, key) ? merged(ours[key], theirs[key]) : ours[key],
		]),
	);
