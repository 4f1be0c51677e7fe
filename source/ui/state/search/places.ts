import {topics} from '../../../answers/questions.ts';
import {papersChoices} from '../../../handover/concerned.ts';
import {topics as papersTopics} from '../../../handover/topics.ts';
import {keyPageOf} from '../help/help.ts';
import {bottomIndex, textsOf, visibleLines} from '../log/lines.ts';
import {type HandoverPage, openPage, type ProblemPage, searchPlace, viewOf} from '../page.ts';
import {topOf as reviewTop, scrolledTo} from '../review.ts';
import {openings} from '../review-parts/details.ts';
import {type Env, isOn, type PapersView, type Turn, turn, type UiState} from '../types.ts';
import {rowsWith} from './match.ts';
import {goToQuestion, questionFocus, questionLines} from './questions.ts';

/** Something that is searched. */
export type Place = {
	/** Which it is: a search that is on in one place is not on in another. */
	readonly id: string;
	/** What is searched, one line for each row or entry. */
	readonly lines: readonly string[];
	/** A list has one entry in focus, a text is scrolled. */
	readonly kind: 'list' | 'text';
	/** The entry in focus, or the row that was found last; undefined where none was. */
	readonly current: number | undefined;
	/** A new search begins behind this line, in the direction of `step`. */
	readonly first: number;
	/** 1: downwards; -1: from the newest line up. */
	readonly step: 1 | -1;
	readonly goTo: (line: number) => Turn;
};

/** The rows of a text and those of them that are in view. */
type Seen = {readonly lines: readonly string[]; readonly from: number; readonly height: number};

type Text = {readonly id: string; readonly top: number; readonly withTop: (top: number) => UiState};

/** The row that was found last; where the text has changed since, the first match in view. */
const foundIn = ({search: {on, query}}: UiState, id: string, seen: Seen): number | undefined => {
	const {lines, from, height} = seen;
	if (on?.place !== id || !on.found) return undefined;
	if (on.found.of === lines.length) return on.found.row;
	return rowsWith(lines, query).find((row) => row >= from && row < from + height);
};

/** Rows above one that was found, so that it is seen among its neighbours. */
const rowsAbove = 2;

const textPlace = (state: UiState, env: Env, {id, top, withTop}: Text, step: 1 | -1 = 1): Place => {
	const lines = env.lines(state);
	const {height} = env.extent(state);
	const limit = Math.max(0, lines.length - height);
	const from = Math.min(top, limit);
	const inView = (row: number): boolean => row >= from && row < from + height;
	const goTo = (row: number): Turn => turn(withTop(inView(row) ? from : Math.max(0, Math.min(limit, row - rowsAbove))));
	const first = step === 1 ? from - 1 : lines.length;
	return {id, lines, kind: 'text', current: foundIn(state, id, {lines, from, height}), first, step, goTo};
};

type List = {
	readonly id: string;
	readonly lines: readonly string[];
	readonly focus: number;
	readonly goTo: (index: number) => Turn;
};

const listPlace = ({id, lines, focus, goTo}: List): Place => ({
	...{id, lines, kind: 'list', current: focus, first: focus, step: 1, goTo},
});

const logPlace = (state: UiState, {run}: Env): Place => {
	const {log} = state.run;
	const lines = run ? visibleLines(run, log.level) : [];
	return {
		id: 'run',
		lines: textsOf(lines),
		kind: 'list',
		current: log.anchor === undefined ? undefined : bottomIndex(lines, log),
		first: lines.length,
		step: -1,
		goTo: (line) => turn({...state, run: {...state.run, pane: 'log', log: {...log, anchor: lines[line]?.number}}}),
	};
};

const pagePlace = (state: UiState, env: Env, page: ProblemPage | HandoverPage): Place => {
	const view = viewOf(state.run, page);
	const withTop = (top: number): UiState => ({...state, run: {...state.run, page: {...view, top}}});
	return textPlace(state, env, {id: searchPlace(page, view), top: view.top, withTop});
};

const questionPlace = (state: UiState): Place | undefined => {
	if (!isOn(state, 'questions')) return undefined;
	const {topic, item = '', focus} = state.screen.spot;
	return listPlace({
		id: `question ${topic} ${item} ${focus}`,
		lines: questionLines(state),
		focus: questionFocus(state),
		goTo: (index) => goToQuestion(state, index),
	});
};

const changePlace = (state: UiState, env: Env): Place | undefined => {
	if (!isOn(state, 'review') || !state.screen.details) return undefined;
	const {details} = state.screen;
	const to = (next: typeof details): UiState => ({...state, screen: {...state.screen, details: next}});
	const {focus} = details;
	if (details.top !== undefined)
		return textPlace(state, env, {id: `change ${focus}`, top: details.top, withTop: (top) => to({focus, top})});
	const lines = openings(state).map(({of, whole, parts}) =>
		[of, whole, ...parts.flatMap((part) => [part.title, ...part.lines])].join('\n'),
	);
	return listPlace({id: 'changes', lines, focus, goTo: (index) => turn(to({focus: index}))});
};

const reviewPlace = (state: UiState, env: Env): Place | undefined => {
	if (!isOn(state, 'review')) return undefined;
	const {screen} = state;
	const {reading, choosing} = screen;
	if (reading) {
		const withTop = (top: number): UiState => ({...state, screen: {...screen, reading: {...reading, top}}});
		return textPlace(state, env, {id: `reading ${reading.page}`, top: reading.top, withTop});
	}
	if (choosing !== undefined) {
		const lines = topics.map(({title, questions}) => [title, ...questions.map(({label}) => label)].join('\n'));
		const goTo = (index: number): Turn => turn({...state, screen: {...screen, choosing: index}});
		return listPlace({id: 'topics', lines, focus: choosing, goTo});
	}
	const extent = env.extent(state);
	const withTop = (top: number): UiState => scrolledTo(state, extent, top);
	return textPlace(state, env, {id: 'review', top: reviewTop(state, extent), withTop});
};

const welcomePlace = (state: UiState, env: Env): Place | undefined => {
	if (!isOn(state, 'welcome')) return undefined;
	const withTop = (top: number): UiState => ({...state, screen: {...state.screen, top}});
	return textPlace(state, env, {id: 'welcome', top: state.screen.top ?? 0, withTop});
};

const papersPlace = (state: UiState, env: Env, papers: PapersView): Place => {
	const to = (change: Partial<PapersView>): UiState => ({...state, papers: {...papers, ...change}});
	if (papers.chosen) return textPlace(state, env, {id: 'papers made', top: papers.top, withTop: (top) => to({top})});
	const lines = papersChoices(papers).map((choice) =>
		papersTopics
			.filter(({id}) => choice.topics.includes(id))
			.map(({who, about}) => `${who} ${about}`)
			.join('\n'),
	);
	return listPlace({id: 'papers', lines, focus: papers.focus, goTo: (focus) => turn(to({focus}))});
};

/** What lies over the page and is read. */
const overPlace = (state: UiState, env: Env): Place | undefined => {
	const {help, explained, papers, podLog, copying} = state;
	if (help)
		return textPlace(state, env, {id: 'help', top: state.helpTop, withTop: (top) => ({...state, helpTop: top})});
	if (copying !== undefined) {
		const lines = env.copies(state).map(({label}) => label);
		return listPlace({id: 'copies', lines, focus: copying, goTo: (index) => turn({...state, copying: index})});
	}
	if (papers) return papersPlace(state, env, papers);
	if (podLog) {
		const withTop = (top: number): UiState => ({...state, podLog: {...podLog, top}});
		const text = {id: `pod ${podLog.pod.namespace}/${podLog.pod.name}`, top: podLog.top ?? Infinity, withTop};
		return textPlace(state, env, text, -1);
	}
	if (!explained) return undefined;
	const withTop = (top: number): UiState => ({...state, explained: {...explained, top}});
	return textPlace(state, env, {id: `explained ${explained.name}`, top: explained.top, withTop});
};

const summaryPlace = (state: UiState, env: Env): Place => {
	const withTop = (summaryTop: number): UiState => ({...state, run: {...state.run, summaryTop}});
	return textPlace(state, env, {id: 'summary', top: state.run.summaryTop, withTop});
};

/** What a search looks through: the page that is shown, on the questions all of them, on the run its log. */
export const placeAt = (state: UiState, env: Env): Place | undefined => {
	const over = overPlace(state, env);
	if (over) return over;
	const page = openPage(state, env.run);
	switch (keyPageOf(state, env.run)) {
		case 'welcome':
			return welcomePlace(state, env);
		case 'line':
		case 'choice':
		case 'list':
			return questionPlace(state);
		case 'details':
			return changePlace(state, env);
		case 'summary':
			return summaryPlace(state, env);
		case 'run':
			return logPlace(state, env);
		default:
			return isOn(state, 'run') && page ? pagePlace(state, env, page) : reviewPlace(state, env);
	}
};
