import {isSearching, openPage, pageOf, shownScreen} from '../state/page.ts';
import type {Notice, Scene, UiState} from '../state/types.ts';
import {bodyColumns} from '../terminal/layout.ts';
import {paragraph, type Row, row} from '../terminal/rows.ts';
import {cells} from '../terminal/text.ts';

/** A notice takes no more rows than this. */
const mostNoticeRows = 5;

/** A path in rows: broken behind a slash where one is near enough, never cut. */
const pathRows = (path: string, width: number): readonly string[] => {
	const rows: string[] = [];
	for (const part of path.split(/(?<=\/)/u)) {
		const last = rows.at(-1);
		if (last !== undefined && cells(last + part) <= width) rows[rows.length - 1] = last + part;
		else rows.push(part);
	}
	return rows;
};

/** A notice, above the keys: one row where it fits, else its words and below them its path. */
export const noticeRows = (notice: Notice | undefined, width: number): readonly Row[] => {
	if (!notice) return [];
	const {text, path = '', role} = notice;
	const whole = path === '' ? text : `${text} ${path}`;
	if (cells(whole) <= width) return [row(whole, role)];
	const below = path === '' ? [] : pathRows(path, width).flatMap((part) => paragraph(part, width, role));
	return [...paragraph(text, width, role), ...below].slice(0, mostNoticeRows);
};

/** What waits until the search text is typed; undefined while nothing does. */
const behindSearch = (state: UiState, {run}: Scene): Notice | undefined => {
	if (!isSearching(state) || state.screen.name !== 'run' || shownScreen(state, run) !== 'run') return undefined;
	if (openPage(state, run)) return undefined;
	const page = pageOf(run);
	const waits = page ? page.step.title : run?.outcome !== undefined && 'The end of the run';
	return waits ? {role: 'warn', text: `${waits} waits for you: Enter or Esc ends the search and shows it.`} : undefined;
};

/** What waits below the log of a pod; undefined while nothing does. */
const behindPodLog = ({podLog}: UiState, {run}: Scene): Notice | undefined => {
	const page = podLog && pageOf(run);
	return page && {role: 'warn', text: `${page.step.title} waits for you: Esc leaves this log.`};
};

/** A state with what is to be told above the keys: its notice, or what waits for the operator behind the page. */
export const withToldNotice = (state: UiState, scene: Scene): UiState => {
	const isCovered = state.quitting || state.help || state.copying !== undefined || state.papers || state.explained;
	const {podLog} = state;
	const behind = podLog ? behindPodLog(state, scene) : behindSearch(state, scene);
	if (isCovered || behind === undefined) return state;
	return {...state, notice: podLog ? (state.notice ?? behind) : behind};
};

/** What a notice leaves of the window for the page. */
export const besideNotice = <Size extends Pick<Scene, 'columns' | 'rows'>>(
	scene: Size,
	notice: Notice | undefined,
): Size => ({...scene, rows: scene.rows - noticeRows(notice, bodyColumns(scene.columns)).length});
