import {Frame} from '../components/frame.tsx';
import {Menu} from '../components/menu.tsx';
import {Rows} from '../components/rows.tsx';
import {welcomeRows} from '../content/welcome.ts';
import {blank} from '../rows.ts';
import {bodyColumns, bodyRows} from '../state/layout.ts';
import {type Welcoming, welcomeMenu} from '../state/welcome.ts';
import {glyphs, useLook} from '../theme.ts';
import type {ScreenProps} from './props.ts';

/** What was found, and the way in. */
export const Welcome = ({state, env, aside}: ScreenProps & {readonly state: Welcoming}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(env.columns);
	const menu = welcomeMenu(state);
	const height = bodyRows(env.rows);
	const head = welcomeRows(state, Math.min(width, 100), marks).slice(0, height - menu.length - 1);
	const hints = [
		['Enter', 'choose'],
		[marks.arrows, 'move'],
		['?', 'help'],
		['Ctrl-C', 'quit'],
	] as const;
	return (
		<Frame {...env} title="ZenML Pro, air-gapped" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={[...head, blank]} width={width} height={head.length + 1} />
			<Menu labels={menu.map(({label}) => label)} focus={state.screen.menu} width={width} />
		</Frame>
	);
};
