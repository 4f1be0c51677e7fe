import {setTimeout as sleep} from 'node:timers/promises';
import type {Draft} from '../../answers/draft.ts';
import {labelAt} from '../../answers/form/label.ts';
import {lookedWithIt, looksSame} from '../../answers/form/looked-with.ts';
import type {Sighting} from '../../ui/state/session.ts';

/** Looks at what an answer names, given by its path; undefined for one that names nothing. Bounded in time. Never rejects. */
export type Look = (draft: Draft, path: string) => Promise<Sighting | undefined>;

/** Looks that go on behind the questions. What they see is told between two questions: nobody who types is interrupted. */
export type Looks = {
	/** An answer was given, or emptied: it is looked at, and with it those that were looked at with another answer here before. */
	readonly given: (draft: Draft, path: string) => void;
	/** What was seen since it was asked for last, of answers that are still as they were then, in lines. Waits a moment for what is known soon. */
	readonly news: (draft: Draft) => Promise<readonly string[]>;
	/** The same when every look has come to its end. */
	readonly rest: (draft: Draft) => Promise<readonly string[]>;
};

/** What is seen within this time is told before the next question, ms: a file is there at once, a server may not answer at all. */
const soonMs = 300;

/** An answer as it was when a look at it began, and what was seen, until that was told. */
type Begun = {readonly draft: Draft; seen?: Sighting | undefined};

const lineOf = (path: string, {ok, text}: Sighting): string => `  ${ok ? '' : 'Warning: '}${labelAt(path)}: ${text}`;

/** Begins without any look. */
export const createLooks = (look: Look): Looks => {
	const begun = new Map<string, Begun>();
	const open = new Set<Promise<void>>();
	const begin = (draft: Draft, path: string): void => {
		const earlier = begun.get(path);
		if (earlier && looksSame(earlier.draft, draft, path)) return;
		const one: Begun = {draft};
		begun.set(path, one);
		const end = look(draft, path).then((seen) => {
			one.seen = seen;
			open.delete(end);
		});
		open.add(end);
	};
	const seenOf = (draft: Draft): readonly string[] =>
		[...begun].flatMap(([path, one]) => {
			const {seen} = one;
			one.seen = undefined;
			return seen === undefined || seen.text === '' || !looksSame(one.draft, draft, path) ? [] : [lineOf(path, seen)];
		});
	return {
		given: (draft, path) => {
			for (const one of [path, ...lookedWithIt([...begun.keys()], path)]) begin(draft, one);
		},
		news: async (draft) => {
			if (open.size > 0) await Promise.race([Promise.all(open), sleep(soonMs)]);
			return seenOf(draft);
		},
		rest: async (draft) => {
			await Promise.all(open);
			return seenOf(draft);
		},
	};
};
