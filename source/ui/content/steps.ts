import type {StepState} from '../../engine/state.ts';
import {lookedAt} from '../state/run.ts';
import type {Scene, UiState} from '../state/types.ts';
import {watch} from '../terminal/format.ts';
import {type Role, statusMarks} from '../terminal/marks.ts';
import {keepInView, type Pane, type Row, type Scroll} from '../terminal/rows.ts';
import {cells, pad} from '../terminal/text.ts';

/** How long a step took, or takes so far; empty before it begins. */
export const elapsed = ({startedAt, finishedAt, status}: StepState, now: number): string => {
	const isLeftOut = status === 'pending' || (status === 'skipped' && finishedAt === startedAt);
	return startedAt === undefined || isLeftOut ? '' : watch((finishedAt ?? now) - startedAt);
};

const titleRole = ({status}: StepState): Role => (status === 'pending' || status === 'skipped' ? 'dim' : 'plain');

/** How a step stands in the list: are there more beyond it, is it the one that is looked at, has the list the keys, what turns beside it. */
type StepLook = {
	readonly isEdge: boolean;
	readonly isPointed: boolean;
	readonly isFocused: boolean;
	readonly busy: string | undefined;
};

/** One row of the list of steps: pointer, mark, title, duration. */
const stepRow = (step: StepState, {width, marks}: Scroll, now: number, look: StepLook): Row => {
	const {isEdge, isPointed, isFocused, busy} = look;
	const beside = isEdge ? marks.more : ' ';
	const {glyph, role} = statusMarks[step.status];
	const mark = glyph === 'busy' ? (busy ?? marks.busy) : marks[glyph];
	const time = elapsed(step, now);
	const title = pad(step.title, Math.max(1, width - 5 - cells(time)), marks.more);
	return [
		{text: isPointed ? marks.pointer : beside, role: isFocused ? 'key' : 'dim'},
		{text: `${mark} `, role},
		{text: title, role: titleRole(step), bold: isPointed},
		{text: ` ${time}`, role: 'dim'},
	];
};

/** All steps, scrolled so that the one that is looked at is seen; `busy` is the picture of the busy sign of the one under way. */
export const stepRows = (
	state: UiState,
	{run, now}: Pick<Scene, 'run' | 'now'>,
	pane: Pane,
	busy: string | undefined,
): readonly Row[] => {
	const steps = run?.steps ?? [];
	const looked = steps.findIndex(({id}) => id === lookedAt(state.run, run)?.id);
	const top = keepInView(Math.max(0, looked), steps.length, pane.height);
	const shown = steps.slice(top, top + pane.height);
	const isEdge = (offset: number): boolean =>
		(offset === 0 && top > 0) || (offset === shown.length - 1 && top + shown.length < steps.length);
	return shown.map((step, offset) =>
		stepRow(step, pane, now, {
			isEdge: isEdge(offset),
			isPointed: top + offset === looked,
			isFocused: state.run.pane === 'steps',
			busy: step.id === run?.current ? busy : undefined,
		}),
	);
};
