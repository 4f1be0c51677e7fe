import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {type Hint, ruleRow, yesHints} from '../content/frame.ts';
import {handoverText} from '../content/handover.ts';
import {buttonRow} from '../content/menu.ts';
import {seenRows} from '../content/search/search.ts';
import {type HandoverPage, viewOf} from '../state/page.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {type Glyphs, glyphs} from '../terminal/marks.ts';
import {paragraph, position} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

const hintsOf = ({handover}: HandoverPage, marks: Glyphs): readonly Hint[] => [
	...(handover.acknowledge === undefined ? [] : [['c', 'confirm'] as const]),
	['w', 'save files'],
	['r', 'look now'],
	...(handover.sections.length > 1 ? [[marks.sideways, 'section'] as const] : []),
	[marks.arrows, 'scroll'],
	['y', 'copy'],
	['t', 'papers'],
	['/', 'search'],
	['Esc', 'run'],
	['?', 'help'],
];

/** What other people have to do, in their words, and what is there of it; goes on by itself. */
export const Handover = ({state, scene, search, aside, page}: ScreenProps & {readonly page: HandoverPage}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const {handover} = page;
	const {top, section, confirming} = viewOf(state.run, page);
	const text = handoverText(page, state, scene, marks);
	const tabs = handover.sections.map(({title}, index) => `${index + 1} ${title}`);
	const promise = paragraph(`${handover.acknowledge ?? ''} y/n`, width, 'warn');
	const rows = [
		...text.head,
		ruleRow(position(text, top), width, marks),
		buttonRow(tabs, section, width),
		...(confirming ? promise : seenRows(text, top, search)),
	];
	return (
		<Frame
			{...scene}
			search={search}
			title={handover.title}
			aside={aside}
			hints={confirming ? yesHints('confirm', 'not yet') : hintsOf(page, marks)}
			notice={state.notice}
		>
			<Rows rows={rows} width={width} height={bodyRows(scene.rows)} />
		</Frame>
	);
};
