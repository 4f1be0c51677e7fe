import {said} from '../../../answers/form/answering.ts';
import type {QuestionAt} from '../../../answers/form/asking.ts';
import {topics} from '../../../answers/questions.ts';
import {type Entry, entriesOf, questionnaireOf, topicsIn} from '../entries.ts';
import {goTo, inFocus, leave, questionAt} from '../questions.ts';
import {after, type On, type Turn, turn} from '../types.ts';

type Asking = On<'questions'>;

/** All questions there are, with the advanced ones; while answers are mended, those of the topics that are mended. */
const wide = (state: Asking): Asking => {
	const {scope} = state.screen;
	return {...state, advanced: true, screen: {...state.screen, scope: scope.kind === 'mend' ? scope : {kind: 'all'}}};
};

const isQuestion = (entry: Entry): entry is Extract<Entry, {readonly kind: 'question'}> => entry.kind === 'question';

/** The questions that can be searched, in order, of each member of a list as well. */
const searched = (state: Asking): readonly QuestionAt[] => {
	const questionnaire = questionnaireOf(wide(state));
	return topicsIn(questionnaire).flatMap((topic) =>
		entriesOf(questionnaire, topic).flatMap((entry) => {
			if (isQuestion(entry)) return [entry];
			return entry.kind === 'item' ? entriesOf(questionnaire, topic, entry.index).filter(isQuestion) : [];
		}),
	);
};

/** What is searched of each question: what it is called, why it is asked, its answer, and its path. Of a secret only its reference. */
export const questionLines = (state: Asking): readonly string[] =>
	searched(state).map((at) => [at.question.label, at.question.why, said(state, at).text, at.path].join('\n'));

/** Which of the questions that are searched is in focus; from a list the one before its topic. */
export const questionFocus = (state: Asking): number => {
	const all = searched(state);
	const entry = inFocus(state);
	if (entry?.kind === 'question') return all.findIndex(({path}) => path === entry.path);
	const next = all.findIndex(({topic}) => topics.indexOf(topic) >= state.screen.spot.topic);
	return next < 0 ? all.length - 1 : next - 1;
};

/** Goes to a question by its place among those that are searched; what was typed before is taken. */
export const goToQuestion = (state: Asking, index: number): Turn => {
	const path = searched(state)[index]?.path;
	if (path === undefined) return turn(state);
	return after(leave(state), (left) => {
		const there = questionAt(left, path);
		return there ? goTo(there, there.screen.spot) : turn(left);
	});
};
