import type {Decoded} from './decode.ts';

/** Units that are compared with those of secrets, and for each the index of the decoded unit it comes from. */
export type View = {readonly units: Uint16Array; readonly from: Uint32Array; readonly length: number};

const space = 32;
const lineFeed = 10;
const carriageReturn = 13;
const tab = 9;

/** What a unit becomes in a view; 0 is left out. */
type Fold = (unit: number) => number;

/** Quotes are doubled, escaped or closed and opened again by SQL, shells and YAML, so they are left out on both sides. */
const isLeftOut = (unit: number): boolean => unit === 34 || unit === 39 || unit === carriageReturn;
/** `+` stands for a space in forms. */
const isBlank = (unit: number): boolean => unit <= space || unit === 43 || unit === 127;

/** As it is written, but for quotes and kinds of blanks. */
const asWritten: Fold = (unit) => {
	if (isLeftOut(unit)) return 0;
	return unit !== lineFeed && isBlank(unit) ? space : unit;
};

const anyCase: Fold = (unit) => {
	const lower = String.fromCharCode(asWritten(unit)).toLowerCase();
	return lower.length === 1 ? lower.charCodeAt(0) : unit;
};

/** Base64, whose second alphabet has `-_` for `+/` (RFC 4648 section 5), and which may be folded into lines. */
const base64Unit: Fold = (unit) => {
	if (unit === lineFeed || unit === carriageReturn) return 0;
	if (unit === 45) return 43;
	return unit === 95 ? 47 : unit;
};

/** One way to look at decoded text, with buffers of its own. The view counts until the next call. */
const createView = (fold: Fold, unfolds: boolean) => {
	const ascii = Uint16Array.from({length: 128}, (_one, unit) => fold(unit));
	let units = new Uint16Array(0);
	let from = new Uint32Array(0);
	return ({units: decoded, length: size}: Decoded): View => {
		if (units.length < size) {
			units = new Uint16Array(size * 2);
			from = new Uint32Array(size * 2);
		}
		let length = 0;
		let indent = false;
		for (let index = 0; index < size; index += 1) {
			const unit = decoded[index] ?? 0;
			const folded = unit < 128 ? (ascii[unit] ?? 0) : fold(unit);
			// Lines of base64 may be indented.
			if (folded === 0 || (indent && (unit === space || unit === tab))) {
				indent = unfolds;
				continue;
			}
			indent = false;
			units[length] = folded;
			from[length] = index;
			length += 1;
		}
		return {units, from, length};
	};
};

/** Text in small letters, text as it is written, and text whose lines are joined again. */
export const createViews = () => ({
	plain: createView(anyCase, false),
	written: createView(asWritten, false),
	unfolded: createView(base64Unit, true),
});
