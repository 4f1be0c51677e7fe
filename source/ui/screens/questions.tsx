import {Box} from 'ink';
import {Frame, type Hint, ruleRow} from '../components/frame.tsx';
import {Menu} from '../components/menu.tsx';
import {Rows} from '../components/rows.tsx';
import {questionParts} from '../content/question.ts';
import {entryRows, topicRows, topicTitle} from '../content/topic.ts';
import {blank, paragraph, type Row} from '../rows.ts';
import {entryAt} from '../state/entries.ts';
import {bodyColumns, bodyRows, topicColumns} from '../state/layout.ts';
import {type Asking, askedOf} from '../state/questions.ts';
import {glyphs, useLook} from '../theme.ts';
import type {ScreenProps} from './props.ts';

const hintsOf = ({screen, advanced}: Asking, arrows: string): readonly Hint[] => {
	const end = screen.scope.kind === 'mend' ? 'try again' : 'review';
	const common: readonly Hint[] = [
		['Enter', 'next'],
		['Esc', 'back'],
		['Ctrl-S', end],
		['Ctrl-G', 'help'],
		['Ctrl-A', advanced ? 'fewer' : 'advanced'],
		[`Tab ${arrows}`, 'move'],
	];
	return screen.field.kind === 'none' ? [['+', 'add'], ['d', 'remove'], ...common] : common;
};

/** A longer list of choices scrolls. */
const mostChoices = 6;

/** One topic: its questions with their answers, and below everything about the one in focus. */
export const Questions = ({state, env, aside}: ScreenProps & {readonly state: Asking}) => {
	const marks = glyphs(useLook());
	const side = topicColumns(env.columns);
	const width = bodyColumns(env.columns) - (side === 0 ? 0 : side + 2);
	const height = bodyRows(env.rows);
	const {spot} = state.screen;
	const entry = entryAt(askedOf(state, env), spot);
	const topic = env.form.topics[spot.topic];
	const {above, choice, below} = questionParts(state, env, entry, width, marks);
	const menu = Math.min(mostChoices, choice?.labels.length ?? 0);
	const intro = env.rows >= 22 ? [...paragraph(topic?.intro ?? '', width, 'dim'), blank] : [];
	const room = Math.max(1, height - above.length - menu - below.length - intro.length - 2);
	const entries = entryRows(state, env, width, room, marks);
	const title = entry?.kind === 'question' ? entry.question.label : '';
	const rows = [...intro, ...entries, ruleRow(title, width, marks.rule, 'title'), ...above];
	const wall: readonly Row[] = Array.from({length: height}, () => [{text: marks.wall, role: 'dim'}]);
	return (
		<Frame
			{...env}
			title={topicTitle(state, env)}
			aside={aside}
			hints={hintsOf(state, marks.arrows)}
			notice={state.notice}
		>
			<Box height={height}>
				{side > 0 && <Rows rows={topicRows(state, env, side, marks)} width={side} height={height} />}
				{side > 0 && <Rows rows={wall} width={2} height={height} />}
				<Box flexDirection="column" width={width} height={height} overflow="hidden">
					<Rows rows={rows} width={width} height={rows.length} />
					{choice !== undefined && <Menu {...choice} width={width} height={menu} />}
					<Rows rows={below} width={width} height={below.length} />
				</Box>
			</Box>
		</Frame>
	);
};
