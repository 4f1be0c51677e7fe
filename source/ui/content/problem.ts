import type {Problem} from '../../base/problem.ts';
import type {WayInfo} from '../../engine/plan.ts';
import type {ProblemPage} from '../state/page.ts';
import {type ProblemButton, problemButtons} from '../state/page-keys.ts';
import type {PageView, Scene} from '../state/types.ts';
import {bodyColumns, problemHeight} from '../terminal/layout.ts';
import {blank, bullet, paragraph, type Row, row, type Scrolled} from '../terminal/rows.ts';

const actors: Readonly<Record<Problem['who'], string>> = {
	operator: 'you',
	'database admin': 'the database admin',
	'network team': 'the network team',
	'desktop team': 'the desktop team',
	'PKI team': 'the PKI team',
	'registry admin': 'the registry admin',
	'storage admin': 'the storage admin',
	'cluster admin': 'the cluster admin',
	vendor: 'the vendor',
	bug: 'the authors of this tool',
};

/** What can be done about a problem, with the letter that does it. */
const labels: Readonly<Record<Exclude<ProblemButton, object>, string>> = {
	retry: 'Retry (r)',
	edit: 'Edit answers, then retry (e)',
	skip: 'Skip this step (s)',
	save: 'Save a report (w)',
	quit: 'Quit, to go on later (q)',
};

/** What a button of the problem page says; the first way has a letter too. */
export const problemLabels = (buttons: readonly ProblemButton[]): readonly string[] => {
	const first = buttons.find((button) => typeof button === 'object');
	return buttons.map((button) =>
		typeof button === 'object' ? `${button.label}${button === first ? ' (b)' : ''}` : labels[button],
	);
};

/** The way that is to be agreed to, and what is asked about it. */
export const consentOf = (
	{step: {ways = []}}: ProblemPage,
	{consent}: PageView,
): {readonly way: WayInfo; readonly question: string} | undefined => {
	const way = ways.find(({id}) => id === consent?.way);
	if (!way || !consent) return undefined;
	return {
		way,
		question: consent.given === 0 ? 'Go this way? y/n' : 'What is named above is lost for good. Really? y/n',
	};
};

const wayRows = ({label, warning}: WayInfo, width: number): readonly Row[] => [
	...paragraph(label, width, 'warn'),
	...warning.flatMap((text) => [blank, ...paragraph(text, width)]),
];

const part = (title: string, rows: readonly Row[]): readonly Row[] =>
	rows.length > 0 ? [blank, row(title, 'title'), ...rows] : [];

const placeRows = ({location}: Problem, width: number): readonly Row[] => {
	if (!location) return [];
	const place = [location.file, location.line, location.column].filter((one) => one !== undefined).join(':');
	return paragraph(`in ${place}`, width, 'dim');
};

const codesOf = ({code, innerCodes = []}: Problem): string =>
	innerCodes.length > 0 ? `${code}, of ${innerCodes.join(', ')}` : code;

/** What, why, what to do, next steps, the evidence, and who has to act. */
const problemRows = (problem: Problem, width: number): readonly Row[] => [
	...paragraph(problem.message, width, 'bad'),
	...placeRows(problem, width),
	...part('Why', paragraph(problem.cause, width)),
	...part('What to do', paragraph(problem.fix, width)),
	...part(
		'Next steps',
		problem.nextSteps.flatMap((step, index) => bullet({text: `${index + 1}.`, role: 'key'}, step, width)),
	),
	...part('Who has to act', paragraph(`${actors[problem.who]} (code ${codesOf(problem)})`, width)),
	...part(
		'Evidence',
		(problem.evidence ?? []).flatMap((line) => paragraph(line, width, 'dim', 2)),
	),
];

/** The page of a problem, above what can be done about it; while a way is to be agreed to, what it does. */
export const problemText = (page: ProblemPage, view: PageView, {columns, rows}: Scene): Scrolled => {
	const width = bodyColumns(columns);
	const consent = consentOf(page, view);
	return {
		rows: consent ? wayRows(consent.way, width) : problemRows(page.problem, width),
		height: problemHeight(rows, consent ? 1 : problemButtons(page.step).length),
	};
};
