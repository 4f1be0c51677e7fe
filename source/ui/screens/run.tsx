import {Box} from 'ink';
import type {RunState} from '../../engine/state.ts';
import {Frame, type Hint, ruleRow} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {SearchLine} from '../components/search-line.tsx';
import {useBusySign} from '../components/spinner.tsx';
import {detailRows} from '../content/detail.ts';
import {logRows} from '../content/log.ts';
import {stepRow} from '../content/steps.ts';
import {clampTop, keepInView, type Row} from '../rows.ts';
import {bodyColumns, detailColumns, runRows, stepColumns} from '../state/layout.ts';
import {visibleLines} from '../state/log.ts';
import {currentStep} from '../state/page.ts';
import {lookedAt} from '../state/run.ts';
import type {LogView, UiState} from '../state/types.ts';
import {glyphs, useLook} from '../theme.ts';
import type {ScreenProps} from './props.ts';

const StepList = ({state, env, height}: ScreenProps & {readonly height: number}) => {
	const marks = glyphs(useLook());
	const current = currentStep(env.run);
	const busy = useBusySign(current?.status === 'checking' || current?.status === 'applying');
	const steps = env.run?.steps ?? [];
	const looked = lookedAt(state.run, env);
	const width = stepColumns(env.columns);
	const top = keepInView(
		Math.max(
			0,
			steps.findIndex(({id}) => id === looked?.id),
		),
		steps.length,
		height,
	);
	const rows = steps.slice(top, top + height).map((step) =>
		stepRow(step, width, marks, env.now, {
			pointed: step.id === looked?.id,
			focused: state.run.pane === 'steps',
			...(busy === undefined || step.id !== current?.id ? {} : {busy}),
		}),
	);
	return <Rows rows={rows} width={width} height={height} />;
};

const Detail = ({state, env, height}: ScreenProps & {readonly height: number}) => {
	const marks = glyphs(useLook());
	const step = lookedAt(state.run, env);
	const width = detailColumns(env.columns);
	const rows = step ? detailRows(step, width, marks, env.now) : [];
	const top = clampTop(state.run.detailTop, rows.length, height);
	const shown = rows.slice(top, top + height);
	const hidden = rows.length - top - height;
	const last: Row = [{text: `${hidden + 1} more below`, role: 'dim'}];
	return <Rows rows={hidden > 0 ? [...shown.slice(0, -1), last] : shown} width={width} height={height} />;
};

const logTitle = (view: LogView, dropped: number): string => {
	return [
		'Log',
		view.anchor === undefined ? 'newest' : 'held',
		`${view.level} and up`,
		view.query === '' ? '' : `/${view.query}`,
		dropped > 0 ? `${dropped} older lines in the file` : '',
	]
		.filter((part) => part !== '')
		.join(', ');
};

/** What is going on, by the way in which the plan is gone through. */
const doing = ({pass, title}: RunState): string => ({apply: title, look: 'Planning', verify: 'Verifying'})[pass];

const hintsOf = ({run}: UiState, arrows: string): readonly Hint[] => {
	if (run.log.typing)
		return [
			['Enter', 'search'],
			['Esc', 'cancel'],
		];
	const common: readonly Hint[] = [
		['Tab', 'pane'],
		['/', 'search log'],
		['?', 'help'],
		['Ctrl-C', 'stop'],
	];
	if (run.pane === 'log')
		return [
			[arrows, 'scroll'],
			['G', 'newest'],
			['n/N', 'find'],
			['v', 'level'],
			...common.slice(0, 1),
			...common.slice(2),
		];
	return [[arrows, run.pane === 'steps' ? 'step' : 'scroll'], ...common];
};

/** Steps at the left, the step in focus at the right, the log below. */
export const Run = (props: ScreenProps) => {
	const {state, env, aside, onSearch} = props;
	const marks = glyphs(useLook());
	const width = bodyColumns(env.columns);
	const heights = runRows(env.rows);
	const {log, pane} = state.run;
	const lines = env.run ? visibleLines(env.run, log.level) : [];
	const stopping = env.run?.stopping === undefined ? '' : ', stopping at a safe point';
	const wall: readonly Row[] = Array.from({length: heights.top}, () => [{text: marks.wall, role: 'dim'}]);
	const done = env.run?.steps.filter(({status}) => status === 'done' || status === 'skipped').length ?? 0;
	const title = env.run ? `${doing(env.run)}: ${done} of ${env.run.steps.length} steps${stopping}` : 'Starting';
	return (
		<Frame {...env} title={title} aside={aside} hints={hintsOf(state, marks.arrows)} notice={state.notice}>
			<Box height={heights.top} width={width}>
				<StepList {...props} height={heights.top} />
				<Rows rows={wall} width={2} height={heights.top} />
				<Detail {...props} height={heights.top} />
			</Box>
			{log.typing ? (
				<SearchLine text={log.typing.text} width={width} onSearch={onSearch} />
			) : (
				<Rows
					rows={[ruleRow(logTitle(log, env.run?.logDropped ?? 0), width, marks.rule, pane === 'log' ? 'title' : 'dim')]}
					width={width}
					height={1}
				/>
			)}
			<Rows rows={logRows(lines, log, width, heights.log, marks)} width={width} height={heights.log} />
		</Frame>
	);
};
