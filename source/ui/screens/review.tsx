import {Frame, ruleRow} from '../components/frame.tsx';
import {Menu} from '../components/menu.tsx';
import {Rows} from '../components/rows.tsx';
import {buttonRow} from '../content/buttons.ts';
import {planInShort} from '../content/plan.ts';
import {reviewRows} from '../content/review.ts';
import {blank, clampTop, row} from '../rows.ts';
import {bodyColumns, bodyRows, pageRows} from '../state/layout.ts';
import {type Reviewing, reviewButtons} from '../state/review.ts';
import {glyphs, useLook} from '../theme.ts';
import type {ScreenProps} from './props.ts';

/** Where in a long text one is, for a rule: `1-19 of 57`. */
export const position = (top: number, total: number, height: number): string =>
	total <= height ? '' : `${top + 1}-${Math.min(total, top + height)} of ${total}`;

const Chooser = ({state, env, aside}: ScreenProps & {readonly state: Reviewing}) => {
	const width = bodyColumns(env.columns);
	const titles = env.form.topics.map(({title}) => title);
	const hints = [
		['Enter', 'open'],
		['Esc', 'back'],
	] as const;
	return (
		<Frame {...env} title="Review: change an answer" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={[row('Which topic do you want to change?'), blank]} width={width} height={2} />
			<Menu labels={titles} focus={state.screen.choosing ?? 0} width={width} height={bodyRows(env.rows) - 2} />
		</Frame>
	);
};

/** All answers and the plan, scrolled, above the buttons. */
export const Review = (props: ScreenProps & {readonly state: Reviewing}) => {
	const {state, env, aside} = props;
	const marks = glyphs(useLook());
	if (state.screen.choosing !== undefined) return <Chooser {...props} />;
	const width = bodyColumns(env.columns);
	const height = pageRows(env.rows);
	const rows = reviewRows(state, env, width, marks);
	const top = clampTop(state.screen.top, rows.length, height);
	const place = position(top, rows.length, height);
	const where = [place, `plan: ${planInShort(state.plan)}`].filter((part) => part !== '').join('; ');
	const hints = [
		['Enter', 'choose'],
		[marks.sideways, 'button'],
		[marks.arrows, 'scroll'],
		['End', 'plan'],
		['p', 'look again'],
		['Esc', 'questions'],
		['?', 'help'],
	] as const;
	return (
		<Frame {...env} title="Review" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={rows.slice(top, top + height)} width={width} height={height} />
			<Rows
				rows={[ruleRow(where, width, marks.rule), buttonRow(reviewButtons, state.screen.menu, width)]}
				width={width}
				height={2}
			/>
		</Frame>
	);
};
