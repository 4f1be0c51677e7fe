import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {type Hint, ruleRow} from '../content/frame.ts';
import {menuRows} from '../content/menu.ts';
import {seenRows} from '../content/search/search.ts';
import {welcomeLabel, welcomeText} from '../content/welcome.ts';
import type {On} from '../state/types.ts';
import {welcomeMenu} from '../state/welcome.ts';
import {bodyColumns} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {blank, position} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

/** What was found, and the way in. */
export const Welcome = ({state, scene, search, aside}: ScreenProps<On<'welcome'>>) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const labels = welcomeMenu(state).map((choice) => welcomeLabel(state, choice));
	const menu = menuRows(labels, state.screen.menu, {width, height: labels.length, marks});
	const text = welcomeText(state, scene, marks);
	const top = state.screen.top ?? 0;
	const scrolls: readonly Hint[] = text.rows.length > text.height ? [['PgUp PgDn', 'scroll']] : [];
	const between = scrolls.length > 0 ? ruleRow(position(text, top), width, marks) : blank;
	const hints: readonly Hint[] = [
		['Enter', 'choose'],
		[marks.arrows, 'move'],
		...scrolls,
		['/', 'search'],
		['?', 'help'],
		['Ctrl-C', 'quit'],
	];
	return (
		<Frame {...scene} search={search} title="ZenML Pro, air-gapped" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={seenRows(text, top, search)} width={width} height={Math.min(text.height, text.rows.length)} />
			<Rows rows={[between, ...menu]} width={width} height={menu.length + 1} />
		</Frame>
	);
};
