import {Frame, ruleRow} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {buttonRow} from '../content/menu.ts';
import {problemRows} from '../content/problem.ts';
import {clampTop} from '../rows.ts';
import {bodyColumns, pageRows} from '../state/layout.ts';
import {type Opened, viewOf} from '../state/page.ts';
import {type ProblemButton, problemButtons} from '../state/page-keys.ts';
import {glyphs, useLook} from '../theme.ts';
import type {ScreenProps} from './props.ts';
import {position} from './review.tsx';

const labels: Readonly<Record<ProblemButton, string>> = {
	retry: 'r Retry',
	edit: 'e Edit answers',
	skip: 's Skip',
	save: 'w Save report',
	quit: 'q Quit',
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
	const height = pageRows(env.rows);
	const view = viewOf(state.run, page);
	const rows = problemRows(page.problem, width);
	const top = clampTop(view.top, rows.length, height);
	const hints = [
		['Enter', 'choose'],
		[marks.sideways, 'button'],
		[marks.arrows, 'scroll'],
		['Esc', 'log and steps'],
		['?', 'help'],
	] as const;
	const buttons = problemButtons(page.step.choices).map((button) => labels[button]);
	const question = `Go on without "${page.step.title}"? y/n`;
	return (
		<Frame {...env} title={`Problem: ${page.step.title}`} aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={rows.slice(top, top + height)} width={width} height={height} />
			<Rows
				rows={[
					ruleRow(position(top, rows.length, height), width, marks.rule),
					view.confirm === 'skip' ? [{text: question, role: 'warn'}] : buttonRow(buttons, view.menu, width),
				]}
				width={width}
				height={2}
			/>
		</Frame>
	);
};
