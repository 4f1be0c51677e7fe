import type {SavedPack} from '../base/handover.ts';
import type {Problem} from '../base/problem.ts';
import {counted} from '../base/text.ts';
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
	/** What could not be known for them, each in a sentence; a command in it is a line of its own. */
	readonly lacks: readonly string[];
	/** What the operator has to do with them beside handing them over; told like `lacks`. */
	readonly toDo?: readonly string[];
	/** What became of files of earlier papers that these do not have, each in a sentence. */
	readonly earlier?: readonly string[];
	readonly problem?: Problem;
};

const placeOf = (folder: string | undefined, files: readonly string[]): string => {
	if (folder !== undefined) return `${folder} (${counted(files.length, 'file')})`;
	return files.length === 0 ? 'nothing written' : 'not written whole';
};

/** How papers are told: a problem whole, or by its message where it is told whole elsewhere. */
export type TellPapers = {readonly problems?: 'whole' | 'in short'};

const linesOf = (
	{topic, who, folder, files, lacks, toDo = [], earlier = [], problem}: WrittenPapers,
	{problems = 'whole'}: TellPapers,
): readonly string[] => [
	`${topic.padEnd(12)} ${who.padEnd(15)} ${placeOf(folder, files)}`,
	...[...lacks, ...toDo, ...earlier].flatMap((words) => words.split('\n')).map((line) => `  ${line}`),
	...(problem ? [`  ${problem.message}${problems === 'whole' ? ` ${problem.fix}` : ''}`] : []),
];

/** The folder that is named after the network is not that of the team of that name: where both lie side by side, it is said. */
export const twoTeams = (all: readonly WrittenPapers[]): readonly string[] =>
	(['network', 'dns'] as const).every((id) => all.some(({topic, folder}) => topic === id && folder !== undefined))
		? ['The folder "network" is for the firewall team; the network team, which makes DNS records, gets "dns".']
		: [];

/** What became of papers, in plain lines; commands stand in lines of their own. */
export const writtenLines = (all: readonly WrittenPapers[], how: TellPapers = {}): readonly string[] => [
	...all.flatMap((one) => linesOf(one, how)),
	...twoTeams(all),
	...(all.some(({folder}) => folder !== undefined)
		? ['Each folder is for one team, and begins with README.txt: why, what exactly, how to check, how to undo.']
		: []),
];
