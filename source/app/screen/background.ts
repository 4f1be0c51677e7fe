/** Asks for the background (xterm, OSC 11), then for what every terminal tells (ECMA-48, DA): where that comes alone, it knows no background. */
export const backgroundQuestion = '\u001B]11;?\u0007\u001B[c';

const esc = '\u001B';

/** An answer to the first question, in one to four hexadecimal digits a colour (XParseColor, `rgb:`), or to the second. */
const answer = new RegExp(
	`${esc}\\]11;rgba?:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})[^\\u0007${esc}]{0,5}(?:\\u0007|${esc}\\\\)|${esc}\\[\\?[0-9;]{0,60}c`,
	'iu',
);

/** The beginning of an answer whose end has not come yet. A key begins with no more than an escape and a bracket. */
const begun = new RegExp(`${esc}(?:\\][^\\u0007${esc}]{0,40}${esc}?|\\[\\?[0-9;]{0,60})$`, 'u');

/** A colour from 0 to 1 of digits of any number. */
const share = (digits: string): number => Number.parseInt(digits, 16) / (16 ** digits.length - 1);

/** Whether the eye calls a colour light (ITU-R BT.709, luma). */
const isLightColour = (red: string, green: string, blue: string): boolean =>
	0.2126 * share(red) + 0.7152 * share(green) + 0.0722 * share(blue) > 0.5;

/** Takes the answers of a terminal out of what comes from it; all else are keys. */
export const createAnswers = () => {
	let held = '';
	let light: boolean | undefined;
	let isOver = false;
	return {
		/** What of a piece are keys; the beginning of an answer is kept back until its end comes. */
		take: (piece: string): string => {
			let rest = held + piece;
			for (let found = answer.exec(rest); found; found = answer.exec(rest)) {
				const [all, red, green, blue] = found;
				if (red && green && blue) light = isLightColour(red, green, blue);
				else isOver = true;
				rest = rest.slice(0, found.index) + rest.slice(found.index + all.length);
			}
			const at = isOver ? -1 : rest.search(begun);
			held = at < 0 ? '' : rest.slice(at);
			return at < 0 ? rest : rest.slice(0, at);
		},
		/** Whether the background is light; undefined where the terminal has not told. */
		light: () => light,
		/** True once nothing more is to come. */
		isOver: () => isOver,
	};
};

export type Answers = ReturnType<typeof createAnswers>;

/** What is known of a background, which a terminal may tell after the first picture. */
export const createBackground = (first: boolean) => {
	let light = first;
	const listeners = new Set<() => void>();
	return {
		isLight: () => light,
		/** Returns the way to end the subscription. */
		subscribe: (listener: () => void): (() => void) => {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		tell: (told: boolean): void => {
			light = told;
			for (const listener of listeners) listener();
		},
	};
};
