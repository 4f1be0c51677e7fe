import type {Awaited, Handover} from '../../engine/plan.ts';
import {type HandoverPage, viewOf} from '../state/page.ts';
import type {Scene, UiState} from '../state/types.ts';
import {watch} from '../terminal/format.ts';
import {bodyColumns, pageRows} from '../terminal/layout.ts';
import type {Glyphs} from '../terminal/marks.ts';
import {blank, bullet, type Pane, type Row, type Scroll, type Scrolled, withCommands} from '../terminal/rows.ts';
import {clean, shorten, wrap} from '../terminal/text.ts';

const awaitedWords = ({label, ok, note}: Awaited): string => `${label}: ${note || (ok ? 'ok' : 'not yet')}`;

const awaitedRows = (one: Awaited, {width, marks}: Scroll, isShort = false): readonly Row[] => {
	const {ok} = one;
	const words = isShort ? shorten(awaitedWords(one), width - 2, marks.more) : awaitedWords(one);
	const mark = ok ? ({text: marks.ok, role: 'ok'} as const) : ({text: marks.pending, role: 'warn'} as const);
	return bullet(mark, words, width);
};

/** What is waited for, what is not there yet first: each in full where there is room, else in one row of as many as fit. */
const awaitedIn = ({awaited}: Handover, pane: Pane): {readonly rows: readonly Row[]; readonly hidden: number} => {
	const inOrder = [...awaited.filter(({ok}) => !ok), ...awaited.filter(({ok}) => ok)];
	const whole = inOrder.map((one) => awaitedRows(one, pane));
	if (whole.flat().length <= pane.height) return {rows: whole.flat(), hidden: 0};
	const shown = inOrder.slice(0, pane.height);
	return {rows: shown.flatMap((one) => awaitedRows(one, pane, true)), hidden: awaited.length - shown.length};
};

/** Times of a hand-over page, ms: now, since the epoch, and the time since the last look. */
type Times = {readonly now: number; readonly checkedMs: number | undefined};

/** How much is there, and how fresh that is. */
const countRow = ({awaited, pollEveryMs}: Handover, hidden: number, {checkedMs}: Times): Row => {
	const good = awaited.filter(({ok}) => ok).length;
	const age = checkedMs === undefined ? 'not checked yet' : `checked ${Math.floor(checkedMs / 1000)} s ago`;
	const more = hidden > 0 ? `; ${hidden} more not shown` : '';
	return [
		{text: `${good} of ${awaited.length} there, ${age}, looks again every ${watch(pollEveryMs)}${more}`, role: 'dim'},
	];
};

/** That nobody knows how much is there now, for how long, and why. */
const unseenRows = (
	{why, since}: NonNullable<Handover['unseen']>,
	{pollEveryMs}: Handover,
	{now}: Times,
	{width, marks}: Pane,
): readonly Row[] => {
	const words = `not seen for ${watch(now - since)}, looks again every ${watch(pollEveryMs)}: ${why}`;
	return bullet({text: marks.warn, role: 'warn'}, words, width);
};

/** What it is about, and in a rehearsal how the others are reminded. */
const introRows = ({intro}: Handover, width: number, reminder: string | undefined): readonly Row[] => [
	...withCommands(intro, width),
	...(reminder === undefined ? [] : withCommands(reminder, width, 'key')),
];

/** What is waited for, in as many rows as there are, and how fresh that is. */
const waitedRows = (handover: Handover, pane: Pane, times: Times): readonly Row[] => {
	const {unseen} = handover;
	const below = unseen && unseenRows(unseen, handover, times, pane);
	const {rows, hidden} = awaitedIn(handover, {...pane, height: Math.max(1, pane.height - (below?.length ?? 1))});
	return [...rows, ...(below ?? [countRow(handover, hidden, times)])];
};

/** An exact line: where it does not fit, the rows that go on with it have a mark, for they are no lines of their own. */
const exactRows = (line: string, width: number, marks: Glyphs): readonly Row[] => {
	const [first = '', ...others] = wrap(line, width);
	if (others.length === 0) return [[{text: first}]];
	const rest = wrap(clean(line).slice(first.length), width - 2);
	return [[{text: first}], ...rest.map((part): Row => [{text: `${marks.goesOn} `, role: 'key'}, {text: part}])];
};

/**
 * A hand-over: the section that is open, below a head that stays. Lines are broken, never cut; `y` copies them whole. Words about it that
 * would take half of the page are scrolled, before the first section.
 */
export const handoverText = (
	page: HandoverPage,
	state: UiState,
	{columns, rows, now}: Scene,
	marks: Glyphs,
): Scrolled & {readonly head: readonly Row[]} => {
	const {handover, step} = page;
	const {section} = viewOf(state.run, page);
	const {checked} = state.run;
	const width = bodyColumns(columns);
	const body = pageRows(rows);
	const half = Math.floor(body / 2);
	const times = {now, checkedMs: checked === undefined ? undefined : now - checked.at};
	const intro = introRows(handover, width, state.found?.reminders?.[step.id]);
	const whole = handover.awaited.flatMap((one) => awaitedRows(one, {width, marks})).length;
	// Why something is waited for is read before the words about it, where that is all that keeps it from being whole.
	const crowds = intro.length + whole >= half && whole < half;
	const stays = intro.length + 2 <= half && !crowds;
	const waited = waitedRows(handover, {width, height: stays ? half - intro.length : half, marks}, times);
	const head = stays ? [...intro, ...waited] : waited;
	const lines = (handover.sections[section]?.lines ?? []).flatMap((line) => exactRows(line, width, marks));
	return {
		head,
		rows: stays || section > 0 ? lines : [...intro, blank, ...lines],
		height: Math.max(3, body - head.length),
	};
};
