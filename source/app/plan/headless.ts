import type {Answers} from '../../answers/schema.ts';
import {unattended} from '../../engine/controls.ts';
import type {Listener} from '../../engine/events.ts';
import type {Pass} from '../../engine/plan.ts';
import {jsonReport} from '../../report/json.ts';
import {plainReport} from '../../report/plain.ts';
import type {Context, GlobalOptions} from '../base/context.ts';
import {appProblems} from '../base/problems.ts';
import {inRows} from '../base/wrap.ts';
import {createSession, type SessionOptions} from '../session/session.ts';

/** The listener that the options ask for. */
const listenerFor = ({out, stdout}: Context, {json, logLevel}: GlobalOptions, details: boolean): Listener =>
	json ? jsonReport(out) : plainReport(inRows(out, stdout), {level: logLevel, details});

/** Paths of secrets that are to be typed. */
const promptedPaths = (value: unknown, at = ''): readonly string[] => {
	if (value === 'prompt') return [at];
	if (value === null || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([key, inner]) => promptedPaths(inner, at === '' ? key : `${at}.${key}`));
};

/** Secrets that nobody is there to type are found before the run. @throws ProblemError `answers-prompt-without-terminal` */
const refusePrompts = (answers: Answers): void => {
	const untold = promptedPaths(answers);
	if (untold.length === 0) return;
	const secrets = untold.length === 1 ? 'A secret is' : `${untold.length} secrets are`;
	const places = untold.join(', ');
	throw appProblems.error('answers-prompt-without-terminal', {secrets, places}, {answers: untold});
};

/**
 * A run without anybody: plain lines or JSON. Returns the exit code.
 * @throws ProblemError `answers-prompt-without-terminal`, and what `runPlan` refuses.
 */
export const runHeadless = async (
	given: Context,
	options: GlobalOptions,
	run: SessionOptions & {readonly pass: Pass; readonly answers: Answers; readonly details?: boolean | undefined},
): Promise<number> => {
	const {answers, pass, details = false} = run;
	const context: Context = {...given, screen: false};
	refusePrompts(answers);
	const session = createSession(context, run);
	const report = await session.run(answers, {
		pass,
		controls: (acknowledged) =>
			unattended({
				acknowledged: (step) => acknowledged.includes(step),
				handoverLimitMs: answers.network.waitMinutes * 60_000,
			}),
		listeners: [listenerFor(context, options, details)],
		signal: context.signal,
	});
	const text = `\n${session.summary(report, !options.json)}\n`;
	// With --json standard output holds events only.
	if (options.json) context.err(text);
	else inRows(context.out, context.stdout)(text);
	return report.exitCode;
};
