/** Numbers that look random and are the same in every run (a linear congruential generator, Numerical Recipes). */
const numbersFrom = (seed: number): ((below: number) => number) => {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
};

const deep = (depth: number): unknown => {
	let value: unknown = [];
	for (let level = 0; level < depth; level += 1) value = [value];
	return value;
};

const strange: readonly unknown[] = [
	null,
	0,
	-1,
	1e308,
	true,
	'',
	'x',
	'\u001b[2J\n',
	[],
	[null],
	{},
	{a: null},
	deep(300),
	'y'.repeat(5000),
];

/** Every place in a value, by the keys that lead there. */
const placesIn = (value: unknown, path: readonly string[] = []): ReadonlyArray<readonly string[]> =>
	value !== null && typeof value === 'object'
		? [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))]
		: [path];

type Tree = Record<string, unknown>;

const changed = (
	value: unknown,
	[key, ...rest]: readonly string[],
	change: (parent: Tree, key: string) => void,
): unknown => {
	if (key === undefined) return value;
	const copy = (Array.isArray(value) ? [...value] : {...(value as Tree)}) as Tree;
	if (rest.length === 0) change(copy, key);
	else copy[key] = changed(copy[key], rest, change);
	return copy;
};

/** A text of JSON with something wrong in it: a strange value, a key that is gone, a cut, a letter; by its number. */
export const mutant = (value: unknown, seed: number): string => {
	const next = numbersFrom(seed);
	const places = placesIn(value);
	const place = places[next(places.length)] ?? [];
	const text = JSON.stringify(value);
	const cut = next(text.length);
	const other = strange[next(strange.length)];
	const kinds: ReadonlyArray<() => string> = [
		() => JSON.stringify(place.length === 0 ? other : changed(value, place, (parent, key) => (parent[key] = other))),
		() =>
			JSON.stringify(
				changed(value, place, (parent, key) => {
					if (!Array.isArray(parent)) delete parent[key];
				}),
			),
		() => text.slice(0, cut),
		() => `${text.slice(0, cut)}\u0000${text.slice(cut + 1)}`,
	];
	// Most mistakes are in values.
	return (kinds[[0, 0, 0, 1, 2, 3][next(6)] ?? 0] ?? (() => text))();
};

/** The numbers of so many mutants. */
export const seeds = (count: number): readonly number[] => Array.from({length: count}, (_, index) => index * 7919 + 13);
