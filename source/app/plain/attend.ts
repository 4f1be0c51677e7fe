import type {Draft} from '../../answers/draft.ts';
import type {Answers} from '../../answers/schema.ts';
import {type Problem, ProblemError} from '../../base/problem.ts';
import {type AttendedControls, attended, type Decided} from '../../engine/controls.ts';
import type {Decision, Listener} from '../../engine/events.ts';
import type {Handover} from '../../engine/plan.ts';
import {askAnswers, askTopic, askWord, PlainLeft} from './ask.ts';
import type {PlainLines} from './lines.ts';

export type PlainAttendance = {
	readonly lines: PlainLines;
	/** Confirmations of earlier runs. */
	readonly acknowledged: readonly string[];
	/** The answers as they are now, and where edited ones go. */
	readonly draft: () => Draft;
	/** Takes edited answers; gives them back as the run is to have them. */
	readonly edited: (draft: Draft, answers: Answers) => Answers;
	readonly keepSecret: (path: string, secret: string) => void;
	/** Writes the texts of a hand-over to files and resolves with their folder. */
	readonly saveHandover: (handover: Handover) => Promise<string>;
};

const isInputEnded = (error: unknown): boolean => error instanceof ProblemError && error.problem.code === 'input-ended';

const words: Readonly<Record<Decision, string>> = {
	retry: 'retry: try this step again',
	edit: 'edit: change the answers, then try again',
	skip: 'skip: go on without this step',
	quit: 'quit: stop here; the same command goes on later',
};

const editAnswers = async (
	{draft, edited, keepSecret}: PlainAttendance,
	lines: PlainLines,
	problem: Problem,
): Promise<Answers | undefined> => {
	try {
		const paths = problem.answers ?? [];
		const scope = paths.length > 0 ? ({kind: 'missing', paths} as const) : await askTopic(lines);
		const done = await askAnswers(lines, draft(), scope, keepSecret);
		return edited(done.draft, done.answers);
	} catch (error) {
		if (error instanceof PlainLeft) return undefined;
		throw error;
	}
};

const decide = async (
	attendance: PlainAttendance,
	problem: Problem,
	choices: readonly Decision[],
	signal: AbortSignal,
): Promise<Decided<Answers>> => {
	const lines: PlainLines = {
		...attendance.lines,
		ask: async (prompt, options) => attendance.lines.ask(prompt, {signal, ...options}),
	};
	lines.forget();
	for (;;) {
		lines.say('', ...choices.map((choice) => `  ${words[choice]}`));
		const word = await askWord(lines, 'What now?', choices);
		if (word === 'edit') {
			const answers = await editAnswers(attendance, lines, problem);
			if (answers) return {decision: 'edit', answers};
		} else if (word !== 'skip' || (await askWord(lines, 'Really go on without this step?', ['yes', 'no'])) === 'yes') {
			return {decision: word};
		}
	}
};

/** Hears what the operator types while a hand-over is open. */
const createHandoverDesk = (attendance: PlainAttendance, controls: AttendedControls<Answers>): Listener => {
	const {lines, saveHandover} = attendance;
	let close: (() => void) | undefined;
	let handover: Handover | undefined;
	const heard = (step: string, word: string): void => {
		if (!handover) return;
		if (word === 'done' && handover.acknowledge !== undefined) {
			lines.say(`Confirmed: ${handover.acknowledge}`);
			controls.acknowledge(step);
		} else if (word === 'save') {
			saveHandover(handover).then(
				(folder) => lines.say(`Saved in ${folder}`),
				(error: unknown) => lines.say(`Not saved: ${error instanceof Error ? error.message : String(error)}`),
			);
		} else if (word === 'look' || word === '') {
			lines.say('Looking again.');
			controls.nudge();
		} else lines.say(`There is no "${word}" here.`);
	};
	return (event) => {
		if (event.type === 'step-waiting') {
			const first = handover === undefined;
			handover = event.handover;
			if (!first) return;
			const {step} = event;
			const {acknowledge} = handover;
			lines.say(
				'',
				'This goes on by itself as soon as everything is there. Words: look (now), save (these texts as files), Ctrl-C (stop).',
				...(acknowledge === undefined ? [] : [`Type done to confirm: ${acknowledge}`]),
			);
			close = lines.listen((line) => heard(step, line.trim().toLowerCase()));
		} else if (event.type === 'step-finished' || event.type === 'step-problem' || event.type === 'run-finished') {
			close?.();
			close = undefined;
			handover = undefined;
		}
	};
};

/** A run that is steered by lines: decisions are asked for by word, hand-overs are confirmed by typing `done`. */
export const attendPlainly = (
	attendance: PlainAttendance,
): {readonly controls: AttendedControls<Answers>; readonly listener: Listener} => {
	const controls: AttendedControls<Answers> = {
		...attended<Answers>(attendance.acknowledged),
		decide: async (_step, problem, choices, signal) => {
			try {
				return await decide(attendance, problem, choices, signal);
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
