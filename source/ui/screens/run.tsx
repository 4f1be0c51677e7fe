import {Box} from 'ink';
import {toldActor} from '../../base/people/actor.ts';
import {overallOf} from '../../engine/progress.ts';
import type {RunState} from '../../engine/state.ts';
import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {useBusySign} from '../components/spinner.tsx';
import {detailText} from '../content/detail.ts';
import {fittingTitle, type Hint, ruleRow, wallRows} from '../content/frame.ts';
import {logRows, logTitle} from '../content/log.ts';
import {stepRows} from '../content/steps.ts';
import {currentStep, type Page, pageOf} from '../state/page.ts';
import type {UiState} from '../state/types.ts';
import {bodyColumns, detailColumns, runRows, stepColumns} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {visible, withMoreBelow} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

type PaneProps = Omit<ScreenProps, 'aside'> & {readonly height: number};

const StepList = ({state, scene, height}: PaneProps) => {
	const marks = glyphs(useLook());
	const status = currentStep(scene.run)?.status;
	const busy = useBusySign(status === 'checking' || status === 'applying' || status === 'going-back');
	const width = stepColumns(scene.columns);
	return <Rows rows={stepRows(state, scene, {width, height, marks}, busy)} width={width} height={height} />;
};

const Detail = ({state, scene, height}: PaneProps) => {
	const text = detailText(state, scene, glyphs(useLook()));
	const {detailTop} = state.run;
	const rows = withMoreBelow(visible(text, detailTop), text.rows.length - detailTop - text.height);
	return <Rows rows={rows} width={detailColumns(scene.columns)} height={height} />;
};

const LogPane = ({state, scene, search, height}: PaneProps) => {
	const marks = glyphs(useLook());
	const {log, pane} = state.run;
	const {run} = scene;
	const width = bodyColumns(scene.columns);
	const title = logTitle(run ?? {log: [], logDropped: 0}, log, search.query);
	const head = ruleRow(title, width, marks, pane === 'log' ? 'title' : 'dim');
	const lines = run ? logRows(run, log, search.query, {width, height: height - 1, marks}) : [];
	return <Rows rows={[head, ...lines]} width={width} height={height} />;
};

/** Whom the run waits for, whichever step is looked at. */
const waitsFor = (page: Page): string => (page.kind === 'problem' ? 'you' : toldActor(page.handover.who));

/** What is going on, by the way in which the plan is gone through: in full, and in short. */
const titlesOf = (run: RunState | undefined): readonly [string, ...string[]] => {
	if (!run) return ['Starting'];
	const {pass, title, steps, stopping} = run;
	const doing = {apply: title, look: 'Planning', verify: 'Verifying'}[pass];
	const {done} = overallOf(run, run.startedAt);
	const page = pageOf(run);
	const waits = page ? [`waiting for ${waitsFor(page)}`] : [];
	const told = (count: string, stops: string): string =>
		[`${doing}: ${count}`, ...(stopping === undefined ? [] : [stops]), ...waits].join(', ');
	return [
		told(`${done} of ${steps.length} steps`, 'stopping at a safe point'),
		told(`${done}/${steps.length}`, 'stopping'),
	];
};

const runHints: readonly Hint[] = [
	['Tab', 'pane'],
	['/', 'search log'],
	['L', 'pod log'],
	['t', 'papers'],
	['?', 'help'],
	['Ctrl-C', 'stop'],
];
const logHints: readonly Hint[] = [
	['G', 'newest'],
	['/', 'search'],
	['v', 'level'],
	['Tab', 'pane'],
	['?', 'help'],
	['Ctrl-C', 'stop'],
];

const ofPane = ({pane}: UiState['run'], arrows: string): readonly Hint[] => {
	if (pane === 'log') return [[arrows, 'scroll'], ...logHints];
	return [[arrows, pane === 'steps' ? 'step' : 'scroll'], ...runHints];
};

/** The page that waits comes first: without its key the run stands for ever. */
const hintsOf = (view: UiState['run'], run: RunState | undefined, arrows: string): readonly Hint[] => {
	const page = pageOf(run);
	const opens: readonly Hint[] = page ? [['Enter', page.kind === 'problem' ? 'problem' : 'hand-over']] : [];
	return [...opens, ...ofPane(view, arrows)];
};

/** Steps at the left, the step in focus at the right, the log below. */
export const Run = ({state, scene, search, aside}: ScreenProps) => {
	const marks = glyphs(useLook());
	const {top, log} = runRows(scene.rows);
	const hints = hintsOf(state.run, scene.run, marks.arrows);
	const title = fittingTitle(titlesOf(scene.run), aside, bodyColumns(scene.columns));
	return (
		<Frame {...scene} search={search} title={title} aside={aside} hints={hints} notice={state.notice}>
			<Box height={top} width={bodyColumns(scene.columns)}>
				<StepList state={state} scene={scene} search={search} height={top} />
				<Rows rows={wallRows(top, marks)} width={2} height={top} />
				<Detail state={state} scene={scene} search={search} height={top} />
			</Box>
			<LogPane state={state} scene={scene} search={search} height={log + 1} />
		</Frame>
	);
};
