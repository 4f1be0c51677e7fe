import type {StepState} from '../../engine/state.ts';
import {duration} from '../format.ts';
import type {Row} from '../rows.ts';
import {cells, pad} from '../text.ts';
import {type Glyphs, statusMarks} from '../theme.ts';

/** How long a step took, or takes so far; empty before it begins. */
export const elapsed = ({startedAt, finishedAt, status}: StepState, now: number): string =>
	startedAt === undefined || status === 'pending' || (status === 'skipped' && finishedAt === startedAt)
		? ''
		: duration((finishedAt ?? now) - startedAt);

/** One row of the list of steps: pointer, mark, title, duration. `busy` is the picture of the busy sign. */
export const stepRow = (
	step: StepState,
	width: number,
	glyphs: Glyphs,
	now: number,
	options: {readonly pointed: boolean; readonly focused: boolean; readonly busy?: string},
): Row => {
	const {glyph, role} = statusMarks[step.status];
	const time = elapsed(step, now);
	const mark = glyph === 'busy' && options.busy !== undefined ? options.busy : glyphs[glyph];
	const title = pad(step.title, Math.max(1, width - 5 - cells(time)), glyphs.more);
	return [
		{text: options.pointed ? glyphs.pointer : ' ', role: options.focused ? 'key' : 'dim'},
		{text: `${mark} `, role},
		{
			text: title,
			role: step.status === 'pending' || step.status === 'skipped' ? 'dim' : 'plain',
			bold: options.pointed,
		},
		{text: ` ${time}`, role: 'dim'},
	];
};
