import {Frame, ruleRow} from '../components/frame.tsx';
import {Menu} from '../components/menu.tsx';
import {Rows} from '../components/rows.tsx';
import {problemRows} from '../content/problem.ts';
import {clampTop} from '../rows.ts';
import {bodyColumns, problemHeight} from '../state/layout.ts';
import {type Opened, viewOf} from '../state/page.ts';
import {type ProblemButton, problemButtons} from '../state/page-keys.ts';
import {glyphs, useLook} from '../theme.ts';
import type {ScreenProps} from './props.ts';
import {position} from './review.tsx';

const labels: Readonly<Record<ProblemButton, string>> = {
	retry: 'Retry (r)',
	edit: 'Edit answers, then retry (e)',
	skip: 'Skip this step (s)',
	save: 'Save a report (w)',
	quit: 'Quit, to go on later (q)',
};

/** What went wrong and what can be done about it. */
export const ProblemPage = ({
	state,
	env,
	aside,
	page,
}: ScreenProps & {readonly page: Extract<Opened, {readonly kind: 'problem'}>}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(env.columns);
	const buttons = problemButtons(page.step.choices);
	const height = problemHeight(env.rows, buttons.length);
	const view = viewOf(state.run, page);
	const rows = problemRows(page.problem, width);
	const top = clampTop(view.top, rows.length, height);
	const hints = [
		['Enter', 'choose'],
		[marks.arrows, 'move'],
		['PgUp PgDn', 'scroll'],
		['Esc', 'log and steps'],
		['?', 'help'],
	] as const;
	const question = `Go on without "${page.step.title}"? y/n`;
	return (
		<Frame {...env} title={`Problem: ${page.step.title}`} aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={rows.slice(top, top + height)} width={width} height={height} />
			<Rows rows={[ruleRow(position(top, rows.length, height), width, marks.rule)]} width={width} height={1} />
			{view.confirm === 'skip' ? (
				<Rows rows={[[{text: question, role: 'warn'}]]} width={width} height={1} />
			) : (
				<Menu labels={buttons.map((button) => labels[button])} focus={view.menu} width={width} />
			)}
		</Frame>
	);
};
