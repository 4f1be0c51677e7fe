import {lineRow} from '../content/line.ts';
import type {Line} from '../state/line.ts';
import {keepInView, type Pane, type Row, type Scroll, type Span} from '../terminal/rows.ts';
import {cells, pad, wrap} from '../terminal/text.ts';

/** What the list shows of a topic. */
export type Listed = {readonly name: string; readonly about: string};

/** A topic with what it is about, which may take several rows. */
const topicRows = ({name, about}: Listed, isFocused: boolean, {width, left, marks}: Scroll & {readonly left: number}) =>
	wrap(about, width - left - 4).map((text, index): Row => {
		const isFirst = index === 0;
		return [
			{text: isFirst && isFocused ? `${marks.pointer} ` : '  ', role: 'key'},
			{text: `${pad(isFirst ? name : '', left)}  `, role: isFocused ? 'title' : 'key'},
			{text, role: isFocused ? 'plain' : 'dim'},
		];
	});

/** The topics, scrolled so that the one in focus is seen. */
export const listRows = (topics: readonly Listed[], focus: number, pane: Pane): readonly Row[] => {
	const left = Math.max(...topics.map(({name}) => cells(name)));
	const parts = topics.map((topic, index) => topicRows(topic, index === focus, {...pane, left}));
	const before = parts.slice(0, focus).flat().length;
	const rows = parts.flat();
	const own = parts[focus]?.length ?? 1;
	const top = keepInView(before + Math.floor(own / 2), rows.length, pane.height);
	return rows.slice(top, top + pane.height);
};

/** Splits what stands at some places of a row out of its spans, so that it can be drawn otherwise. */
const marked = (row: Row, from: number, to: number): Row => {
	let at = 0;
	return row.flatMap((span): readonly Span[] => {
		const [begin, end] = [from - at, to - at].map((place) => Math.max(0, Math.min(span.text.length, place))) as [
			number,
			number,
		];
		at += span.text.length;
		const parts: readonly Span[] = [
			{...span, text: span.text.slice(0, begin)},
			{...span, text: span.text.slice(begin, end), role: 'focus'},
			{...span, text: span.text.slice(end)},
		];
		return parts.filter(({text}) => text !== '');
	});
};

/** A row with the first place that says what is searched for. */
export const withMatch = (row: Row, query: string): Row => {
	const text = row.map((span) => span.text).join('');
	const at = query === '' ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
	return at < 0 ? row : marked(row, at, at + query.length);
};

/** The text to search for, while it is typed. */
export const typingRow = (line: Line, scroll: Scroll): Row => {
	const label = 'Search:';
	return [
		{text: label, role: 'title'},
		...lineRow({text: ' ', role: 'key'}, line, {...scroll, width: scroll.width - label.length}),
	];
};
