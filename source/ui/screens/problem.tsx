import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {type Hint, ruleRow, yesHints} from '../content/frame.ts';
import {menuRows} from '../content/menu.ts';
import {consentOf, problemLabels, problemText} from '../content/problem.ts';
import {seenRows} from '../content/search/search.ts';
import {type ProblemPage, viewOf} from '../state/page.ts';
import {problemButtons} from '../state/page-keys.ts';
import {podsOf} from '../state/pod-log.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {type Glyphs, glyphs} from '../terminal/marks.ts';
import {position, type Row} from '../terminal/rows.ts';
import {shorten} from '../terminal/text.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

const consentHints: readonly Hint[] = [...yesHints('go this way', 'stay here'), ['PgUp PgDn', 'scroll']];

/** The log of a pod is offered where there is one to be read. What leads to the rest of a longer text comes before what may be left out. */
const hintsOf = ({step}: ProblemPage, isLonger: boolean, {arrows}: Pick<Glyphs, 'arrows'>): readonly Hint[] => [
	['Enter', 'choose'],
	...(isLonger ? [['PgUp PgDn', 'scroll'] as const] : []),
	['i', 'explain'],
	['y', 'copy'],
	['t', 'papers'],
	...(podsOf(step.items).length > 0 ? [['L', 'pod log'] as const] : []),
	[arrows, 'move'],
	['/', 'search'],
	['Esc', 'log and steps'],
	['?', 'help'],
];

/** What went wrong and what can be done about it. */
export const Problem = ({state, scene, search, aside, page}: ScreenProps & {readonly page: ProblemPage}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const view = viewOf(state.run, page);
	const {top, menu} = view;
	const {title} = page.step;
	const text = problemText(page, view, scene, state.found?.reminders);
	const labels = problemLabels(problemButtons(page.step));
	const consent = consentOf(page, view);
	const confirming = {
		skip: `Go on without "${title}"? y/n`,
		quit: 'Quit? What is done stays done; the same command goes on later. y/n',
	};
	const asked =
		consent?.question ??
		(view.confirming === 'skip' || view.confirming === 'quit' ? confirming[view.confirming] : undefined);
	const question: readonly Row[] = [[{text: shorten(asked ?? '', width, marks.more), role: 'warn'}]];
	const rows = [
		ruleRow(position(text, top), width, marks),
		...(asked === undefined ? menuRows(labels, menu, {width, height: labels.length, marks}) : question),
	];
	const confirmHints = yesHints(view.confirming === 'quit' ? 'quit' : 'go on without it', 'stay here');
	const askedHints = consent ? consentHints : confirmHints;
	const hints = asked === undefined ? hintsOf(page, text.rows.length > text.height, marks) : askedHints;
	return (
		<Frame {...scene} search={search} title={`Problem: ${title}`} aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={seenRows(text, top, search)} width={width} height={text.height} />
			<Rows rows={rows} width={width} height={bodyRows(scene.rows) - text.height} />
		</Frame>
	);
};
