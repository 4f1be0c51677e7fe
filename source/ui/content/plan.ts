import type {Problem} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import {formatBytes} from '../../base/units.ts';
import {writesIn} from '../../engine/changes.ts';
import type {Change, PlanFact} from '../../engine/plan.ts';
import {type PlanStep, planInWords, verdictOf} from '../../engine/plan-view.ts';
import type {PlanState} from '../state/types.ts';
import type {Mark} from '../terminal/marks.ts';
import {blank, bullet, paragraph, type Row, row, type Scroll} from '../terminal/rows.ts';
import {shorten} from '../terminal/text.ts';

const changeRow = ({action, target, detail, bytes, opens}: Change, width: number, indent: number): readonly Row[] => {
	const mark = {text: action.padEnd(6), role: 'key'} as const;
	const more = [...(detail ? [detail] : []), ...(bytes === undefined ? [] : [`${formatBytes(bytes)} to send`])].join(
		', ',
	);
	const text = more === '' ? target : `${target}: ${more}`;
	// What opens is told whole there, and in one row here.
	return bullet(mark, opens ? shorten(text, width - indent - 7) : text, width, indent);
};

/** One change: what is done to what. */
export const changeRows = (changes: readonly Change[], width: number, indent: number): readonly Row[] =>
	changes.flatMap((change) => changeRow(change, width, indent));

const marksOf: Readonly<Record<PlanStep['state'], Mark>> = {
	ok: {glyph: 'ok', role: 'ok'},
	todo: {glyph: 'busy', role: 'busy'},
	unknown: {glyph: 'pending', role: 'dim'},
	held: {glyph: 'pending', role: 'warn'},
	'not-needed': {glyph: 'skipped', role: 'dim'},
	problem: {glyph: 'bad', role: 'bad'},
};

const verdict = (step: PlanStep): string => (step.state === 'problem' ? step.problem.message : verdictOf(step));

/** Most lines of what was seen that are shown here; the page of the problem has them all. */
const mostSeen = 3;

/** The answers of a problem whose words name none of them: which path, which login. */
const unnamed = ({message, cause, fix, evidence = [], answers = []}: Problem): readonly string[] => {
	const words = [message, cause, fix, ...evidence.slice(0, mostSeen)].join(' ');
	return answers.some((answer) => words.includes(answer)) ? [] : answers;
};

/** Why one is met and what to do about it, with its commands and answers, and what was seen: a fix may say to choose from these. */
const fixRows = (problem: Problem, width: number, indent: number): readonly Row[] => [
	...paragraph(`Why: ${problem.cause}`, width, 'plain', indent),
	...paragraph(`What to do: ${problem.fix}`, width, 'plain', indent),
	...problem.nextSteps.flatMap((step) => paragraph(step, width, 'plain', indent + 2)),
	...(unnamed(problem).length === 0
		? []
		: paragraph(`Answers: ${unnamed(problem).join(', ')}`, width, 'plain', indent)),
	...(problem.evidence ?? []).slice(0, mostSeen).flatMap((line) => paragraph(line, width, 'dim', indent)),
];

/** What to do about a problem; of several each with what it is, as the first words only count them. */
const problemRows = (problem: Problem, width: number): readonly Row[] => {
	const {parts = []} = problem;
	if (parts.length === 0) return fixRows(problem, width, 6);
	return parts.flatMap((part, index) => [
		...bullet({text: `${index + 1}.`, role: 'key'}, part.message, width, 6),
		...fixRows(part, width, 9),
	]);
};

const stepRows = (step: PlanStep, {width, marks}: Scroll): readonly Row[] => {
	const waits = step.state === 'todo' && writesIn(step.changes).length === 0;
	const {glyph, role} = marksOf[waits ? 'unknown' : step.state];
	const read = (step.pages ?? []).flatMap(({title, lines}) =>
		bullet({text: 'read  ', role: 'key'}, `${title} (${counted(lines.length, 'line')})`, width, 6),
	);
	const head = [...bullet({text: marks[glyph], role}, `${step.title}: ${verdict(step)}`, width, 2), ...read];
	if (step.state === 'todo') return [...head, ...changeRows(step.changes, width, 6)];
	return step.state === 'problem' ? [...head, ...problemRows(step.problem, width)] : head;
};

/** The plan in a few words, for where there is one line. */
export const planInShort = (plan: PlanState): string => {
	switch (plan.status) {
		case 'none':
			return 'not looked at';
		case 'looking':
			return plan.count === 0 ? 'looking' : `looking at ${plan.title}, ${plan.index + 1} of ${plan.count}`;
		case 'failed':
			return 'not known, see below';
		case 'ready':
			return planInWords(plan.view);
	}
};

const bodyRows = (plan: PlanState, scroll: Scroll): readonly Row[] => {
	const {width} = scroll;
	switch (plan.status) {
		case 'none':
			return paragraph('Not looked at: some answers are missing or not valid.', width, 'warn', 2);
		case 'looking': {
			const place = plan.count === 0 ? '.' : `: ${plan.index + 1} of ${plan.count}, ${plan.title}`;
			return [row(`  Looking, nothing is changed${place}`, 'busy')];
		}
		case 'failed':
			return [
				...paragraph(plan.problem.message, width, 'bad', 2),
				...paragraph(`What to do: ${plan.problem.fix}`, width, 'plain', 2),
			];
		case 'ready':
			return [...plan.view.steps.flatMap((step) => stepRows(step, scroll)), blank];
	}
};

const factRows = (facts: readonly PlanFact[], width: number): readonly Row[] => {
	const left = Math.max(...facts.map(({label}) => label.length)) + 1;
	return facts.flatMap(({label, lines, opens}) =>
		lines.flatMap((line, index) =>
			bullet(
				{text: (index === 0 ? label : '').padEnd(left), role: 'dim'},
				opens && index === lines.length - 1 ? `${line} (d opens them)` : line,
				width,
				2,
			),
		),
	);
};

const factsOf = (plan: PlanState): readonly PlanFact[] => {
	if (plan.status === 'looking') return plan.facts ?? [];
	return plan.status === 'ready' ? (plan.view.facts ?? []) : [];
};

/** Where the plan goes and what is there, as far as it is known. */
export const aroundRows = (plan: PlanState, width: number): readonly Row[] => {
	const facts = factsOf(plan);
	if (facts.length === 0) return [];
	return [row('Where it goes', 'title'), ...factRows(facts, width), blank];
};

/** What a run would do, by step, as far as it is known. */
export const planRows = (plan: PlanState, scroll: Scroll): readonly Row[] => [
	row('What will be done', 'title'),
	...bodyRows(plan, scroll),
];

/** The rows of `planRows` in which problems begin. */
export const planProblems = (plan: PlanState, scroll: Scroll): readonly number[] => {
	if (plan.status === 'failed') return [1];
	if (plan.status !== 'ready') return [];
	const {steps} = plan.view;
	return steps.flatMap(({state}, index) =>
		state === 'problem' ? [1 + steps.slice(0, index).flatMap((step) => stepRows(step, scroll)).length] : [],
	);
};
