import {counted} from '../../base/text.ts';
import {papersChoices, papersLabel} from '../../handover/concerned.ts';
import {type TopicId, topics} from '../../handover/topics.ts';
import {twoTeams, type WrittenPapers} from '../../handover/written.ts';
import type {PapersView, Scene} from '../state/types.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import type {Glyphs} from '../terminal/marks.ts';
import {blank, bullet, paragraph, type Row, row, type Scrolled, withCommands} from '../terminal/rows.ts';

const topicOf = (id: TopicId) => topics.find((topic) => topic.id === id);

/** What can be chosen, a row each. */
export const papersLabels = (view: PapersView): readonly string[] => papersChoices(view).map(papersLabel);

const writtenRows = (
	{topic, who, folder, files, lacks, earlier = [], problem}: WrittenPapers,
	width: number,
	marks: Glyphs,
): readonly Row[] => {
	const name = `${who}: ${topicOf(topic)?.about ?? topic}`;
	const mark =
		folder === undefined ? ({text: marks.skipped, role: 'dim'} as const) : ({text: marks.ok, role: 'ok'} as const);
	const head = problem ? ({text: marks.bad, role: 'bad'} as const) : mark;
	return [
		...bullet(head, folder === undefined ? name : `${name} (${counted(files.length, 'file')})`, width),
		// Nothing else stands in the rows of a path, so that it is copied whole.
		...(folder === undefined ? [] : paragraph(folder, width, 'key')),
		...lacks.flatMap((lack) => withCommands(lack, width, folder === undefined ? 'dim' : 'warn', 2)),
		...earlier.flatMap((words) => paragraph(words, width, 'dim', 2)),
		...(problem ? paragraph(`${problem.message} ${problem.fix}`, width, 'bad', 2) : []),
	];
};

const bodyOf = (
	{chosen = [], written, told = [], failed}: PapersView,
	width: number,
	marks: Glyphs,
): readonly Row[] => {
	if (failed) return [...paragraph(failed.message, width, 'bad'), ...paragraph(`What to do: ${failed.fix}`, width)];
	if (!written) return [row(`Making ${counted(chosen.length, 'set')} of papers, nothing else is changed.`, 'busy')];
	const topicRows = written.flatMap((one) => [...writtenRows(one, width, marks), blank]);
	const isAny = written.some(({folder}) => folder !== undefined);
	const last = 'Each folder is for one team, and begins with README.txt: why, what exactly, how to check, how to undo.';
	const toldRows = told.flatMap((words) => withCommands(words, width, 'warn'));
	return [
		...topicRows,
		...(isAny ? [...toldRows, ...[...twoTeams(written), last].flatMap((words) => paragraph(words, width))] : []),
	];
};

/** What became of the papers, team by team, with the folder of each. */
export const papersText = (
	view: PapersView,
	{columns, rows}: Pick<Scene, 'columns' | 'rows'>,
	marks: Glyphs,
): Scrolled => ({rows: bodyOf(view, bodyColumns(columns), marks), height: bodyRows(rows) - 1});
