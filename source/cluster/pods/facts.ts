import type {Facts, Subject, Symptom} from './types.ts';

/** The facts that every sign of trouble has. */
export const factsOf = ({kind, name}: Subject, {reason, container, image}: Symptom): Facts => ({
	kind,
	name,
	reason,
	container: container ?? '(unknown)',
	image: image || '(unknown)',
});

/** For words that need no more than that. */
export const plain = (facts: Facts): Facts => facts;

/** The only group of several that took part in a match. */
export const onlyOf = (found: readonly string[]): string => found.find((name) => name) ?? '';
