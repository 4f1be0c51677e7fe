import {expect, test} from 'vitest';
import {answersJsonSchema} from '../../source/answers/file/json-schema.ts';

/** Every number of a JSON schema that may be any, by its path, with what it may be at most. */
const numbersIn = (value: unknown, at = ''): readonly (readonly [path: string, most: unknown])[] => {
	if (Array.isArray(value)) return value.flatMap((one, index) => numbersIn(one, `${at}/${index}`));
	if (value === null || typeof value !== 'object') return [];
	const {type, maximum} = value as {readonly type?: unknown; readonly maximum?: unknown};
	const own = !('const' in value) && (type === 'integer' || type === 'number') ? ([[at, maximum]] as const) : [];
	return [...own, ...Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, `${at}/${key}`))];
};

test('every number among the answers has an upper bound of its own', () => {
	const numbers = numbersIn(answersJsonSchema());
	expect(numbers.length).toBeGreaterThan(15);
	expect(numbers.filter(([, most]) => !(Number(most) < Number.MAX_SAFE_INTEGER))).toEqual([]);
});
