import type {Problem} from '../../base/problem.ts';
import {firstOf} from '../../base/text.ts';
import {secretTexts} from '../../helm/index.ts';
import {nameOfPath} from '../effect/leaves.ts';
import {chartsProblems} from '../problems.ts';
import type {ValuesFile} from './read.ts';
import {undoneBy} from './undone.ts';
import {variablesUndoing} from './variables.ts';

/** Why the operator's values, or some keys of them, are not taken. */
export type UnfitCase = 'undone' | 'variables' | 'secret' | 'old section' | 'unknown keys' | 'no effect';

/** The refusal of some keys of the operator's file. */
export const unfitValues = (
	which: UnfitCase,
	keys: readonly string[],
	{file, answer}: ValuesFile,
	evidence: readonly string[] = keys,
): readonly Problem[] =>
	keys.length === 0
		? []
		: [
				chartsProblems.problem(
					'helm-values-unfit',
					{case: which, file, answer, keys: firstOf(keys, 5)},
					{location: {file}, evidence, answers: [answer]},
				),
			];

/**
 * What is wrong with the operator's values beside ours, before any chart is rendered.
 * @param values `ours`, `theirs`, and both `together`; `root` is the main section of the chart
 */
export const operatorProblems = (
	{
		ours,
		theirs,
		together,
		root,
	}: {
		readonly ours: unknown;
		readonly theirs: Readonly<Record<string, unknown>>;
		readonly together: unknown;
		readonly root: string;
	},
	place: ValuesFile,
): readonly Problem[] => [
	...unfitValues(
		'secret',
		secretTexts(theirs).map(({path}) => nameOfPath(path)),
		place,
	),
	// Newer charts still take the old section, and it wins over the new one.
	...unfitValues('old section', root === 'server' && Object.hasOwn(theirs, 'zenml') ? ['zenml'] : [], place),
	...unfitValues('undone', undoneBy(ours, together, root), place),
	...unfitValues('variables', variablesUndoing(theirs, root), place),
];
