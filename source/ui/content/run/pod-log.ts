import type {PodLook} from '../../../cluster/pods/look.ts';
import {podChoice} from '../../state/pod-log.ts';
import type {PodLogView, Scene} from '../../state/types.ts';
import {clock} from '../../terminal/format.ts';
import {bodyColumns, bodyRows} from '../../terminal/layout.ts';
import {blank, paragraph, position, type Row, row, type Scrolled} from '../../terminal/rows.ts';

const eventRows = ({events}: PodLook, width: number): readonly Row[] => [
	row('Events', 'title'),
	...(events.length === 0 ? [row('None that can be seen.', 'dim')] : []),
	...events.flatMap(({at, warning, text}) => paragraph(`${clock(at)} ${text}`, width, warning ? 'warn' : 'plain')),
];

const logRows = ({logs}: PodLook, width: number): readonly Row[] =>
	logs.flatMap(({container, previous, lines}) => [
		blank,
		row(`Log of ${container}${previous ? ', of its run before' : ''}`, 'title'),
		...(lines.length === 0 ? [row('Nothing yet.', 'dim')] : []),
		...lines.flatMap((line) => paragraph(line, width)),
	]);

/** Events and log of a pod as rows, and why they are no newer; a rule stands below them. */
export const podLogText = (
	{look, gone, failed}: PodLogView,
	{columns, rows}: Pick<Scene, 'columns' | 'rows'>,
): Scrolled => {
	const width = bodyColumns(columns);
	const seen = look ? [...eventRows(look, width), ...logRows(look, width)] : [];
	const why = [
		...(gone ? paragraph('The pod is not there any more.', width, 'warn') : []),
		...(failed === undefined ? [] : paragraph(`Not seen: ${failed}`, width, 'bad')),
	];
	const waits = !look && why.length === 0 ? [row('Looking at the pod.', 'dim')] : [];
	return {
		rows: [...seen, ...(look && why.length > 0 ? [blank] : []), ...why, ...waits],
		height: bodyRows(rows) - 1,
	};
};

/** Which of the step's pods it is, and where in its text one is. */
export const podLogPosition = (view: PodLogView, scene: Scene, text: Scrolled): string => {
	const {pods, at} = podChoice(view, scene.run);
	const which = at >= 0 && pods.length > 1 ? `pod ${at + 1} of ${pods.length}` : '';
	const where = position(text, view.top ?? text.rows.length);
	const follows = view.top === undefined ? 'follows, every 2 s' : 'stays here';
	return [which, where, follows].filter((part) => part !== '').join(', ');
};
