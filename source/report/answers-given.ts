import type {Answers} from '../answers/schema.ts';
import {type Draft, getAt} from '../answers/tree.ts';
import {printable} from '../base/printable.ts';
import type {Problem} from '../base/problem.ts';
import {cutTo} from '../base/text.ts';
import type {Event} from '../engine/events.ts';

/** Most characters of one answer. */
const mostCharacters = 120;

const shown = (draft: Draft, path: string): readonly string[] => {
	const value = getAt(draft, path);
	if (typeof value !== 'string' && typeof value !== 'number') return [];
	return [`${path} = ${cutTo(printable(String(value)), mostCharacters)}`];
};

/** A problem, and its parts, with what was given for the answers that it names: of a secret its reference, as answers hold no other. */
const problemWithAnswers = (problem: Problem, answers: Answers): Problem => {
	const {answers: named = [], evidence = [], parts} = problem;
	const given = named.flatMap((path) => shown(answers as unknown as Draft, path));
	return {
		...problem,
		...(given.length > 0 && {evidence: [...evidence, `Answers as given: ${given.join(', ')}`]}),
		...(parts && {parts: parts.map((part) => problemWithAnswers(part, answers))}),
	};
};

/** An event whose problem, where it has one, tells what was given for the answers that it names. */
export const eventWithAnswers = (event: Event, answers: Answers): Event =>
	'problem' in event && event.problem ? {...event, problem: problemWithAnswers(event.problem, answers)} : event;
