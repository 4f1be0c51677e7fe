import {allFields, type FieldType} from './fields.ts';
import type {Answers} from './schema.ts';
import {type Draft, lookUp} from './tree.ts';

/** `at.key`, and `key` at the root. */
const below = (at: string, key: string | number): string => (at === '' ? `${key}` : `${at}.${key}`);

/** A path with its `*` put in for each item of the list there. */
export const placesOfPath = (answers: unknown, path: readonly string[]): readonly string[] =>
	path.reduce<readonly string[]>(
		(places, key) =>
			places.flatMap((at) => {
				if (key !== '*') return [below(at, key)];
				const list = lookUp(answers, at);
				return Array.isArray(list) ? list.map((_one, index) => below(at, index)) : [];
			}),
		[''],
	);

/** Places of all answers of one type, in answers that may be unfinished, lists counted out: `workspaces.0.database.server.ca`. */
export const placesOfType = (draft: Draft | Answers, of: FieldType): readonly string[] =>
	allFields.filter(({type}) => type === of).flatMap(({path}) => placesOfPath(draft, path));

/** Places of all secrets: `workspaces.0.database.password`. */
export const secretPlaces = (draft: Draft | Answers): readonly string[] => placesOfType(draft, 'secret');

/** A secret of the answers: the reference, and the path of the answer that holds it. */
export type SecretAnswer = {readonly answer: string; readonly reference: string};

/** All secrets that complete answers refer to. */
export const secretAnswers = (answers: Answers): readonly SecretAnswer[] =>
	secretPlaces(answers).flatMap((answer) => {
		const reference = lookUp(answers, answer);
		return typeof reference === 'string' ? [{answer, reference}] : [];
	});
