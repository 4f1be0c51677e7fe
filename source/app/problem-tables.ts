import type {Declaration, ProblemTable} from '../base/problem-table.ts';
import {baseProblems} from '../base/problems.ts';
import {engineProblems} from '../engine/problems.ts';
import {stepProblems} from '../steps/problems.ts';
import {appProblems} from './problems.ts';
import {rehearsalRunProblems} from './rehearsal/problems.ts';

/** The tables of all rooms that declare problems, from the ground floor up. */
export const problemTables: readonly ProblemTable[] = [
	baseProblems.table,
	engineProblems.table,
	stepProblems.table,
	appProblems.table,
	rehearsalRunProblems.table,
];

/** Every problem that this program can tell of, by code, sorted. */
export const allProblems = (): ReadonlyMap<string, Declaration> =>
	new Map(problemTables.flatMap((table) => Object.entries(table)).sort(([one], [other]) => (one < other ? -1 : 1)));
