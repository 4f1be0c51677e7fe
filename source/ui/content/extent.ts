import {openPage, shownScreen, viewOf} from '../state/page.ts';
import {type Env, isOn, type Scene, type UiState} from '../state/types.ts';
import {glyphs} from '../terminal/marks.ts';
import {type Scrolled, textOf} from '../terminal/rows.ts';
import {copiesOf} from './copies.ts';
import {detailText} from './detail.ts';
import {explainedText} from './explained.ts';
import {handoverText} from './handover.ts';
import {helpText} from './help.ts';
import {papersText} from './papers.ts';
import {problemText} from './problem.ts';
import {planPageText, reviewText} from './review.ts';
import {openedText} from './review-parts/changes.ts';
import {podLogText} from './run/pod-log.ts';
import {summaryText} from './summary.ts';
import {welcomeText} from './welcome.ts';

/** Every mark has one cell, so that any of them measure a text. */
const marks = glyphs({ascii: false});

const onRun = (state: UiState, scene: Scene): Scrolled => {
	const page = openPage(state, scene.run);
	switch (page?.kind) {
		case 'problem':
			return problemText(page, viewOf(state.run, page), scene, state.found?.reminders);
		case 'handover':
			return handoverText(page, state, scene, marks);
		default:
			return detailText(state, scene, marks);
	}
};

const onReview = (state: UiState, scene: Scene): Scrolled => {
	const {reading, details} = isOn(state, 'review') ? state.screen : {};
	if (details?.top !== undefined) return openedText(state, scene, details.focus);
	return reading ? planPageText(state, scene, reading.page) : reviewText(state, scene, marks);
};

/** The text that scroll keys move. */
const scrolled = (state: UiState, scene: Scene): Scrolled => {
	if (state.help) return helpText(state, scene);
	if (state.papers) return papersText(state.papers, scene, marks);
	if (state.podLog) return podLogText(state.podLog, scene);
	if (state.explained) return explainedText(state.explained, scene);
	switch (shownScreen(state, scene.run)) {
		case 'welcome':
			return isOn(state, 'welcome') ? welcomeText(state, scene, marks) : {rows: [], height: 0};
		case 'review':
			return onReview(state, scene);
		case 'summary':
			return summaryText(state, scene, marks);
		case 'run':
			return onRun(state, scene);
		default:
			return {rows: [], height: 0};
	}
};

/** What reducers may look at: the scene, and how far its text can be scrolled. */
export const envOf = (scene: Scene): Env => ({
	...scene,
	extent: (state) => {
		const {rows, height, end, matter, starts} = scrolled(state, scene);
		return {total: rows.length, height, end, matter, starts};
	},
	lines: (state) => scrolled(state, scene).rows.map(textOf),
	copies: (state) => copiesOf(state, scene, (wide) => scrolled(state, wide).rows),
});
