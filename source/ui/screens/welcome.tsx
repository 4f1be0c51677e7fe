import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {menuRows} from '../content/menu.ts';
import {welcomeLabel, welcomeRows} from '../content/welcome.ts';
import type {On} from '../state/types.ts';
import {welcomeMenu} from '../state/welcome.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {blank, cutRows} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

/** Longer lines are hard to read. */
const widest = 100;

/** What was found, and the way in. */
export const Welcome = ({state, scene, aside}: ScreenProps<On<'welcome'>>) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const height = bodyRows(scene.rows);
	const labels = welcomeMenu(state).map((choice) => welcomeLabel(state, choice));
	const menu = menuRows(labels, state.screen.menu, {width, height: labels.length, marks});
	const rows = welcomeRows(state, {width: Math.min(width, widest), marks});
	const head = cutRows(rows, height - menu.length - 1);
	const hints = [
		['Enter', 'choose'],
		[marks.arrows, 'move'],
		['?', 'help'],
		['Ctrl-C', 'quit'],
	] as const;
	return (
		<Frame {...scene} title="ZenML Pro, air-gapped" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={[...head, blank, ...menu]} width={width} height={height} />
		</Frame>
	);
};
