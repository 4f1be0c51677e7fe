import type {Question} from '../../answers/questions.ts';
import {blank, paragraph, type Row, row} from '../rows.ts';
import type {Entry} from '../state/entries.ts';
import {optionsOf} from '../state/field.ts';
import {glimpse} from '../state/line.ts';
import type {Asking} from '../state/questions.ts';
import type {Env, Field} from '../state/types.ts';
import {untypedIn} from '../state/untyped.ts';
import {clean} from '../text.ts';
import type {Glyphs} from '../theme.ts';
import {said} from './answers.ts';

const fieldRow = (field: Extract<Field, {readonly kind: 'line'}>, width: number, glyphs: Glyphs): Row => {
	const seen = glimpse(
		{...field.line, text: clean(field.line.text)},
		width - 2,
		field.masked ? glyphs.mask : undefined,
	);
	return [
		{text: seen.cutLeft ? glyphs.more : glyphs.pointer, role: 'key'},
		{text: ' '},
		{text: seen.before, role: field.proposed ? 'dim' : 'plain'},
		{text: seen.at, role: 'focus'},
		{text: seen.after},
		...(seen.cutRight ? [{text: glyphs.more, role: 'key'} as const] : []),
	];
};

/** Logins that exist already cannot be generated (rules.ts). */
const secretHelp = (path: string): string =>
	`In its place also env:NAME, file:PATH, k8s:namespace/name/key${['registry.password', 'database.admin.password'].includes(path) ? '' : ', generate'}.`;

const editorRows = (
	{form}: Pick<Env, 'form'>,
	state: Asking,
	question: Question,
	path: string,
	width: number,
	glyphs: Glyphs,
): readonly Row[] => {
	const {draft, screen, untyped} = state;
	const {field} = screen;
	if (field.kind !== 'line') return [];
	const now = form.getAt(draft, path) ?? form.suggest(draft, path);
	return [
		...(field.masked ? paragraph(secretHelp(path), width, 'dim') : []),
		...(field.masked && now !== undefined
			? [
					untypedIn(state, form).includes(path)
						? row('Typed in an earlier run; secrets are never written down.', 'warn')
						: row(`Now: ${said(form, draft, question, path, untyped).text}. Empty keeps it.`, 'dim'),
				]
			: []),
		fieldRow(field, width, glyphs),
	];
};

const listHelp = (entry: Exclude<Entry, {readonly kind: 'question'}>, removing: boolean): string => {
	switch (entry.kind) {
		case 'item':
			return removing
				? `Take "${entry.title}" out of the list? y/n`
				: 'Enter opens it, d takes it out, + adds another one.';
		case 'add':
			return 'Enter adds one.';
		case 'next':
			return 'Enter goes on.';
	}
};

/** What holds when nothing is typed, and an example; a choice shows all there is by itself. */
const aboutAnswer = ({form}: Pick<Env, 'form'>, question: Question, path: string): string => {
	if (question.kind === 'choice' || question.kind === 'yes-no') return '';
	const byDefault = form.showField(form.defaultAt(path));
	const empty = byDefault === '' ? 'may be left empty' : `default: ${byDefault}`;
	return [
		question.optional ? empty : '',
		question.example === '' || question.example === byDefault ? '' : `example: ${question.example}`,
	]
		.filter((part) => part !== '')
		.join('; ');
};

/** All about the row in focus: rows above and below the list of a choice, where there is one. */
export type QuestionParts = {
	readonly above: readonly Row[];
	readonly choice?: {readonly labels: readonly string[]; readonly focus: number};
	readonly below: readonly Row[];
};

const only = (above: readonly Row[]): QuestionParts => ({above, below: []});

/** Why it is asked, an example, the field, and what is wrong with it. */
export const questionParts = (
	state: Asking,
	env: Env,
	entry: Entry | undefined,
	width: number,
	glyphs: Glyphs,
): QuestionParts => {
	const {field, removing} = state.screen;
	if (entry === undefined) return only(paragraph('Nothing is asked here. Enter goes on.', width, 'dim'));
	if (entry.kind !== 'question') return only(paragraph(listHelp(entry, removing), width, removing ? 'warn' : 'dim'));
	const {question, path} = entry;
	const message = field.kind === 'none' ? undefined : field.message;
	const about = aboutAnswer(env, question, path);
	return {
		above: [
			...paragraph(question.why, width),
			...(about === '' ? [] : paragraph(about, width, 'dim')),
			blank,
			...editorRows(env, state, question, path, width, glyphs),
		],
		...(field.kind === 'choice' ? {choice: {labels: optionsOf(question), focus: field.index}} : {}),
		below: message === undefined ? [blank] : paragraph(`${question.label} ${message}`, width, 'bad'),
	};
};
