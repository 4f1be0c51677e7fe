import {expect} from 'vitest';
import type {ProblemCode} from '../../source/base/problem.ts';
import {ProblemError} from '../../source/base/problem.ts';
import type {ProblemTable} from '../../source/base/problem-table.ts';

/** A refusal that is provoked, and the exact words it must be told in. Hosts on loopback are written HOST. */
export type Row = {
	readonly code: ProblemCode;
	/** Absent for a code without cases. */
	readonly case?: string;
	readonly provoke: () => unknown;
	readonly cause: string;
	readonly fix: string;
};

const withHost = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/gu, 'HOST');

const thrownBy = async (provoke: () => unknown): Promise<unknown> => {
	try {
		return await provoke();
	} catch (error) {
		return error;
	}
};

/** Provokes it and compares. */
export const expectTold = async ({code, case: name, provoke, cause, fix}: Row): Promise<void> => {
	// A function may throw a refusal, or give it back to be thrown.
	const error = await thrownBy(provoke);
	if (!(error instanceof ProblemError)) throw error ?? new Error('It was not refused.');
	expect({
		code: error.problem.code,
		case: error.facts.case,
		cause: withHost(error.problem.cause),
		fix: withHost(error.problem.fix),
	}).toEqual({code, case: name, cause, fix});
	expect(error.problem.message).not.toMatch(/[{}]/u);
};

/** Every code of a table with each of its cases, as `code` or `code: case`. */
export const casesOf = (table: ProblemTable): readonly string[] =>
	Object.entries(table).flatMap(([code, {cases}]) =>
		cases ? Object.keys(cases).map((name) => `${code}: ${name}`) : [code],
	);

export const nameOf = ({code, case: name}: Row): string => (name === undefined ? code : `${code}: ${name}`);
