import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {type Hint, ruleRow} from '../content/frame.ts';
import {podLogPosition, podLogText} from '../content/run/pod-log.ts';
import {seenRows} from '../content/search/search.ts';
import {podChoice} from '../state/pod-log.ts';
import type {PodLogView} from '../state/types.ts';
import {bodyColumns} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

/** Log and events of one pod, over the page that asked for them. */
export const PodLogPage = ({state, scene, search, aside, view}: ScreenProps & {readonly view: PodLogView}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const text = podLogText(view, scene);
	const others: readonly Hint[] = podChoice(view, scene.run).pods.length > 1 ? [[marks.sideways, 'other pod']] : [];
	const hints: readonly Hint[] = [
		['Esc', 'back'],
		[marks.arrows, 'scroll'],
		...others,
		['G', 'newest'],
		['/', 'search'],
		['y', 'copy'],
		['?', 'help'],
	];
	return (
		<Frame {...scene} search={search} title={`Pod ${view.pod.name}`} aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={seenRows(text, view.top ?? text.rows.length, search)} width={width} height={text.height} />
			<Rows rows={[ruleRow(podLogPosition(view, scene, text), width, marks)]} width={width} height={1} />
		</Frame>
	);
};
