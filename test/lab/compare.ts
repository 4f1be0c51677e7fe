/** One place where two answers differ: a path such as `body.spec.replicas`, and both values as JSON. */
export type Difference = {readonly path: string; readonly lab: string; readonly rehearsal: string};

// What differs between two runs of one and the same server.
const volatileKeys = new Set([
	'uid',
	'resourceVersion',
	'creationTimestamp',
	'deletionTimestamp',
	'time',
	'clusterIP',
	'clusterIPs',
	'continue',
	'token',
	'expirationTimestamp',
]);
// A list of these has no order of its own.
const unordered = (path: string): boolean => /\.(verbs|shortNames|categories|groups)$/u.test(path);

const clean = (value: unknown): unknown => {
	if (typeof value !== 'string') return value;
	// How old a thing is, in seconds, as tables tell it: the two servers are asked one after the other.
	if (/^\d+s$/u.test(value)) return 'AGE';
	// Times and ids inside messages.
	return value
		.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu, 'UID')
		.replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/gu, 'TIME');
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const show = (value: unknown): string =>
	value === undefined ? 'absent' : (JSON.stringify(value)?.slice(0, 400) ?? 'absent');

/** Compares field by field; volatile fields only need to be there on both sides. */
export const differences = (lab: unknown, rehearsal: unknown, path = ''): readonly Difference[] => {
	if (isRecord(lab) && isRecord(rehearsal)) {
		const keys = [...new Set([...Object.keys(lab), ...Object.keys(rehearsal)])].sort();
		return keys.flatMap((key) => {
			const at = path === '' ? key : `${path}.${key}`;
			if (volatileKeys.has(key) && !isRecord(lab[key]) && (lab[key] === undefined) === (rehearsal[key] === undefined))
				return [];
			return differences(lab[key], rehearsal[key], at);
		});
	}
	if (Array.isArray(lab) && Array.isArray(rehearsal)) {
		const [left, right] = unordered(path) ? [[...lab].sort(), [...rehearsal].sort()] : [lab, rehearsal];
		const length = Math.max(left.length, right.length);
		return Array.from({length}, (_, index) => differences(left[index], right[index], `${path}[${index}]`)).flat();
	}
	return Object.is(clean(lab), clean(rehearsal))
		? []
		: [{path, lab: show(clean(lab)), rehearsal: show(clean(rehearsal))}];
};
