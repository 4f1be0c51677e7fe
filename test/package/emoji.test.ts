import {expect, test} from 'vitest';

// scripts/bundling.mjs asks the small property for one letter, and the set of all emoji for more: they must say the same.
test('of single letters the emoji are those that the property tells', () => {
	const letters = Array.from({length: 0x1_00_00}, (_none, code) => String.fromCharCode(code));
	// The compiler's target does not know this flag yet.
	const [pattern, flag] = ['^\\p{RGI_Emoji}$', 'v'];
	const set = new RegExp(pattern, flag);
	const property = /^\p{Emoji_Presentation}$/u;
	expect(letters.filter((letter) => set.test(letter) !== property.test(letter))).toEqual([]);
	expect(letters.filter((letter) => property.test(letter)).length).toBeGreaterThan(50);
});
