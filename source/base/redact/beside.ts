import type {Range} from './url-logins.ts';

/** Characters between two lines of a key: the line break, escaped or not, and what a log puts before each line. */
const near = 100;

/** Those that follow another at a small distance, one after the other, beginning from what is a secret. */
const following = (sorted: readonly {readonly range: Range; readonly isSecret: boolean}[]): readonly Range[] => {
	const found: Range[] = [];
	let end = Number.NEGATIVE_INFINITY;
	for (const {range, isSecret} of sorted) {
		if (!isSecret && range[0] - end > near) continue;
		if (!isSecret) found.push(range);
		end = Math.max(end, range[1]);
	}
	return found;
};

const reversed = ([from, to]: Range): Range => [-to, -from];

/**
 * The public parts of keys that stand beside secret ones: there it is the key itself, which is hidden whole, and elsewhere its
 * certificate, which everybody may see. Each list in characters of one text, in any order.
 */
export const besideSecrets = (secrets: readonly Range[], publics: readonly Range[]): readonly Range[] => {
	if (secrets.length === 0 || publics.length === 0) return [];
	const all = [
		...secrets.map((range) => ({range, isSecret: true})),
		...publics.map((range) => ({range, isSecret: false})),
	];
	const ahead = following(all.toSorted((a, b) => a.range[0] - b.range[0]));
	const back = all.map(({range, isSecret}) => ({range: reversed(range), isSecret}));
	return [...ahead, ...following(back.toSorted((a, b) => a.range[0] - b.range[0])).map(reversed)];
};
