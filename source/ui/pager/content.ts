import {keepInView, type Pane, type Row, type Scroll} from '../terminal/rows.ts';
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
