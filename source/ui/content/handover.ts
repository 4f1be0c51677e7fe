import type {Handover} from '../../engine/plan.ts';
import {duration} from '../format.ts';
import {bullet, paragraph, type Row} from '../rows.ts';
import type {Glyphs} from '../theme.ts';

/** Why other people are needed and what is waited for; stands above the section and does not scroll. */
export const handoverHead = (
	handover: Handover,
	width: number,
	glyphs: Glyphs,
	checkedMs: number | undefined,
	roomFor: number,
): readonly Row[] => {
	const intro = paragraph(handover.intro, width);
	const room = Math.max(1, roomFor - intro.length - 1);
	const open = handover.awaited.filter(({ok}) => !ok);
	const awaited = [...open, ...handover.awaited.filter(({ok}) => ok)];
	const whole = awaited.map(({label, ok, note}) =>
		bullet(
			{text: glyphs[ok ? 'ok' : 'pending'], role: ok ? 'ok' : 'warn'},
			`${label}: ${note === '' ? (ok ? 'ok' : 'not yet') : note}`,
			width,
		),
	);
	// Each in full where there is room for all, else the first row of as many as there is room for.
	const shown = whole.flat().length <= room ? whole : whole.slice(0, room).map((rows) => rows.slice(0, 1));
	const hidden = awaited.length - shown.length;
	const good = handover.awaited.length - open.length;
	const age = checkedMs === undefined ? 'not checked yet' : `checked ${Math.floor(checkedMs / 1000)} s ago`;
	return [
		...intro,
		...shown.flat(),
		[
			{
				text: `${good} of ${handover.awaited.length} there, ${age}, looks again every ${duration(handover.pollEveryMs)}`,
				role: 'dim',
			},
			...(hidden > 0 ? [{text: `; ${hidden} more not shown`, role: 'dim'} as const] : []),
		],
	];
};

/** The exact text of one section. Lines are broken, never cut: they are meant to be copied. */
export const sectionRows = (handover: Handover, section: number, width: number): readonly Row[] =>
	handover.sections[section]?.lines.flatMap((line) => paragraph(line, width)) ?? [];
