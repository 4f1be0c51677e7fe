import {parseDocument} from 'yaml';
import {ProblemError} from '../../base/problem.ts';
import {isMap} from '../../base/text.ts';
import {chartsProblems} from '../problems.ts';

/** Where a file with values is named, and what it is called there. */
export type ValuesFile = {readonly file: string; readonly answer: string};

/** Aliases that a file may use, each counted with what it holds: more than that is no file of values. */
const mostAliases = 100;

const unreadable = (
	given: {readonly case: 'no map' | 'too much'} | {readonly case: 'no YAML'; line: number},
	place: ValuesFile,
) =>
	chartsProblems.error(
		'helm-values-unreadable',
		{...given, file: place.file},
		{location: {file: place.file}, answers: [place.answer]},
	);

/** The text as plain values. @throws ProblemError `helm-values-unreadable` */
const parsed = (text: string, place: ValuesFile): unknown => {
	try {
		const document = parseDocument(text, {prettyErrors: false, logLevel: 'silent'});
		const [fault] = document.errors;
		if (!fault) return document.toJS({maxAliasCount: mostAliases});
		throw unreadable({case: 'no YAML', line: text.slice(0, fault.pos[0]).split('\n').length}, place);
	} catch (error) {
		// Aliases without end or without a beginning, and lists within lists that are too deep for the parser.
		throw error instanceof ProblemError ? error : unreadable({case: 'too much'}, place);
	}
};

/**
 * Values out of the operator's file. What the parser says of it is not repeated: it quotes the text, which may hold what nobody should see.
 * @throws ProblemError `helm-values-unreadable`
 */
export const readOperatorValues = (text: string, place: ValuesFile): Readonly<Record<string, unknown>> => {
	const values = parsed(text, place);
	if (values === null || values === undefined) return {};
	if (isMap(values)) return values;
	throw unreadable({case: 'no map'}, place);
};
