import type {Form} from '../../answers/form/form.ts';
import type {Answers} from '../../answers/schema.ts';
import {errnoWords} from '../../base/errno.ts';
import type {Problem} from '../../base/problem.ts';
import {type AttendedControls, attended, type Decided, type Offer} from '../../engine/controls.ts';
import type {Decision, Event, Listener} from '../../engine/events.ts';
import type {Handover, WayInfo} from '../../engine/plan.ts';
import {topicsOf, topicsOfStep} from '../../handover/concerned.ts';
import {isInputEnded} from '../base/plain-problems.ts';
import {askAnswers, askWhich, type Complete, type Keeper} from './ask.ts';
import type {PlainLines} from './lines.ts';
import {askPapers, type PaperMaker, tellPapers} from './papers.ts';
import {askWord, PlainLeft} from './words.ts';

export type PlainAttendance = {
	readonly lines: PlainLines;
	/** Confirmations of earlier runs. */
	readonly acknowledged: readonly string[];
	/** The answers as they are now. */
	readonly form: () => Form;
	/** Takes edited answers; gives them back as the run is to have them. */
	readonly edited: (complete: Complete) => Answers;
	/** Makes it heard that somebody is needed. */
	readonly ring: () => void;
	/** Takes other answers; explains a problem, by its code, as it does an answer. */
	readonly keeper: Keeper;
	/** Writes the texts of a hand-over to files and resolves with their folder. */
	readonly saveHandover: (handover: Handover) => Promise<string>;
	/** Saves a problem report and resolves with its path. */
	readonly saveReport: () => Promise<string>;
	/** Makes papers for other teams of the answers as they are now. */
	readonly papers: PaperMaker;
	/** How somebody who rehearses reminds those whom a hand-over waits for, by step. */
	readonly reminders?: Readonly<Record<string, string>> | undefined;
};

const words: Readonly<Record<Exclude<Decision, 'way'> | 'explain' | 'report' | 'papers', string>> = {
	retry: 'retry: try this step again',
	edit: 'edit: change the answers, then try again',
	skip: 'skip: go on without this step',
	quit: 'quit: stop here; the same command goes on later',
	explain: 'explain: all that is known of this problem',
	report: 'report: save a report of it, without secrets, for a ticket',
	papers: 'papers: write the papers for other teams, what they have to do',
};

/** Asks for other answers; undefined where the operator left the questions. */
const editAnswers = async (
	{form, edited, keeper}: PlainAttendance,
	lines: PlainLines,
	{answers = []}: Problem,
): Promise<Answers | undefined> => {
	try {
		const scope = await askWhich(lines, form(), answers);
		return edited(await askAnswers(lines, form(), scope, keeper));
	} catch (error) {
		if (error instanceof PlainLeft) return undefined;
		throw error;
	}
};

/** Says what a way does and asks for its word in full; undefined where the operator thought better of it. */
const agreeTo = async (lines: PlainLines, {id, label, warning}: WayInfo): Promise<Decided<Answers> | undefined> => {
	lines.say('', `${label}:`, ...warning.map((text) => `  ${text}`), '');
	const typed = await lines.ask(`Type "${id}" once more, in full, to do it; anything else leaves it: `);
	return typed.trim() === id ? {decision: 'way', way: id} : undefined;
};

/** What a word comes to; undefined where the operator thought better of it. */
const decisionFor = async (
	word: Exclude<Decision, 'way'>,
	attendance: PlainAttendance,
	lines: PlainLines,
	problem: Problem,
): Promise<Decided<Answers> | undefined> => {
	if (word === 'edit') {
		const answers = await editAnswers(attendance, lines, problem);
		return answers && {decision: 'edit', answers};
	}
	const isSure = word !== 'skip' || (await askWord(lines, 'Really go on without this step?', ['yes', 'no'])) === 'yes';
	return isSure ? {decision: word} : undefined;
};

const tellSaved = async (lines: PlainLines, {saveReport}: PlainAttendance): Promise<void> => {
	try {
		lines.say('', `Report saved: ${await saveReport()}`);
	} catch (error) {
		lines.say('', `Not saved: ${errnoWords(error, 'write')}`);
	}
};

const decide = async (
	attendance: PlainAttendance,
	{step, problem}: {readonly step: string; readonly problem: Problem},
	{choices, ways}: Offer,
	signal: AbortSignal,
): Promise<Decided<Answers>> => {
	const lines: PlainLines = {
		...attendance.lines,
		ask: async (prompt, options) => attendance.lines.ask(prompt, {signal, ...options}),
	};
	lines.forget();
	attendance.ring();
	const plain = choices.filter((choice) => choice !== 'way');
	const offered = [
		...choices.flatMap((choice) => (choice === 'way' ? ways.map(({id}) => id) : [choice])),
		'explain',
		'report',
		'papers',
	];
	for (;;) {
		const about = offered.map((word) => {
			const way = ways.find(({id}) => id === word);
			return way ? `${way.id}: ${way.label}` : words[word as keyof typeof words];
		});
		lines.say('', ...about.map((text) => `  ${text}`));
		const word = await askWord(lines, 'What now?', offered);
		if (word === 'explain') lines.say('', ...(await attendance.keeper.explain(problem.code)));
		if (word === 'report') await tellSaved(lines, attendance);
		if (word === 'papers') await askPapers(lines, topicsOfStep({id: step, problem}), attendance.papers);
		const way = ways.find(({id}) => id === word);
		const choice = plain.find((one) => one === word);
		const decided = way ? await agreeTo(lines, way) : choice && (await decisionFor(choice, attendance, lines, problem));
		if (decided) return decided;
	}
};

/** A hand-over that the run waits for, and how to stop listening for words. */
type Waiting = {readonly step: string; readonly handover: Handover; readonly close: () => void};

/** Does what a word means while a hand-over is open. */
const obey = (
	word: string,
	{step, handover}: Waiting,
	{lines, saveHandover, papers}: PlainAttendance,
	controls: AttendedControls<Answers>,
): void => {
	if (word === 'done' && handover.acknowledge !== undefined) {
		lines.say(`Confirmed: ${handover.acknowledge}`);
		controls.acknowledge(step);
	} else if (word === 'save') {
		saveHandover(handover).then(
			(folder) => lines.say(`Saved in ${folder}`),
			(error: unknown) => lines.say(`Not saved: ${errnoWords(error, 'write')}`),
		);
	} else if (word === 'papers' && topicsOf([handover.who]).length > 0) {
		// One that is told to stop says nothing: the run tells that it stops.
		tellPapers(lines, topicsOf([handover.who]), papers).catch(() => undefined);
	} else if (word === 'look' || word === '') {
		lines.say('Looking again.');
		controls.nudge();
	} else lines.say(`There is no "${word}" here.`);
};

const invitation = ({acknowledge, who}: Handover, reminder: string | undefined): readonly string[] => [
	'',
	...(reminder?.split('\n') ?? []),
	'This goes on by itself as soon as everything is there.',
	`Words: look (now), save (these texts as files)${topicsOf([who]).length > 0 ? ', papers (for that team)' : ''}, Ctrl-C (stop).`,
	...(acknowledge === undefined ? [] : [`Type done to confirm: ${acknowledge}`]),
];

/** Events after which nothing is waited for any more. */
const settles: ReadonlySet<Event['type']> = new Set([
	'step-todo',
	'step-pages',
	'step-applying',
	'step-problem',
	'step-finished',
	'run-finished',
]);

/** Hears what the operator types while a hand-over is open. */
const createHandoverDesk = (attendance: PlainAttendance, controls: AttendedControls<Answers>): Listener => {
	const {lines} = attendance;
	let waiting: Waiting | undefined;
	const hear = (line: string): void => {
		if (waiting) obey(line.trim().toLowerCase(), waiting, attendance, controls);
	};
	return (event) => {
		if (event.type === 'step-waiting') {
			const {step, handover} = event;
			if (!waiting) {
				lines.say(...invitation(handover, attendance.reminders?.[step]));
				attendance.ring();
			}
			waiting = {step, handover, close: waiting?.close ?? lines.listen(hear)};
		} else if (settles.has(event.type)) {
			waiting?.close();
			waiting = undefined;
		}
	};
};

/** A run that is steered by lines: decisions are asked for by word, hand-overs are confirmed by typing `done`. */
export const attendPlainly = (
	attendance: PlainAttendance,
): {readonly controls: AttendedControls<Answers>; readonly listener: Listener} => {
	const controls: AttendedControls<Answers> = {
		...attended<Answers>(attendance.acknowledged),
		decide: async (step, problem, offer, signal) => {
			try {
				const reminder = attendance.reminders?.[step];
				if (reminder !== undefined) attendance.lines.say('', ...reminder.split('\n'));
				return await decide(attendance, {step, problem}, offer, signal);
			} catch (error) {
				signal.throwIfAborted();
				// Nobody is left to decide: the run ends as it does unattended.
				if (isInputEnded(error)) return {decision: 'quit'};
				throw error;
			}
		},
	};
	return {controls, listener: createHandoverDesk(attendance, controls)};
};
