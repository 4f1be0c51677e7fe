import {Frame, ruleRow} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {buttonRow} from '../content/buttons.ts';
import {sectionRows} from '../content/handover.ts';
import {clampTop, paragraph} from '../rows.ts';
import {bodyColumns, bodyRows} from '../state/layout.ts';
import {type Opened, viewOf} from '../state/page.ts';
import {handoverLayout} from '../state/page-keys.ts';
import {glyphs, useLook} from '../theme.ts';
import type {ScreenProps} from './props.ts';
import {position} from './review.tsx';

/** What other people have to do, in their words, and what is there of it; goes on by itself. */
export const HandoverPage = ({
	state,
	env,
	aside,
	page,
}: ScreenProps & {readonly page: Extract<Opened, {readonly kind: 'handover'}>}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(env.columns);
	const view = viewOf(state.run, page);
	const {handover} = page;
	const checkedMs = state.run.checked === undefined ? undefined : env.now - state.run.checked.at;
	const {head, section: height} = handoverLayout(page, env.columns, env.rows, marks, checkedMs);
	const rows = sectionRows(handover, view.section, width);
	const top = clampTop(view.top, rows.length, height);
	const tabs = handover.sections.map(({title}, index) => `${index + 1} ${title}`);
	const hints = [
		['w', 'save files'],
		['r', 'look now'],
		...(handover.acknowledge === undefined ? [] : [['c', 'confirm'] as const]),
		...(tabs.length > 1 ? [[marks.sideways, 'section'] as const] : []),
		[marks.arrows, 'scroll'],
		['Esc', 'run'],
		['?', 'help'],
	] as const;
	const promise = `${handover.acknowledge ?? ''} y/n`;
	const body = view.confirm === 'acknowledge' ? paragraph(promise, width, 'warn') : rows.slice(top, top + height);
	return (
		<Frame {...env} title={handover.title} aside={aside} hints={hints} notice={state.notice}>
			<Rows
				rows={[
					...head,
					ruleRow(position(top, rows.length, height), width, marks.rule),
					buttonRow(tabs, view.section, width),
					...body,
				]}
				width={width}
				height={bodyRows(env.rows)}
			/>
		</Frame>
	);
};
