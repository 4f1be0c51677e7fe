import type {SavedPack} from '../base/handover.ts';
import type {Problem} from '../base/problem.ts';
import type {TopicId} from './topics.ts';

/** What became of all papers that were asked for. */
export type MadePapers = {
	readonly written: readonly WrittenPapers[];
	/** What their notes say of whom to ask and until when, as far as somebody should look at it; each in a sentence. */
	readonly told: readonly string[];
};

/** What became of papers that somebody had changed, each in a sentence. */
export const editedWords = ({edited, aside}: Pick<SavedPack, 'edited' | 'aside'>): readonly string[] => [
	...(edited.length > 0 ? [`Changed since they were written, and left so: ${edited.join(', ')}.`] : []),
	...(aside.length > 0 ? [`Changed since, and written anew; what was there is kept as ${aside.join(', ')}.`] : []),
];

/** What was written of a topic, or why nothing was. */
export type WrittenPapers = {
	readonly topic: TopicId;
	/** The team whose papers they are. */
	readonly who: string;
	/** Absolute; absent where nothing was written. */
	readonly folder?: string;
	/** Names of the files in it. */
	readonly files: readonly string[];
	/** What could not be known for them, each in a sentence. */
	readonly lacks: readonly string[];
	/** What became of files of earlier papers that these do not have, each in a sentence. */
	readonly earlier?: readonly string[];
	readonly problem?: Problem;
};
