import {counted} from '../../base/text.ts';
import {changesInWords} from '../../engine/changes.ts';
import {inOrder, partWords} from '../../engine/outcome.ts';
import {rateOf} from '../../engine/progress.ts';
import type {Item, Progress, StepState} from '../../engine/state.ts';
import {isPod} from '../state/pod-log.ts';
import {lookedAt} from '../state/run.ts';
import type {Scene, UiState} from '../state/types.ts';
import {amount, amounts, watch} from '../terminal/format.ts';
import {detailColumns, runRows} from '../terminal/layout.ts';
import type {Glyphs, Mark, Role} from '../terminal/marks.ts';
import {blank, bullet, paragraph, type Row, row, type Scroll, type Scrolled} from '../terminal/rows.ts';
import {clean, pad, shorten} from '../terminal/text.ts';
import {changeRows} from './plan.ts';
import {podRows} from './run/pods.ts';

/** A row of progress is called silent when nothing was heard for this long. */
const silentMs = 15_000;

/** The label with a bar behind it where the total is known; the label gives way, the bar does not. */
const labelRow = (progress: Progress, {width, marks}: Scroll): Row => {
	const {share} = rateOf(progress);
	const label = clean(progress.label);
	if (share === undefined) return row(shorten(label, width, marks.more));
	const room = Math.max(8, Math.min(24, Math.floor(width * 0.3)));
	const full = Math.floor(share * room);
	return [
		{text: pad(label, Math.max(1, width - room - 6), marks.more)},
		{text: ` ${marks.full.repeat(full)}`, role: 'busy'},
		{text: marks.empty.repeat(room - full), role: 'dim'},
		{text: ` ${String(Math.floor(share * 100)).padStart(3)}%`},
	];
};

/** @param now ms since the epoch; absent where something else of the step is heard */
const progressRows = (progress: Progress, scroll: Scroll, now?: number): readonly Row[] => {
	const silent = (now ?? progress.updatedAt) - progress.updatedAt;
	return [
		labelRow(progress, scroll),
		row(`  ${amounts(progress)}`, 'dim'),
		...(silent >= silentMs ? [row(`  nothing heard for ${watch(silent)}`, 'warn')] : []),
	];
};

const isFinished = ({done, total}: Progress): boolean => total !== undefined && done >= total;

const itemMarks: Readonly<Record<Item['state'], Mark>> = {
	ok: {glyph: 'ok', role: 'ok'},
	pending: {glyph: 'pending', role: 'warn'},
	bad: {glyph: 'bad', role: 'bad'},
};

const itemRows = ({label, state, note}: Item, {width, marks}: Scroll): readonly Row[] => {
	const {glyph, role} = itemMarks[state];
	return bullet({text: marks[glyph], role}, note === '' ? label : `${label}: ${note}`, width);
};

type Told = {readonly text: string; readonly role: Role};

const retryWords = ({retry}: StepState, now: number): string => {
	const left = retry ? retry.at + retry.pauseMs - now : 0;
	return `${retry?.problem.message ?? ''} Trying again in ${watch(left + 999)}.`;
};

const doneText = (step: StepState): string => {
	if (step.outcome !== 'already') return 'Done.';
	const words = partWords(step, step.outcome);
	if (words === inOrder) return 'All is in order.';
	return words === undefined ? 'There was nothing to do.' : `${words[0]?.toUpperCase()}${words.slice(1)}.`;
};

/** What a step is doing, in words, by its status. */
const doing: Readonly<Record<StepState['status'], (step: StepState, now: number) => Told>> = {
	pending: () => ({text: 'Not begun.', role: 'dim'}),
	checking: () => ({text: 'Looking at what is there.', role: 'busy'}),
	applying: ({attempt}) => ({text: attempt > 1 ? `Working, attempt ${attempt}.` : 'Working.', role: 'busy'}),
	waiting: () => ({text: 'Waiting for other people. Press Enter for the page.', role: 'warn'}),
	retrying: (step, now) => ({text: retryWords(step, now), role: 'warn'}),
	problem: ({problem}) => ({text: `${problem?.message ?? 'A problem.'} Press Enter for the page.`, role: 'bad'}),
	'going-back': ({way}) => ({text: `${way?.label ?? 'Going back'}.`, role: 'warn'}),
	'brought-back': () => ({text: 'Brought back.', role: 'warn'}),
	done: (step) => ({text: doneText(step), role: 'ok'}),
	skipped: ({outcome}) => ({
		text: outcome === 'not-needed' ? 'Not asked for by the answers.' : 'Skipped.',
		role: 'dim',
	}),
};

const waitingRows = ({waiting, finishedAt}: StepState, width: number, now: number): readonly Row[] => {
	if (!waiting || finishedAt !== undefined) return [];
	const {reason, since, timeoutMs} = waiting;
	const bound = timeoutMs === undefined ? '' : ` of at most ${watch(timeoutMs)}`;
	return paragraph(`Waiting ${watch(now - since)}${bound}: ${reason}`, width, 'warn');
};

/** One that the end of its step has cut: nobody sends, so nothing is heard for any time. */
const cutRows = (progress: Progress, scroll: Scroll): readonly Row[] => [
	labelRow(progress, scroll),
	row(`  broken off at ${amount(progress)}`, 'warn'),
];

const transferRows = ({progress, status, items}: StepState, scroll: Scroll, now: number): readonly Row[] => {
	// Pods are watched all the time, and what is heard of them stands in their table.
	const since = items.some(isPod) ? undefined : now;
	const parts = progress.filter(({whole}) => !whole);
	// Items that were counted are no transfers; what came of them stands in the rows below.
	const over = parts.filter((one) => isFinished(one) && one.unit === 'bytes').length;
	const rowsOf = (one: Progress) => (status === 'problem' ? cutRows(one, scroll) : progressRows(one, scroll, since));
	return [
		...progress.filter((one) => !isFinished(one)).flatMap(rowsOf),
		...(over > 0 ? [row(`${counted(over, 'transfer')} finished`, 'dim')] : []),
	];
};

const urgency: Readonly<Record<Item['state'], number>> = {bad: 0, pending: 1, ok: 2};

/** What is watched, what is bad first, then warnings. */
const watchedRows = ({items, warnings}: StepState, scroll: Scroll, now: number): readonly Row[] => [
	...podRows(items, scroll, now),
	...items
		.filter((item) => !isPod(item))
		.toSorted((one, other) => urgency[one.state] - urgency[other.state])
		.flatMap((item) => itemRows(item, scroll)),
	...warnings.flatMap((warning) => bullet({text: scroll.marks.warn, role: 'warn'}, warning, scroll.width)),
];

/** What is done now, how far it is, and what is watched. */
const stateRows = (step: StepState, scroll: Scroll, now: number): readonly Row[] => {
	const {width} = scroll;
	const {text, role} = doing[step.status](step, now);
	return [
		...(step.stale ? paragraph('Its answers have changed since it was last done.', width, 'warn') : []),
		...paragraph(text, width, role),
		...(step.note ? paragraph(step.note, width, 'dim') : []),
		...waitingRows(step, width, now),
		...transferRows(step, scroll, now),
		...watchedRows(step, scroll, now),
		...(step.changes.length > 0 ? [blank, row(changesInWords(step.changes), 'title')] : []),
		...changeRows(step.changes, width, 0),
	];
};

/**
 * Everything about one step. In a small window only the beginning is seen, so a step that works begins with what it does, and one
 * at rest with its reason.
 */
const detailRows = (step: StepState, scroll: Scroll, now: number): readonly Row[] => {
	const why = paragraph(step.why, scroll.width, 'dim');
	const works = step.finishedAt === undefined && step.startedAt !== undefined;
	const rows = stateRows(step, scroll, now);
	return [
		row(shorten(step.title, scroll.width), 'title'),
		...(works ? [...rows, blank, ...why] : [...why, blank, ...rows]),
	];
};

/** The step that is looked at, in the room beside the list of steps. */
export const detailText = (state: UiState, {run, columns, rows, now}: Scene, marks: Glyphs): Scrolled => {
	const step = lookedAt(state.run, run);
	const scroll = {width: detailColumns(columns), marks};
	return {rows: step ? detailRows(step, scroll, now) : [], height: runRows(rows).top};
};
