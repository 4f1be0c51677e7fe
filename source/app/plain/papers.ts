import {toProblem} from '../../base/problem.ts';
import {likelyPapers, papersChoices, papersLabel} from '../../handover/concerned.ts';
import type {TopicId} from '../../handover/topics.ts';
import {type MadePapers, writtenLines} from '../../handover/written.ts';
import type {PlainLines} from './lines.ts';

/** Makes papers of some topics; rejects with the reason of the signal where that ends it. */
export type PaperMaker = {
	readonly make: (topics: readonly TopicId[]) => Promise<MadePapers>;
	readonly signal: AbortSignal;
};

/** Makes papers and tells where they lie, or why there are none. @throws the reason of the signal */
export const tellPapers = async (
	{say}: PlainLines,
	topics: readonly TopicId[],
	{make, signal}: PaperMaker,
): Promise<void> => {
	say('Making papers, nothing else is changed.');
	try {
		const {written, told} = await make(topics);
		say('', ...writtenLines(written), ...(written.some(({folder}) => folder !== undefined) ? told : []));
	} catch (error) {
		signal.throwIfAborted();
		const {message, fix} = toProblem(error);
		say('', message, `What to do: ${fix}`);
	}
};

/** Asks which papers are wanted, those of the teams concerned first, and makes them. */
export const askPapers = async (lines: PlainLines, concerned: readonly TopicId[], maker: PaperMaker): Promise<void> => {
	const choices = papersChoices({concerned});
	const likely = concerned.length > 0 ? String(likelyPapers({concerned}) + 1) : undefined;
	lines.say('', ...choices.map((choice, index) => `  ${String(index + 1).padStart(2)} ${papersLabel(choice)}`));
	for (;;) {
		const prompt = `Which papers? Their number, or no${likely === undefined ? '' : ` [${likely}]`}: `;
		const typed = (await lines.ask(prompt)).trim().toLowerCase() || likely;
		if (typed === 'no' || typed === 'n') return;
		const choice = typed !== undefined && /^\d+$/u.test(typed) ? choices[Number(typed) - 1] : undefined;
		if (choice) return tellPapers(lines, choice.topics, maker);
		lines.say(`  Please type a number from 1 to ${choices.length}, or no.`);
	}
};
