import {formatChange} from '../engine/changes.ts';
import type {Change, ChangePart, PlanFact} from '../engine/plan.ts';
import {factLines} from './event-lines.ts';

const partLines = (parts: readonly ChangePart[]): readonly string[] =>
	parts.flatMap(({title, lines}) => [`  --- ${title}`, ...lines.map((line) => `  ${line}`), '']);

/** What is worth knowing of a plan with all that it opens to, below it. */
export const openedFact = (fact: PlanFact): readonly string[] => [...factLines(fact), ...partLines(fact.opens ?? [])];

/** Changes with all that they open to, below each: its parts, each under its title. */
export const openedLines = (changes: readonly Change[]): readonly string[] =>
	changes.flatMap((change) => [formatChange(change), ...partLines(change.opens ?? [])]);
