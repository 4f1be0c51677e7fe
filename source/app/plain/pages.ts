import {said} from '../../answers/form/answering.ts';
import {type QuestionAt, questionsIn} from '../../answers/form/asking.ts';
import type {Form} from '../../answers/form/form.ts';
import {topics} from '../../answers/questions.ts';
import {formatMoment} from '../../base/units.ts';
import {formatChange} from '../../engine/changes.ts';
import {type PlanStep, type PlanView, pagesOf, verdictOf} from '../../engine/plan-view.ts';
import type {PlanWords} from '../../engine/plan-words.ts';
import {factLines, whereLines} from '../../report/event-lines.ts';
import {formatProblem} from '../../report/format.ts';
import {openedFact, openedLines} from '../../report/opened-lines.ts';
import type {Found} from '../../ui/state/session.ts';

/** What was found before the first question. */
export const foundLines = (
	{bundle, kubeconfig, running, earlier, unfinished = [], rehearsal, fault = [], lines}: Found,
	{welcome, start}: PlanWords,
): readonly string[] => [
	welcome,
	`Nothing is changed before you have seen the plan and answered yes to "${start}?".`,
	...(rehearsal ? ['This is a rehearsal: nothing outside of it is touched.'] : []),
	...fault,
	...(running === undefined ? [] : [running]),
	...unfinished,
	...(earlier ? [`Earlier run of ${formatMoment(earlier.at)}: ${earlier.text}`] : []),
	`Bundle ${bundle.path}: ${bundle.text}`,
	`Cluster${kubeconfig.context === '' ? '' : ` ${kubeconfig.context}`}: ${kubeconfig.text}`,
	...lines
		.filter((line) => !line.includes(kubeconfig.server) && !line.includes(bundle.path))
		.map((line) => `  ${line}`),
];

const answerLine = (form: Form, at: QuestionAt): string => {
	const member = /\.(\d+)\./u.exec(at.path)?.[1];
	const number = member === undefined ? '' : ` (${Number(member) + 1})`;
	return `  ${at.question.label}${number}: ${said(form, at).text}`;
};

/** All answers by topic, one a line; advanced ones only where they were given. */
export const reviewLines = (form: Form): readonly string[] =>
	topics.flatMap((topic) => {
		const questions = questionsIn({draft: form.draft, scope: {kind: 'all'}, advanced: 'given'}, topic);
		return questions.length === 0 ? [] : [topic.title, ...questions.map((at) => answerLine(form, at))];
	});

const stepLines = (step: PlanStep): readonly string[] => {
	const head = `  ${step.title}: ${verdictOf(step)}`;
	if (step.state === 'todo') return [head, ...step.changes.map((change) => `    ${formatChange(change)}`)];
	if (step.state === 'problem') return [head, ...formatProblem(step.problem).map((line) => `    ${line}`)];
	return [head];
};

/** Where a plan goes, what a run would do, by step, and what is to be read before it. */
export const planLines = (view: PlanView): readonly string[] => [
	...whereLines(view.facts ?? [], factLines),
	...(view.facts?.length ? [''] : []),
	'What will be done',
	...view.steps.flatMap(stepLines),
	...pagesOf(view).flatMap(({title, lines}) => ['', `--- ${title}`, ...lines]),
];

/** What is to be known of a plan and its changes, as far as they open, with all that they open to, by step; empty where none does. */
export const planDetails = ({steps, facts = []}: PlanView): readonly string[] => [
	...facts.flatMap((fact) => (fact.opens ? ['', `--- ${fact.label}`, ...openedFact(fact)] : [])),
	...steps.flatMap((step) => {
		const opening = step.state === 'todo' ? step.changes.filter(({opens = []}) => opens.length > 0) : [];
		return opening.length === 0 ? [] : ['', `--- ${step.title}`, ...openedLines(opening)];
	}),
];
