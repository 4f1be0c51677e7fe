import {keepInView, type Row} from '../rows.ts';
import type {Entry} from '../state/entries.ts';
import {covers, entriesOf, topicsIn} from '../state/entries.ts';
import {type Asking, askedOf} from '../state/questions.ts';
import type {Env} from '../state/types.ts';
import {checkDraft} from '../state/untyped.ts';
import {pad, shorten, shortenMiddle} from '../text.ts';
import type {Glyphs} from '../theme.ts';
import {said} from './answers.ts';

const itemNumber = (path: string): string => {
	const index = /\.(\d+)\./u.exec(path)?.[1];
	return index === undefined ? '' : ` (${Number(index) + 1})`;
};

const entryRow = (state: Asking, {form}: Env, entry: Entry, focused: boolean, width: number, glyphs: Glyphs): Row => {
	const pointer = {text: focused ? `${glyphs.pointer} ` : '  ', role: 'key'} as const;
	const role = focused ? 'title' : 'plain';
	if (entry.kind === 'item')
		return [pointer, {text: `${entry.index + 1} `, role: 'dim'}, {text: shorten(entry.title, width - 5), role}];
	if (entry.kind !== 'question') return [pointer, {text: entry.kind === 'add' ? '+ Add one' : 'Go on', role}];
	const value = said(form, state.draft, entry.question, entry.path, state.untyped);
	const number = state.screen.scope.kind === 'missing' ? itemNumber(entry.path) : '';
	const left = Math.min(32, Math.floor(width * 0.45));
	return [
		pointer,
		{text: `${pad(entry.question.label + number, left, glyphs.more)} `, role},
		{text: shortenMiddle(value.text, width - left - 3, glyphs.more), role: value.role},
	];
};

/** The rows of the topic, scrolled so that the one in focus is seen. */
export const entryRows = (state: Asking, env: Env, width: number, height: number, glyphs: Glyphs): readonly Row[] => {
	const {spot} = state.screen;
	const entries = entriesOf(askedOf(state, env), spot.topic, spot.item);
	const top = keepInView(spot.focus, entries.length, height);
	return entries
		.slice(top, top + height)
		.map((entry, offset) => entryRow(state, env, entry, top + offset === spot.focus, width, glyphs));
};

/** The list of topics at the left of a wide window. */
export const topicRows = (state: Asking, env: Env, width: number, glyphs: Glyphs): readonly Row[] => {
	const inScope = new Set(topicsIn(askedOf(state, env)));
	const checked = checkDraft(state, env.form);
	const open = checked.ok ? [] : checked.issues.map(({path}) => path);
	return env.form.topics.map((topic, index) => {
		const here = index === state.screen.spot.topic;
		const done = !covers(topic, open);
		return [
			{text: here ? `${glyphs.pointer} ` : '  ', role: 'key'},
			{text: `${glyphs[done ? 'ok' : 'pending']} `, role: done ? 'ok' : 'dim'},
			{text: shorten(topic.title, width - 5, glyphs.more), role: here ? 'title' : inScope.has(index) ? 'plain' : 'dim'},
		];
	});
};

/** `3/9 Database`, with the member of the list that is open. */
export const topicTitle = (state: Asking, env: Env): string => {
	const {scope, spot} = state.screen;
	const topics = topicsIn(askedOf(state, env));
	const place = scope.kind === 'change' ? '' : `${topics.indexOf(spot.topic) + 1}/${topics.length} `;
	const member = spot.item === undefined ? '' : ` ${spot.item + 1}`;
	return `${place}${env.form.topics[spot.topic]?.title ?? ''}${member}`;
};
