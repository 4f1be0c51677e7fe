import type {View} from './views.ts';

/** Units of the beginning or end of a secret that are known beside a mark; longer ones are known by their windows. */
const [fewest, most] = [4, 7];

const ellipsis = 0x2026;
const dot = 46;

/** Units that a program puts between what it cut and its mark: blanks, brackets and commas. Quotes are not in a view. */
const wrappers: ReadonlySet<number> = new Set([...'`()[]{}<>,; '].map((sign) => sign.charCodeAt(0)));
const mostWrappers = 4;

const textOf = ({units, length}: View, from: number, to: number): string =>
	from < 0 || to > length ? '' : String.fromCharCode(...units.subarray(from, to));

/** Words begin and end like secrets do. */
const isWord = (text: string): boolean => /^(?:\p{L}|\s)*$/u.test(text);

const markEnd = ({units, length}: View, from: number): number => {
	if (units[from] === ellipsis) return from + 1;
	let to = from;
	while (to < length && units[to] === dot) to += 1;
	return to;
};

const isMark = ({units}: View, from: number, to: number): boolean => to - from >= 3 || units[from] === ellipsis;

const skip = ({units}: View, from: number, step: 1 | -1): number => {
	let index = from;
	for (let left = mostWrappers; left > 0 && wrappers.has(units[index] ?? 0); left -= 1) index += step;
	return index;
};

/** Finds short beginnings and ends of secrets beside `...` and `…`, by which programs show that they cut a text. */
export const createMarks = () => {
	const heads = new Set<string>();
	const tails = new Set<string>();
	const sizes = Array.from({length: most - fewest + 1}, (_size, index) => most - index);
	const takeBefore = (view: View, mark: number, take: (from: number, to: number) => void): void => {
		const end = skip(view, mark - 1, -1) + 1;
		const size = sizes.find((one) => heads.has(textOf(view, end - one, end)));
		if (size !== undefined) take(end - size, end);
	};
	const takeAfter = (view: View, mark: number, take: (from: number, to: number) => void): void => {
		const start = skip(view, mark, 1);
		const size = sizes.find((one) => tails.has(textOf(view, start, start + one)));
		if (size !== undefined) take(start, start + size);
	};
	return {
		add: (form: Uint16Array): void => {
			for (const size of sizes) {
				const [head, tail] = [form.subarray(0, size), form.subarray(form.length - size)];
				for (const [known, part] of [
					[heads, head],
					[tails, tail],
				] as const) {
					const text = String.fromCharCode(...part);
					if (!isWord(text)) known.add(text);
				}
			}
		},
		scan: (view: View, take: (from: number, to: number) => void): void => {
			if (heads.size === 0 && tails.size === 0) return;
			for (let index = 0; index < view.length; index += 1) {
				const unit = view.units[index];
				if (unit !== dot && unit !== ellipsis) continue;
				const end = markEnd(view, index);
				if (isMark(view, index, end)) {
					takeBefore(view, index, take);
					takeAfter(view, end, take);
				}
				index = end - 1;
			}
		},
	};
};
