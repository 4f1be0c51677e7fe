import type {ComponentPath} from '../answers/component-path.ts';
import type {ServerPath} from '../answers/database-server.ts';
import type {Problem} from '../base/problem.ts';
import {cutTo, oneLine} from '../base/text.ts';
import {crashRows} from './crash-rows.ts';

/** Who said the last words. */
export type Speaker = {
	readonly pod: string;
	/** The Job that the pod belongs to: a migration, mostly. Absent for a server. */
	readonly job: string | undefined;
	readonly component: ComponentPath | undefined;
	/** Where the answers tell of the component's database server; that of all components unless told. */
	readonly server?: ServerPath | undefined;
};

export type LastWords = {
	readonly problem: Problem;
	/** The next start ends the same way, so there is nothing to wait for. */
	readonly final: boolean;
};

/** Frames that rich draws around a traceback, and its marks. */
const frames = /[\u2500-\u257F\u276F\u2771]+/gu;

/** Characters of a log that are looked at, from its end. */
const mostCharacters = 400_000;

/** Around the words that tell the cause, characters. */
const [before, after] = [120, 280];

/** A log on one line: its writer breaks long lines at the width of a terminal that is not there. */
const joined = (log: readonly string[]): string =>
	oneLine(log.join('\n').slice(-mostCharacters).replaceAll(frames, ' '));

const around = (text: string, at: number): string => {
	const from = Math.max(0, at - before);
	return `${from > 0 ? '…' : ''}${cutTo(text.slice(from), before + after)}`;
};

const subjectOf = ({pod, job}: Speaker): string =>
	job === undefined ? `The pod ${pod}` : `The Job ${job} (pod ${pod})`;

/** What the log of a server or of its migration says of its end; undefined where it says nothing that is known. Pure. */
export const lastWordsIn = (log: readonly string[], speaker: Speaker): LastWords | undefined => {
	const text = joined(log);
	for (const {words, final, answers = [], server = [], problem} of crashRows) {
		const found = words.exec(text);
		if (!found) continue;
		const {component, server: place = 'database'} = speaker;
		const ofServer = server.map((answer) => `${place}.${answer}`);
		const below = [...ofServer, ...(component === undefined ? [] : answers.map((answer) => `${component}.${answer}`))];
		const facts = {subject: subjectOf(speaker)};
		return {final, problem: problem(facts, {answers: below, evidence: [around(text, found.index)]})};
	}
	return undefined;
};
