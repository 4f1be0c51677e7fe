import {getAt} from '../../answers/draft.ts';
import {covers, type Scope} from '../../answers/form/asking.ts';
import {judgeForm} from '../../answers/form/form.ts';
import {topics} from '../../answers/questions.ts';
import {testOf} from '../state/asking/login.ts';
import {type Entry, entriesOf, questionnaireOf, topicsIn} from '../state/entries.ts';
import {lookOf} from '../state/looks.ts';
import type {On} from '../state/types.ts';
import type {Role} from '../terminal/marks.ts';
import {keepInView, type Pane, type Row, type Scroll, type Span, withMoreBelow} from '../terminal/rows.ts';
import {pad, shorten, shortenMiddle} from '../terminal/text.ts';
import {answerSpan} from './answers.ts';

type Asking = On<'questions'>;

const memberNumber = (path: string): string => {
	const member = /\.(\d+)\./u.exec(path)?.[1];
	return member === undefined ? '' : ` (${Number(member) + 1})`;
};

/** Marks of the terminal, and the paths of answers that are not valid. */
type Marking = {readonly marks: Scroll['marks']; readonly invalid: readonly string[]};

/** What was seen of an answer, or came of the try of its login: a mark behind it, and whole below the question in focus. An answer that is not valid is marked as well. */
const lookMark = (state: Asking, path: string, {marks, invalid}: Marking): Span | undefined => {
	if (getAt(state.draft, path) !== undefined && invalid.includes(path)) return {text: ` ${marks.bad}`, role: 'bad'};
	const seen = (testOf(state, path) ?? lookOf(state, path))?.seen;
	if (seen === undefined || seen.text === '') return undefined;
	const role = seen.ok ? 'ok' : 'warn';
	return {text: ` ${marks[role]}`, role};
};

/** The label of a question and its answer. Missing ones of several members stand in one list: there each has its number. */
const questionRow = (
	state: Asking,
	entry: Extract<Entry, {readonly kind: 'question'}>,
	role: Role,
	scroll: Scroll & Marking,
): Row => {
	const {width, marks} = scroll;
	const answer = answerSpan(state, entry);
	const number = state.screen.scope.kind === 'missing' ? memberNumber(entry.path) : '';
	const left = Math.min(32, Math.floor(width * 0.45));
	const mark = lookMark(state, entry.path, scroll);
	return [
		{text: `${pad(entry.question.label + number, left, marks.more)} `, role},
		{text: shortenMiddle(answer.text, width - left - 3 - (mark === undefined ? 0 : 2), marks.more), role: answer.role},
		...(mark === undefined ? [] : [mark]),
	];
};

/** Is an answer that was given for this member of the list not valid? */
const isWrongWithin = (state: Asking, index: number, invalid: readonly string[]): boolean => {
	const list = topics[state.screen.spot.topic]?.repeat;
	return invalid.some((path) => path.startsWith(`${list}.${index}.`) && getAt(state.draft, path) !== undefined);
};

const entryRow = (state: Asking, entry: Entry, role: Role, scroll: Scroll & Marking): Row => {
	switch (entry.kind) {
		case 'question':
			return questionRow(state, entry, role, scroll);
		case 'item':
			return [
				{text: `${entry.index + 1} `, role: 'dim'},
				{text: shorten(entry.title, scroll.width - 7), role},
				...(isWrongWithin(state, entry.index, scroll.invalid)
					? [{text: ` ${scroll.marks.bad}`, role: 'bad'} as const]
					: []),
			];
		case 'add':
			return [{text: '+ Add one', role}];
		case 'next':
			return [{text: 'Go on', role}];
	}
};

/** The rows of the topic, scrolled so that the one in focus is seen. */
export const entryRows = (state: Asking, pane: Pane): readonly Row[] => {
	const {topic, item, focus} = state.screen.spot;
	const entries = entriesOf(questionnaireOf(state), topic, item);
	const judged = judgeForm(state);
	const invalid = judged.ok ? [] : judged.issues.map(({path}) => path);
	const top = keepInView(focus, entries.length, pane.height);
	const shown = entries.slice(top, top + pane.height).map((entry, offset): Row => {
		const isFocused = top + offset === focus;
		const pointer = {text: isFocused ? `${pane.marks.pointer} ` : '  ', role: 'key'} as const;
		return [pointer, ...entryRow(state, entry, isFocused ? 'title' : 'plain', {...pane, invalid})];
	});
	return withMoreBelow(shown, entries.length - top - shown.length, 2);
};

const titleRole = (isHere: boolean, isAsked: boolean): Role => {
	if (isHere) return 'title';
	return isAsked ? 'plain' : 'dim';
};

/** The list of topics at the left of a wide window. */
export const topicRows = (state: Asking, {width, marks}: Scroll): readonly Row[] => {
	const asked = topicsIn(questionnaireOf(state));
	const judged = judgeForm(state);
	const open = judged.ok ? [] : judged.issues.map(({path}) => path);
	return topics.map((topic, index): Row => {
		const isHere = index === state.screen.spot.topic;
		const isDone = !covers(topic, open);
		return [
			{text: isHere ? `${marks.pointer} ` : '  ', role: 'key'},
			isDone ? {text: `${marks.ok} `, role: 'ok'} : {text: `${marks.pending} `, role: 'dim'},
			{text: shorten(topic.title, width - 5, marks.more), role: titleRole(isHere, asked.includes(index))},
		];
	});
};

/** Of all topics the place that the list of topics gives it; of a few that lack something, among these. */
const placeWords = (scope: Scope, topic: number, state: Asking): string => {
	if (scope.kind === 'topic') return '';
	const asked = topicsIn(questionnaireOf(state));
	return scope.kind === 'all' ? `${topic + 1}/${topics.length} ` : `${asked.indexOf(topic) + 1}/${asked.length} `;
};

/** `3/9 Database`, counted as the list of all topics has them, with the member of the list that is open. */
export const topicTitle = (state: Asking): string => {
	const {scope, spot} = state.screen;
	const member = spot.item === undefined ? '' : ` ${spot.item + 1}`;
	return `${placeWords(scope, spot.topic, state)}${topics[spot.topic]?.title ?? ''}${member}`;
};
