import {mask} from './mask.ts';
import type {Range} from './url-logins.ts';

/**
 * What a validation of pydantic complains of (pydantic-core writes `[type=…, input_value=…, input_type=…]` and cuts long values in
 * the middle): whatever was given, passwords in a map of settings too, of which nobody may have registered the part that is left.
 * Programs break the line at the width of a terminal, so the value may go on below.
 */
const pattern = /\binput_value=(?:(?!input_value=)[\s\S]{1,600}?(?=,[\s\u2500-\u257F]*input_type=)|[^\n]{1,600})/gu;

const name = 'input_value='.length;

/** Where the values stand that a validation complains of. Takes a time that grows with the text only. */
export const inputValues = (text: string): readonly Range[] =>
	text.includes('input_value=')
		? Array.from(text.matchAll(pattern), ({index, 0: whole}): Range => [index + name, index + whole.length])
		: [];

/** The text with each of them masked. */
export const withoutInputs = (text: string): string =>
	text.includes('input_value=') ? text.replaceAll(pattern, `input_value=${mask}`) : text;
