import type {Location, Problem} from '../../base/problem.ts';
import type {Path} from '../rules/rules.ts';

/** Answers as they were written, before anything about them is judged. */
export type Source = {
	readonly value: unknown;
	/** What is wrong with the writing itself. */
	readonly problems: readonly Problem[];
	/** True when it could not be read, so that nothing can be said about the answers. */
	readonly broken: boolean;
	/** Where an answer stands, by its value or its key; where it is not given, the nearest thing around it. */
	readonly locate: (path: Path, part: 'key' | 'value') => Location;
};

/** Values that this program kept itself: nobody wrote them line by line, so only the file can be named. */
export const valuesSource = (value: unknown, file: string): Source => ({
	value,
	problems: [],
	broken: false,
	locate: () => ({file}),
});
