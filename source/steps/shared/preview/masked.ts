import {isMap} from '../../../base/text.ts';
import {secretTexts} from '../../../helm/index.ts';

type Path = readonly string[];

const mask = '********';

const keyOf = (path: Path): string => JSON.stringify(path);

/** All texts of a value, with their places; items of lists have their index. */
const textsIn = (value: unknown, path: Path = []): readonly (readonly [string, string])[] => {
	if (typeof value === 'string') return [[keyOf(path), value]];
	if (value === null || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
};

const withTexts = (value: unknown, texts: ReadonlyMap<string, string>, path: Path = []): unknown => {
	if (typeof value === 'string') return texts.get(keyOf(path)) ?? value;
	if (Array.isArray(value))
		return value.map((item: unknown, index) => withTexts(item, texts, [...path, String(index)]));
	if (!isMap(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) => [key, withTexts(inner, texts, [...path, key])]),
	);
};

const isSecretObject = (value: unknown): boolean => isMap(value) && value.kind === 'Secret';

const secretMembers: ReadonlySet<string> = new Set(['data', 'stringData']);

/** The places of what must not be told: in a Secret of Kubernetes all that it holds, else what is secret by the name of its key. */
const secretPlaces = (value: unknown): readonly string[] =>
	isSecretObject(value) && isMap(value)
		? Object.entries(value).flatMap(([key, inner]) =>
				secretMembers.has(key) ? textsIn(inner, [key]).map(([at]) => at) : [],
			)
		: secretTexts(value).map(({path}) => keyOf(path));

/**
 * Both sides of a comparison without their secrets. A secret that becomes another one is told as that, since two masks look alike.
 * Undefined stays undefined.
 */
export const maskedPair = (before: unknown, after: unknown): readonly [unknown, unknown] => {
	const places = new Set([...secretPlaces(before), ...secretPlaces(after)]);
	const [old, now] = [new Map(textsIn(before)), new Map(textsIn(after))];
	const masks = (texts: ReadonlyMap<string, string>, changed: string): ReadonlyMap<string, string> =>
		new Map(
			[...places].flatMap((at) => {
				if (!texts.has(at)) return [];
				const differs = old.has(at) && now.has(at) && old.get(at) !== now.get(at);
				return [[at, differs ? changed : mask] as const];
			}),
		);
	return [withTexts(before, masks(old, mask)), withTexts(after, masks(now, `${mask} (another one)`))];
};
