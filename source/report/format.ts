import {stripVTControlCharacters} from 'node:util';
import {toldActor} from '../base/people/actor.ts';
import {printable} from '../base/printable.ts';
import {namesItsPlace, type Problem} from '../base/problem.ts';
import {formatBytes, formatDuration} from '../base/units.ts';
import {rateOf} from '../engine/progress.ts';
import type {Progress} from '../engine/state.ts';

/** One line of progress: `push api: 12.0 of 24.1 MiB, 5.2 MiB/s, 2.3 s left`. */
export const formatProgress = (progress: Progress): string => {
	const {label, done, total, unit} = progress;
	const {rate, leftMs} = rateOf(progress);
	const amount = (value: number): string => (unit === 'bytes' ? formatBytes(value) : String(value));
	return [
		`${label}: ${amount(done)}${total === undefined ? '' : ` of ${amount(total)}`}`,
		...(rate !== undefined && unit === 'bytes' ? [`${formatBytes(rate)}/s`] : []),
		...(leftMs === undefined ? [] : [`${formatDuration(leftMs)} left`]),
	].join(', ');
};

/** Where it is, as a prefix of the message; nothing where the message names the file itself. */
const placeOf = (problem: Problem): string => {
	const {location} = problem;
	if (!location || namesItsPlace(problem)) return '';
	const {file, line, column} = location;
	return `${[file, line, column].filter((part) => part !== undefined).join(':')}: `;
};

/** Lines that somebody else wrote, maybe in colours; each keeps its mark, so that none passes for a line of ours. */
const quoted = (text: string): readonly string[] =>
	text.split(/\r?\n/u).map((line) => `  | ${printable(stripVTControlCharacters(line))}`);

/** One problem: what, why, what to do, who, which answers, the evidence, its code. */
const blockOf = (problem: Problem): readonly string[] => {
	const {message, cause, fix, nextSteps, evidence, who, answers, code} = problem;
	const own = (lines: readonly string[]): readonly string[] => lines.map(printable);
	return [
		...own([
			`${placeOf(problem)}${message}`,
			`  why:   ${cause}`,
			`  do:    ${fix}`,
			...nextSteps.map((step) => `         ${step}`),
			`  who:   ${toldActor(who)}`,
			...(answers && answers.length > 0 ? [`  answers: ${answers.join(', ')}`] : []),
		]),
		...(evidence ?? []).flatMap(quoted),
		`  code:  ${code}`,
	];
};

/** The parts, each with its number; what stands for all of them comes last. */
const severalOf = (problem: Problem, parts: readonly Problem[]): readonly string[] => [
	printable(`${placeOf(problem)}${problem.message}`),
	...parts.flatMap((part, index) => {
		const [first = '', ...others] = blockOf(part);
		return [`  ${index + 1}. ${first}`, ...others.map((line) => `   ${line}`)];
	}),
	...[`  do:    ${problem.fix}`, ...problem.nextSteps.map((step) => `         ${step}`)].map(printable),
	`  code:  ${problem.code}`,
];

/** A problem as a block of text; several are numbered, each whole. Names in it cannot steer a terminal, nor begin a line. */
export const formatProblem = (problem: Problem): readonly string[] =>
	problem.parts ? severalOf(problem, problem.parts) : blockOf(problem);
