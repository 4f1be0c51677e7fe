import type {Draft} from '../../answers/draft.ts';
import type {LoadedDraft} from '../../answers/file/load.ts';
import type {Journal} from '../../engine/journal.ts';
import type {FoundDraft} from '../answers/kept-draft.ts';
import type {HandOver} from '../base/context.ts';
import type {SessionOptions} from './session.ts';

/** What somebody at a terminal starts with. */
export type AttendedOptions = SessionOptions & {
	readonly loaded: LoadedDraft;
	/** What is wrong with an answer for this sitting, whatever is found there; undefined where nothing is. */
	readonly judgeAnswer?: ((draft: Draft, answer: string) => string | undefined) | undefined;
	/** Answers that an earlier sitting left unfinished. */
	readonly unfinished?: FoundDraft | undefined;
	/** Answers of the command line come before those that were left unfinished. */
	readonly prefersLoaded?: boolean | undefined;
	readonly journal?: Journal | undefined;
	/** Called when the screen is about to take the keys of the terminal; says whether its background is light, where it has told, and later where it tells it later. */
	readonly onScreen?: HandOver | undefined;
	/** Lines about the rehearsal; present when this is one. */
	readonly rehearsal?: readonly string[] | undefined;
	/** The fault that the rehearsal plays, in lines; absent or empty without one. */
	readonly fault?: readonly string[] | undefined;
	/** How somebody who rehearses reminds those whom a hand-over waits for, by step. */
	readonly reminders?: Readonly<Record<string, string>> | undefined;
};
