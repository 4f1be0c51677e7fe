import type {Problem} from '../../base/problem.ts';
import {blank, bullet, paragraph, type Row, row} from '../rows.ts';

const actors: Readonly<Record<Problem['who'], string>> = {
	operator: 'you',
	'database admin': 'the database admin',
	'network team': 'the network team',
	'cluster admin': 'the cluster admin',
	vendor: 'the vendor',
	bug: 'the authors of this tool',
};

const part = (title: string, rows: readonly Row[]): readonly Row[] =>
	rows.length > 0 ? [blank, row(title, 'title'), ...rows] : [];

const place = ({location}: Problem): string =>
	location ? [location.file, location.line, location.column].filter((one) => one !== undefined).join(':') : '';

/** The page of a problem: what, why, what to do, next steps, the evidence, and who has to act. */
export const problemRows = (problem: Problem, width: number): readonly Row[] => [
	...paragraph(problem.message, width, 'bad'),
	...(problem.location ? paragraph(`in ${place(problem)}`, width, 'dim') : []),
	...part('Why', paragraph(problem.cause, width)),
	...part('What to do', paragraph(problem.fix, width)),
	...part(
		'Next steps',
		problem.nextSteps.flatMap((step, index) => bullet({text: `${index + 1}.`, role: 'key'}, step, width)),
	),
	...part('Who has to act', paragraph(`${actors[problem.who]} (code ${problem.code})`, width)),
	...part(
		'Evidence',
		(problem.evidence ?? []).flatMap((line) => paragraph(line, width, 'dim', 2)),
	),
];
