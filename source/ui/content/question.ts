import {type Draft, defaultAt, parseField, proposal, showField} from '../../answers/draft.ts';
import {optionsOf, proposalAt, textOf} from '../../answers/form/answering.ts';
import type {QuestionAt} from '../../answers/form/asking.ts';
import {openSecrets} from '../../answers/form/form.ts';
import {offerWords} from '../../answers/form/offers.ts';
import {beginsReference} from '../../answers/secret/mistyped.ts';
import {referenceForms} from '../../answers/secret/reference-forms.ts';
import {whosePassword} from '../../answers/secret/whose.ts';
import {testOf} from '../state/asking/login.ts';
import {offersInFocus} from '../state/asking/offers.ts';
import type {Entry} from '../state/entries.ts';
import {lookOf} from '../state/looks.ts';
import type {Field} from '../state/screen.ts';
import type {Sighting} from '../state/session.ts';
import type {On} from '../state/types.ts';
import {blank, bullet, paragraph, type Row, row, type Scroll} from '../terminal/rows.ts';
import {answerSpan} from './answers.ts';
import {lineRow} from './line.ts';
import {menuRows} from './menu.ts';

type Asking = On<'questions'>;

/** A longer list of choices scrolls. */
const mostChoices = 6;

/** What can stand in place of a secret, and what stands there now. */
const secretRows = (state: Asking, at: QuestionAt, width: number): readonly Row[] => {
	const {path} = at;
	const whose = whosePassword(state.draft, path);
	const ways = [
		...(whose === undefined ? [] : paragraph(whose, width)),
		...paragraph(`Or say where it is: ${referenceForms(path)}.`, width, 'dim'),
	];
	if (proposalAt(state.draft, path) === undefined) return ways;
	return openSecrets(state).includes(path)
		? [...ways, row('To be typed: secrets are never kept between runs.', 'warn')]
		: [...ways, ...paragraph(`Now: ${answerSpan(state, at).text}. Empty keeps it.`, width, 'dim')];
};

/** Only a secret is masked: a slip in a reference must be seen. */
const seenAs = (field: Extract<Field, {readonly kind: 'line'}>) => ({
	...field,
	masked: field.masked && !beginsReference(field.line.text),
});

/** The options; where another one is marked, the answer that counts is told. */
const choiceLabels = ({draft}: Asking, {question, path}: QuestionAt, marked: number): readonly string[] => {
	const now = textOf(question, proposalAt(draft, path));
	return optionsOf(question).map((option, index) => (option === now && index !== marked ? `${option}  (now)` : option));
};

/** The line or the list by which the question is answered. */
const fieldRows = (state: Asking, at: QuestionAt, scroll: Scroll): readonly Row[] => {
	const {field} = state.screen;
	switch (field.kind) {
		case 'none':
			return [];
		case 'line':
			return [lineRow({text: `${scroll.marks.pointer} `, role: 'key'}, field.line, scroll, seenAs(field))];
		case 'choice': {
			const options = optionsOf(at.question);
			return menuRows(choiceLabels(state, at, field.index), field.index, {
				...scroll,
				height: Math.min(mostChoices, options.length),
			});
		}
	}
};

/** The default; none where a proposal stands for it: it would be another one's name. */
const defaultOf = (draft: Draft, path: string): string => {
	const proposed = proposal(draft, path);
	const usual = defaultAt(path);
	return showField(proposed === undefined || proposed === usual ? usual : undefined);
};

/** What holds when nothing is typed, and an example; a choice shows all there is by itself. */
const aboutAnswer = ({draft}: Asking, {question, path}: QuestionAt): string => {
	if (optionsOf(question).length > 0) return '';
	if (question.fallback) return `default: ${question.fallback(draft, path)}`;
	const byDefault = defaultOf(draft, path);
	// An empty text is an answer of its own where it is not the default and means something.
	const isAnswer = byDefault !== '' && parseField({path}, '') === '';
	const empty = byDefault === '' ? 'may be left empty' : `default: ${byDefault}${isAnswer ? '; empty: none' : ''}`;
	const hasExample = question.example !== '' && question.example !== byDefault;
	return [...(question.optional ? [empty] : []), ...(hasExample ? [`example: ${question.example}`] : [])].join('; ');
};

const sightingRows = ({ok, text}: Sighting, {width, marks}: Scroll): readonly Row[] => {
	const role = ok ? 'ok' : 'warn';
	return bullet({text: marks[role], role}, text, width);
};

/** What was seen of the answer, or came of the try of its login, while it is the one in the field. */
const lookRows = (state: Asking, {path}: QuestionAt, scroll: Scroll): readonly Row[] => {
	const {field} = state.screen;
	const isTyped = field.kind === 'line' && field.touched;
	const test = isTyped ? undefined : testOf(state, path);
	if (test) return test.seen ? sightingRows(test.seen, scroll) : [row('Testing the login.', 'busy')];
	const look = isTyped ? undefined : lookOf(state, path);
	if (look === undefined || look.seen?.text === '') return [blank];
	return look.seen === undefined ? [row('Looking.', 'busy')] : sightingRows(look.seen, scroll);
};

/** What is offered, until it is all there; it comes in the background and takes nothing away from free typing. */
const offerRows = (state: Asking, {width}: Scroll): readonly Row[] => {
	const offers = offersInFocus(state);
	if (offers === undefined) return [];
	const {base, matches, why} = offers;
	if (why !== undefined) return paragraph(`Nothing to offer: ${why}`, width, 'dim');
	return paragraph(`Tab completes: ${offerWords(matches, base)}`, width, 'dim');
};

const questionRows = (state: Asking, at: QuestionAt, scroll: Scroll): readonly Row[] => {
	const {field} = state.screen;
	const {width} = scroll;
	const about = aboutAnswer(state, at);
	const message = field.kind === 'none' ? undefined : field.message;
	return [
		...paragraph(at.question.why, width),
		...(about === '' ? [] : paragraph(about, width, 'dim')),
		blank,
		...(field.kind === 'line' && field.masked ? secretRows(state, at, width) : []),
		...fieldRows(state, at, scroll),
		...(message === undefined
			? lookRows(state, at, scroll)
			: paragraph(`${at.question.label} ${message}`, width, 'bad')),
		...offerRows(state, scroll),
	];
};

const listHelp = (entry: Exclude<Entry, {readonly kind: 'question'}>): string => {
	switch (entry.kind) {
		case 'item':
			return 'Enter opens it, d takes it out, + adds another one.';
		case 'add':
			return 'Enter adds one.';
		case 'next':
			return 'Enter goes on.';
	}
};

/** All about the row in focus: why it is asked, an example, the field, and what is wrong with it. */
export const focusRows = (state: Asking, entry: Entry | undefined, scroll: Scroll): readonly Row[] => {
	const {width} = scroll;
	if (entry === undefined) return paragraph('Nothing is asked here. Enter goes on.', width, 'dim');
	if (entry.kind === 'question') return questionRows(state, entry, scroll);
	return state.screen.removing && entry.kind === 'item'
		? paragraph(`Take "${entry.title}" out of the list? y/n`, width, 'warn')
		: paragraph(listHelp(entry), width, 'dim');
};
