import {formatChange} from '../engine/changes.ts';
import type {Change} from '../engine/plan.ts';

/** Changes with all that they open to, below each: its parts, each under its title. */
export const openedLines = (changes: readonly Change[]): readonly string[] =>
	changes.flatMap((change) => [
		formatChange(change),
		...(change.opens ?? []).flatMap(({title, lines}) => [`  --- ${title}`, ...lines.map((line) => `  ${line}`), '']),
	]);
