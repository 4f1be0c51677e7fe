import type {Problem} from '../../base/problem.ts';
import {firstOf} from '../../base/text.ts';
import {secretTexts} from '../../helm/index.ts';
import {nameOfPath} from '../effect/leaves.ts';
import {chartsProblems} from '../problems.ts';
import type {ValuesFile} from './read.ts';
import {replacedDefaults, undoneBy} from './undone.ts';
import {variablesTwice, variablesUndoing} from './variables.ts';

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

type Theirs = Readonly<Record<string, unknown>>;

/** The operator's values beside ours; `root` is the main section of the chart. */
type Beside = {readonly ours: unknown; readonly theirs: Theirs; readonly together: unknown; readonly root: string};

const secretsIn = (theirs: Theirs, place: ValuesFile): readonly Problem[] =>
	unfitValues(
		'secret',
		secretTexts(theirs).map(({path}) => nameOfPath(path)),
		place,
	);

/** What is wrong with the operator's values whatever the chart is, and whatever ours are. */
export const operatorProblemsAlone = (theirs: Theirs, place: ValuesFile): readonly Problem[] => [
	...secretsIn(theirs, place),
	...unfitValues('variables', variablesUndoing(theirs), place),
];

/** What the operator should know of values that are taken. */
export const operatorWarnings = ({ours, together, root}: Beside, {file}: ValuesFile): readonly string[] => {
	const replaced = replacedDefaults(ours, together, root);
	return replaced.length === 0 ? [] : [`${file} replaces what this tool sets: ${firstOf(replaced, 10)}.`];
};

/** What is wrong with the operator's values beside ours, before any chart is rendered. */
export const operatorProblems = ({ours, theirs, together, root}: Beside, place: ValuesFile): readonly Problem[] => [
	...secretsIn(theirs, place),
	// Newer charts still take the old section, and it wins over the new one.
	...unfitValues('old section', root === 'server' && Object.hasOwn(theirs, 'zenml') ? ['zenml'] : [], place),
	...unfitValues('undone', undoneBy(ours, together, root), place),
	...unfitValues('variables', [...variablesUndoing(theirs), ...variablesTwice(ours, theirs, root)], place),
];
