import {toldActor} from '../../base/people/actor.ts';
import {namesItsPlace, type Problem} from '../../base/problem.ts';
import {sameAgainWords} from '../../engine/outcome.ts';
import type {WayInfo} from '../../engine/plan.ts';
import type {ProblemPage} from '../state/page.ts';
import {type ProblemButton, problemButtons} from '../state/page-keys.ts';
import type {PageView, Scene} from '../state/types.ts';
import {bodyColumns, problemHeight} from '../terminal/layout.ts';
import {blank, bullet, paragraph, type Row, row, type Scrolled, withCommands} from '../terminal/rows.ts';

/** What can be done about a problem, with the letter that does it. */
const labels: Readonly<Record<Exclude<ProblemButton, object>, string>> = {
	retry: 'Retry (r)',
	edit: 'Edit answers, then retry (e)',
	skip: 'Skip this step (s)',
	save: 'Save a problem report (w)',
	quit: 'Quit, to go on later (q)',
};

/** What a button of the problem page says; the first way has a letter too. */
export const problemLabels = (buttons: readonly ProblemButton[]): readonly string[] => {
	const first = buttons.find((button) => typeof button === 'object');
	return buttons.map((button) =>
		typeof button === 'object' ? `${button.label}${button === first ? ' (b)' : ''}` : labels[button],
	);
};

/** The way that is to be agreed to, and what is asked about it. */
export const consentOf = (
	{step: {ways = []}}: ProblemPage,
	{consent}: PageView,
): {readonly way: WayInfo; readonly question: string} | undefined => {
	const way = ways.find(({id}) => id === consent?.way);
	if (!way || !consent) return undefined;
	return {
		way,
		question: consent.given === 0 ? 'Go this way? y/n' : 'What is named above is lost for good. Really? y/n',
	};
};

const wayRows = ({label, warning}: WayInfo, width: number): readonly Row[] => [
	...paragraph(label, width, 'warn'),
	...warning.flatMap((text) => [blank, ...paragraph(text, width)]),
];

const part = (title: string, rows: readonly Row[]): readonly Row[] =>
	rows.length > 0 ? [blank, row(title, 'title'), ...rows] : [];

const placeOf = ({location}: Problem): string =>
	location ? [location.file, location.line, location.column].filter((one) => one !== undefined).join(':') : '';

const placeRows = (problem: Problem, width: number): readonly Row[] => {
	const place = namesItsPlace(problem) ? '' : placeOf(problem);
	return place === '' ? [] : paragraph(`in ${place}`, width, 'dim');
};

const actsOf = ({who, code}: Problem): string => `${toldActor(who)}. Code: ${code}`;

const answersOf = ({answers = []}: Problem): readonly string[] =>
	answers.length === 0 ? [] : [`Answers: ${answers.join(', ')}`];

const stepRows = (steps: readonly string[], width: number): readonly Row[] =>
	steps.flatMap((step, index) => bullet({text: `${index + 1}.`, role: 'key'}, step, width));

const evidenceRows = ({evidence = []}: Problem, width: number, indent: number): readonly Row[] =>
	evidence.flatMap((line) => paragraph(line, width, 'dim', indent));

/** What, why, what to do, next steps, who has to act and by which answers, the evidence. */
const oneRows = (problem: Problem, width: number): readonly Row[] => [
	...paragraph(problem.message, width, 'bad'),
	...placeRows(problem, width),
	...part('Why', paragraph(problem.cause, width)),
	...part('What to do', paragraph(problem.fix, width)),
	...part('Next steps', stepRows(problem.nextSteps, width)),
	...part('Who has to act', paragraph([actsOf(problem), ...answersOf(problem)].join('. '), width)),
	...part('Evidence', evidenceRows(problem, width, 2)),
];

/** How far what belongs to a numbered problem stands in, in cells. */
const partIndent = 3;

/** A row with a name before it; further lines stand below the text. */
const named = (name: string, text: string, width: number): readonly Row[] =>
	text === '' ? [] : bullet({text: name.padEnd(7), role: 'key'}, text, width, partIndent);

/** One of several: its number, what it is, and the rest below it. */
const numberedRows = (problem: Problem, number: number, width: number): readonly Row[] => [
	blank,
	...bullet({text: `${number}.`, role: 'bad'}, problem.message, width).map((line) =>
		line.map((span) => ({...span, role: 'bad' as const})),
	),
	...named('Where', placeOf(problem), width),
	...named('Why', problem.cause, width),
	...named('Do', problem.fix, width),
	...problem.nextSteps.flatMap((step) => named(' ', step, width)),
	...named('Who', actsOf(problem), width),
	...named('Answers', (problem.answers ?? []).join(', '), width),
	...evidenceRows(problem, width, partIndent + 2),
];

/** Rows, and the first row of each numbered problem among them. */
type Numbered = {readonly rows: readonly Row[]; readonly starts: readonly number[]};

/** Several problems: how many and whose, each in a line, what to do about all; then each whole. */
const severalRows = (problem: Problem, parts: readonly Problem[], width: number): Numbered => {
	const head = [
		...paragraph(problem.message, width, 'bad'),
		blank,
		...parts.flatMap(({message, who}, index) =>
			bullet({text: `${index + 1}.`, role: 'key'}, `${toldActor(who)}: ${message}`, width),
		),
		...part('What to do', paragraph(problem.fix, width)),
		...part('Next steps', stepRows(problem.nextSteps, width)),
	];
	const blocks = parts.map((one, index) => numberedRows(one, index + 1, width));
	const starts = blocks.map((_, index) =>
		blocks.slice(0, index).reduce((at, {length}) => at + length, head.length + 1),
	);
	return {rows: [...head, ...blocks.flat(), ...part('Code', [row(problem.code)])], starts};
};

/** The rows of a problem, and where each of several begins; of one alone, its first row. */
export const problemRows = (problem: Problem, width: number): Numbered =>
	problem.parts ? severalRows(problem, problem.parts, width) : {rows: oneRows(problem, width), starts: [0]};

type Above = {readonly width: number; readonly reminder: string | undefined};

/**
 * Above all else, that it was tried again and met the same: the page would look as if nothing had been done. Then how somebody who
 * rehearses reminds those who mend it.
 */
const withHead = ({step}: ProblemPage, {rows, starts}: Numbered, {width, reminder}: Above): Numbered => {
	const {sameAgainAt: at} = step;
	const head = [
		...(at === undefined ? [] : [...paragraph(sameAgainWords(at), width, 'warn'), blank]),
		...(reminder === undefined ? [] : [...withCommands(reminder, width, 'key'), blank]),
	];
	return {rows: [...head, ...rows], starts: starts.map((start) => start + head.length)};
};

/**
 * The page of a problem, above what can be done about it; while a way is to be agreed to, what it does.
 * @param reminders how others are reminded in a rehearsal, by step
 */
export const problemText = (
	page: ProblemPage,
	view: PageView,
	{columns, rows}: Scene,
	reminders: Readonly<Record<string, string>> = {},
): Scrolled => {
	const width = bodyColumns(columns);
	const consent = consentOf(page, view);
	const above = {width, reminder: reminders[page.step.id]};
	const text = consent ? {rows: wayRows(consent.way, width)} : withHead(page, problemRows(page.problem, width), above);
	return {...text, height: problemHeight(rows, consent ? 1 : problemButtons(page.step).length)};
};
