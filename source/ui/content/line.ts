import {glimpse, type Line} from '../state/line.ts';
import type {Role} from '../terminal/marks.ts';
import type {Row, Scroll, Span} from '../terminal/rows.ts';
import {clean} from '../terminal/text.ts';

/** How a line stands there: hidden as it is typed, or only proposed. */
type LineLook = {readonly masked?: boolean; readonly proposed?: boolean};

/** Stands behind a proposal: without colours it looks like something that was typed. */
const suggested = ' (suggested)';

/**
 * A line that is being typed, with its cursor, behind a sign that gives way to the mark for "more" where its beginning is not seen.
 * It only draws: the text and the cursor are held by the reducer (`state/line.ts`).
 *
 * A field with a keyboard of its own, such as ink-text-input, would hold them a second time: it takes what was typed between two
 * frames for an edit of the older text, so that characters of a password could get lost unseen. That one also counts its cursor in
 * UTF-16 units, which tears wide and combined characters apart, knows no Home, End, Delete, Ctrl-U, Ctrl-W and Ctrl-K, and breaks a
 * line that is longer than its row in place of scrolling it.
 */
export const lineRow = (sign: Span, {text, cursor}: Line, {width, marks}: Scroll, look: LineLook = {}): Row => {
	const {masked = false, proposed = false} = look;
	const note = proposed ? suggested : '';
	const room = width - sign.text.length - note.length;
	const seen = glimpse({text: clean(text), cursor}, room, masked ? marks.mask : undefined);
	const role: Role = proposed ? 'dim' : 'plain';
	return [
		seen.cutLeft ? {...sign, text: marks.more.padEnd(sign.text.length)} : sign,
		{text: seen.before, role},
		{text: seen.at, role: 'focus'},
		{text: seen.after},
		...(seen.cutRight ? [{text: marks.more, role: 'key'} as const] : []),
		...(proposed ? [{text: note, role: 'dim'} as const] : []),
	];
};
