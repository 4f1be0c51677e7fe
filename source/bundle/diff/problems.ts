import {declareProblems} from '../../base/problem-table.ts';

/** Problems of making a bundle of only what the target lacks. */
export const diffProblems = declareProblems({
	'bundle-diff-by-hand': {
		area: 'bundle',
		message: 'No differential bundle can be made from {bundle}.',
		cause: 'It was made by hand: its layers lie within archives of `docker save`, out of which none can be left.',
		fix: 'Make the new bundle with `zenml-airgap bundle create`; it takes such archives with --from.',
	},
	'bundle-diff-differential': {
		area: 'bundle',
		message: 'No differential bundle can be made from {bundle}.',
		cause: 'It is one itself: it leaves out what {base} has.',
		fix: 'Give the whole bundle.',
	},
	'bundle-diff-out': {
		area: 'bundle',
		cases: {
			inside: {
				message: '{out} cannot take the differential bundle.',
				cause: 'It lies within the whole one, which would then hold files that it must not.',
				fix: 'Name a folder outside the bundle with --out.',
			},
			'a link': {
				message: '{out} cannot take the differential bundle.',
				cause: 'It is a link, but the bundle is a folder.',
				fix: 'Name another folder with --out.',
			},
			'a file': {
				message: '{out} cannot take the differential bundle.',
				cause: 'It is a file, but the bundle is a folder.',
				fix: 'Name another folder with --out.',
			},
			'not empty': {
				message: '{out} cannot take the differential bundle.',
				cause: 'It is not empty ({names}); a bundle holds nothing but its own files.',
				fix: 'Name another folder with --out.',
			},
			'no folder in the way': {
				message: '{out} is in the way: the differential bundle is made under that name before it gets its own.',
				cause: 'It is no folder.',
				fix: 'Look at it, move it elsewhere, or name another folder with --out.',
				nextSteps: ['ls -la {out}'],
			},
			'files in the way': {
				message: '{out} is in the way: the differential bundle is made under that name before it gets its own.',
				cause: 'Nothing in it says that this program made it, so it stays as it is.',
				fix: 'Look at it, move it elsewhere, or name another folder with --out.',
				nextSteps: ['ls -la {out}'],
			},
		},
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleDiff: typeof diffProblems.table;
	}
}
