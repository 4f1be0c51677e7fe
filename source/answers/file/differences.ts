import {showField} from '../draft.ts';
import {allFields} from '../fields.ts';
import type {Answers} from '../schema.ts';
import {placesOfPath} from '../secret-places.ts';
import type {DraftValue} from '../tree.ts';
import {type Draft, lookUp} from '../tree.ts';

/** An answer that two sets of answers give differently, in words; undefined where it counts as not given. Of secrets the references. */
export type Difference = {
	readonly answer: string;
	readonly before: string | undefined;
	readonly after: string | undefined;
};

const wordsAt = (answers: Draft | Answers, answer: string): string | undefined => {
	const value = lookUp(answers, answer) as DraftValue | undefined;
	return value === undefined ? undefined : showField(value);
};

/**
 * The answers that differ between two complete sets, defaults included, in the order of the schema. Items of lists are compared by their
 * place. Holds no secret: answers refer to them.
 */
export const differences = (before: Draft | Answers, after: Draft | Answers): readonly Difference[] =>
	allFields
		.flatMap(({path}) => [...new Set([...placesOfPath(before, path), ...placesOfPath(after, path)])])
		.map((answer) => ({answer, before: wordsAt(before, answer), after: wordsAt(after, answer)}))
		.filter((one) => one.before !== one.after);
