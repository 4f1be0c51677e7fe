import {blank, type Row, row} from '../terminal/rows.ts';
import {pad} from '../terminal/text.ts';

const groups: ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, string]>]> = [
	[
		'Everywhere',
		[
			['Ctrl-C', 'stop or quit; twice: at once'],
			['?  Ctrl-L  Ctrl-G', 'this page, also while typing'],
			['Ctrl-Y', 'what a question or a problem (i) is about'],
			['arrows, j k h l, g G', 'move; digits choose'],
		],
	],
	[
		'Questions',
		[
			['Enter', 'take the answer and go on'],
			['Tab Shift-Tab up down', 'other question; Tab completes too'],
			['Esc PgUp;  PgDn Ctrl-N', 'back a topic; next topic'],
			['Ctrl-R  Ctrl-S', 'to the review'],
			['Ctrl-X  Ctrl-A', 'advanced questions'],
			['Ctrl-U  Ctrl-W  Ctrl-K', 'delete back, word, rest'],
		],
	],
	[
		'Run',
		[
			['Tab', 'steps, details, log'],
			['/  n  N', 'search the log; older, newer match'],
			['v  L', 'level of the log; live log of a pod'],
			['Esc  Enter', 'leave, open the waiting page'],
			['PgUp PgDn', 'scroll the log, or a problem'],
		],
	],
];

/** All keys on one page of at most 18 - 3 rows, so that it fits the smallest window. */
export const helpRows = (width: number, height: number): readonly Row[] => {
	const roomy = height >= groups.reduce((sum, [, keys]) => sum + keys.length + 2, 0);
	return groups.flatMap(([title, keys]) => [
		...(roomy ? [row(title, 'title')] : []),
		...keys.map(
			([key, does]): Row => [{text: pad(key, Math.min(27, Math.floor(width * 0.43))), role: 'key'}, {text: does}],
		),
		...(roomy ? [blank] : []),
	]);
};
