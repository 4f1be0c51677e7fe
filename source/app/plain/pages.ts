import {said} from '../../answers/form/answering.ts';
import {type QuestionAt, questionsIn} from '../../answers/form/asking.ts';
import type {Form} from '../../answers/form/form.ts';
import {topics} from '../../answers/questions.ts';
import {changesInWords, formatChange} from '../../engine/changes.ts';
import {type PlanStep, type PlanView, pagesOf} from '../../engine/plan-view.ts';
import type {PlanWords} from '../../engine/plan-words.ts';
import {formatProblem} from '../../report/format.ts';
import type {Found} from '../../ui/state/session.ts';

/** What was found before the first question. */
export const foundLines = (
	{bundle, kubeconfig, earlier, rehearsal, fault = [], lines}: Found,
	{welcome, start}: PlanWords,
): readonly string[] => [
	welcome,
	`Nothing is changed before you have seen the plan and answered yes to "${start}?".`,
	...(rehearsal ? ['This is a rehearsal: nothing outside of it is touched.'] : []),
	...fault,
	...(earlier ? [`Earlier run of ${new Date(earlier.at).toISOString()}: ${earlier.text}`] : []),
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
	switch (step.state) {
		case 'ok':
			return [`  ${step.title}: ${step.note ?? 'nothing to do'}`];
		case 'todo':
			return [
				`  ${step.title}: ${changesInWords(step.changes)}`,
				...step.changes.map((change) => `    ${formatChange(change)}`),
			];
		case 'unknown':
			return [`  ${step.title}: ${step.note ?? 'known once earlier steps are done'}`];
		case 'not-needed':
			return [`  ${step.title}: not asked for`];
		case 'problem':
			return [`  ${step.title}: a problem`, ...formatProblem(step.problem).map((line) => `    ${line}`)];
	}
};

/** What a run would do, by step, and what is to be read before it. */
export const planLines = (view: PlanView): readonly string[] => [
	...view.steps.flatMap(stepLines),
	...pagesOf(view).flatMap(({title, lines}) => ['', `--- ${title}`, ...lines]),
];
