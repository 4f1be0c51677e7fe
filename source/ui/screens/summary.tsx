import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {summaryRows} from '../content/summary.ts';
import {clampTop} from '../rows.ts';
import {bodyColumns, bodyRows} from '../state/layout.ts';
import {glyphs, useLook} from '../theme.ts';
import type {ScreenProps} from './props.ts';

const titles = {done: 'Done', failed: 'Not finished', stopped: 'Stopped'} as const;

/** How it ended and what is next. */
export const Summary = ({state, env, aside}: ScreenProps) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(env.columns);
	const height = bodyRows(env.rows);
	const rows = env.run ? summaryRows(env.run, state.summary, width, marks) : [];
	const top = clampTop(state.run.summaryTop, rows.length, height);
	const hints = [
		...(rows.length > height ? [[marks.arrows, 'scroll'] as const] : []),
		['any other key', 'leaves; this is printed again then'] as const,
	];
	return (
		<Frame {...env} title={titles[env.run?.outcome ?? 'done']} aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={rows.slice(top, top + height)} width={width} height={height} />
		</Frame>
	);
};
