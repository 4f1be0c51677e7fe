import {declareProblems} from '../../base/problem-table.ts';

/** Problems of cutting a bundle into parts. */
export const splitProblems = declareProblems({
	'bundle-split-size': {
		area: 'usage',
		message: '--size {text} cannot be used.',
		fix: 'Give the most bytes that a part may have, such as 700M, 4G or 25GiB.',
		cases: {
			'no number': {cause: 'It is not a number with K, M, G or T behind it.'},
			'too small': {cause: 'A part has at least 1 MiB.'},
			'too large': {cause: 'No disk has so many bytes.'},
		},
	},
	'bundle-split-inside': {
		area: 'bundle',
		message: '{out} lies within the bundle.',
		cause: 'The parts would be files of the bundle, which it must not hold.',
		fix: 'Name a folder outside the bundle with --out.',
	},
	'bundle-split-compressed': {
		area: 'bundle',
		message: '{name} is compressed, and cannot be split as it is.',
		cause: 'Its files would have to be unpacked out of order, over and over.',
		fix: 'Unpack it, and split the folder.',
	},
	'bundle-split-left-over': {
		area: 'bundle',
		message: '{out} holds parts of another splitting: {files}.',
		cause: 'This one ends with {last}; the bundle or the size of the parts was another then.',
		fix: 'Remove them, or name another folder with --out.',
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleSplit: typeof splitProblems.table;
	}
}
