import {parseDocument} from 'yaml';
import {isMap} from '../../base/text.ts';
import {chartsProblems} from '../problems.ts';

/** Where a file with values is named, and what it is called there. */
export type ValuesFile = {readonly file: string; readonly answer: string};

/**
 * Values out of the operator's file. What the parser says of it is not repeated: it quotes the text, which may hold what nobody should see.
 * @throws ProblemError `helm-values-unreadable`
 */
export const readOperatorValues = (text: string, {file, answer}: ValuesFile): Readonly<Record<string, unknown>> => {
	const document = parseDocument(text, {prettyErrors: false});
	const [fault] = document.errors;
	const told = {location: {file}, answers: [answer]};
	if (fault) {
		const line = text.slice(0, fault.pos[0]).split('\n').length;
		throw chartsProblems.error('helm-values-unreadable', {case: 'no YAML', file, line}, told);
	}
	const values: unknown = document.toJS();
	if (values === null || values === undefined) return {};
	if (isMap(values)) return values;
	throw chartsProblems.error('helm-values-unreadable', {case: 'no map', file}, told);
};
