import {changesInWords} from '../../engine/changes.ts';
import {rateOf} from '../../engine/progress.ts';
import type {Item, Progress, StepState} from '../../engine/state.ts';
import {amounts, count, duration} from '../format.ts';
import {blank, bullet, paragraph, type Row, row} from '../rows.ts';
import {clean, pad, shorten} from '../text.ts';
import type {Glyphs, Role} from '../theme.ts';
import {changeRows} from './plan.ts';

/** A row of progress is called silent when nothing was heard for this long. */
const silentMs = 15_000;

/** The label with a bar behind it where the total is known; the label gives way, the bar does not. */
const labelRow = (progress: Progress, width: number, glyphs: Glyphs): Row => {
	const {share} = rateOf(progress);
	const label = clean(progress.label);
	if (share === undefined) return row(shorten(label, width, glyphs.more));
	const room = Math.max(8, Math.min(24, Math.floor(width * 0.3)));
	const full = Math.floor(share * room);
	return [
		{text: pad(label, Math.max(1, width - room - 6), glyphs.more)},
		{text: ` ${glyphs.full.repeat(full)}`, role: 'busy'},
		{text: glyphs.empty.repeat(room - full), role: 'dim'},
		{text: ` ${String(Math.floor(share * 100)).padStart(3)}%`},
	];
};

const progressRows = (progress: Progress, width: number, glyphs: Glyphs, now: number): readonly Row[] => {
	const silent = now - progress.updatedAt;
	return [
		labelRow(progress, width, glyphs),
		row(`  ${amounts(progress)}`, 'dim'),
		...(silent >= silentMs ? [row(`  nothing heard for ${duration(silent)}`, 'warn')] : []),
	];
};

const finished = ({done, total}: Progress): boolean => total !== undefined && done >= total;

const itemMarks: Readonly<Record<Item['state'], {readonly glyph: keyof Glyphs; readonly role: Role}>> = {
	ok: {glyph: 'ok', role: 'ok'},
	pending: {glyph: 'pending', role: 'warn'},
	bad: {glyph: 'bad', role: 'bad'},
};

const itemRows = ({label, state, note}: Item, width: number, glyphs: Glyphs): readonly Row[] => {
	const {glyph, role} = itemMarks[state];
	return bullet({text: glyphs[glyph], role}, note === '' ? label : `${label}: ${note}`, width);
};

/** What a step is doing, in words. */
const doing = (step: StepState, now: number): {readonly text: string; readonly role: Role} => {
	switch (step.status) {
		case 'pending':
			return {text: 'Not begun.', role: 'dim'};
		case 'checking':
			return {text: 'Looking at what is there.', role: 'busy'};
		case 'applying':
			return {text: step.attempt > 1 ? `Working, attempt ${step.attempt}.` : 'Working.', role: 'busy'};
		case 'waiting':
			return {text: 'Waiting for other people. Press Enter for the page.', role: 'warn'};
		case 'retrying': {
			const left = step.retry ? step.retry.at + step.retry.pauseMs - now : 0;
			return {text: `${step.retry?.problem.message ?? ''} Trying again in ${duration(left + 999)}.`, role: 'warn'};
		}
		case 'problem':
			return {text: `${step.problem?.message ?? 'A problem.'} Press Enter for the page.`, role: 'bad'};
		case 'done':
			return {text: step.outcome === 'already' ? 'There was nothing to do.' : 'Done.', role: 'ok'};
		case 'skipped':
			return {text: step.outcome === 'not-needed' ? 'Not asked for by the answers.' : 'Skipped.', role: 'dim'};
	}
};

const waitingText = ({waiting}: StepState, now: number): string =>
	waiting
		? `Waiting ${duration(now - waiting.since)}${waiting.timeoutMs === undefined ? '' : ` of at most ${duration(waiting.timeoutMs)}`}: ${waiting.reason}`
		: '';

const urgency: Readonly<Record<Item['state'], number>> = {bad: 0, pending: 1, ok: 2};

/**
 * Everything about one step: what is done now, progress, what is watched (what is bad first), warnings, changes, why. In a
 * small window only the beginning is seen while a step works; what is at rest begins with its reason.
 */
export const detailRows = (step: StepState, width: number, glyphs: Glyphs, now: number): readonly Row[] => {
	const under = step.progress.filter((one) => !finished(one));
	// Items that were counted are no transfers; what came of them stands in the rows below.
	const over = step.progress.filter((one) => finished(one) && one.unit === 'bytes').length;
	const active = step.finishedAt === undefined;
	const why = paragraph(step.why, width, 'dim');
	const works = active && step.startedAt !== undefined;
	const {text, role} = doing(step, now);
	return [
		row(shorten(step.title, width), 'title'),
		...(works ? [] : [...why, blank]),
		...(step.stale ? paragraph('Its answers have changed since it was last done.', width, 'warn') : []),
		...paragraph(text, width, role),
		...(step.note ? paragraph(step.note, width, 'dim') : []),
		...(step.waiting && active ? paragraph(waitingText(step, now), width, 'warn') : []),
		...under.flatMap((one) => progressRows(one, width, glyphs, now)),
		...(over > 0 ? [row(`${count(over, 'transfer')} finished`, 'dim')] : []),
		...step.items
			.toSorted((one, other) => urgency[one.state] - urgency[other.state])
			.flatMap((item) => itemRows(item, width, glyphs)),
		...step.warnings.flatMap((warning) => bullet({text: glyphs.warn, role: 'warn'}, warning, width)),
		...(step.changes.length > 0 ? [blank, row(changesInWords(step.changes), 'title')] : []),
		...changeRows(step.changes, width, 0),
		...(works ? [blank, ...why] : []),
	];
};
