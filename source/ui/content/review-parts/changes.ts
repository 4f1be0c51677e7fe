import {counted} from '../../../base/text.ts';
import type {ChangePart} from '../../../engine/plan.ts';
import {closedChanges, type Opening, openings} from '../../state/review-parts/details.ts';
import type {Scene, UiState} from '../../state/types.ts';
import {bodyColumns, pageRows} from '../../terminal/layout.ts';
import type {Role} from '../../terminal/marks.ts';
import {blank, paragraph, type Row, row, type Scrolled} from '../../terminal/rows.ts';
import {cells, pad, wrap} from '../../terminal/text.ts';

/** Lines of a part that come and go. */
const countOf = (parts: readonly ChangePart[], sign: string): number =>
	parts.reduce((sum, {lines}) => sum + lines.filter((line) => line.startsWith(`${sign} `)).length, 0);

const sizeOf = ({parts}: Opening): string => {
	const [come, go] = [countOf(parts, '+'), countOf(parts, '-')];
	return come + go === 0 ? '' : `+${come} -${go}`;
};

/** What opens, one a row: whose it is, what is done to what, and how many lines come and go. */
export const changeLabels = (all: readonly Opening[], width: number): readonly string[] => {
	const step = Math.min(20, ...[Math.max(0, ...all.map((one) => cells(one.of)))]) + 2;
	const size = Math.max(0, ...all.map((one) => cells(sizeOf(one))));
	return all.map((one) => {
		const room = Math.max(10, width - 4 - step - size - 1);
		return `${pad(one.of, step)}${pad(one.what, room)} ${sizeOf(one).padStart(size)}`;
	});
};

/** What stands above the list: it has not all that the plan counts, so the rest is counted here. */
export const openingsHead = (state: Pick<UiState, 'plan'>): string => {
	if (openings(state).length === 0) return 'This plan has no change with more to read.';
	const rest = closedChanges(state);
	const notHere = rest === 0 ? '' : ` Not here: ${counted(rest, 'change')} (a push or a call).`;
	return `Which one do you want to read?${notHere}`;
};

const further = '    ';

/** What a line of a comparison says shows in its first sign; its colour says it again. */
const roleOf = (line: string): Role => {
	if (line.startsWith('+ ')) return 'ok';
	if (line.startsWith('- ')) return 'bad';
	return line.startsWith('~ ') ? 'key' : 'plain';
};

/** What goes on of a line stands further in, so that it is taken for no line of its own. */
const lineRows = (line: string, width: number): readonly Row[] => {
	const role = roleOf(line);
	return wrap(line, width - further.length).map((part, index) => [{text: index === 0 ? part : further + part, role}]);
};

/** One change with all that it opens to. Lines are broken, never cut. */
export const openedText = (state: UiState, {columns, rows}: Scene, focus: number): Scrolled => {
	const width = bodyColumns(columns);
	const height = pageRows(rows) + 1;
	const one = openings(state)[focus];
	if (!one) return {rows: [], height};
	const body = one.parts.flatMap(({title, lines}): readonly Row[] => [
		blank,
		row(title, 'title'),
		...lines.flatMap((line) => lineRows(line, width)),
	]);
	return {rows: [...paragraph(one.whole, width, 'key'), ...body], height};
};
