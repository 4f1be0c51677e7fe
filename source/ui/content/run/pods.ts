import type {PodRow} from '../../../engine/plan.ts';
import type {Item} from '../../../engine/state.ts';
import {type PodItem, podsOf} from '../../state/pod-log.ts';
import {age} from '../../terminal/format.ts';
import type {Mark, Role} from '../../terminal/marks.ts';
import {bullet, type Row, row, type Scroll} from '../../terminal/rows.ts';
import {cells, clean, pad, shorten} from '../../terminal/text.ts';

/** The end of a pod's name tells it from its twins: what Kubernetes adds, a dash and five letters. */
const ownLetters = 6;

/** A name in so many cells: its beginning says what the pod is, its end which one. */
const podName = (name: string, width: number, more: string): string =>
	cells(name) <= width
		? pad(name, width)
		: pad(`${shorten(name, Math.max(1, width - ownLetters), more)}${name.slice(-ownLetters)}`, width);

/** The last part of a reference without its digest: `zenml-pro-api:0.13.18`. */
const imageName = (reference: string): string => reference.replace(/@.*$/u, '').replace(/^.*\//u, '');

type Column = {
	readonly title: string;
	readonly width: number;
	readonly of: (pod: PodRow, now: number) => string;
};

const columns: Readonly<Record<'ready' | 'status' | 'restarts' | 'age' | 'node' | 'image', Column>> = {
	ready: {title: 'READY', width: 5, of: ({ready, containers}) => `${ready}/${containers}`},
	status: {title: 'STATUS', width: 17, of: ({status}) => status},
	restarts: {title: 'RESTARTS', width: 8, of: ({restarts}) => String(restarts)},
	age: {title: 'AGE', width: 4, of: ({createdAt}, now) => (createdAt === undefined ? '' : age(now - createdAt))},
	node: {title: 'NODE', width: 18, of: ({node = '(none)'}) => node},
	image: {title: 'IMAGE', width: 34, of: ({images}) => [...new Set(images.map(imageName))].toReversed().join(', ')},
};

/** As many columns as there is room for, beside a name that can be read. */
const columnsFor = (width: number): readonly Column[] => {
	const {ready, status, restarts, age: old, node, image} = columns;
	if (width >= 130) return [ready, status, restarts, old, node, image];
	if (width >= 85) return [ready, status, restarts, old, node];
	return width >= 64 ? [ready, status, restarts, old] : [ready, {...status, width: 12}, old];
};

/** One cell between two columns. */
const cellsOf = (shown: readonly Column[], textOf: (column: Column) => string, more: string): string =>
	shown.map((column) => ` ${pad(clean(textOf(column)), column.width, more)}`).join('');

const podMarks: Readonly<Record<Item['state'], Mark>> = {
	ok: {glyph: 'ok', role: 'ok'},
	pending: {glyph: 'pending', role: 'warn'},
	bad: {glyph: 'bad', role: 'bad'},
};

/** Why a pod is not well, below its row. */
const whyRows = ({state, note, pod}: PodItem, scroll: Scroll): readonly Row[] => {
	const role: Role = podMarks[state].role;
	const isTold = state === 'ok' || note === pod.status;
	return isTold
		? []
		: bullet({text: ' '}, note, scroll.width, 2).map((spans) => spans.map((span) => ({...span, role})));
};

/** The pods of a step in a table, in as many columns as fit, with why one is not well below it; nothing where there are none. */
export const podRows = (items: readonly Item[], scroll: Scroll, now: number): readonly Row[] => {
	const pods = podsOf(items);
	if (pods.length === 0) return [];
	const {width, marks} = scroll;
	const shown = columnsFor(width);
	const nameWidth = Math.max(8, width - 2 - shown.reduce((sum, column) => sum + column.width + 1, 0));
	const head = `  ${pad('POD', nameWidth)}${cellsOf(shown, ({title}) => title, marks.more)}`;
	return [
		row(head, 'dim'),
		...pods.flatMap((item): readonly Row[] => {
			const {glyph, role} = podMarks[item.state];
			return [
				[
					{text: `${marks[glyph]} `, role},
					{text: podName(clean(item.pod.name), nameWidth, marks.more)},
					{text: cellsOf(shown, (column) => column.of(item.pod, now), marks.more)},
				],
				...whyRows(item, scroll),
			];
		}),
	];
};
