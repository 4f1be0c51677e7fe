/** A JSON object whose members are not known yet. */
export type Dict = Record<string, unknown>;

/** True for a JSON object: not null, not a list. */
export const isDict = (value: unknown): value is Dict =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value when it is an object, else an empty one that is not connected to anything. */
export const dict = (value: unknown): Dict => (isDict(value) ? value : {});

/** The value when it is a list, else an empty one. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value when it is a string, else undefined. */
export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A deep copy of a JSON value. */
export const copy = <T>(value: T): T => structuredClone(value);

/** Equality of two JSON values; the order of object members does not count, an undefined member equals a missing one. */
export const same = (left: unknown, right: unknown): boolean => {
	if (left === right) return true;
	if (Array.isArray(left)) {
		return (
			Array.isArray(right) && left.length === right.length && left.every((item, index) => same(item, right[index]))
		);
	}
	if (!isDict(left) || !isDict(right)) return false;
	for (const key of Object.keys(left)) if (!same(left[key], right[key])) return false;
	for (const key of Object.keys(right)) if (right[key] !== undefined && left[key] === undefined) return false;
	return true;
};

/** JSON text with sorted members, so that equal values give equal text. */
export const stableJson = (value: unknown): string =>
	JSON.stringify(value, (_key, inner: unknown) =>
		isDict(inner)
			? Object.fromEntries(
					Object.keys(inner)
						.sort()
						.map((key) => [key, inner[key]]),
				)
			: inner,
	);

/** Set `target[key]` unless it has a value already. */
export const setDefault = (target: Dict, key: string, value: unknown): void => {
	if (target[key] === undefined || target[key] === null) target[key] = value;
};

/** The object at `target[key]`, made when it is not there. */
export const ensureDict = (target: Dict, key: string): Dict => {
	const found = target[key];
	if (isDict(found)) return found;
	const made: Dict = {};
	target[key] = made;
	return made;
};

/** An instant as Kubernetes writes it: RFC 3339, UTC, whole seconds. */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** Amount of a resource quantity such as `250m`, `2`, `512Mi`; in the base unit (cores, bytes). */
export const quantity = (value: unknown): number => {
	const match = /^([0-9.]+)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/.exec(String(value ?? 0));
	if (!match) return 0;
	const scale: Record<string, number> = {
		m: 1e-3,
		k: 1e3,
		M: 1e6,
		G: 1e9,
		T: 1e12,
		P: 1e15,
		Ki: 2 ** 10,
		Mi: 2 ** 20,
		Gi: 2 ** 30,
		Ti: 2 ** 40,
		Pi: 2 ** 50,
	};
	return Number(match[1]) * (scale[match[2] ?? ''] ?? 1);
};
