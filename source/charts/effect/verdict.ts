import type {Problem} from '../../base/problem.ts';
import {firstOf} from '../../base/text.ts';
import type {ChartMetadata} from '../contents.ts';
import {chartsProblems} from '../problems.ts';
import type {Effects} from './find.ts';

const label = ({name, version}: ChartMetadata): string => `${name} ${version}`;

/** The refusal of keys without effect; none where all have one. */
export const effectProblem = ({dead}: Effects, chart: ChartMetadata): readonly Problem[] =>
	dead.length === 0
		? []
		: [
				chartsProblems.problem(
					'chart-key-without-effect',
					{chart: label(chart), keys: firstOf(dead, 5)},
					{evidence: dead},
				),
			];

/** What is worth knowing of keys that another key switches off, and of keys that nobody could try. */
export const effectWarnings = ({idle, unproven}: Effects, chart: ChartMetadata): readonly string[] => [
	...idle.map(
		({path, switch: by}) => `In ${label(chart)} ${path} has no effect as ${by} stands: turned over, it would have one.`,
	),
	...(unproven.length === 0
		? []
		: [`Whether these values of ${label(chart)} have an effect was not found out: ${firstOf(unproven, 5)}.`]),
];
