import {openPage, shownScreen} from '../state/page.ts';
import type {PapersView, Scene, UiState} from '../state/types.ts';
import {isCommand} from '../terminal/command.ts';
import {type Row, textOf} from '../terminal/rows.ts';

/** Something on a page that can be copied: what it is called, and its exact text. */
type Copy = {readonly label: string; readonly text: string};

/** Nothing is broken in a window as wide as this. */
const unbroken = 20_000;

/** The whole of a text, as it would stand in a window of any width. */
const pageText = (rows: readonly Row[]): string => `${rows.map((row) => textOf(row).trimEnd()).join('\n')}\n`;

/** The commands among lines; each is named by itself. */
const commandsIn = (lines: readonly string[]): readonly Copy[] =>
	[...new Set(lines.flatMap((line) => line.split('\n')).map((line) => line.trim()))]
		.filter(isCommand)
		.map((text) => ({label: text, text}));

const ofRun = (state: UiState, {run}: Scene): readonly Copy[] => {
	const page = openPage(state, run);
	const reminder = page && state.found?.reminders?.[page.step.id];
	if (page?.kind === 'problem') {
		const all = [page.problem, ...(page.problem.parts ?? [])];
		const words = all.flatMap(({fix, nextSteps, evidence = []}) => [fix, ...nextSteps, ...evidence]);
		return commandsIn([...(reminder === undefined ? [] : [reminder]), ...words]);
	}
	if (page?.kind !== 'handover') return [];
	const {intro, sections} = page.handover;
	return [
		...sections.map(({title, lines}) => ({label: title, text: `${lines.join('\n')}\n`})),
		...commandsIn([intro, reminder ?? '']),
	];
};

const ofSummary = ({summary: {urls, next, files}}: UiState): readonly Copy[] => [
	...urls.map(({label, url}) => ({label: `${label}: ${url}`, text: url})),
	...commandsIn(next),
	...files.map((file) => ({label: file, text: file})),
];

/** The folders that were written, and the commands that are told with them; nothing while papers are chosen or made. */
const ofPapers = ({written, told = []}: PapersView, whole: Copy): readonly Copy[] => {
	if (!written) return [];
	const folders = written.flatMap(({folder}) => folder ?? []);
	return [
		...folders.map((folder) => ({label: folder, text: folder})),
		...commandsIn([...written.flatMap(({lacks}) => lacks), ...told]),
		whole,
	];
};

/** What can be copied of the page that is shown, the page itself last. `rowsIn` gives its text in a window. */
export const copiesOf = (state: UiState, scene: Scene, rowsIn: (scene: Scene) => readonly Row[]): readonly Copy[] => {
	const whole = {label: 'This whole page', text: pageText(rowsIn({...scene, columns: unbroken}))};
	if (state.papers) return ofPapers(state.papers, whole);
	if (state.explained || state.podLog) return [whole];
	switch (shownScreen(state, scene.run)) {
		case 'summary':
			return [...ofSummary(state), whole];
		case 'run':
			return openPage(state, scene.run) ? [...ofRun(state, scene), whole] : [];
		default:
			return [];
	}
};
