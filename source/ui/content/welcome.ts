import {counted} from '../../base/text.ts';
import {formatMoment} from '../../base/units.ts';
import type {Found, Sighting, Unfinished} from '../state/session.ts';
import type {On, Scene, UiState} from '../state/types.ts';
import {type WelcomeChoice, welcomeMenu} from '../state/welcome.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import type {Glyphs} from '../terminal/marks.ts';
import {blank, bullet, paragraph, type Row, row, type Scroll, type Scrolled, withCommands} from '../terminal/rows.ts';

const beginLabel = ({found, given, unfinished}: UiState): string => {
	if (unfinished)
		return given.length > 0
			? `Without them: the ${counted(given.length, 'answer')} filled in, and only what is missing is asked`
			: 'Start anew';
	if (found?.earlier?.resumable) return 'Go on with the earlier run';
	return given.length > 0 ? 'Begin: only missing answers are asked for' : 'Begin';
};

/** How much an earlier sitting has left; of one that entered nothing, what was typed. */
const keptWords = ({count, halfTyped}: Unfinished): string =>
	count === 0 && halfTyped ? 'what was typed' : `the ${counted(count, 'answer')}`;

const unfinishedLabel = ({unfinished}: UiState): string =>
	unfinished ? `Go on with ${keptWords(unfinished)} of ${formatMoment(unfinished.at)}, where you stopped` : '';

const allLabel = ({given, unfinished}: UiState): string =>
	unfinished && given.length > 0
		? `Without them: all questions, with the ${counted(given.length, 'answer')} filled in`
		: 'Go through all questions';

/** What a choice of the first page is called. */
export const welcomeLabel = (state: UiState, choice: WelcomeChoice): string =>
	({
		unfinished: unfinishedLabel(state),
		begin: beginLabel(state),
		all: allLabel(state),
		quit: 'Quit',
	})[choice];

const sightingRows = (what: string, {ok, text}: Sighting, {width, marks}: Scroll): readonly Row[] => {
	const mark = ok ? ({text: marks.ok, role: 'ok'} as const) : ({text: marks.pending, role: 'warn'} as const);
	return bullet(mark, `${what}: ${text}`, width);
};

const unfinishedRows = ({unfinished = []}: Found, {width, marks}: Scroll): readonly Row[] => {
	const rows = unfinished.flatMap((text) => bullet({text: marks.warn, role: 'warn'}, text, width));
	return rows.length === 0 ? [] : [...rows, blank];
};

const runningRows = ({running}: Found, {width, marks}: Scroll): readonly Row[] =>
	running === undefined ? [] : [...bullet({text: marks.warn, role: 'warn'}, running, width), blank];

const earlierRows = ({earlier}: Found, {width, marks}: Scroll): readonly Row[] => {
	if (!earlier) return [];
	const role = earlier.finished ? 'ok' : 'warn';
	return [
		...bullet({text: marks[role], role}, `Earlier run of ${formatMoment(earlier.at)}: ${earlier.text}`, width),
		blank,
	];
};

/** The cluster that was found: its context where one was named, and the file it was found by. */
const clusterRows = ({kubeconfig}: Found, scroll: Scroll): readonly Row[] => {
	const {ok, text, context, server, path} = kubeconfig;
	const told = text.replace(/\.$/u, '');
	// Without a kubeconfig there is no address either, only a word for that.
	const isAddress = server.includes('://');
	const parts = [
		told,
		...(told.includes(server) || !isAddress ? [] : [`at ${server}`]),
		...(told.includes(path) ? [] : [`kubeconfig ${path}`]),
	];
	return sightingRows(context === '' ? 'Cluster' : `Cluster ${context}`, {ok, text: parts.join(', ')}, scroll);
};

/** What else is told, without what stands in the lines above it. */
const furtherLines = ({lines, kubeconfig, bundle}: Found): readonly string[] =>
	lines.filter((line) => ![kubeconfig.server, bundle.path].some((known) => known !== '' && line.includes(known)));

const rehearsalRows = ({rehearsal, found}: UiState, width: number): readonly Row[] => {
	if (!rehearsal) return [];
	const {fault = []} = found ?? {};
	const text =
		'This is a rehearsal: its cluster, registry and databases are on this host alone. Nothing outside is touched.';
	return [...paragraph(text, width, 'warn'), ...fault.flatMap((line) => withCommands(line, width, 'key')), blank];
};

/** What was found, or why nothing could be. */
const foundRows = ({found, foundProblem}: UiState, scroll: Scroll): readonly Row[] => {
	const {width} = scroll;
	if (foundProblem)
		return [...paragraph(foundProblem.message, width, 'bad'), ...paragraph(`What to do: ${foundProblem.fix}`, width)];
	if (!found) return [row('Looking around.', 'busy')];
	return [
		...runningRows(found, scroll),
		...unfinishedRows(found, scroll),
		...earlierRows(found, scroll),
		...sightingRows(`Bundle ${found.bundle.path}`, found.bundle, scroll),
		...clusterRows(found, scroll),
		...furtherLines(found).flatMap((line) => paragraph(line, width, 'dim', 2)),
	];
};

/** What stands above the menu of the first page: what this is, and what was found. */
export const welcomeRows = (state: UiState, scroll: Scroll): readonly Row[] => {
	const {width} = scroll;
	const {given, words} = state;
	return [
		...paragraph(words.welcome, width),
		...paragraph(`Nothing is changed before you have seen the plan and chosen "${words.start}".`, width, 'dim'),
		blank,
		...rehearsalRows(state, width),
		...foundRows(state, scroll),
		...(given.length > 0
			? [blank, ...paragraph(`${counted(given.length, 'answer is', 'answers are')} filled in already.`, width, 'dim')]
			: []),
	];
};

/** Longer lines are hard to read. */
const widest = 100;

/** The first page above its menu; a rule stands between them. */
export const welcomeText = (state: On<'welcome'>, {columns, rows}: Scene, marks: Glyphs): Scrolled => ({
	rows: welcomeRows(state, {width: Math.min(bodyColumns(columns), widest), marks}),
	height: bodyRows(rows) - welcomeMenu(state).length - 1,
});
