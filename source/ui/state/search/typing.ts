import {clean} from '../../terminal/text.ts';
import type {Key} from '../keys.ts';
import {edit, type Line} from '../line.ts';

/** What a key comes to while the text to search for is typed: the text after it, the text to search for, or that it is left. */
export type Typed =
	| {readonly kind: 'typing'; readonly line: Line}
	| {readonly kind: 'search'; readonly query: string}
	| {readonly kind: 'left'};

/** Enter searches, with nothing typed for the same as before; Escape leaves it. All else edits the text, or does nothing. */
export const typedKey = (line: Line, before: string, key: Key): Typed => {
	if (key.id === 'escape') return {kind: 'left'};
	if (key.id !== 'return') return {kind: 'typing', line: edit(line, {...key, text: clean(key.text)}) ?? line};
	const query = line.text.trim() === '' ? before : line.text.trim();
	return query === '' ? {kind: 'left'} : {kind: 'search', query};
};
